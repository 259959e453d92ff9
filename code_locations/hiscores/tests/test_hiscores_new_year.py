"""The sweeps around New Year: the whole roster once before and once after it, the most active first."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hiscores.domain.new_year import next_sweep, sweep_began
from hiscores.domain.planner import DAY, HOUR, due_at, plan
from hiscores.domain.states import PlayerState

NEW_YEAR = datetime(2027, 1, 1, tzinfo=UTC)
BEFORE = NEW_YEAR - 36 * HOUR
LONG_AGO = NEW_YEAR - 5 * DAY


def player(key: str = "bob", looked_up: datetime = LONG_AGO, **changes: object) -> PlayerState:
    """A quiet player, whose interval makes them due well after New Year."""
    seen = PlayerState(
        key,
        key,
        outcome="ok",
        account_type="regular",
        type_checked_at=looked_up,
        asked_slot=looked_up,
        snapshot_slot=looked_up,
        snapshot_at=looked_up,
        quiet_days=28,
        first_seen=LONG_AGO,
    )
    return replace(seen, **changes)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("slot", "began"),
    [
        (BEFORE - HOUR, None),
        (BEFORE, BEFORE),
        (NEW_YEAR - HOUR, BEFORE),
        (NEW_YEAR, NEW_YEAR),
        (NEW_YEAR + 35 * HOUR, NEW_YEAR),
        (NEW_YEAR + 36 * HOUR, None),
        (NEW_YEAR + 180 * DAY, None),
    ],
)
def test_a_sweep_lasts_36_hours_on_either_side_of_new_year(slot: datetime, began: datetime | None) -> None:
    assert sweep_began(slot) == began


def test_everyone_is_due_once_in_each_sweep_and_not_again() -> None:
    assert due_at(player()) == BEFORE
    assert due_at(player(looked_up=BEFORE)) == NEW_YEAR
    assert due_at(player(looked_up=NEW_YEAR)) == NEW_YEAR + 28 * DAY
    assert next_sweep(NEW_YEAR) == NEW_YEAR + 365 * DAY - 36 * HOUR
    assert plan([player()], BEFORE - HOUR, 9).chosen == ()


def test_a_sweep_includes_failed_players_and_those_not_found_come_last() -> None:
    lost = player("lost", outcome="not_found", failures=9, last_telemetry=BEFORE - timedelta(seconds=1))
    blocked = player("blocked", outcome="blocked", failures=9, asked_slot=BEFORE - HOUR)
    assert plan([lost, blocked, player()], BEFORE, 9).chosen == ("blocked", "bob", "lost")


def test_in_a_sweep_the_latest_to_play_come_first_and_those_already_looked_up_last() -> None:
    everyone = [
        player("quiet"),
        PlayerState("new", "new", first_seen=BEFORE),
        player("played before", last_telemetry=LONG_AGO - 3 * DAY),
        player("played today", last_telemetry=BEFORE - HOUR),
        player("playing", last_telemetry=BEFORE),
        player("swept", looked_up=BEFORE, last_telemetry=BEFORE + HOUR),
    ]
    order = ("playing", "played today", "played before", "new", "quiet")
    assert plan(everyone, BEFORE + HOUR, 100).chosen == order
    assert plan(everyone, BEFORE + HOUR, 3).chosen == order[:3]
    assert plan(everyone, BEFORE + 30 * HOUR, 100).chosen == (*order, "swept")  # due again, by their interval


def test_a_year_of_hourly_runs_looks_up_a_quiet_player_close_to_new_year_on_both_sides() -> None:
    bob, slots = player(looked_up=NEW_YEAR - 40 * DAY), []
    for hour in range(80 * 24):
        slot = NEW_YEAR - 40 * DAY + hour * HOUR
        if plan([bob], slot, 1).chosen:
            slots.append(slot)
            bob = player(looked_up=slot)
    hours = [(slot - NEW_YEAR) / HOUR for slot in slots]
    assert hours == [-12 * 24, -36, 0, 28 * 24]
    assert NEW_YEAR - slots[1] <= timedelta(hours=36)
