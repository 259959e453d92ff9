"""Dagster definitions: thin assets, checks, jobs, schedules and sensors.

An asset reads and writes through `player_stats.store`, computes with `player_stats.domain`, and reports metadata.
"""
