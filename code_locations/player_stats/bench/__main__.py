"""Run the benchmarks, all of them or those named: `python -m bench [rebuild client history memory]`."""

import sys

from bench import client, history, memory, rebuild

BENCHMARKS = {"client": client.run, "rebuild": rebuild.run, "history": history.run, "memory": memory.run}

for name in sys.argv[1:] or BENCHMARKS:
    BENCHMARKS[name]()
