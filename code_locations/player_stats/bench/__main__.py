"""Run the benchmarks, all or some: `python -m bench [NAME]...`; the names are those of the modules.

`ranks` takes the embedded server an hour and is only run where it is named.
"""

import sys

from bench import arrivals, client, fences, heavy, history, hostile, memory, planning, ranks, rebuild

BENCHMARKS = {
    "client": client.run,
    "rebuild": rebuild.run,
    "history": history.run,
    "memory": memory.run,
    "hostile": hostile.run,
    "planning": planning.run,
    "fences": fences.run,
    "arrivals": arrivals.run,
    "ranks": ranks.run,
    "heavy": heavy.run,
}

for name in sys.argv[1:] or [name for name in BENCHMARKS if name != "ranks"]:
    BENCHMARKS[name]()
