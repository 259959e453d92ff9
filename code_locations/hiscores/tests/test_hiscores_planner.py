"""When a player is due, and which players a run takes."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hiscores.domain.planner import (
    DAY,
    HOUR,
    due_at,
    expected_requests,
    overdue_intervals,
    plan,
)
from hiscores.domain.states import PlayerState, quiet_days_after

SECOND = timedelta(seconds=1)
MINUTE = 60 * SECOND
T = datetime(2026, 6, 1, tzinfo=UTC)


def new(key: str, first_seen: datetime, last_telemetry: datetime | None = None) -> PlayerState:
    return PlayerState(key, key, first_seen=first_seen, last_telemetry=last_telemetry)


def looked_up(key: str = "bob", **changes: object) -> PlayerState:
    seen = PlayerState(
        key,
        key,
        outcome="ok",
        account_type="regular",
        type_checked_at=T,
        asked_slot=T,
        snapshot_slot=T,
        snapshot_at=T + MINUTE,
        first_seen=T,
    )
    return replace(seen, **changes)  # type: ignore[arg-type]


def test_a_player_never_looked_up_is_due_since_they_were_first_seen() -> None:
    assert due_at(new("bob", T)) == T


def test_a_newcomer_is_looked_up_in_the_run_that_first_sees_them_although_its_slot_began_earlier() -> None:
    assert plan([new("bob", T + 17 * MINUTE)], T, 10).chosen == ("bob",)


def test_telemetry_since_the_last_snapshot_makes_a_player_due_after_a_day() -> None:
    quiet = looked_up(quiet_days=7)
    assert due_at(quiet) == T + 7 * DAY
    assert due_at(replace(quiet, last_telemetry=T + MINUTE - SECOND)) == T + 7 * DAY
    assert due_at(replace(quiet, last_telemetry=T + MINUTE + SECOND)) == T + DAY


def test_the_intervals_of_a_quiet_player_grow_to_a_week() -> None:
    days, grown = 1, []
    for _ in range(5):
        days = quiet_days_after(days, active=False, first=False)
        grown.append(days)
    assert grown == [2, 4, 7, 7, 7]
    assert quiet_days_after(7, active=True, first=False) == 1
    assert quiet_days_after(1, active=False, first=True) == 1


@pytest.mark.parametrize(("failures", "days"), [(1, 1), (2, 2), (3, 4), (5, 16), (6, 28), (60, 28)])
def test_a_player_on_no_table_is_looked_up_less_and_less_often(failures: int, days: int) -> None:
    assert due_at(looked_up(outcome="not_found", failures=failures)) == T + days * DAY


@pytest.mark.parametrize(("failures", "hours"), [(1, 1), (2, 2), (5, 16), (6, 24), (4_000, 24)])
@pytest.mark.parametrize("outcome", ["unavailable", "blocked", "format_changed"])
def test_after_a_failure_a_player_is_looked_up_again_in_an_hour_then_less_and_less_often(
    failures: int, hours: int, outcome: str
) -> None:
    assert due_at(looked_up(outcome=outcome, failures=failures)) == T + hours * HOUR


def test_newcomers_come_first_then_the_most_overdue() -> None:
    chosen = plan(
        [
            looked_up("late", snapshot_slot=T - 3 * DAY),
            looked_up("later", snapshot_slot=T - 9 * DAY, asked_slot=T - 9 * DAY),
            new("new", T + 5 * SECOND),
            new("older new", T),
            looked_up("not yet", snapshot_slot=T + 1.5 * DAY),
        ],
        T + 2 * DAY,
        100,
    )
    assert chosen.chosen == ("older new", "new", "later", "late")
    assert (chosen.due, chosen.left, chosen.never_asked) == (4, 0, 2)
    assert chosen.most_overdue_seconds == (10 * DAY).total_seconds()


def test_active_players_go_first_and_an_eighth_is_for_the_others_wherever_the_run_ends() -> None:
    quiet = [looked_up(f"q{n:03}", snapshot_slot=T - 90 * DAY, asked_slot=T - 90 * DAY) for n in range(100)]
    active = [looked_up(f"a{n:03}", last_telemetry=T + DAY) for n in range(100)]
    chosen = plan([*quiet, *active], T + DAY, 80).chosen
    assert len(chosen) == 80
    assert sum(key.startswith("q") for key in chosen) == 10
    assert chosen[0] == "a000"
    for end in range(1, 81):
        others = sum(key.startswith("q") for key in chosen[:end])
        assert end // 8 <= others <= end // 8 + 1


def test_budget_left_by_one_group_goes_to_the_other() -> None:
    quiet = [looked_up(f"q{n}", quiet_days=1) for n in range(100)]
    active = [looked_up(f"a{n}", last_telemetry=T + DAY) for n in range(100)]
    assert len(plan([*quiet, *active[:3]], T + DAY, 50).chosen) == 50
    assert len(plan([*quiet[:3], *active], T + DAY, 50).chosen) == 50
    assert len(plan(quiet, T + DAY, 50).chosen) == 50


def test_a_player_on_no_table_is_not_among_the_first_although_they_play() -> None:
    lost = looked_up("lost", outcome="not_found", failures=1, asked_slot=T - 9 * DAY, last_telemetry=T + DAY)
    chosen = plan(
        [lost, looked_up("a1", last_telemetry=T + DAY), looked_up("a2", last_telemetry=T + DAY)], T + DAY, 2
    ).chosen
    assert chosen[0] == "a1"


def test_a_newcomer_who_plays_comes_before_everyone() -> None:
    newcomer = new("new", T + DAY, last_telemetry=T + DAY)
    assert plan([looked_up("a", last_telemetry=T + DAY), newcomer], T + DAY, 2).chosen[0] == "new"


def test_a_run_takes_as_many_as_its_request_budget_allows_and_reports_the_rest() -> None:
    players = [looked_up(f"p{n}", type_checked_at=T if n % 2 == 0 else None) for n in range(10)]
    chosen = plan(players, T + DAY, 7)
    assert sum(expected_requests(player, T + DAY) for player in players if player.key in chosen.chosen) <= 7
    assert (len(chosen.chosen), chosen.due, chosen.left) == (5, 10, 5)
    assert len(plan(players, T + DAY, 1).chosen) == 1


def test_a_repeated_run_skips_players_already_looked_up_in_the_slot() -> None:
    slot = T + 2 * DAY
    done = looked_up("done", asked_slot=slot, outcome="not_found", failures=1)
    assert plan([done, looked_up("rest")], slot, 10).chosen == ("rest",)


def test_a_late_hourly_run_does_not_shift_the_next_days_slot() -> None:
    player = looked_up(snapshot_slot=T, snapshot_at=T + 50 * MINUTE, last_telemetry=T + DAY)
    assert plan([player], T + DAY, 1).chosen == ("bob",)


def test_overdue_is_measured_in_the_players_own_intervals() -> None:
    assert overdue_intervals(looked_up(quiet_days=7), T + 14 * DAY) == 1.0
    assert overdue_intervals(looked_up(), T + DAY / 2) == 0.0
    assert overdue_intervals(new("bob", T), T + 3 * DAY) == 3.0
