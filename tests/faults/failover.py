"""MongoDB goes away in the middle of a run: connections cut in every phase, an election, a crash, late answers."""

from collections.abc import Callable
from pathlib import Path
from threading import Lock, Thread
from time import sleep

from stats_world import Documents
from wrapped_cli import embedded
from wrapped_devkit.relay import Command, Cut, Verdict
from wrapped_shared import collections as names

from faults.scenes import WRITES, Row, behind_a_relay, beside, must_be_whole, run_news, undisturbed

STARTED_AGAIN = "the step was started again, the run succeeded"
RUNS = 3
"""Over how many runs the cuts are spread: a step is started again three times at most."""


class Cutter:
    """Cuts the connection at the first command of each kind; a kind is a command's name and collection."""

    def __init__(self, kinds: list[tuple[str, str]], how: Cut) -> None:
        self.left, self.how, self.lock = dict.fromkeys(kinds), how, Lock()

    def __call__(self, command: Command) -> Verdict:
        with self.lock:
            kind = command.name, command.collection
            if kind not in self.left:
                return None
            del self.left[kind]
            return self.how


def cuts_in_every_phase(uri: str, events: Documents) -> Row:
    """Each kind of write is cut once: before it, after it, and carried out when a later attempt has begun."""
    expected, kinds, calm = undisturbed(uri, events)
    phases = [kind for kind in kinds if kind[0] in WRITES]
    longest, again = 0.0, 0
    for number in range(RUNS):
        for how in Cut:
            with behind_a_relay(uri, events) as (mongo, relay):
                chosen = phases[number::RUNS]
                relay.judge = Cutter(chosen, how)
                seconds, retried = run_news(beside(mongo, relay.uri))
                longest, again = max(longest, seconds - calm), again + retried
                assert retried
                run_news(mongo)
                must_be_whole(mongo, expected)
    seen = f"{len(phases)} kinds of writes, each cut before, after and late; {again} steps started again by themselves"
    return Row("connections cut in every phase", f"{seen}; every run succeeded", longest)


def away_for(uri: str, events: Documents, seconds: float = 10) -> Row:
    """Nothing answers for the time of an election, from the first write of a day on."""
    took, longer = _away_until(uri, events, lambda: sleep(seconds))
    assert took > seconds
    return Row(f"MongoDB away for {seconds:.0f} s in mid-run", STARTED_AGAIN, longer)


def killed_and_restarted(folder: Path, events: Documents) -> Row:
    """The server is killed at the first write of a day, and started again on the same data and port."""
    server = embedded.start(folder)

    def restart() -> None:
        embedded.stop(folder, patience=0)
        embedded.start(folder, port=server.port)

    try:
        _, longer = _away_until(server.uri, events, restart)
    finally:
        embedded.stop(folder, patience=0)
    return Row("MongoDB killed in mid-run, and started again on the same data", STARTED_AGAIN, longer)


def _away_until(uri: str, events: Documents, over: Callable[[], None]) -> tuple[float, float]:
    """Nothing answers from the first write of a day on, until `over` returns.

    Return the run's seconds, and those beyond an undisturbed run.
    """
    expected, _, calm = undisturbed(uri, events)
    with behind_a_relay(uri, events) as (mongo, relay):

        def come_back() -> None:
            over()
            relay.away = False

        def judge(command: Command) -> Verdict:
            if (command.name, command.collection) == ("insert", names.PLAYER_DAYS) and not relay.away:
                relay.judge = lambda _: None
                relay.leave()
                Thread(target=come_back).start()
            return None

        relay.judge = judge
        took, again = run_news(beside(mongo, relay.uri))
        assert again
        run_news(mongo)
        must_be_whole(mongo, expected)
    return took, took - calm


def answers_late(uri: str, events: Documents, seconds: float = 2) -> Row:
    """The first write of each kind is answered late: nobody gives up, and nothing is written twice."""
    expected, kinds, calm = undisturbed(uri, events)
    slow = dict.fromkeys(kind for kind in kinds if kind[0] in WRITES)
    with behind_a_relay(uri, events) as (mongo, relay):

        def judge(command: Command) -> Verdict:
            if slow.pop((command.name, command.collection), command) is None:
                sleep(seconds)
            return None

        relay.judge = judge
        took, again = run_news(beside(mongo, relay.uri))
        assert not again
        must_be_whole(mongo, expected)
    return Row(f"writes answered {seconds:.0f} s late", "the run took longer", took - calm)
