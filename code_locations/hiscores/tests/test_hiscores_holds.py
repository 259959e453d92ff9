"""Runs that find or set a hold: nothing is sent, nothing fails, and the end and reason are reported."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import dagster as dg
import pytest
from hiscores_world import World, checks_of, metadata_of

RANKING = "503@/m=hiscore_oldschool/overall"


@pytest.fixture(autouse=True)
def roster(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HISCORES_ROSTER", ",".join(f"player {n}" for n in range(1, 13)))


def hold(world: World, upstream: str) -> dict[str, Any]:
    found = world.mongo.analytics["upstream_holds"].find_one({"_id": upstream})
    assert found is not None
    return found


def sent(world: World) -> int:
    return len(world.stand_in.server.log.entries())


@pytest.mark.slow
def test_the_next_runs_honour_a_retry_after_even_manual_ones(world: World) -> None:
    world.stand_in.server.retry_after_seconds = 7_200
    world.faults("429")
    first = world.materialize()
    assert first.success
    assert sent(world) == 1
    wait = hold(world, "hiscores")["not_before"] - datetime.now(UTC)
    assert timedelta(seconds=7_000) < wait <= timedelta(seconds=7_200)

    world.faults()
    with dg.DagsterInstance.ephemeral() as instance:
        for players in ([], ["Player_1"]):
            result = world.materialize(players=players, instance=instance)
            assert result.success
            metadata = metadata_of(result, "snapshots")
            assert (metadata["outcome"], metadata["requests"]) == ("upstream_on_hold", 0)
            assert "hiscores is on hold until" in metadata["hold"]
            assert "Retry-After of 7200 s" in metadata["hold"]
            check = checks_of(result)["upstream_hold"]
            assert (check.passed, check.severity) == (False, dg.AssetCheckSeverity.WARN)
            assert check.description == metadata["hold"]
            assert checks_of(result)["upstream_answers"].passed
            run = instance.get_run_by_id(result.run_id)
            assert run is not None
            assert run.tags["hiscores/outcome"] == "upstream_on_hold"
            assert metadata_of(result, "tracked_players")["players"] == 12
            assert metadata_of(result, "activity_catalogue")["ranking_page"].startswith(
                "not requested: hiscores is on hold"
            )
            assert metadata_of(result, "hiscores_gains")["players"] == 0
    assert sent(world) == 1


def test_once_the_hold_has_ended_everyone_is_looked_up_and_the_hold_removed(world: World) -> None:
    past = datetime.now(UTC) - timedelta(seconds=1)
    world.mongo.analytics["upstream_holds"].insert_one({"_id": "hiscores", "not_before": past, "reason": "HTTP 429"})
    result = world.materialize()
    assert metadata_of(result, "snapshots")["outcome"] == "complete"
    assert checks_of(result)["upstream_hold"].passed
    assert world.mongo.analytics["upstream_holds"].count_documents({}) == 0


def test_an_opened_breaker_holds_the_hiscores_and_what_was_stored_stays(world: World) -> None:
    world.faults("503")
    metadata = metadata_of(world.materialize(), "snapshots")
    assert (metadata["outcome"], metadata["requests"]) == ("upstream_unreachable", 8)
    wait = hold(world, "hiscores")["not_before"] - datetime.now(UTC)
    assert timedelta(minutes=14) < wait <= timedelta(minutes=15)
    world.faults()
    assert metadata_of(world.materialize(), "snapshots")["requests"] == 0


@pytest.mark.slow
def test_a_rejected_ranking_page_is_requested_once_a_day_and_delays_nobody(world: World) -> None:
    world.faults(RANKING)
    first = world.materialize()
    assert metadata_of(first, "snapshots")["outcome"] == "complete"
    assert metadata_of(first, "activity_catalogue")["ranking_page"] == "unavailable: HTTP 503"
    check = checks_of(first)["ranking_page_hold"]
    assert not check.passed
    assert "hiscores_ranking is on hold until" in str(check.description)
    wait = hold(world, "hiscores_ranking")["not_before"] - datetime.now(UTC)
    assert timedelta(hours=23) < wait <= timedelta(hours=24)

    world.faults()
    again = world.materialize(players=["Player_1"])
    assert metadata_of(again, "snapshots")["ok"] == 1, "the page's hold is its own"
    assert "not requested: hiscores_ranking" in metadata_of(again, "activity_catalogue")["ranking_page"]
    pages = [entry for entry in world.stand_in.server.log.entries() if entry.path.endswith("/overall")]
    assert len(pages) == 1

    past = datetime.now(UTC) - timedelta(seconds=1)
    world.mongo.analytics["upstream_holds"].update_one({"_id": "hiscores_ranking"}, {"$set": {"not_before": past}})
    assert metadata_of(world.materialize(), "activity_catalogue")["ranking_page"] == "ok"


@pytest.mark.slow
@pytest.mark.parametrize("fault", ["429", "403", "404", "html-200", "challenge", "drip"])
def test_any_rejection_of_the_ranking_page_is_tried_once(
    world: World, fault: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if fault == "drip":
        monkeypatch.setenv("HISCORES_TIMEOUT_SECONDS", "3")
    world.stand_in.server.retry_after_seconds = 600
    world.faults(f"{fault}@/m=hiscore_oldschool/overall")
    world.materialize()
    world.materialize()
    pages = [entry for entry in world.stand_in.server.log.entries() if entry.path.endswith("/overall")]
    assert len(pages) == 1
    assert [document["_id"] for document in world.mongo.analytics["upstream_holds"].find()] == ["hiscores_ranking"]


def test_a_response_with_trickling_headers_is_cut_off_and_counts_as_no_response(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HISCORES_TIMEOUT_SECONDS", "0.2")
    world.faults("drip")
    metadata = metadata_of(world.materialize(players=["Player_1"]), "snapshots")
    assert (metadata["unavailable"], metadata["requests"]) == (1, 3)
    assert metadata["reasons"] == {"unavailable: no complete response within 0.2 s": 1}


def test_metadata_and_checks_never_contain_a_players_name(world: World) -> None:
    world.faults("broken-row:0.3", "503:0.2")
    names = [f"player {n}" for n in range(10, 19)]
    result = world.materialize(players=["Player_1", "player 9", "no such name!", *names])
    metadata = metadata_of(result, "snapshots")
    checks = [(check.description, check.metadata) for check in checks_of(result).values()]
    assert not re.search(r"(?i)player[ _]\d|no such", f"{metadata} {checks}")
    assert (metadata["impossible_names"], metadata["not_found"]) == (1, 2)
    assert metadata["format_changed"] + metadata["unavailable"] == sum(metadata["reasons"].values()) > 0
