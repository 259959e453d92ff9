"""`wrapped rebuild`: everything is computed again, and whoever runs next continues what was interrupted."""

from pathlib import Path

import pytest
from test_running import analytics
from wrapped_cli import commands, rebuilding
from wrapped_cli.owed import read_owed
from wrapped_devkit.generator import write
from wrapped_shared import collections as names
from wrapped_shared.mongo import MongoResource
from wrapped_shared.periods import today


@pytest.fixture
def at_work(contract_mongo: MongoResource, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> MongoResource:
    """The command's environment with computed telemetry."""
    monkeypatch.setenv("MONGO_URI", contract_mongo.uri)
    monkeypatch.setenv("DAGSTER_HOME", str(tmp_path / "dagster"))
    monkeypatch.setenv("WRAPPED_FIRST_DAY", today())
    write(contract_mongo.raw, contract_mongo.analytics, players=5, days=1, ticks=40, seed=3, start=today())
    assert commands.run(["run", "--location", "player_stats"]) == 0
    return contract_mongo


def spoil(mongo: MongoResource) -> None:
    """Results as an older program with a mistake left them: no read of events finds out."""
    for name in (names.PLAYER_DAYS, names.PLAYER_HOURS):
        mongo.analytics[name].delete_many({})
    mongo.analytics[names.WRAPPED_REPORTS].update_many({}, {"$set": {"play.seconds": 1.0, "digest": "x", "ranks": []}})
    mongo.analytics[names.PLAYER_MERGES].delete_many({})


def results(mongo: MongoResource) -> dict[str, object]:
    found = analytics(mongo)
    return {
        name: {
            identity: {field: value for field, value in one.items() if field not in ("generated_at", "revision")}
            for identity, one in found[name].items()
        }
        for name in ("player_days", "wrapped_reports")
    }


@pytest.mark.slow
def test_days_and_reports_are_computed_again_and_the_cost_is_shown(
    at_work: MongoResource, capsys: pytest.CaptureFixture[str]
) -> None:
    before = results(at_work)
    spoil(at_work)
    assert commands.run(["rebuild"]) == 0
    shown = capsys.readouterr().out
    assert "rebuilding 1 day, " in shown
    assert "rebuilt 1 of 1 day\n" in shown
    assert "s per million events" in shown
    assert results(at_work) == before
    assert (rebuilding.left(at_work.analytics), read_owed(at_work.analytics).due) == (None, 0)


@pytest.mark.slow
def test_an_interrupted_rebuild_is_continued_by_itself_or_by_any_run(
    at_work: MongoResource, capsys: pytest.CaptureFixture[str]
) -> None:
    before = results(at_work)
    spoil(at_work)
    rebuilding.begin(at_work.analytics, [today()])  # and then the process died
    assert commands.run(["rebuild", "--from", today()]) == 1
    assert "another rebuild is unfinished" in capsys.readouterr().err
    assert commands.run(["run", "--location", "player_stats"]) == 0
    assert results(at_work) == before
    assert rebuilding.left(at_work.analytics) is None


def test_a_day_that_lost_events_is_left_as_it_is(contract_mongo: MongoResource) -> None:
    contract_mongo.analytics[names.DAY_LEDGER].insert_many(
        [{"_id": "2024-08-13", "fallen": {"game_ticks": 3}}, {"_id": "2024-08-14"}],
        bypass_document_validation=True,
    )
    days = ["2024-08-13", "2024-08-14", "2024-08-15"]
    assert rebuilding.rebuildable(contract_mongo.analytics, days) == ["2024-08-14", "2024-08-15"]


@pytest.mark.parametrize("option", ["--from", "--to"])
def test_a_day_that_is_none_is_refused_in_one_line(
    option: str, contract_mongo: MongoResource, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("MONGO_URI", contract_mongo.uri)
    assert commands.run(["rebuild", option, "soon"]) == 1
    assert capsys.readouterr().err.splitlines() == [f"wrapped: {option} needs a day such as 2024-12-31, not 'soon'"]
