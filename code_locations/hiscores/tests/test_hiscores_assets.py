"""The assets as a run executes them, over loopback."""

from datetime import UTC, datetime, timedelta

import dagster as dg
import pytest
from bson import Code, Decimal128, MinKey
from hiscores.domain.snapshots import slot_text
from hiscores_world import GAINS_OP, SNAPSHOTS_OP, START, World, checks_of, failure_of, metadata_of
from wrapped_devkit.contract.conformity import departures

HOUR = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)


def slot(days: int = 0) -> str:
    """This hour's slot, or the same some days later."""
    return slot_text(HOUR + timedelta(days=days))


SLOT = {SNAPSHOTS_OP: {"slot": slot()}}


def test_a_first_run_scrapes_everyone_tracked_and_writes_all_collections(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    now_ms = int(datetime.now(UTC).timestamp() * 1000)
    world.mongo.raw["loot_received"].insert_one({"username": "Player_1", "timestamp": now_ms - 5_000})
    world.mongo.raw["game_ticks"].insert_many(
        [{"username": name, "timestamp": now_ms} for name in (None, 7, "name too long for it", "Player 2")]
    )
    world.mongo.analytics["player_groups"].insert_one({"_id": "clan", "members": ["PLAYER\u00a03", 4]})
    monkeypatch.setenv("HISCORES_ROSTER", "player 4, player-5,,")

    result = world.materialize(SLOT)

    assert result.success
    roster = {d["_id"]: d for d in world.mongo.analytics["hiscores_roster"].find()}
    assert {key: entry["sources"] for key, entry in roster.items()} == {
        "player 1": ["telemetry"],
        "player 2": ["telemetry"],
        "player 3": ["groups"],
        "player 4": ["settings"],
        "player 5": ["settings"],
    }
    assert roster["player 1"]["player"] == "Player_1"
    assert metadata_of(result, "tracked_players")["impossible_names"] == 1
    assert metadata_of(result, "snapshots")["outcome"] == "complete"
    assert {d["player_key"]: d["account_type"] for d in world.snapshots().values()} == {
        "player 1": "regular",
        "player 2": "ironman",
        "player 3": "hardcore_ironman",
        "player 4": "ultimate_ironman",
        "player 5": "ironman",
    }
    assert world.snapshots()[f"player 1|{slot()}"]["player"] == "Player_1"
    assert {d["status"] for d in world.players().values()} == {"ok"}
    rows = list(world.mongo.analytics["activity_catalogue"].find({"group": "activities"}))
    assert len(rows) == 91
    assert {row["name"]: row["kind"] for row in rows}["Clue Scrolls (easy)"] == "clue"
    assert {row["name"]: row["linked"] for row in rows}["Grid Points"] is False
    assert metadata_of(result, "activity_catalogue")["ranking_page"] == "ok"
    assert departures(world.mongo, aside=["player_groups"]) == []
    assert set(world.gains()) == {
        f"{period}/player {n}" for n in range(1, 6) for period in ("all", str(datetime.now(UTC).year))
    }
    assert all(check.passed for check in checks_of(result).values())
    assert len(checks_of(result)) == 7


def test_without_a_contact_the_scrape_fails_in_one_line_and_sends_nothing(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WRAPPED_CONTACT", "  ")
    monkeypatch.setenv("HISCORES_ROSTER", "player 1")

    result = world.materialize()

    assert not result.success
    assert failure_of(result).startswith("WRAPPED_CONTACT is not set: set it to")
    assert "\n" not in failure_of(result)
    assert world.stand_in.server.log.entries() == []


@pytest.mark.parametrize(
    ("variable", "value"),
    [("HISCORES_REQUESTS_PER_SECOND", "fast"), ("HISCORES_BASE_URL", "ftp://x"), ("WRAPPED_CONTACT", "ü")],
)
def test_an_invalid_setting_is_named_in_one_line(
    world: World, monkeypatch: pytest.MonkeyPatch, variable: str, value: str
) -> None:
    monkeypatch.setenv(variable, value)
    result = world.materialize()
    assert not result.success
    assert "\n" not in failure_of(result)
    assert variable in failure_of(result) or value in failure_of(result)


def test_a_manual_scrape_ignores_the_plan_and_never_requests_impossible_names(
    world: World,
) -> None:
    for _ in range(2):
        result = world.materialize(players=["Player_1", "what a name!", "Stranger"], selection=["snapshots"])
        assert result.success
    metadata = metadata_of(result, "snapshots")
    assert (metadata["impossible_names"], metadata["not_found"]) == (1, 0)
    slots = {d["slot"] for d in world.snapshots().values() if d["player_key"] == "player 1"}
    assert 1 <= len(slots) <= 2  # both runs may fall into one second
    assert {d["player"] for d in world.snapshots().values()} == {"Player_1", "Stranger"}


def test_an_unreachable_upstream_does_not_fail_the_run_and_is_reported_everywhere(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HISCORES_ROSTER", ",".join(f"player {n}" for n in range(1, 13)))
    monkeypatch.setenv("HISCORES_BASE_URL", "http://127.0.0.1:9")
    with dg.DagsterInstance.ephemeral() as instance:
        result = world.materialize(SLOT, instance=instance)
        run = instance.get_run_by_id(result.run_id)
    assert result.success
    assert run is not None
    assert run.tags["hiscores/outcome"] == "upstream_unreachable"
    metadata = metadata_of(result, "snapshots")
    assert metadata["outcome"] == "upstream_unreachable"
    assert metadata["requests"] == 8
    assert metadata["not_asked"] == 12 - metadata["unavailable"]
    assert not checks_of(result)["upstream_answers"].passed
    assert checks_of(result)["share_of_failures"].severity == dg.AssetCheckSeverity.ERROR
    assert world.snapshots() == {}
    assert metadata_of(result, "activity_catalogue")["ranking_page"].startswith("not requested")


def test_a_second_run_of_the_hour_finds_nothing_due(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HISCORES_ROSTER", "player 1,player 9")
    world.materialize(SLOT)
    before = (world.requests, world.snapshots(), world.gains())
    result = world.materialize({**SLOT, GAINS_OP: {"changed_only": True}})
    assert metadata_of(result, "snapshots")["outcome"] == "nothing_due"
    assert metadata_of(result, "hiscores_gains")["players"] == 0
    assert (world.requests, world.snapshots(), world.gains()) == before


def test_the_request_budget_leaves_the_rest_to_later_runs(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HISCORES_ROSTER", ",".join(f"player {n}" for n in range(1, 8)))
    monkeypatch.setenv("HISCORES_REQUESTS_PER_RUN", "6")
    metadata = metadata_of(world.materialize(SLOT), "snapshots")
    assert (metadata["players"], metadata["due"], metadata["left_for_later_runs"]) == (3, 7, 4)
    assert {d["player_key"] for d in world.snapshots().values()} == {"player 1", "player 2", "player 3"}


@pytest.mark.slow
def test_a_changed_list_of_rows_is_named_in_the_catalogue_check_once(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HISCORES_ROSTER", "player 1")
    world.materialize(SLOT)
    world.faults("added-row")
    later = {SNAPSHOTS_OP: {"slot": slot(2)}}
    check = checks_of(world.materialize(later))["catalogue_drift"]
    assert not check.passed
    assert check.metadata["appeared"].value == ["Bandosian Wyrm"]
    assert check.metadata["moved"].value == []
    again = {SNAPSHOTS_OP: {"slot": slot(4)}}
    assert checks_of(world.materialize(again))["catalogue_drift"].passed
    assert world.snapshots()[f"player 1|{slot(4)}"]["bosses"]["Bandosian Wyrm"] == {
        "rank": 5,
        "kills": 12,
    }


def test_gains_of_old_and_new_documents_are_found_by_any_form_of_the_name_and_written_once(world: World) -> None:
    january = datetime(2026, 1, 5, tzinfo=UTC)
    world.mongo.raw["hiscores"].insert_many(
        [
            {
                "username": form,
                "timestamp": january.timestamp() + day * 86_400 + 0.5,
                "skills": {"total": {"rank": 1, "level": 100, "experience": 1_000 + 10 * day}},
                "bosses": {"Zulrah": {"rank": -1, "kills": -1}},
            }
            for day, form in enumerate(["Old_Timer", "old timer", "OLD TIMER", "Only Old", "only-old"])
        ]
    )
    world.mongo.raw["hiscores"].insert_one({"username": "old timer", "timestamp": "broken", "skills": 3})
    world.mongo.raw["hiscores"].insert_one(
        {
            "_id": "old timer|2026-03-01T10:00:00Z",
            "player_key": "old timer",
            "player": "Old Timer",
            "slot": "2026-03-01T10:00:00Z",
            "scraped_at": "2026-03-01T10:04:00Z",
            "skills": {"Overall": {"rank": 1, "level": 100, "experience": 2_000}},
            "activities": {},
            "bosses": {},
        }
    )
    metadata = metadata_of(world.materialize(selection=["hiscores_gains"]), "hiscores_gains")
    assert (metadata["players"], metadata["unreadable"], metadata["documents_written"]) == (2, 1, 4)
    first = world.gains()
    assert first["all/old timer"]["skills"] == {"Overall": 1_000}
    assert first["2026/only old"]["skills"] == {"Overall": 10}
    assert first["all/old timer"]["to"] == datetime(2026, 3, 1, 10, 4, tzinfo=UTC)
    again = world.materialize(players=["OLD_timer"], selection=["hiscores_gains"])
    assert metadata_of(again, "hiscores_gains")["documents_written"] == 0
    assert metadata_of(again, "hiscores_gains")["players"] == 1
    assert world.gains() == first


def test_gains_in_an_older_format_are_recomputed_although_no_snapshot_is_new(world: World) -> None:
    january = datetime(2026, 1, 5, tzinfo=UTC).timestamp()
    world.mongo.raw["hiscores"].insert_many(
        [
            {"username": "bob", "timestamp": january + n, "skills": {"total": {"rank": 1, "experience": 10 + n}}}
            for n in range(2)
        ]
    )
    world.materialize(selection=["hiscores_gains"])
    wanted = world.gains()
    changed_only = {GAINS_OP: {"changed_only": True}}
    metadata = metadata_of(world.materialize(changed_only, selection=["hiscores_gains"]), "hiscores_gains")
    assert metadata["players"] == 0
    world.mongo.analytics["hiscores_gains"].update_many(
        {}, {"$unset": {"ratings": 1}, "$set": {"skills": {"Overall": 99}, "schema_version": 1}}
    )
    world.materialize(changed_only, selection=["hiscores_gains"])
    assert world.gains() == wanted


def test_hostile_telemetry_neither_stops_the_roster_nor_reaches_the_upstream(world: World) -> None:
    now = int(datetime.now(UTC).timestamp() * 1000)
    world.mongo.raw["hitsplat_applied"].insert_many(
        [
            {"username": "bob", "timestamp": now},
            {"username": "bob", "timestamp": Decimal128(str(now + 1))},
            {"username": "future", "timestamp": now + 400 * 86_400_000},
            {"username": "../etc", "timestamp": now},
            {"username": ["bob"], "timestamp": now},
            {"username": Code("eve"), "timestamp": now},
            {"username": Code("bob", {"x": 1}), "timestamp": now},
            {"username": {"$gt": ""}, "timestamp": float("nan")},
            {"timestamp": now},
        ]
    )
    world.mongo.analytics["player_groups"].insert_one({"_id": Code("clan"), "members": [Code("eve"), MinKey(), 5]})
    result = world.materialize()
    assert result.success
    roster = {d["_id"]: d["last_telemetry"] for d in world.mongo.analytics["hiscores_roster"].find()}
    assert roster.keys() == {"bob", "future"}
    assert roster["future"] is None
    assert {name.split(" ", 1)[1] for name in world.requests} == {"bob", "future"}


@pytest.mark.slow
def test_a_player_is_due_after_a_day_once_there_is_telemetry_and_later_if_not(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HISCORES_ROSTER", "busy,quiet")
    for days in (0, 1, 3):
        world.materialize({SNAPSHOTS_OP: {"slot": slot_text(START + timedelta(days=days))}})
    assert world.players()["quiet"]["next_due"] == START + timedelta(days=7)
    later = int((datetime.now(UTC) + timedelta(seconds=1)).timestamp() * 1000)
    world.mongo.raw["game_ticks"].insert_one({"username": "Busy", "timestamp": later})
    world.materialize(selection=["tracked_players", "hiscores_players"])
    assert world.players()["busy"]["next_due"] == START + timedelta(days=4)
    assert world.players()["quiet"]["next_due"] == START + timedelta(days=7)
