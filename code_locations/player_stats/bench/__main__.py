"""Run the benchmarks, all or some: `python -m bench [NAME]...`; the names are those of the modules.

`ranks` takes an hour with the embedded server, `owed` half of one and `growth` about five minutes, so they only run if
named.
"""

import sys
from importlib import import_module

BENCHMARKS = (
    "client",
    "rebuild",
    "history",
    "memory",
    "hostile",
    "planning",
    "fences",
    "arrivals",
    "players",
    "heavy",
    "shards",
    "reduce",
)

for name in sys.argv[1:] or BENCHMARKS:
    import_module(f"bench.{name}").run()
