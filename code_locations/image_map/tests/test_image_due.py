"""The location's answer to `wrapped run`: whether its job has something to do."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from image_map.domain.subjects import constant_subjects
from image_map.work.due import due
from wrapped_shared.mongo import MongoResource

BEFORE = datetime.now(UTC) - timedelta(hours=3)


@pytest.fixture
def settled(mongo: MongoResource, monkeypatch: pytest.MonkeyPatch) -> MongoResource:
    """A map of what every report has, and a report that names nothing else."""
    monkeypatch.delenv("WRAPPED_CONTACT", raising=False)
    mongo.analytics["stat_images"].insert_many([{"_id": subject.id} for subject in constant_subjects()])
    mongo.analytics["wrapped_reports"].insert_one(report("ann"))
    return mongo


def report(key: str, *places: str, at: datetime = BEFORE) -> dict[str, Any]:
    return {"_id": f"all/{key}", "period": "all", "places": [{"name": place} for place in places], "generated_at": at}


def test_an_empty_database_needs_the_pictures_of_every_report(mongo: MongoResource) -> None:
    assert due(mongo) == "some things have no picture"


def test_a_report_is_checked_until_everything_it_names_is_known(settled: MongoResource) -> None:
    assert due(settled) is None
    settled.analytics["wrapped_reports"].insert_one(report("bob", "Varrock", at=datetime.now(UTC)))
    assert due(settled) == "some things have no picture"
    assert due(settled) == "some things have no picture"
    settled.analytics["stat_images"].insert_one({"_id": "place:Varrock"})
    assert due(settled) is None
    settled.analytics["wrapped_reports"].replace_one({"_id": "all/ann"}, report("ann", "Falador", at=datetime.now(UTC)))
    assert due(settled) == "some things have no picture"


def test_many_reports_with_one_time_are_all_checked(settled: MongoResource) -> None:
    settled.analytics["wrapped_reports"].insert_many([report(f"player {n}") for n in range(450)])
    settled.analytics["wrapped_reports"].insert_one(report("zoe", "Varrock"))
    assert due(settled) == "some things have no picture"


def test_a_subject_that_cannot_be_drawn_does_not_make_a_run_due_forever(settled: MongoResource) -> None:
    settled.analytics["wrapped_reports"].insert_one(report("bob", "Varrock"))
    answers = [due(settled) for _ in range(40)]
    assert answers[0] == "some things have no picture"
    assert answers[-1] is None


def test_a_boss_in_new_gains_needs_a_picture(settled: MongoResource) -> None:
    assert due(settled) is None
    settled.analytics["hiscores_gains"].insert_one({"_id": "all/ann", "bosses": {"Zulrah": {}}})
    settled.analytics["run_notes"].insert_one({"_id": "gains", "snapshots": 3})
    assert due(settled) == "some things have no picture"
    settled.analytics["stat_images"].insert_one({"_id": "boss:Zulrah"})
    assert due(settled) is None


def test_pending_pictures_are_due_only_with_a_contact(settled: MongoResource, monkeypatch: pytest.MonkeyPatch) -> None:
    settled.analytics["stat_images"].insert_one({"_id": "place:Varrock", "pending": True})
    assert due(settled) is None
    monkeypatch.setenv("WRAPPED_CONTACT", "tests@example.org")
    assert due(settled) == "pictures are pending"
