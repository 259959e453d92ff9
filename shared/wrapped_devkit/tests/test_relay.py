"""The relay in front of MongoDB, and how a step survives what it does to connections."""

from time import monotonic, sleep

import dagster as dg
import pytest
from pymongo.errors import AutoReconnect, OperationFailure
from wrapped_devkit.relay import Command, Cut, Verdict, relayed
from wrapped_shared.mongo import MongoResource, clear_errors


def behind(mongo: MongoResource, uri: str) -> MongoResource:
    return MongoResource(uri=uri, raw_database=mongo.raw_database, analytics_database=mongo.analytics_database)


def test_commands_pass_with_the_documents_that_the_driver_sends_beside_them(mongo: MongoResource) -> None:
    seen: list[Command] = []

    def judge(command: Command) -> Verdict:
        seen.append(command)
        return None

    with relayed(mongo.uri, judge) as relay, behind(mongo, relay.uri).open() as used:
        used.analytics["things"].insert_many([{"_id": 1}, {"_id": 2}])
        assert used.analytics["things"].count_documents({}) == 2
    written = next(command for command in seen if command.name == "insert")
    assert (written.database, written.collection) == (mongo.analytics_database, "things")
    assert written.body["documents"] == [{"_id": 1}, {"_id": 2}]
    assert "endSessions" in {command.name for command in seen}


def test_an_answer_in_the_server_s_place_is_an_error_of_the_driver(mongo: MongoResource) -> None:
    with (
        relayed(mongo.uri, refuse_inserts) as relay,
        behind(mongo, relay.uri).open() as used,
    ):
        with pytest.raises(OperationFailure) as refused:
            used.analytics["things"].insert_one({"_id": 1})
        assert refused.value.code == 13
        assert used.analytics["things"].count_documents({}) == 0


def refuse_inserts(command: Command) -> Verdict:
    return {"ok": 0.0, "errmsg": "no", "code": 13} if command.name == "insert" else None


@pytest.mark.parametrize(("how", "carried_out"), [(Cut.BEFORE, 0), (Cut.AFTER, 1), (Cut.LATE, 1)])
def test_a_cut_connection_is_a_network_error_whether_or_not_the_server_did_it(
    mongo: MongoResource, how: Cut, carried_out: int
) -> None:
    with relayed(mongo.uri, lambda command: how if command.name == "insert" else None) as relay:
        with behind(mongo, relay.uri).open() as used, pytest.raises(AutoReconnect):
            used.analytics["things"].insert_one({"_id": 1})
        deadline = monotonic() + 20
        while mongo.analytics["things"].count_documents({}) != carried_out and monotonic() < deadline:
            sleep(0.1)
    assert mongo.analytics["things"].count_documents({}) == carried_out


def run_through(mongo: MongoResource, cuts: int, monkeypatch: pytest.MonkeyPatch) -> dg.ExecuteInProcessResult:
    """Run a step that writes, with the connection cut at its first writes."""
    monkeypatch.setattr("wrapped_shared.mongo._RETRY_SECONDS", 0)
    left = list(range(cuts))

    def judge(command: Command) -> Verdict:
        if command.name == "update" and left:
            left.pop()
            return Cut.AFTER
        return None

    @dg.asset
    def writes(mongo: MongoResource) -> None:
        with clear_errors(mongo):
            mongo.analytics["things"].update_one({"_id": 1}, {"$set": {"done": True}}, upsert=True)

    with relayed(mongo.uri, judge) as relay:
        return dg.materialize([writes], resources={"mongo": behind(mongo, relay.uri)}, raise_on_error=False)


@pytest.mark.slow
def test_a_step_whose_server_went_away_is_started_again(mongo: MongoResource, monkeypatch: pytest.MonkeyPatch) -> None:
    result = run_through(mongo, 3, monkeypatch)
    assert result.success
    assert sum(event.is_step_up_for_retry for event in result.all_events) == 3


@pytest.mark.slow
def test_a_step_that_is_cut_again_and_again_fails_in_one_line(
    mongo: MongoResource, monkeypatch: pytest.MonkeyPatch
) -> None:
    result = run_through(mongo, 4, monkeypatch)
    assert not result.success
    (failed,) = result.get_step_failure_events()
    data = failed.step_failure_data.user_failure_data
    assert data is not None
    assert data.description is not None
    assert data.description.startswith("MongoDB at mongodb://")
    assert "\n" not in data.description
