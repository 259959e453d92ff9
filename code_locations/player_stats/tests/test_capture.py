"""A file written by the plugin gives the figures calculated from it by hand."""

from pathlib import Path
from typing import Any

from stats_world import materialise
from wrapped_cli.importers import import_files
from wrapped_cli.importers.look import look_at
from wrapped_devkit.sample_files import write_plugin_file
from wrapped_shared.mongo import MongoResource

DAY = "2023-12-25"


def figures(mongo: MongoResource, key: str) -> dict[str, Any]:
    report = mongo.analytics["wrapped_reports"].find_one({"_id": f"2023/{key}"})
    assert report is not None
    return report


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
    import_files(mongo, look_at([tmp_path / "capture.sqlite"]))
    assert materialise(mongo, DAY, DAY).success
    report = figures(mongo, "player two")
    assert report["play"]["seconds"] == 6.0
    assert report["movement"]["tiles_run"] == 18
    assert report["movement"]["energy_spent"] == 5.4
    assert [place["name"] for place in report["places"]] == ["Grand Exchange"]
    assert report["equipment"][0]["item_id"] == 1052
    assert report["experience"]["skills"] == {"MAGIC": {"gained": 90, "levels_gained": 1}}
