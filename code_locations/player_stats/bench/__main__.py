"""Run the benchmarks, all or some: `python -m bench [NAME]...`; the names are those of the modules.

`ranks` takes the embedded server an hour, `growth` some five minutes: they are only run where they are named.
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
