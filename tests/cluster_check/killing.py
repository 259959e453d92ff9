"""Killing a step of a run from the node, as the kernel does when memory ends.

What belongs here: the Pod that kills, and finding the right moment. What does not: what a killed step must lead to.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

import yaml
from wrapped_shared import collections as names

from cluster_check import data, kube

_NAMESPACE: Final = "kube-system"  # where Pod Security lets it see the node's processes
_KILLER: Final = """
import os, signal, sys, time
import pymongo

uri, database, collection, op = sys.argv[1:]
turns = pymongo.MongoClient(uri)[database][collection]

def open_steps():
    found = [(entry['run_id'] or '').split() for order in turns.find() for entry in order['open']]
    return {f'{one[1]}[{one[2]}]' for one in found if one[1:2] == [op] and len(one) == 3}

def process_of(step):
    wanted = f'DAGSTER_RUN_STEP_KEY={step}'.encode()
    for pid in filter(str.isdigit, os.listdir('/proc')):
        try:
            with open(f'/proc/{pid}/environ', 'rb') as environment:
                if wanted in environment.read().split(b'\\0'):
                    return int(pid)
        except OSError:
            pass

def killed(step):
    pid = process_of(step)
    if pid is None:
        return False
    try:
        os.kill(pid, signal.SIGSTOP)
        in_time = step in open_steps()
        os.kill(pid, signal.SIGKILL if in_time else signal.SIGCONT)
    except ProcessLookupError:
        return False
    return in_time

print('ready', flush=True)
end = time.time() + 300
while time.time() < end:
    for step in open_steps():
        if killed(step):
            print(step, flush=True)
            sys.exit(0)
    time.sleep(0.02)
sys.exit('no step was met while its turn was open')
"""


@contextmanager
def killer(uri: str, op: str) -> Iterator[Callable[[], str]]:
    """Kill the first step of an op that is met while its turn is open: it has begun to read, and not written all.

    Yields:
        what waits for that and returns the step's key.
    """
    image = kube.get("deployment", "player-stats")["spec"]["template"]["spec"]["containers"][0]["image"]
    command = ["python", "-c", _KILLER, uri, names.ANALYTICS_DATABASE, names.TURNS, op]
    pod = {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": "killer", "namespace": _NAMESPACE},
        "spec": {
            "hostPID": True,
            "restartPolicy": "Never",
            "containers": [
                {
                    "name": "killer",
                    "image": image,
                    "command": command,
                    "securityContext": {"runAsUser": 0, "privileged": True},
                }
            ],
        },
    }
    kube.kubectl("apply", "-f", "-", given=yaml.safe_dump(pod), namespace=_NAMESPACE)
    try:
        kube.wait_for("the killer", lambda: "ready" in _said() or None, 60)
        yield _killed
    finally:
        kube.kubectl("delete", "pod", "killer", "--grace-period=0", "--force", namespace=_NAMESPACE)


def _killed() -> str:
    phase = kube.wait_for("the end of the killer", lambda: {_phase()} & {"Succeeded", "Failed"}, 320).pop()
    data.must(phase == "Succeeded", f"nothing was killed: {_said()}")
    return _said().split()[-1]


def _phase() -> str:
    return kube.kubectl("get", "pod", "killer", "-o", "jsonpath={.status.phase}", namespace=_NAMESPACE)


def _said() -> str:
    return "" if _phase() == "Pending" else kube.kubectl("logs", "killer", namespace=_NAMESPACE).strip()
