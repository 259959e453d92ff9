"""When a player is due, and whom a run takes."""

from dataclasses import replace

import pytest
from hiscores.domain.planner import (
    DAY,
    HOUR,
    Candidate,
    due_at,
    overdue_intervals,
    plan,
    quiet_days_after,
)

T = 1_000_000 * HOUR


def asked(key: str = "bob", **changes: object) -> Candidate:
    seen = Candidate(key, T, outcome="ok", asked_slot=T, snapshot_slot=T, snapshot_at=T + 60, known_type=True)
    return replace(seen, **changes)  # type: ignore[arg-type]


def test_a_player_never_asked_about_is_due_from_when_he_was_first_seen() -> None:
    assert due_at(Candidate("bob", T)) == T


def test_a_newcomer_is_asked_about_in_the_run_that_first_sees_him_although_its_slot_began_before() -> None:
    assert plan([Candidate("bob", T + 17 * 60)], T, 10).chosen == ("bob",)


def test_telemetry_since_the_last_snapshot_makes_a_player_due_after_a_day() -> None:
    quiet = asked(quiet_days=7)
    assert due_at(quiet) == T + 7 * DAY
    assert due_at(replace(quiet, last_telemetry=T + 59)) == T + 7 * DAY
    assert due_at(replace(quiet, last_telemetry=T + 61)) == T + DAY


def test_the_intervals_of_a_quiet_player_grow_to_a_week() -> None:
    days, grown = 1, []
    for _ in range(5):
        days = quiet_days_after(days, active=False, first=False)
        grown.append(days)
    assert grown == [2, 4, 7, 7, 7]
    assert quiet_days_after(7, active=True, first=False) == 1
    assert quiet_days_after(1, active=False, first=True) == 1


@pytest.mark.parametrize(("failures", "days"), [(1, 1), (2, 2), (3, 4), (5, 16), (6, 28), (60, 28)])
def test_whom_no_table_has_is_asked_about_ever_less_often(failures: int, days: int) -> None:
    assert due_at(asked(outcome="not_found", failures=failures)) == T + days * DAY


@pytest.mark.parametrize(("failures", "hours"), [(1, 1), (2, 2), (5, 16), (6, 24), (4_000, 24)])
@pytest.mark.parametrize("outcome", ["unavailable", "blocked", "format_changed"])
def test_after_trouble_a_player_is_asked_about_again_in_an_hour_and_then_ever_later(
    failures: int, hours: int, outcome: str
) -> None:
    assert due_at(asked(outcome=outcome, failures=failures)) == T + hours * HOUR


def test_first_comers_come_first_then_the_most_overdue() -> None:
    chosen = plan(
        [
            asked("late", snapshot_slot=T - 3 * DAY),
            asked("later", snapshot_slot=T - 9 * DAY, asked_slot=T - 9 * DAY),
            Candidate("new", T + 5),
            Candidate("older new", T),
            asked("not yet", snapshot_slot=T + 1.5 * DAY),
        ],
        T + 2 * DAY,
        100,
    )
    assert chosen.chosen == ("older new", "new", "later", "late")
    assert (chosen.due, chosen.left, chosen.never_asked) == (4, 0, 2)
    assert chosen.most_overdue_seconds == 10 * DAY


def test_active_players_go_first_and_an_eighth_is_for_the_others_wherever_the_run_ends() -> None:
    quiet = [asked(f"q{n:03}", snapshot_slot=T - 90 * DAY, asked_slot=T - 90 * DAY) for n in range(100)]
    active = [asked(f"a{n:03}", last_telemetry=T + DAY) for n in range(100)]
    chosen = plan([*quiet, *active], T + DAY, 80).chosen
    assert len(chosen) == 80
    assert sum(key.startswith("q") for key in chosen) == 10
    assert chosen[0] == "a000"
    for end in range(1, 81):
        others = sum(key.startswith("q") for key in chosen[:end])
        assert end // 8 <= others <= end // 8 + 1


def test_what_one_kind_of_players_leaves_of_the_budget_is_the_others() -> None:
    quiet = [asked(f"q{n}", quiet_days=1) for n in range(100)]
    active = [asked(f"a{n}", last_telemetry=T + DAY) for n in range(100)]
    assert len(plan([*quiet, *active[:3]], T + DAY, 50).chosen) == 50
    assert len(plan([*quiet[:3], *active], T + DAY, 50).chosen) == 50
    assert len(plan(quiet, T + DAY, 50).chosen) == 50


def test_a_player_whom_no_table_has_is_not_among_the_first_although_he_plays() -> None:
    lost = asked("lost", outcome="not_found", failures=1, asked_slot=T - 9 * DAY, last_telemetry=T + DAY)
    chosen = plan([lost, asked("a1", last_telemetry=T + DAY), asked("a2", last_telemetry=T + DAY)], T + DAY, 2).chosen
    assert chosen[0] == "a1"


def test_a_newcomer_who_plays_comes_before_everyone() -> None:
    newcomer = Candidate("new", T + DAY, last_telemetry=T + DAY)
    assert plan([asked("a", last_telemetry=T + DAY), newcomer], T + DAY, 2).chosen[0] == "new"


def test_a_run_takes_as_many_as_its_budget_of_requests_allows_and_tells_the_rest() -> None:
    players = [asked(f"p{n}", known_type=n % 2 == 0) for n in range(10)]
    chosen = plan(players, T + DAY, 7)
    assert chosen.expected_requests <= 7
    assert (len(chosen.chosen), chosen.due, chosen.left) == (5, 10, 5)
    assert len(plan(players, T + DAY, 1).chosen) == 1


def test_whoever_was_asked_about_in_the_slot_is_passed_over_when_the_run_is_repeated() -> None:
    slot = T + 2 * DAY
    done = asked("done", asked_slot=slot, outcome="not_found", failures=1)
    assert plan([done, asked("rest")], slot, 10).chosen == ("rest",)


def test_an_hourly_run_that_is_late_does_not_shift_the_next_days_slot() -> None:
    player = asked(snapshot_slot=T, snapshot_at=T + 50 * 60, last_telemetry=T + DAY)
    assert plan([player], T + DAY, 1).chosen == ("bob",)


def test_how_long_overdue_is_measured_in_the_players_own_intervals() -> None:
    assert overdue_intervals(asked(quiet_days=7), T + 14 * DAY) == 1.0
    assert overdue_intervals(asked(), T + DAY / 2) == 0.0
    assert overdue_intervals(Candidate("bob", T), T + 3 * DAY) == 3.0
