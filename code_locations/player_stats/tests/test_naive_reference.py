"""The naive reference on tiny cases calculated by hand: events, ticks and joined neighbours."""

from typing import Any

import pytest
from bson import Decimal128, Int64, ObjectId
from naive_player_stats import naive_report
from telemetry_documents import Telemetry, ms

MINUTE = 60_000
REGIONS = {12850: "Lumbridge", 12598: "Grand Exchange"}


def report(telemetry: Telemetry, period: str = "all", player: str = "bob", today: str = "2025-06-30") -> Any:
    return naive_report(telemetry.documents, player, period, first_day="2023-01-01", today=today, region_names=REGIONS)


def test_without_a_valid_event_there_is_no_report() -> None:
    telemetry = Telemetry()
    telemetry.tick(sessionId=None)
    assert report(telemetry) is None


@pytest.mark.parametrize(
    "envelope",
    [
        {"username": None},
        {"username": " _-\u00a0"},
        {"username": 7},
        {"timestamp": None},
        {"timestamp": [ms("2024-01-01")]},
        {"timestamp": str(ms("2024-01-01"))},
        {"timestamp": float("nan")},
        {"timestamp": True},
        {"timestamp": Decimal128(str(ms("2024-01-01")))},
        {"timestamp": ms("2024-01-01") + 0.5},
        {"timestamp": ms("2022-12-31T23:59:59")},
        {"timestamp": ms("2024-01-01") // 1000},
        {"timestamp": ms("2025-07-01")},
        {"timestamp": 2**60},
        {"tickCount": -1},
        {"tickCount": None},
        {"tickCount": 1.5},
        {"tickCount": False},
        {"sessionId": 5},
        {"data": None},
        {"data": [{}]},
    ],
)
def test_an_invalid_envelope_leaves_an_event_out_of_everything(envelope: dict[str, Any]) -> None:
    telemetry = Telemetry()
    telemetry.tick(**envelope)
    assert report(telemetry) is None


def test_integral_doubles_and_an_empty_session_are_valid() -> None:
    telemetry = Telemetry()
    telemetry.tick(timestamp=float(telemetry.at), tick=0.0, sessionId="", x=3200.0)
    telemetry.tick(timestamp=Int64(telemetry.at + 600), tick=Int64(1), sessionId="", x=3201, y=Int64(3201))
    got = report(telemetry)
    assert got["play"]["ticks"] == 2
    assert got["movement"]["tiles_walked"] == 1


def test_all_forms_of_a_name_are_one_player_and_the_latest_is_shown() -> None:
    telemetry = Telemetry()
    telemetry.tick(0, 0, username="Iron_Bob")
    telemetry.tick(600, 1, username="iron bob")
    telemetry.tick(1200, 2, username=" IRON\u00a0BOB ")
    telemetry.tick(1200, 3, username="Iron-Bob")
    telemetry.tick(1200, 3, username="Iron Bob", sessionId="t")
    telemetry.tick(1200, 3, username="Iron  Bob", sessionId="inner double spaces are another name")
    got = report(telemetry, player="iron_BOB")
    assert got["play"]["ticks"] == 5
    assert (got["player"], got["player_key"]) == ("Iron Bob", "iron bob")


def test_play_counts_sessions_joined_over_at_most_five_minutes() -> None:
    telemetry = Telemetry()
    telemetry.tick(0, 0)
    telemetry.tick(5 * MINUTE, 1)
    telemetry.tick(10 * MINUTE + 1, 2)
    telemetry.tick(10 * MINUTE + 1, 0, sessionId="other")
    play = report(telemetry)["play"]
    assert (play["ticks"], play["seconds"]) == (4, 2.4)
    assert (play["sessions"], play["longest_session_seconds"]) == (3, 1.2)


def test_play_by_day_month_and_hour() -> None:
    telemetry = Telemetry(at="2023-12-30T23:00:00")
    for day, ticks in ((0, 1), (1, 2), (2, 2), (5, 1), (6, 1)):
        for tick in range(ticks):
            telemetry.tick(day * 24 * 60 * MINUTE + tick * 600, day * 10 + tick)
    play = report(telemetry)["play"]
    assert (play["days_played"], play["longest_streak_days"]) == (5, 3)
    assert (play["best_day"], play["best_month"]) == ("2023-12-31", "2024-01")
    assert play["months"] == {"2023-12": 3, "2024-01": 4}
    assert play["hours"] == [0] * 23 + [7]


def test_neighbours_are_joined_only_within_a_period() -> None:
    telemetry = Telemetry(at="2023-12-31T23:59:59")
    telemetry.tick(0, 0, energy=10_000)
    telemetry.tick(1000, 1, x=3201, energy=9_000)
    telemetry.stat(100, 0)
    telemetry.stat(150, 1000)
    telemetry.death(after=0, tick=0)
    telemetry.death(after=1000, tick=1)
    whole, old, new = (report(telemetry, period) for period in ("all", "2023", "2024"))
    assert [r["play"]["sessions"] for r in (whole, old, new)] == [1, 1, 1]
    assert [r["movement"]["tiles"] for r in (whole, old, new)] == [1, 0, 0]
    assert [r["movement"]["energy_spent"] for r in (whole, old, new)] == [10.0, 0.0, 0.0]
    assert [r["experience"]["total"] for r in (whole, old, new)] == [50, 0, 0]
    assert [r["deaths"]["count"] for r in (whole, old, new)] == [1, 1, 1]
    assert whole["experience"]["best_day"] == "2024-01-01"
    assert old["coverage"] == {"first_day": "2023-12-31", "last_day": "2023-12-31", "days_tracked": 1}


def test_equal_ticks_of_one_timestamp_count_once_with_the_smallest_id() -> None:
    telemetry = Telemetry(at="2024-01-01T12:00:00")
    telemetry.tick(0, 7, x=3201, _id=ObjectId("b" * 24))
    telemetry.tick(0, 7, x=3202, username="BOB", _id=ObjectId("a" * 24))
    telemetry.tick(0, 7, x=3203, sessionId="other")
    telemetry.tick(1, 7, x=3204)
    got = report(telemetry)
    assert got["play"]["ticks"] == 3
    assert got["movement"]["favourite_tile"] == {"x": 3202, "y": 3200, "ticks": 1}
    assert got["quality"]["events_read"] == 4


def test_other_events_are_equal_by_values_not_by_order_or_numeric_type() -> None:
    telemetry = Telemetry()
    data = {
        "actor": {"name": "Rat", "combatLevel": 1, "id": 5, "type": 1},
        "items": [{"id": 1, "quantity": 2}],
    }
    turned = {"items": [{"quantity": 2.0, "id": Int64(1)}], "actor": dict(reversed(data["actor"].items()))}  # type: ignore[attr-defined]
    telemetry.add("loot_received", data)
    telemetry.add("loot_received", turned)
    telemetry.add("loot_received", data, 1)
    telemetry.add("loot_received", data | {"more": None})
    telemetry.add("loot_received", data, 0, 1)
    got = report(telemetry)
    assert got["loot"]["kills"] == 4
    assert got["loot"]["mobs"][0]["items"] == [{"item_id": 1, "name": None, "quantity": 8, "value": None}]


def test_steps_of_one_and_two_tiles_between_consecutive_ticks_count() -> None:
    telemetry = Telemetry()
    for after, tick, x, y in (
        (0, 0, 100, 100),
        (600, 1, 101, 101),  # 1, walked
        (1200, 2, 102, 103),  # 2, run
        (1800, 3, 105, 103),  # 3: not a step
        (2400, 5, 106, 103),  # a tick is missing
        (2400, 6, 106, 103),  # not moving
        (2400 + 5 * MINUTE + 1, 7, 107, 103),  # not joined
    ):
        telemetry.tick(after, tick, x, y)
    telemetry.tick(2400 + 5 * MINUTE + 700, 8, 108, 103, sessionId="other")
    movement = report(telemetry)["movement"]
    assert (movement["tiles"], movement["tiles_walked"], movement["tiles_run"]) == (3, 1, 2)


def test_ticks_at_one_instant_are_ordered_by_tick_count() -> None:
    telemetry = Telemetry()
    telemetry.tick(0, 2, 102)
    telemetry.tick(0, 1, 101)
    telemetry.tick(0, 0, 100)
    assert report(telemetry)["movement"]["tiles_walked"] == 2


def test_neighbours_are_those_with_values_valid_for_the_family() -> None:
    telemetry = Telemetry()
    telemetry.tick(0, 0, 100, energy=100)
    telemetry.tick(600, 1, None, energy=90)  # still energy, still play time
    telemetry.tick(1200, 2, 101, energy=10_001)  # still a tile, but tick 2 does not follow tick 0
    telemetry.tick(1800, 3, 102, energy=80)  # a step; tick 3's energy does not follow tick 1's
    got = report(telemetry)
    assert got["play"]["ticks"] == 4
    assert got["movement"]["tiles"] == 1
    assert got["movement"]["energy_spent"] == 0.1
    assert got["quality"]["events_left_out"] == {
        "places.location.x": 1,
        "movement.location.x": 1,
        "movement.energy": 1,
    }


def test_prayer_points_used_are_the_decreases_between_consecutive_ticks_with_valid_points() -> None:
    telemetry = Telemetry()
    for number, points in enumerate((99, 95, 97, 256, 90, None, 40, 1.0)):
        telemetry.tick(number * 600, number, prayer=points)
    telemetry.tick(9 * 600, 9, prayer=0)  # no next tick
    got = report(telemetry)
    assert got["prayer"]["points_used"] == 4 + 39
    assert got["quality"]["events_left_out"] == {"prayer.prayer": 2}


def test_the_favourite_tile_is_outside_instances_and_ties_go_by_x_then_y() -> None:
    telemetry = Telemetry()
    for tick, (x, y) in enumerate([(6400, 1)] * 3 + [(9, 9), (8, 9), (9, 9), (8, 9), (8, 8), (8, 8)]):
        telemetry.tick(tick * 600, tick, x, y)
    assert report(telemetry)["movement"]["favourite_tile"] == {"x": 8, "y": 8, "ticks": 2}


def test_places_by_region_instance_and_unknown() -> None:
    telemetry = Telemetry()
    spots = [(6400, 3200), (6399, 3200), (3200, 3200), (3263, 3263), (3264, 3263), (16384, 0), (0, -1)]
    for tick, (x, y) in enumerate(spots):
        telemetry.tick(tick * 600, tick, x, y)
    assert report(telemetry)["places"] == [
        {"name": "Lumbridge", "ticks": 2, "seconds": 1.2},
        {"name": "Unknown", "ticks": 2, "seconds": 1.2},
        {"name": "Instance", "ticks": 1, "seconds": 0.6},
    ]


def test_worn_items_use_the_offset_of_their_time() -> None:
    telemetry = Telemetry(at="2024-08-14T10:59:59.999")
    telemetry.tick(0, 0, equipmentIds=[512, 511, 2048 + 5])
    telemetry.tick(1, 1, equipmentIds=[512, 2047, 2048 + 5, 2048])
    telemetry.tick(2, 2, equipmentIds=[True, "2050", 2053.0, -1, None])
    telemetry.tick(3, 3, equipmentIds=[0] * 12 + [4000, "beyond the twelve slots"])
    telemetry.tick(4, 4, equipmentIds={"0": 4000})
    telemetry.tick(5, 5, equipmentIds=None)
    got = report(telemetry)
    assert [(e["slot"], e["item_id"], e["ticks"]) for e in got["equipment"]] == [
        ("AMULET", 5, 2),
        ("AMULET", 1541, 1),
        ("HEAD", 0, 1),
        ("WEAPON", 0, 1),
    ]
    assert got["quality"]["events_left_out"] == {"equipment.equipmentIds": 2}
