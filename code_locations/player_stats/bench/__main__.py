"""Run the benchmarks, all or some: `python -m bench [NAME]...`; the names are those of the modules.

`ranks` and `owed` take over an hour with the embedded server, `growth` about five minutes: they only run if named.
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
