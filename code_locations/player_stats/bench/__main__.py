"""Run the benchmarks, all or some: `python -m bench [rebuild client history memory hostile planning fences]`."""

import sys

from bench import client, fences, history, hostile, memory, planning, rebuild

BENCHMARKS = {
    "client": client.run,
    "rebuild": rebuild.run,
    "history": history.run,
    "memory": memory.run,
    "hostile": hostile.run,
    "planning": planning.run,
    "fences": fences.run,
}

for name in sys.argv[1:] or BENCHMARKS:
    BENCHMARKS[name]()
