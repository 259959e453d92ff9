"""Dagster definitions: thin assets, checks, jobs, schedules and sensors.

An asset reads through `player_stats.store`, lets `player_stats.domain` compute, writes, and reports metadata.
"""
