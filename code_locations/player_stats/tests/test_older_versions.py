"""Stored summaries of every earlier form are read as the present one; what they never counted is empty."""

from typing import Any

import pytest
from engine_harness import DAYS, engine_days
from player_stats.domain.families import FAMILIES
from player_stats.domain.interning import session_hash
from player_stats.domain.running_merges import MONTHS, RunningMerge, from_document, summary_of
from player_stats.domain.summaries import Summary, merge
from telemetry_documents import Telemetry
from wrapped_shared.version import SCHEMA_VERSION

FORMS = ("1", "2", "2 without prayer")
SESSION = "over midnight"


def without_marks(part: Any) -> Any:
    """A part of a summary with the session's own text, as form 1 had it."""
    if isinstance(part, list):
        return [without_marks(one) for one in part]
    if isinstance(part, dict):
        return {name: without_marks(value) for name, value in part.items()}
    return SESSION if part == session_hash(SESSION) else part


def in_form(form: str, summary: Summary) -> dict[str, Any]:
    """A summary as a document of an earlier form held it."""
    version = int(form[0])
    stored = dict(summary) if version == 2 else without_marks(summary)
    if form != "2":
        del stored["prayer"]
    return {**stored, "schema_version": version}


@pytest.fixture
def days() -> tuple[Summary, Summary]:
    """The summaries of two days with one session over the midnight between them, a death of that moment included."""
    told = Telemetry(session=SESSION, at="2024-01-01T23:59:57")
    for number in range(10):
        told.tick(number * 600, number, x=3200 + number, energy=9_000 - 10 * number, prayer=90 - number)
    for number in (4, 5):
        told.death(after=number * 600, tick=number)
    found = engine_days(told.documents, "2023-01-01", "2024-01-02", cut=DAYS)
    return found["2024-01-01"]["bob"], found["2024-01-02"]["bob"]


@pytest.mark.parametrize("form", FORMS)
def test_an_hour_a_day_or_a_month_merges_with_a_present_one_as_if_it_were_one(
    form: str, days: tuple[Summary, Summary]
) -> None:
    whole, read = merge(*days), merge(summary_of(in_form(form, days[0])), days[1])
    for family in FAMILIES.keys() - {"prayer"}:
        assert read[family] == whole[family], family
    assert read["play"]["sessions"] == read["deaths"]["count"] == 1
    assert (whole["prayer"]["fallen"], read["prayer"]["fallen"]) == (9, 9 if form == "2" else 4)


@pytest.mark.parametrize("form", FORMS)
def test_a_running_merge_keeps_what_it_has_or_is_rebuilt(form: str, days: tuple[Summary, Summary]) -> None:
    around = RunningMerge(MONTHS, "2024", "2024-02").document("bob")
    read = from_document({**around, **in_form(form, days[0])})
    if form == "1":
        assert read is None
        return
    assert read is not None
    assert read.summary is not None
    assert read.summary["play"] == days[0]["play"]
    assert read.summary["prayer"]["fallen"] == (4 if form == "2" else 0)


def test_a_running_merge_of_nothing_stays_one() -> None:
    stored = RunningMerge(MONTHS, "2024", "2024-01").document("bob")
    assert stored["schema_version"] == SCHEMA_VERSION
    assert from_document(stored) == RunningMerge(MONTHS, "2024", "2024-01")
