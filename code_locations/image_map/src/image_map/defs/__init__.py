"""The image map's thin Dagster assets, checks, jobs, schedules and sensors."""
