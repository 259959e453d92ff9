"""Thin Dagster assets, checks, jobs, schedules and sensors of the image map."""
