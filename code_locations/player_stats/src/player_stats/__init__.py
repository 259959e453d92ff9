"""Code location `player_stats`: from raw telemetry to each player's days, reports and groups.

`definitions` wires, `defs` holds the assets, checks, jobs, schedules and sensors, `store` reads and writes
MongoDB, `domain` computes. Imports go in that order only.
"""
