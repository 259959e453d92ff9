"""The daemon's probes: `python -m wrapped_launcher.daemon_probe ready` or `alive`; the exit code is the answer.

Both read the heartbeats that the daemon's threads write to PostgreSQL. While that is away the daemon is not ready,
but alive: restarting it would not help, and its threads go on by themselves when PostgreSQL is back.
"""

import sys

from dagster import DagsterInstance
from dagster._daemon.controller import all_daemons_live


def probe(question: str) -> int:
    """Return 0 if the answer is yes, else 1, and print why.

    Args:
        question: "ready": are there recent heartbeats? "alive": are there no old ones?
    """
    try:
        with DagsterInstance.get() as instance:
            live = all_daemons_live(instance)
    except Exception as error:  # noqa: BLE001 - whatever keeps heartbeats from being read, the daemon may be well
        print(f"the heartbeats cannot be read ({type(error).__name__})")  # noqa: T201
        return 0 if question == "alive" else 1
    print("heartbeats are recent" if live else "heartbeats are old or missing")  # noqa: T201
    return 0 if live else 1


if __name__ == "__main__":
    sys.exit(probe(sys.argv[1]))
