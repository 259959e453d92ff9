"""Stored summaries of every older version are upgraded on reading; what they never counted is empty."""

import copy
from typing import Any

import pytest
from engine_harness import DAYS, engine_days
from player_stats.domain.families import FAMILIES
from player_stats.domain.interning import session_hash
from player_stats.domain.prices import Prices
from player_stats.domain.running_merges import MONTHS, RunningMerge, from_document, summary_of
from player_stats.domain.summaries import Summary, merge, valued
from telemetry_documents import Telemetry
from wrapped_shared.collections import PLAYER_MONTHS
from wrapped_shared.version import SCHEMA_VERSIONS

VERSIONS = ("1", "2", "2 without prayer", "3")
SESSION = "over midnight"


def without_hashes(part: Any) -> Any:
    """A part of a summary with the text of the session id, as in version 1."""
    if isinstance(part, list):
        return [without_hashes(one) for one in part]
    if isinstance(part, dict):
        return {name: without_hashes(value) for name, value in part.items()}
    return SESSION if part == session_hash(SESSION) else part


def in_version(version: str, summary: Summary) -> dict[str, Any]:
    """A summary as a document of an older version contains it."""
    number = int(version[0])
    stored = copy.deepcopy(dict(summary)) if number > 1 else without_hashes(summary)
    if version in ("1", "2 without prayer"):
        del stored["prayer"]
    if number < 3:
        del stored["loot"]["best"]
        for mob in stored["loot"]["mobs"]:
            for item in mob["items"]:
                del item["most"]
    return {**stored, "schema_version": number}


@pytest.fixture
def days() -> tuple[Summary, Summary]:
    """The summaries of two days with one session across midnight, a death at that time, and drops."""
    telemetry = Telemetry(session=SESSION, at="2024-01-01T23:59:57")
    for number in range(10):
        telemetry.tick(number * 600, number, x=3200 + number, energy=9_000 - 10 * number, prayer=90 - number)
    for number in (4, 5):
        telemetry.death(after=number * 600, tick=number)
    for number, quantity in ((0, 7), (1, 2), (8, 5), (9, 3)):
        telemetry.drop("Rat", items=((526, quantity),), after=number * 600)
    found = engine_days(telemetry.documents, "2023-01-01", "2024-01-02", cut=DAYS)
    return found["2024-01-01"]["bob"], found["2024-01-02"]["bob"]


@pytest.mark.parametrize("version", VERSIONS)
def test_an_older_summary_merges_with_a_current_one_as_if_it_were_current(
    version: str, days: tuple[Summary, Summary]
) -> None:
    whole, read = merge(*days), merge(summary_of(in_version(version, days[0])), days[1])
    for family in FAMILIES.keys() - {"prayer", "loot"}:
        assert read[family] == whole[family], family
    assert read["play"]["sessions"] == read["deaths"]["count"] == 1
    assert (whole["prayer"]["fallen"], read["prayer"]["fallen"]) == (9, 9 if version in ("2", "3") else 4)


@pytest.mark.parametrize("version", VERSIONS)
def test_older_drops_have_a_value_and_only_their_best_one_is_unknown(
    version: str, days: tuple[Summary, Summary]
) -> None:
    prices = Prices({"2024-01": {"526": 100}}, {})
    read = merge(summary_of(in_version(version, days[0])), days[1])
    loot = FAMILIES["loot"].section(valued(read, "2024-01", prices)["loot"], {})
    assert (loot["value"], loot["kills"]) == (1_700, 4)
    assert loot["best_drop"] is not None
    assert loot["best_drop"]["quantity"] == (7 if version == "3" else 5)
    alone = FAMILIES["loot"].section(valued(summary_of(in_version(version, days[0])), "2024-01", prices)["loot"], {})
    assert (alone["value"], alone["best_drop"] is None) == (900, version != "3")


@pytest.mark.parametrize("version", VERSIONS)
def test_a_running_merge_of_an_older_version_is_rebuilt(version: str, days: tuple[Summary, Summary]) -> None:
    around = RunningMerge(MONTHS, "2024", "2024-02").document("bob")
    read = from_document({**around, **in_version(version, days[0])})
    if version != "3":
        assert read is None
        return
    assert read is not None
    assert read.summary == days[0]


def test_an_empty_running_merge_stays_empty() -> None:
    stored = RunningMerge(MONTHS, "2024", "2024-01").document("bob")
    assert stored["schema_version"] == SCHEMA_VERSIONS[PLAYER_MONTHS]
    assert from_document(stored) == RunningMerge(MONTHS, "2024", "2024-01")
