"""Run the benchmarks, all of them or those named: `python -m bench [rebuild client history memory hostile]`."""

import sys

from bench import client, history, hostile, memory, rebuild

BENCHMARKS = {
    "client": client.run, "rebuild": rebuild.run, "history": history.run, "memory": memory.run, "hostile": hostile.run,
}  # fmt: skip

for name in sys.argv[1:] or BENCHMARKS:
    BENCHMARKS[name]()
