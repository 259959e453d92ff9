"""MongoDB goes away in the middle of a run: connections cut in every phase, an election, a crash, late answers."""

from pathlib import Path
from threading import Lock, Thread, Timer
from time import sleep

from stats_world import Documents
from wrapped_cli import embedded
from wrapped_devkit.relay import Command, Cut, Relay, Verdict
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
    expected, _, calm = undisturbed(uri, events)
    with behind_a_relay(uri, events) as (mongo, relay):

        def judge(command: Command) -> Verdict:
            if (command.name, command.collection) == ("insert", names.PLAYER_DAYS) and not relay.away:
                relay.judge = lambda _: None
                relay.leave()
                Timer(seconds, _return, [relay]).start()
            return None

        relay.judge = judge
        took, again = run_news(beside(mongo, relay.uri))
        assert again
        assert took > seconds
        run_news(mongo)
        must_be_whole(mongo, expected)
    return Row(f"MongoDB away for {seconds:.0f} s in mid-run", STARTED_AGAIN, took - calm)


def _return(relay: Relay) -> None:
    relay.away = False


def killed_and_restarted(uri: str, folder: Path, events: Documents) -> Row:
    """The server is killed at the first write of a day, and started again on the same data and port."""
    expected, _, calm = undisturbed(uri, events)
    server = embedded.start(folder)
    try:
        with behind_a_relay(server.uri, events) as (mongo, relay):

            def judge(command: Command) -> Verdict:
                if (command.name, command.collection) == ("insert", names.PLAYER_DAYS) and not relay.away:
                    relay.judge = lambda _: None
                    relay.leave()
                    Thread(target=restart).start()
                return None

            def restart() -> None:
                embedded.stop(folder, patience=0)
                embedded.start(folder, port=server.port)
                relay.away = False

            relay.judge = judge
            took, again = run_news(beside(mongo, relay.uri))
            assert again
            run_news(mongo)
            must_be_whole(mongo, expected)
    finally:
        embedded.stop(folder, patience=0)
    return Row("MongoDB killed in mid-run, and started again on the same data", STARTED_AGAIN, took - calm)


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
