"""Code location `player_stats`: from raw telemetry to each player's days, reports and groups.

`definitions` wires, `defs` holds the assets, checks, jobs, schedules and sensors, `store` reads and writes
MongoDB, `domain` computes. Imports go in that order only.
"""

import os

# One thread for Polars: its frames are small here, and its idle workers spin on the cores that the server and the
# fetching thread need. Whoever has cores to spare sets the variable himself.
os.environ.setdefault("POLARS_MAX_THREADS", "1")
