"""Turns: whose write counts, what a turn may skip, and how turns of dead processes end."""

import os
import subprocess
import sys
import threading
from datetime import timedelta
from pathlib import Path
from time import time

import pytest
from player_stats.domain.cells import HOUR_MS
from player_stats.domain.slots import SLOTS, player_slot
from player_stats.store import turns
from player_stats.store.extents import Extent
from player_stats.store.processes import Process, is_gone, this_process
from player_stats.store.scopes import EVERYTHING, players_scope, time_scope
from player_stats.store.turns import Changes, TurnExpiredError, end_dead_turns, take_turn
from pymongo.errors import PyMongoError
from wrapped_devkit.processes import Process as Child
from wrapped_shared import collections as names
from wrapped_shared.indexes import ensure_indexes
from wrapped_shared.mongo import MongoResource, connect

DAYS = names.PLAYER_DAYS


def stored(mongo: MongoResource) -> dict[str, str]:
    return {one["_id"]: one["digest"] for one in mongo.analytics[DAYS].find()}


def document(identity: str, digest: str) -> dict[str, str]:
    return {"_id": identity, "day": "2024-01-01", "digest": digest}


def test_numbers_increase_even_if_the_bookkeeping_was_lost(mongo: MongoResource) -> None:
    with take_turn(mongo.analytics) as first, take_turn(mongo.analytics) as second:
        assert first.number < second.number
    mongo.analytics[names.TURNS].drop()
    with take_turn(mongo.analytics) as third:
        assert second.number < third.number


def test_concurrent_turns_get_different_numbers(mongo: MongoResource) -> None:
    numbers: list[int] = []

    def take() -> None:
        for _ in range(10):
            with take_turn(mongo.analytics) as turn:
                numbers.append(turn.number)

    threads = [threading.Thread(target=take) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(numbers)) == 40
    assert (mongo.analytics[names.TURNS].find_one() or {})["open"] == []


def test_an_earlier_turn_changes_nothing_of_a_later_one(mongo: MongoResource) -> None:
    with take_turn(mongo.analytics) as early, take_turn(mongo.analytics) as late:
        assert late.replace(DAYS, [document("a", "late"), document("b", "late")]) == 2
        assert early.replace(DAYS, [document("a", "early"), document("c", "early")]) == 1
        early.remove(DAYS, ["a", "b"])
        assert late.replace(DAYS, [document("c", "late")]) == 1
    assert stored(mongo) == dict.fromkeys("abc", "late")


def test_a_document_removed_by_a_later_turn_stays_removed_whether_or_not_it_existed(mongo: MongoResource) -> None:
    with take_turn(mongo.analytics) as early:
        early.replace(DAYS, [document("there", "old")])
        with take_turn(mongo.analytics) as late:
            late.remove(DAYS, ["there", "never"])
        early.replace(DAYS, [document("there", "old"), document("never", "old"), document("else", "old")])
    assert stored(mongo) == {"else": "old"}
    assert mongo.analytics[names.REMOVALS].count_documents({}) == 0


def test_a_document_written_again_by_a_still_later_turn_is_kept(mongo: MongoResource) -> None:
    with take_turn(mongo.analytics) as early:
        with take_turn(mongo.analytics) as late:
            late.remove(DAYS, ["a"])
        with take_turn(mongo.analytics) as latest:
            latest.replace(DAYS, [document("a", "latest")])
        early.replace(DAYS, [document("a", "old")])
    assert stored(mongo) == {"a": "latest"}


def test_an_extent_is_made_equal_and_only_differences_are_written(mongo: MongoResource) -> None:
    extent = Extent("day", ["2024-01-01"])
    other = {"_id": "x", "day": "2024-01-02", "digest": "other"}
    calls: list[list[str]] = []
    with take_turn(mongo.analytics) as turn:
        turn.replace(DAYS, [document("same", "1"), document("changed", "1"), document("gone", "1"), other])
    with take_turn(mongo.analytics) as turn:
        wanted = [document("same", "1"), document("changed", "2"), document("new", "1")]
        assert turn.reconcile(DAYS, extent, wanted, calls.append) == Changes(written=2, removed=1, unchanged=1)
        assert calls == [["changed", "new", "gone"]]
        assert turn.reconcile(DAYS, extent, wanted, calls.append) == Changes(unchanged=3)
        assert len(calls) == 1
    assert stored(mongo) == {"same": "1", "changed": "2", "new": "1", "x": "other"}


def test_nothing_is_skipped_while_an_earlier_turn_may_still_write(mongo: MongoResource) -> None:
    extent = Extent("day", ["2024-01-01"])
    with take_turn(mongo.analytics) as turn:
        turn.replace(DAYS, [document("same", "1")])
    with take_turn(mongo.analytics) as early:
        with take_turn(mongo.analytics) as late:
            assert late.reconcile(DAYS, extent, [document("same", "1")]).written == 1
            assert not late.is_first
        early.replace(DAYS, [document("same", "0"), document("back", "0")])
    assert stored(mongo) == {"same": "1"}


DAY_AND_NEXT, THE_DAY_AFTER = time_scope((0, 48 * HOUR_MS)), time_scope((48 * HOUR_MS, 72 * HOUR_MS))


def test_only_turns_with_conflicting_scopes_wait_for_one_another(mongo: MongoResource) -> None:
    half, other_half = players_scope((0, 100)), players_scope((100, SLOTS))
    for one, other, meet in (
        (DAY_AND_NEXT, THE_DAY_AFTER, False),
        (DAY_AND_NEXT, time_scope((47 * HOUR_MS, 48 * HOUR_MS)), True),
        (half, other_half, False),
        (half, players_scope((99, 100)), True),
        (half, DAY_AND_NEXT, True),
        (half, EVERYTHING, True),
        (EVERYTHING, EVERYTHING, True),
    ):
        for early, late in ((one, other), (other, one)):
            with take_turn(mongo.analytics, scope=early), take_turn(mongo.analytics, scope=late) as turn:
                assert turn.is_first is not meet, (early, late)


def test_a_turn_of_an_older_version_conflicts_with_any(mongo: MongoResource) -> None:
    with take_turn(mongo.analytics, scope=DAY_AND_NEXT):
        mongo.analytics[names.TURNS].update_one({}, {"$unset": {"open.0.scope": ""}})
        with take_turn(mongo.analytics, scope=THE_DAY_AFTER) as late:
            assert not late.is_first


def test_turns_over_other_days_skip_unchanged_documents_and_record_no_removals(mongo: MongoResource) -> None:
    with take_turn(mongo.analytics, scope=THE_DAY_AFTER), take_turn(mongo.analytics, scope=DAY_AND_NEXT) as turn:
        turn.replace(DAYS, [document("same", "1"), document("gone", "1")])
        changes = turn.reconcile(DAYS, Extent("day", ["2024-01-01"]), [document("same", "1")])
        assert changes == Changes(removed=1, unchanged=1)
        assert mongo.analytics[names.REMOVALS].find_one() is None


def test_players_keep_their_slots() -> None:
    assert [player_slot(key) for key in ("ann", "iron bob", "zoë")] == [38968, 18916, 4567]


def test_a_turn_that_expired_or_ended_writes_nothing(mongo: MongoResource, monkeypatch: pytest.MonkeyPatch) -> None:
    with take_turn(mongo.analytics) as turn:
        turn.replace(DAYS, [document("a", "1")])
        started = time()
        monkeypatch.setattr(turns, "time", lambda: started + turns.EXPIRES_SECONDS + 1)
        for write in (
            lambda: turn.replace(DAYS, [document("a", "2")]),
            lambda: turn.remove(DAYS, ["a"]),
        ):
            with pytest.raises(TurnExpiredError, match="30 minutes"):
                write()
        monkeypatch.undo()
    with pytest.raises(TurnExpiredError):
        turn.replace(DAYS, [document("a", "2")])
    assert stored(mongo) == {"a": "1"}


def test_a_failed_turn_is_left_for_another_process_to_end(mongo: MongoResource) -> None:
    with take_turn(mongo.analytics) as early:
        with pytest.raises(ValueError, match="no luck"), take_turn(mongo.analytics) as failing:  # noqa: PT012
            failing.replace(DAYS, [document("a", "1")])
            raise ValueError("no luck")
        assert end_dead_turns(mongo.analytics, patience=0) == 1
        assert end_dead_turns(mongo.analytics, patience=0) == 0
        assert not failing.is_first
    with take_turn(mongo.analytics) as late:
        assert late.is_first
    assert early.number < failing.number


def test_a_turn_that_could_not_end_without_mongodb_is_ended_by_the_next(mongo: MongoResource) -> None:
    client = connect(mongo.uri)
    with pytest.raises(PyMongoError), take_turn(client[mongo.analytics_database]) as early:  # noqa: PT012
        with take_turn(mongo.analytics) as late:
            late.remove(DAYS, ["a"])
        early.replace(DAYS, [document("a", "old")])
        client.close()
    assert stored(mongo) == {"a": "old"}
    assert end_dead_turns(mongo.analytics, patience=0) == 1
    assert stored(mongo) == {}


TAKES_A_TURN = """
import sys, time
from player_stats.store.turns import take_turn
from wrapped_shared.mongo import connect
with take_turn(connect(sys.argv[1])[sys.argv[2]]) as turn:
    turn.replace("player_days", [{"_id": "a", "digest": "old"}])
    print(turn.number, flush=True)
    time.sleep(600)
"""


def test_a_turn_is_ended_only_after_its_process_was_killed(mongo: MongoResource, tmp_path: Path) -> None:
    command = [sys.executable, "-c", TAKES_A_TURN, mongo.uri, mongo.analytics_database]
    with Child(command, tmp_path / "turn.log", os.environ, tmp_path) as child:
        child.wait_until(lambda: child.words().endswith("\n"))
        number = int(child.words())
        assert end_dead_turns(mongo.analytics, patience=0) == 0
        with take_turn(mongo.analytics) as late:
            assert number < late.number
            assert not late.is_first
            late.remove(DAYS, ["a", "b"])
        child.kill()
    mongo.analytics[DAYS].insert_one({**document("b", "old"), "revision": number})  # its last write was on its way
    assert end_dead_turns(mongo.analytics, patience=0) == 1
    assert stored(mongo) == {}
    assert mongo.analytics[names.REMOVALS].count_documents({}) == 0


def test_a_turn_of_another_machine_is_ended_when_it_cannot_write_even_if_clocks_differ_by_an_hour(
    mongo: MongoResource,
) -> None:
    with take_turn(mongo.analytics):
        entry = mongo.analytics[names.TURNS].find_one() or {}
        began = entry["open"][0]["at"]
        away = {**entry["open"][0], "host": "elsewhere", "pid": 1}
        away["at"] = began - timedelta(hours=1, seconds=turns.EXPIRES_SECONDS)
        mongo.analytics[names.TURNS].update_one({"_id": "turns"}, {"$set": {"open": [away]}})
        assert end_dead_turns(mongo.analytics, patience=0) == 0
        away["at"] = began - turns.FORGOTTEN_AFTER
        mongo.analytics[names.TURNS].update_one({"_id": "turns"}, {"$set": {"open": [away]}})
        assert end_dead_turns(mongo.analytics, patience=0) == 1


def test_a_process_is_distinguished_from_a_later_one_with_the_same_pid() -> None:
    here = this_process()
    assert not is_gone(here)
    assert is_gone(Process(here.host, here.pid, "1")) == Path("/proc/self/stat").exists()
    assert not is_gone(Process("elsewhere", here.pid, "1"))
    with subprocess.Popen([sys.executable, "-c", ""]) as child:
        gone = Process(here.host, child.pid, "")
    assert is_gone(gone)


def test_of_two_turns_that_insert_at_once_the_later_one_wins(mongo: MongoResource) -> None:
    identities = [f"{number:03}" for number in range(200)]
    with take_turn(mongo.analytics) as early, take_turn(mongo.analytics) as late:
        for _ in range(2):
            writers = [
                threading.Thread(target=turn.replace, args=(DAYS, [document(one, name) for one in identities]))
                for turn, name in ((early, "early"), (late, "late"))
            ]
            for writer in writers:
                writer.start()
            for writer in writers:
                writer.join()
            assert stored(mongo) == dict.fromkeys(identities, "late")
            mongo.analytics[DAYS].delete_many({})


def test_the_bookkeeping_passes_its_validators(mongo: MongoResource) -> None:
    ensure_indexes(mongo.raw, mongo.analytics)
    with take_turn(mongo.analytics, "run"), take_turn(mongo.analytics) as late:
        late.remove(DAYS, ["a"])
        assert mongo.analytics[names.REMOVALS].count_documents({}) == 1
