"""The naive reference on tiny cases calculated by hand: data quality, ranks and groups."""

from typing import Any

from bson import Decimal128
from naive_player_stats import (
    naive_data_quality,
    naive_group_report,
    naive_ranks,
    naive_report,
    naive_reports,
    naive_undated,
)
from telemetry_documents import Telemetry, ms

DAY = 24 * 3_600_000
FIRST, TODAY = "2023-01-01", "2024-01-03"


def reports(telemetry: Telemetry) -> dict[str, dict[str, Any]]:
    return naive_reports(telemetry.documents, "all", first_day=FIRST, today=TODAY, region_names={})


def test_a_player_s_quality_counts_their_documents_on_their_days() -> None:
    telemetry = Telemetry()
    telemetry.tick(0, 0)
    telemetry.tick(0, 0)  # a duplicate is read, not left out
    telemetry.tick(0, 1, x=None, energy=None)
    telemetry.tick(0, 1, x=None, energy=None)  # only the event that counts has reasons
    telemetry.stat(5, tick=-1)
    telemetry.stat(5, sessionId=None, data=None)
    telemetry.stat(5, data=None)
    telemetry.stat(5, timestamp=None)  # no day
    telemetry.stat(5, DAY, tick=None)  # a day without a valid event of theirs
    telemetry.stat(5, username="Other")
    telemetry.tick(3 * DAY)  # waits for its day
    got = naive_report(telemetry.documents, "bob", "all", first_day=FIRST, today=TODAY, region_names={})
    assert got is not None
    assert got["quality"] == {
        "events_read": 7,
        "events_left_out": {
            "places.location.x": 1,
            "movement.location.x": 1,
            "tickCount": 1,
            "sessionId": 1,
            "data": 1,
        },
    }


def test_data_quality_counts_the_documents_of_a_day() -> None:
    telemetry = Telemetry()
    first = telemetry.tick(0, 0, username=None, timestamp=telemetry.at + 0.5)
    second = telemetry.tick(0, 0, timestamp=telemetry.at + 0.5)
    telemetry.tick(0, 0, timestamp=Decimal128(str(telemetry.at)))
    telemetry.tick(0, 0)
    telemetry.tick(0, 0)
    telemetry.tick(0, 1, energy=-1)
    telemetry.tick(0, 2, location=None, equipmentIds=5, energy=-1)
    telemetry.tick(0, 3, timestamp=[telemetry.at])
    telemetry.tick(0, 3, timestamp=str(telemetry.at))
    telemetry.tick(DAY, 4)
    telemetry.tick(3 * DAY, 5)
    telemetry.tick(3 * DAY, 5, tickCount=-5)
    got = naive_data_quality(telemetry.documents, "2024-01-01", first_day=FIRST, today=TODAY)
    ticks = got["game_ticks"]
    assert (ticks["read"], ticks["duplicates"]) == (7, 1)
    assert ticks["left_out"] == {
        "username": 1,
        "timestamp": 2,
        "movement.energy": 1,
        "places.location": 1,
        "movement.location": 1,
        "equipment.equipmentIds": 1,
    }
    assert len(ticks["examples"]) == 5
    assert ticks["examples"][:2] == [
        {"reason": "username", "id": first["_id"]},
        {"reason": "timestamp", "id": second["_id"]},
    ]
    assert got["stat_changed"] == {"read": 0, "duplicates": 0, "left_out": {}, "examples": []}
    future = naive_data_quality(telemetry.documents, "2024-01-04", first_day=FIRST, today=TODAY)["game_ticks"]
    assert future["left_out"] == {"in_future": 1, "tickCount": 1}
    assert naive_undated(telemetry.documents, first_day=FIRST)["game_ticks"] == 2


def test_documents_before_the_first_day_are_undated() -> None:
    telemetry = Telemetry()
    telemetry.tick(timestamp=ms("2022-12-31"))
    telemetry.tick(timestamp=ms("2023-01-01"))
    assert naive_undated(telemetry.documents, first_day=FIRST)["game_ticks"] == 1


def five_players() -> Telemetry:
    telemetry = Telemetry()
    for index, kills in enumerate((3, 2, 2, 1, 0)):
        name = f"P{index}"
        telemetry.tick(0, 0, username=name)
        for tick in range(kills):
            telemetry.drop("Guard", 19 + tick % 2, tick=tick, username=name)
    return telemetry


def test_ranks_need_five_reports_and_a_value_above_zero() -> None:
    all_reports = reports(five_players())
    ranks = naive_ranks(all_reports)
    assert [(r["stat"], r["value"], r["top_percent"], r["of_players"]) for r in ranks["p2"]] == [
        ("play.seconds", 0.6, 20.0, 5),
        ("play.days_played", 1, 20.0, 5),
        ("play.longest_streak_days", 1, 20.0, 5),
        ("loot.kills", 2, 40.0, 5),
        ("kills:Guard", 2, 40.0, 5),
    ]
    assert [r["stat"] for r in ranks["p4"]] == [
        "play.seconds",
        "play.days_played",
        "play.longest_streak_days",
    ]
    assert {r["stat"]: r["top_percent"] for r in ranks["p3"]}["kills:Guard"] == 80.0
    assert {key: [r["joint"] for r in of if r["stat"] == "kills:Guard"] for key, of in ranks.items()} == {
        "p0": [False], "p1": [True], "p2": [True], "p3": [False], "p4": [],
    }  # fmt: skip
    del all_reports["p4"]
    assert naive_ranks(all_reports) == {"p0": [], "p1": [], "p2": [], "p3": []}


def test_top_percent_is_rounded_up_to_one_decimal() -> None:
    telemetry = Telemetry()
    for index in range(7):
        telemetry.stat(1, 0, username=f"P{index}")
        telemetry.stat(10 + index, 1, 1, username=f"P{index}")
    ranks = naive_ranks(reports(telemetry))
    assert ranks["p6"][0] == {
        "stat": "experience.total", "value": 15, "top_percent": 14.3, "joint": False, "of_players": 7,
    }  # fmt: skip
    assert ranks["p0"][0]["top_percent"] == 100.0
    assert [r["stat"] for r in ranks["p0"]] == ["experience.total", "xp:ATTACK"]


def test_a_group_adds_up_its_members_and_lists_unknown_ones() -> None:
    members = ["P1", "p_2", "p2", "P0", " p1 ", "Nobody", None, ""]
    group = naive_group_report(reports(five_players()), "clan", members, "all")
    assert group["members"] == ["nobody", "p 2", "p0", "p1", "p2"]
    assert group["totals"]["play.seconds"] == 1.8
    assert group["totals"]["loot.kills"] == group["totals"]["kills:Guard"] == 7
    assert group["totals"]["exchange.earned"] == 0
    leaders = {entry["stat"]: entry["top"] for entry in group["leaders"]}
    assert leaders["loot.kills"] == [
        {"player": "P0", "value": 3},
        {"player": "P1", "value": 2},
        {"player": "P2", "value": 2},
        {"player": "nobody", "value": 0},
        {"player": "p 2", "value": 0},
    ]
