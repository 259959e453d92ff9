"""The contract page and the JSON Schemas: up to date, complete, and true of the sample report."""

import json
import re
from collections import Counter
from pathlib import Path
from typing import Any, get_args

import pytest
from bson import ObjectId
from jsonschema import Draft202012Validator
from pymongo.errors import WriteError
from wrapped_devkit.contract.collections import ANALYTICS, RAW
from wrapped_devkit.contract.conformity import departures
from wrapped_devkit.contract.json_schemas import json_schema, schema_files
from wrapped_devkit.contract.page import page, sample_report
from wrapped_devkit.contract.typed_dicts import typed_dict_modules
from wrapped_shared import collections as names
from wrapped_shared import stored
from wrapped_shared.indexes import ensure_indexes
from wrapped_shared.models.reports import WrappedReport
from wrapped_shared.mongo import MongoResource
from wrapped_shared.names import player_key
from wrapped_shared.vocabulary import EquipmentSlot, PlainStat, SlideStat

DOCS = Path(__file__).parents[3] / "docs"
HOW = "run .venv/bin/python -m wrapped_devkit.contract"
COLLECTIONS = {**RAW, **ANALYTICS}


def sample() -> dict[str, Any]:
    report: dict[str, Any] = json.loads(sample_report())
    return report


def stored_sample() -> dict[str, Any]:
    """The sample as MongoDB has it."""
    report = sample()
    for slide in report["slides"]:
        if slide["image"]:
            slide["image"]["file_id"] = ObjectId(slide["image"]["file_id"])
    return WrappedReport.model_validate(report).model_dump(by_alias=True)


def tables(text: str) -> dict[str, list[list[str]]]:
    """The rows of the first table under each heading, without its head."""
    found: dict[str, list[list[str]]] = {}
    heading, ended = "", False
    for line in text.splitlines():
        if line.startswith("#"):
            heading, ended = line.lstrip("# "), False
        elif line.startswith("|") and not ended:
            found.setdefault(heading, []).append([cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]])
        elif heading in found:
            ended = True
    return {name: rows[2:] for name, rows in found.items()}


def test_the_page_and_the_schemas_are_what_the_models_say() -> None:
    assert (DOCS / "contract.md").read_text() == page(), HOW
    written = {path.name: path.read_text() for path in (DOCS / "schemas").iterdir()}
    assert written == schema_files(), HOW
    typed = {path.name: path.read_text() for path in Path(stored.__file__).parent.glob("[!_]*.py")}
    assert typed == typed_dict_modules(), HOW


@pytest.mark.slow
def test_every_collection_of_the_contract_is_on_the_page() -> None:
    constants = {name: value for name, value in vars(names).items() if name.isupper() and isinstance(value, str)}
    databases = {names.RAW_DATABASE, names.ANALYTICS_DATABASE}
    named = set(constants.values()) - databases - {names.SPRITES_BUCKET}
    assert named <= COLLECTIONS.keys()
    for collection in COLLECTIONS:
        assert f"\n### {collection}\n" in page()


def test_no_cell_of_the_page_is_empty() -> None:
    rows = [line for line in page().splitlines() if line.startswith("| ")]
    assert len(rows) > 300
    assert [row for row in rows if not all(cell.strip() for cell in re.split(r"(?<!\\)\|", row)[1:-1])] == []


def test_names_in_angle_brackets_are_code_lest_markdown_swallows_them() -> None:
    prose = re.sub(r"```.*?```", "", page(), flags=re.DOTALL).replace("<!--", "")
    assert re.findall(r"<[a-z_]+>", re.sub(r"`[^`\n]*`", "", prose)) == []


def test_sections_that_meanings_refer_to_are_there() -> None:
    referred = set(re.findall(r"see \*([^*]+)\*", page()))
    assert referred
    assert all(f"\n## {section}\n" in page() for section in referred)


def test_the_tables_of_slides_and_stats_are_those_of_the_vocabulary() -> None:
    found = tables(page())
    assert [row[0].strip("`") for row in found["Slides in order"]] == list(get_args(SlideStat))
    stats = [row[0].strip("`") for row in found["Ranks and stats"]]
    assert [stat for stat in stats if ":" not in stat] == list(get_args(PlainStat))


@pytest.mark.parametrize("collection", sorted(COLLECTIONS))
def test_a_schema_is_one_of_the_draft_it_names(collection: str) -> None:
    schema = json_schema(collection, COLLECTIONS[collection])
    Draft202012Validator.check_schema(schema)
    text = json.dumps(schema)
    assert all(f'"{ours}"' not in text for ours in ("bsonType", "tolerant", "form"))


@pytest.mark.parametrize(
    ("part", "field", "known"),
    [("Slide", "stat", "closing"), ("Rank", "stat", "deaths.count"), ("Change", "stat", "loot.value"),
     ("Gear", "slot", "HEAD")],
)  # fmt: skip
def test_a_list_of_words_that_grows_is_known_to_generated_clients_but_not_closed(
    part: str, field: str, known: str
) -> None:
    described = json_schema(names.WRAPPED_REPORTS, COLLECTIONS[names.WRAPPED_REPORTS])["$defs"][part]["properties"]
    words = described[field]["anyOf"]
    assert known in words[0]["enum"]
    assert words[-1] == {"type": "string"}
    assert not list(Draft202012Validator(described[field]).iter_errors("a_newer_word"))
    assert list(Draft202012Validator(described[field]).iter_errors(5))


def test_the_sample_follows_the_schema_and_every_field_of_it_is_described() -> None:
    schema = json_schema(names.WRAPPED_REPORTS, COLLECTIONS[names.WRAPPED_REPORTS])
    validator = Draft202012Validator(schema)
    assert [error.message for error in validator.iter_errors(sample())] == []
    broken = sample() | {"places": {}}
    assert list(validator.iter_errors(broken))
    assert sample().keys() == schema["properties"].keys()


def test_the_sample_is_consistent_in_itself() -> None:
    report = WrappedReport.model_validate(stored_sample())
    assert report.id == f"{report.period}/{report.player_key}"
    assert report.player_key == player_key(report.player)
    play, loot, gains = report.play, report.loot, report.experience
    assert play.ticks == sum(play.hours) == sum(play.months.values()) == sum(place.ticks for place in report.places)
    assert play.best_month == max(play.months, key=lambda month: play.months[month])
    timed = (play, *report.places, *report.equipment)
    assert all(part.seconds == round(part.ticks * 0.6, 1) for part in timed)
    assert report.movement.tiles == report.movement.tiles_walked + report.movement.tiles_run
    assert loot.kills == sum(mob.kills for mob in loot.mobs)
    assert gains.total == sum(gain.gained for gain in gains.skills.values())
    assert report.deaths.count == sum(place.count for place in report.deaths.places)
    for rows, key in (
        (report.places, lambda row: (-row.ticks, row.name)),
        (report.equipment, lambda row: (-row.ticks, row.slot, row.item_id)),
        (loot.mobs, lambda row: (-row.kills, row.name, row.combat_level)),
        (report.deaths.places, lambda row: (-row.count, row.name)),
        (report.exchange.items, lambda row: (-row.bought - row.sold, row.item_id)),
    ):
        assert list(rows) == sorted(rows, key=key)  # type: ignore[call-overload]


def test_the_ranks_of_the_sample_are_those_of_its_sections() -> None:
    report, ranks = sample(), {rank["stat"]: rank for rank in sample()["ranks"]}
    kills: Counter[str] = Counter()
    for mob in report["loot"]["mobs"]:
        kills[mob["name"]] += mob["kills"]
    wanted = {f"kills:{name}": count for name, count in kills.items()}
    wanted |= {f"xp:{skill}": gain["gained"] for skill, gain in report["experience"]["skills"].items()}
    for stat in get_args(PlainStat):
        section, field = stat.split(".")
        wanted[stat] = report[section][field]
    assert {stat: rank["value"] for stat, rank in ranks.items()} == wanted
    assert [stat for stat in ranks if stat in get_args(PlainStat)] == list(get_args(PlainStat))


def test_the_sample_shows_every_slide_in_order_with_its_figure() -> None:
    report = sample()
    slides = {slide["stat"]: slide for slide in report["slides"]}
    assert list(slides) == list(get_args(SlideStat))
    mob, gear = report["loot"]["mobs"][0], report["equipment"][0]
    hiscores = report["hiscores"]["bosses"]
    assert {stat: slide["value"] for stat, slide in slides.items()} == {
        "play_time": report["play"]["seconds"],
        "best_month": report["play"]["best_month"],
        "favourite_mob": mob["name"],
        "favourite_place": report["places"][0]["name"],
        "favourite_gear": gear["item_id"],
        "favourite_skill": report["experience"]["favourite_skill"],
        "tiles": report["movement"]["tiles"],
        "deaths": report["deaths"]["count"],
        "loot": report["loot"]["kills"],
        "best_drop": report["loot"]["best_drop"]["value"],
        "damage": report["damage"]["dealt"],
        "exchange": report["exchange"]["earned"],
        "hiscores": max(hiscores, key=lambda name: hiscores[name]),
        "rank": min(rank["top_percent"] for rank in report["ranks"]),
        "closing": "drop",
    }
    assert slides["favourite_mob"]["image_key"] == f"npc:{mob['name']}#{mob['combat_level']}"
    assert slides["favourite_gear"]["image_key"] == f"item:{gear['item_id']}"
    assert {gear["slot"] for gear in report["equipment"]} <= set(get_args(EquipmentSlot))


def test_a_validator_takes_the_sample_and_what_a_newer_version_may_write(mongo: MongoResource) -> None:
    ensure_indexes(mongo.raw, mongo.analytics)
    reports = mongo.analytics[names.WRAPPED_REPORTS]
    report = stored_sample()
    reports.insert_one(report)
    newer = {"stat": "a_newer_slide", "title": "New", "text": "New.", "value": 1, "image_key": None, "image": None}
    gear = {"slot": "RING", "item_id": 1, "name": None, "ticks": 1, "seconds": 0.6}
    gains = {"skills": {"Overall": 5000}, "bosses": {}}
    rank = {**report["ranks"][0], "stat": "loot.value"}
    more = {"slides": [newer], "equipment": [gear], "hiscores": gains, "ranks": [rank], "prayer": {"points_used": 1}}
    reports.insert_one({**report, **more, "_id": "all/wise otter", "period": "all"})
    with pytest.raises(WriteError):
        reports.insert_one({**report, "_id": "2024/wise otter", "places": {}})


def test_departures_from_the_models_are_named(mongo: MongoResource) -> None:
    report = stored_sample()
    mongo.analytics[names.WRAPPED_REPORTS].insert_one(report)
    mongo.analytics[names.ACTIVITY_CATALOGUE].insert_one(
        {"_id": "#page", "schema_version": 2, "read_at": report["generated_at"]}
    )
    assert departures(mongo) == []
    mongo.analytics[names.WRAPPED_REPORTS].update_one({}, {"$set": {"places.0.tiks": 1, "loot.mobs.1.kills": "40"}})
    mongo.analytics[names.PLAYER_GROUPS].insert_one({"_id": "Otters", "members": [], "leader": "Ann"})
    assert departures(mongo) == [
        "wrapped_reports '2025/wise otter': loot.mobs.1.kills: Input should be a valid integer",
        "player_groups 'Otters': leader: no model describes it",
    ]
    assert departures(mongo, aside=[names.WRAPPED_REPORTS, names.PLAYER_GROUPS]) == []
