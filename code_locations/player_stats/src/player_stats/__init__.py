"""Code location `player_stats`: from raw telemetry to each player's days, reports and groups.

`definitions` wires; `defs` has the assets, checks, jobs, schedules and sensors; `work` plans and computes; `store`
reads and writes MongoDB; `settings` reads the environment; `domain` has the rules. Each imports only those after it.
"""

import os

# One thread for Polars: frames are small here, and its idle workers spin on cores that the server and the prefetching
# thread need. Set the variable to use more.
os.environ.setdefault("POLARS_MAX_THREADS", "1")
