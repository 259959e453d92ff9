"""Every file format, intact or damaged, ends up in the raw database exactly once."""

import gzip
import json
from pathlib import Path
from typing import Any

import bson
import pytest
from bson import ObjectId
from bson.codec_options import CodecOptions
from import_world import import_paths
from wrapped_cli.errors import CommandError
from wrapped_cli.importers import import_files
from wrapped_cli.importers import rows as reasons
from wrapped_cli.importers.look import look_at
from wrapped_devkit.sample_files import (
    archive_bytes,
    write_dump_folder,
    write_json_lines,
    write_plugin_file,
)
from wrapped_shared.mongo import MongoResource

MS = 1_703_466_436_826
DAY_MS = 86_400_000
RAW = "runelite-wrapped-raw"


def _event(kind: str, tick: int, **data: Any) -> dict[str, Any]:
    return {
        "timestamp": MS + 600 * tick,
        "data": data,
        "username": "Zezima",
        "event": kind,
        "tickCount": tick,
        "sessionId": "session-1",
    }


def _ticks(count: int, first: int = 0) -> list[dict[str, Any]]:
    return [_event("game-tick", tick, energy=tick % 10_000) for tick in range(first, first + count)]


def _stored(documents: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The documents as stored in MongoDB, with their own `_id`s."""
    return [{"_id": ObjectId(), **document} for document in documents]


def _requests(mongo: MongoResource) -> dict[str, str]:
    return {d["_id"]: d["reason"] for d in mongo.analytics["day_requests"].find()}


def _without_id(mongo: MongoResource, collection: str) -> list[dict[str, Any]]:
    found = mongo.raw[collection].find({}, {"_id": 0})
    return sorted(found, key=lambda d: (d["timestamp"], d["tickCount"]))


def test_a_plugin_file_is_imported_by_table_and_bad_rows_are_counted(mongo: MongoResource, tmp_path: Path) -> None:
    deaths = [_event("something else", 3, name="Zezima")]
    bad = ["{", b"\xff\xff", None, "[]", json.dumps({**_event("game-tick", 4), "big": 2**70})]
    path = write_plugin_file(tmp_path / "session.db", {"game_tick": [*_ticks(5), *bad], "actor_death": deaths})
    report = import_paths(mongo, [path])
    assert report.added == {"game_ticks": 5, "actor_death": 1}
    assert report.invalid == {reasons.NOT_JSON: 3, reasons.NOT_AN_OBJECT: 1, reasons.NOT_BSON: 1}
    assert report.first_invalid[reasons.NOT_JSON] == "session.db game_tick id 6"
    assert _without_id(mongo, "game_ticks") == _ticks(5)
    assert _requests(mongo) == {"2023-12-25": "import"}


def test_importing_twice_adds_nothing_and_creates_no_work(mongo: MongoResource, tmp_path: Path) -> None:
    path = write_plugin_file(tmp_path / "session.db", {"game_tick": _ticks(5)})
    import_paths(mongo, [path])
    mongo.analytics["day_requests"].delete_many({})
    again = import_paths(mongo, [path, path])
    assert again.added.total() == 0
    assert again.present == {"game_ticks": 10}
    assert mongo.raw["game_ticks"].count_documents({}) == 5
    assert _requests(mongo) == {}


def test_an_earlier_request_stays(mongo: MongoResource, tmp_path: Path) -> None:
    path = write_plugin_file(tmp_path / "session.db", {"game_tick": _ticks(5)})
    import_paths(mongo, [path])
    import_paths(mongo, [path])
    assert _requests(mongo) == {"2023-12-25": "import"}


def test_only_days_that_got_new_rows_are_requested(mongo: MongoResource, tmp_path: Path) -> None:
    path = write_json_lines(tmp_path / "a.jsonl", _ticks(3))
    import_paths(mongo, [path])
    mongo.analytics["day_requests"].delete_many({})
    later = {**_ticks(1)[0], "timestamp": MS + DAY_MS}
    report = import_paths(mongo, [write_json_lines(tmp_path / "b.jsonl", [*_ticks(3), later])])
    assert report.days == {"2023-12-26"}
    assert _requests(mongo) == {"2023-12-26": "import"}


@pytest.mark.slow
@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize("depth", ["dump", "database", "above"])
def test_a_dump_folder_keeps_ids_and_types(mongo: MongoResource, tmp_path: Path, packed: bool, depth: str) -> None:
    ticks = _stored(_ticks(5))
    ticks[0]["timestamp"] = float(MS)
    ticks[1]["data"] = {"wide": bson.Int64(5)}
    databases = {RAW: {"game_ticks": ticks, "other": [{"_id": 1}]}, "admin": {"game_ticks": [{"_id": 2}]}}
    root = write_dump_folder(tmp_path / "backup" / "dump", databases, packed=packed)
    path = {"dump": root, "database": root / RAW, "above": root.parent}[depth]
    report = import_paths(mongo, [path])
    assert report.added == {"game_ticks": 5}
    found = list(mongo.raw["game_ticks"].find().sort("_id", 1))
    assert [bson.encode(d) for d in found] == [bson.encode(d) for d in ticks]
    assert import_paths(mongo, [path]).present == {"game_ticks": 5}
    assert "other" not in mongo.raw.list_collection_names()


def test_a_dump_of_a_renamed_database_is_read_and_of_several_one_must_be_named(
    mongo: MongoResource, tmp_path: Path
) -> None:
    one = write_dump_folder(tmp_path / "one", {"copy": {"loot_received": _stored(_ticks(2))}})
    assert import_paths(mongo, [one]).added == {"loot_received": 2}
    two = write_dump_folder(tmp_path / "two", {"copy": {"loot_received": []}, "copy2": {"loot_received": [{"_id": 1}]}})
    found = look_at([two])
    assert found.files == []
    assert [line.replace(str(two), "") for line in found.refused] == [
        "several databases in  hold raw collections: name one of /copy, /copy2"
    ]


@pytest.mark.parametrize("packed", [False, True])
def test_an_archive_with_alternating_blocks_is_imported(mongo: MongoResource, tmp_path: Path, packed: bool) -> None:
    ticks, loot = _stored(_ticks(7)), _stored(_ticks(3))
    databases = {
        "admin": {"game_ticks": [{"_id": 1}] * 5},
        RAW: {"game_ticks": ticks, "loot_received": loot, "system.views": [{"_id": 1}], "actor_death": []},
    }
    content = archive_bytes(databases)
    path = tmp_path / "backup.archive"
    path.write_bytes(gzip.compress(content) if packed else content)
    report = import_paths(mongo, [path])
    assert report.added == {"game_ticks": 7, "loot_received": 3}
    assert not report.invalid
    assert list(mongo.raw["game_ticks"].find().sort("_id", 1)) == ticks
    assert import_paths(mongo, [path]).added.total() == 0


def test_an_archive_cut_off_at_any_byte_gives_everything_before_it(mongo: MongoResource, tmp_path: Path) -> None:
    content = archive_bytes({RAW: {"game_ticks": _stored(_ticks(4))}})
    prelude = content.index(b"\xff\xff\xff\xff") + 4
    path = tmp_path / "backup.archive"
    first_whole = prelude + len(content[prelude:].split(b"\xff\xff\xff\xff")[0])
    for size in range(prelude, len(content), 97):
        path.write_bytes(content[:size])
        found = look_at([path])
        if found.refused:
            assert size < first_whole + 1000
            assert f"{path} has no row that can be imported" in found.refused[0]
        else:
            (report,) = import_files(mongo, found)
            assert report.invalid == {reasons.CUT_OFF: 1}
    path.write_bytes(content[: prelude - 9])
    assert look_at([path]).refused == [f"{path} is a damaged mongodump archive: its start is cut off"]


@pytest.mark.parametrize("packed", [False, True])
def test_broken_and_cut_off_bson_is_counted_and_the_rest_is_imported(
    mongo: MongoResource, tmp_path: Path, packed: bool
) -> None:
    good = _stored(_ticks(3))
    no_bson = (11).to_bytes(4, "little") + b"\x99a\x00\x00\x00\x00\x00"
    content = {"game_ticks": [good[0], no_bson, good[1], bson.encode(good[2])[:-7]]}
    report = import_paths(mongo, [write_dump_folder(tmp_path / "dump", {RAW: content}, packed=packed)])
    assert report.added == {"game_ticks": 2}
    assert report.invalid == {reasons.BROKEN_BSON: 1, reasons.CUT_OFF: 1}
    assert "game_ticks.bson" in report.first_invalid[reasons.CUT_OFF]


@pytest.mark.parametrize("kept", ["game_ticks.bson", "archive"])
def test_texts_that_are_not_utf8_are_stored_as_the_mongo_resource_reads_them(
    mongo: MongoResource, tmp_path: Path, kept: str
) -> None:
    event = _stored([{**_ticks(1)[0], "data": {"name": "Gob__lin", "ke__y": 1}}])[0]
    raw = bson.encode(event).replace(b"__", b"\xe9\xff")
    path = tmp_path / kept
    path.write_bytes(archive_bytes({RAW: {"game_ticks": [raw]}}) if kept == "archive" else raw)
    assert import_paths(mongo, [path]).added == {"game_ticks": 1}
    stored = mongo.raw["game_ticks"].find_one()
    assert stored == bson.decode(raw, CodecOptions(unicode_decode_error_handler="replace"))
    assert stored is not None
    assert stored["data"]["name"] == "Gob\ufffd\ufffdlin"
    assert import_paths(mongo, [path]).present == {"game_ticks": 1}


def test_json_lines_go_by_event_or_by_the_name_of_the_file(mongo: MongoResource, tmp_path: Path) -> None:
    mixed: list[dict[str, Any] | str] = [
        _event("game-tick", 1),
        _event("actor_death", 2),
        "",
        "no json",
        _event("chat", 3),
        json.dumps(_event("game-tick", 4), indent=1).replace("\n", " "),
    ]
    report = import_paths(
        mongo,
        [
            write_json_lines(tmp_path / "events.jsonl", mixed),
            write_json_lines(tmp_path / "loot_received.json.gz", [_event("nonsense", 5)]),
        ],
    )
    assert report.added == {"game_ticks": 2, "actor_death": 1, "loot_received": 1}
    assert report.invalid == {reasons.NOT_JSON: 1, reasons.UNKNOWN_EVENT: 1}
    assert report.first_invalid[reasons.NOT_JSON] == "events.jsonl line 4"


def test_a_damaged_gzip_gives_everything_before_the_damage(mongo: MongoResource, tmp_path: Path) -> None:
    path = write_json_lines(tmp_path / "events.jsonl.gz", _ticks(3000))
    path.write_bytes(path.read_bytes()[:-2000])
    report = import_paths(mongo, [path])
    assert report.invalid[reasons.CUT_OFF] == 1
    assert 0 < report.added["game_ticks"] < 3000


def test_a_line_beyond_the_size_of_a_document_is_skipped(mongo: MongoResource, tmp_path: Path) -> None:
    path = tmp_path / "events.jsonl"
    with path.open("w") as file:
        file.write(json.dumps(_event("game-tick", 1)) + "\n")
        file.write('{"a": "' + "x" * (20 * 1024 * 1024) + '"}\n')
        file.write(json.dumps(_event("game-tick", 2)))
    report = import_paths(mongo, [path])
    assert report.added == {"game_ticks": 2}
    assert report.invalid == {reasons.TOO_LONG: 1}


def test_equal_rows_are_one_event_and_invalid_ones_are_imported_to_be_counted_later(
    mongo: MongoResource, tmp_path: Path
) -> None:
    odd = [
        {**_ticks(1)[0], "username": None},
        {**_ticks(1)[0], "timestamp": "yesterday"},
        {"event": "game-tick"},
    ]
    path = write_json_lines(tmp_path / "events.jsonl", [*_ticks(2), *_ticks(2), *odd])
    report = import_paths(mongo, [path])
    assert report.added == {"game_ticks": 5}
    assert report.present == {"game_ticks": 2}


def test_a_named_player_replaces_every_username(mongo: MongoResource, tmp_path: Path) -> None:
    rows = [{**_ticks(1)[0], "username": name} for name in (None, "Alt_One", "alt one", "Other", 7)]
    rows += [{**_ticks(1, first=1)[0], "_id": {"$oid": "6588d5c48799307968a006be"}}]
    report = import_paths(mongo, [write_json_lines(tmp_path / "e.jsonl", rows)], player="Iron Bob")
    assert mongo.raw["game_ticks"].distinct("username") == ["Iron Bob"]
    assert mongo.raw["game_ticks"].count_documents({"_id": ObjectId("6588d5c48799307968a006be")}) == 1
    assert report.renamed == {"alt one", "other", "zezima"}
    with pytest.raises(CommandError, match="non-empty name"):
        look_at([tmp_path / "e.jsonl"], " _ ")


def test_an_import_creates_the_indexes_of_the_contract(mongo: MongoResource, tmp_path: Path) -> None:
    import_paths(mongo, [write_json_lines(tmp_path / "events.jsonl", _ticks(1))])
    keys = [list(index["key"]) for index in mongo.raw["game_ticks"].list_indexes()]
    assert {("timestamp",), ("username", "timestamp"), ("_id", "timestamp")} <= {tuple(key) for key in keys}


def test_the_real_capture_is_imported_whole(mongo: MongoResource) -> None:
    sample = Path(__file__).parents[4] / "shared" / "samples" / "plugin-session.sqlite"
    if not sample.is_file():
        pytest.skip("the real capture is not part of the repository")
    report = import_paths(mongo, [sample])
    assert report.added == {"game_ticks": 362, "stat_changed": 46, "grand_exchange_offer_changed": 9}
    assert not report.invalid
