"""MongoDB's disk is full: reads are answered, writes are refused with the code that MongoDB uses."""

from typing import Final

from stats_world import Documents, failure, news
from wrapped_devkit.relay import Command, Verdict

from faults.scenes import WRITES, Row, behind_a_relay, beside, must_be_whole, run_news, undisturbed

OUT_OF_DISK_SPACE: Final = 14031


def full(uri: str, events: Documents) -> Row:
    """A run fails in one line from some write on; once there is room, the next run does everything."""
    expected, kinds, _ = undisturbed(uri, events)
    writes = [kind for kind in kinds if kind[0] in WRITES]
    slowest = 0.0
    for first in (writes[0], writes[len(writes) // 2], writes[-1]):
        with behind_a_relay(uri, events) as (mongo, relay):
            is_full = False

            def judge(command: Command, first: tuple[str, str] = first) -> Verdict:
                nonlocal is_full
                is_full = is_full or (command.name, command.collection) == first
                if is_full and command.name in WRITES:
                    text = "No space left on device"
                    return {"ok": 0.0, "errmsg": text, "code": OUT_OF_DISK_SPACE, "codeName": "OutOfDiskSpace"}
                return None

            relay.judge = judge
            result = news(beside(mongo, relay.uri))
            assert not result.success
            message = failure(result).strip()
            assert "No space left on device" in message
            assert "\n" not in message
            relay.judge = lambda _: None
            seconds, _ = run_news(beside(mongo, relay.uri))
            slowest = max(slowest, seconds)
            run_news(mongo)
            must_be_whole(mongo, expected)
    seen = "the run failed in one line; the next one did what it left"
    return Row("MongoDB's disk full, in three phases", seen, slowest)
