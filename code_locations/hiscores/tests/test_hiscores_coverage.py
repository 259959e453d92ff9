"""Whom the planner reaches, by simulation: rosters that one request a second suffices for, and ones it does not.

The simulation is the benchmark's, with the hours' budget made smaller along with the roster.
"""

import importlib.util
import sys
from pathlib import Path

_SPEC = importlib.util.spec_from_file_location(
    "hiscores_simulation", Path(__file__).parents[1] / "bench" / "simulation.py"
)
assert _SPEC is not None
assert _SPEC.loader is not None
simulation = importlib.util.module_from_spec(_SPEC)
sys.modules[_SPEC.name] = simulation
_SPEC.loader.exec_module(simulation)

A_DAY = 1.05
"""With an hour's grace: runs are an hour apart."""


def test_where_the_budget_suffices_for_all_everyone_is_asked_when_due() -> None:
    found = simulation.simulate(100, 360, 21)
    assert found.first_round == 0
    assert found.of_daily_players().within(A_DAY) == 1
    assert found.oldest() <= 7.05


def test_as_many_as_150000_whose_active_ones_fit_have_these_asked_within_a_day() -> None:
    by_due_time = simulation.simulate(625, 15, 14, simulation.by_due_time)
    found = simulation.simulate(625, 15, 14)
    assert by_due_time.of_daily_players().within(A_DAY) < 0.7
    assert found.of_daily_players().within(A_DAY) > 0.9
    assert found.oldest() < 14


def test_of_more_than_can_be_asked_nobody_is_left_out_for_ever() -> None:
    found = simulation.simulate(800, 8, 30)
    assert found.first_round < 20
    assert found.oldest() < 30
    assert found.requests_a_day >= 192
