"""Snapshots of one player in compact notation, and their gains."""

from datetime import UTC, datetime, timedelta
from typing import Any

from hiscores.domain.gains import Gains, gains_by_period
from hiscores.domain.snapshots import Snapshot

BOSSES = {"Zulrah", "Vorkath"}
NEW_YEAR = datetime(2026, 1, 1, tzinfo=UTC)
M = 1_000_000


def snapshot(hours: float, skills: Any = None, others: Any = None, *, complete: bool = True) -> Snapshot:
    """A snapshot this many hours after New Year 2026."""
    at = NEW_YEAR + timedelta(hours=hours)
    others = others or {}
    return Snapshot("bob", at, f"{at}", skills or {}, others, frozenset(BOSSES & others.keys()), complete)


def gains(*snapshots: Snapshot) -> dict[str, Gains]:
    return gains_by_period(snapshots, lambda name: None)


def attack(*values: tuple[float, int]) -> list[Snapshot]:
    return [snapshot(hours, {"Attack": value}) for hours, value in values]


def rows(hours: float, **values: int) -> Snapshot:
    return snapshot(hours, values)
