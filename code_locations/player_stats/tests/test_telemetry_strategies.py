"""The random telemetry of the property tests is storable and exercises every rule."""

from collections import Counter
from random import Random
from typing import Any

import pytest
from bson import encode
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from naive_player_stats import naive_data_quality, naive_report, naive_reports
from telemetry_strategies import FIRST_DAY, PERIODS, PLAYERS, REGION_NAMES, TODAY, Documents, telemetry

RULES: dict[str, Any] = {"first_day": FIRST_DAY, "today": TODAY, "region_names": REGION_NAMES}
QUICK = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck), database=None)


@pytest.mark.slow
@QUICK
@given(telemetry())
def test_documents_can_be_stored_and_reported(documents: Documents) -> None:
    ids = [document["_id"] for several in documents.values() for document in several]
    assert len(ids) == len(set(ids)) <= 60
    for several in documents.values():
        assert all(encode(document) for document in several)
    for player in PLAYERS:
        for period in PERIODS:
            naive_report(documents, player, period, **RULES)
    naive_data_quality(documents, TODAY, first_day=FIRST_DAY, today=TODAY)


@QUICK
@given(telemetry(hostile=False))
def test_without_hostile_values_only_other_days_are_left_out(documents: Documents) -> None:
    for report in naive_reports(documents, "all", **RULES).values():
        assert report["player_key"] in PLAYERS
        assert report["quality"]["events_left_out"] == {}


@QUICK
@given(telemetry(), st.randoms(use_true_random=False))
def test_the_order_of_documents_does_not_matter(documents: Documents, random: Random) -> None:
    shuffled = {collection: random.sample(several, len(several)) for collection, several in documents.items()}
    assert naive_reports(shuffled, "all", **RULES) == naive_reports(documents, "all", **RULES)


@pytest.mark.slow
def test_every_rule_applies_often() -> None:
    met: Counter[str] = Counter()

    @settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck), database=None, derandomize=True)
    @given(telemetry())
    def collect(documents: Documents) -> None:
        reports = naive_reports(documents, "all", **RULES)
        for report in reports.values():
            for family, field in (
                *(("movement", "tiles_walked"), ("movement", "tiles_run"), ("movement", "energy_spent")),
                *(("loot", "kills"), ("loot", "players_looted"), ("experience", "total"), ("deaths", "count")),
                *(("damage", "dealt"), ("damage", "taken"), ("exchange", "spent"), ("exchange", "earned")),
                *(("exchange", "offers_filled"), ("play", "sessions"), ("prayer", "points_used")),
            ):
                met[f"{family}.{field}"] += report[family][field] > 0
            met["places"] += len(report["places"]) > 1
            met["equipment"] += len(report["equipment"]) > 0
            met["levels"] += any(skill["levels_gained"] for skill in report["experience"]["skills"].values())
            met["days"] += report["coverage"]["days_tracked"] > 1
            met["left out"] += len(report["quality"]["events_left_out"]) > 0
        met["players"] += len(reports) > 1
        met["duplicates"] += any(
            quality["duplicates"]
            for day in ("2023-12-31", "2024-01-01", "2024-08-14")
            for quality in naive_data_quality(documents, day, first_day=FIRST_DAY, today=TODAY).values()
        )

    collect()
    rare = {rule: times for rule, times in met.items() if times < 5}
    assert rare == {}
