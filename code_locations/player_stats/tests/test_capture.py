"""A real capture by the plugin gives the figures worked out from it by hand.

The capture lies beside the project, not in it: without it the test says so and is skipped. A small one of our own,
in the same structure, is always tested.
"""

import json
import sqlite3
from pathlib import Path
from typing import Any

import pytest
from stats_world import materialise
from wrapped_devkit.importers import import_paths
from wrapped_devkit.sample_files import write_plugin_file
from wrapped_shared.mongo import MongoResource

CAPTURE = Path(__file__).parents[4] / "shared" / "samples" / "plugin-session.sqlite"
DAY = "2023-12-25"


def figures(mongo: MongoResource, key: str) -> dict[str, Any]:
    report = mongo.analytics["wrapped_reports"].find_one({"_id": f"2023/{key}"})
    assert report is not None
    return report


@pytest.mark.skipif(not CAPTURE.is_file(), reason=f"the capture {CAPTURE.name} is not beside the project")
def test_the_real_capture(mongo: MongoResource) -> None:
    with sqlite3.connect(f"file:{CAPTURE}?mode=ro&immutable=1", uri=True) as file:
        values = [json.loads(row[0])["data"] for row in file.execute("select data from stat_changed order by id")]
    import_paths(mongo, [CAPTURE])
    assert materialise(mongo, DAY, DAY).success
    report = figures(mongo, "player one")
    assert report["player"] == "Player One"
    assert (report["play"]["ticks"], report["play"]["seconds"], report["play"]["sessions"]) == (362, 217.2, 1)
    movement = report["movement"]
    assert (movement["tiles"], movement["tiles_walked"], movement["tiles_run"]) == (335, 21, 314)
    assert [(place["name"], place["ticks"]) for place in report["places"]] == [
        ("Grand Exchange", 180), ("Taverley", 102), ("Burthorpe", 55), ("Instance", 25),
    ]  # fmt: skip
    worn = {row["slot"]: (row["item_id"], row["ticks"]) for row in report["equipment"]}
    assert worn == {"CAPE": (6570, 362), "AMULET": (19553, 362), "HANDS": (7462, 362)}
    assert report["experience"]["total"] == 0
    latest: dict[str, int] = {}
    unchanged = 0
    for value in values:
        unchanged += latest.get(value["skill"]) == value["xp"]
        latest[value["skill"]] = value["xp"]
    assert (len(values), unchanged) == (46, 23)
    assert report["loot"]["kills"] == 0
    assert (report["exchange"]["spent"], report["exchange"]["earned"]) == (0, 0)


def test_a_capture_of_our_own(mongo: MongoResource, tmp_path: Path) -> None:
    start = 1_703_466_000_000

    def event(name: str, number: int, data: dict[str, Any]) -> dict[str, Any]:
        return {
            "timestamp": start + 600 * number, "data": data, "username": "Player Two", "event": name,
            "tickCount": number, "sessionId": "session-1703465999000",
        }  # fmt: skip

    ticks = [
        event(
            "game-tick",
            number,
            {
                "energy": 10_000 - 60 * number, "health": 50, "prayer": 40, "sessionTickCount": number,
                "equipmentIds": [0, 512 + 1052, 0, 0, 300, 0, 310, 320, 330, 0, 340, 0],
                "location": {"x": 3164 + 2 * number, "y": 3486, "regionId": 12598},
            },
        )
        for number in range(10)
    ]  # fmt: skip
    stats = [event("stat-changed", 0, {"skill": "MAGIC", "xp": 100, "level": 2, "boostedLevel": 2})]
    stats += [event("stat-changed", 4, {"skill": "MAGIC", "xp": 190, "level": 3, "boostedLevel": 3})]
    write_plugin_file(tmp_path / "capture.sqlite", {"game_tick": ticks, "stat_changed": stats})
    import_paths(mongo, [tmp_path / "capture.sqlite"])
    assert materialise(mongo, DAY, DAY).success
    report = figures(mongo, "player two")
    assert report["play"]["seconds"] == 6.0
    assert report["movement"]["tiles_run"] == 18
    assert report["movement"]["energy_spent"] == 5.4
    assert [place["name"] for place in report["places"]] == ["Grand Exchange"]
    assert report["equipment"][0]["item_id"] == 1052
    assert report["experience"]["skills"] == {"MAGIC": {"gained": 90, "levels_gained": 1}}
