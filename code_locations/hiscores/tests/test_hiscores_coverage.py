"""Whom the planner reaches, by simulation: rosters small enough for one request a second, and larger ones.

The simulation is the benchmark's, with the hourly budget scaled down with the roster.
"""

import importlib.util
import sys
from pathlib import Path

import pytest

_SPEC = importlib.util.spec_from_file_location(
    "hiscores_simulation", Path(__file__).parents[1] / "bench" / "simulation.py"
)
assert _SPEC is not None
assert _SPEC.loader is not None
simulation = importlib.util.module_from_spec(_SPEC)
sys.modules[_SPEC.name] = simulation
_SPEC.loader.exec_module(simulation)

A_DAY = 1.05
"""With an hour of tolerance: runs are an hour apart."""


def test_if_the_budget_suffices_everyone_is_looked_up_when_due() -> None:
    found = simulation.simulate(100, 360, 21)
    assert found.first_round == 0
    assert found.of_daily_players().within(A_DAY) == 1
    assert found.oldest() <= 7.05


@pytest.mark.slow
def test_of_150000_players_the_active_ones_are_looked_up_within_a_day() -> None:
    by_due_time = simulation.simulate(625, 15, 14, simulation.by_due_time)
    found = simulation.simulate(625, 15, 14)
    assert by_due_time.of_daily_players().within(A_DAY) < 0.7
    assert found.of_daily_players().within(A_DAY) > 0.9
    assert found.oldest() < 14


def test_even_if_the_budget_is_too_small_nobody_is_left_out_forever() -> None:
    found = simulation.simulate(800, 8, 30)
    assert found.first_round < 20
    assert found.oldest() < 30
    assert found.requests_a_day >= 192
