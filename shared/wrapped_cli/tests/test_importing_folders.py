"""Files and folders are inspected first: those with rows are imported, and one line says what each other looks like."""

import bz2
import gzip
import io
import json
import sqlite3
import tarfile
import zipfile
from contextlib import closing
from pathlib import Path
from typing import Any

import bson
import pytest
from bson import ObjectId
from import_world import import_paths, tick
from PIL import Image
from wrapped_cli.importers import import_files
from wrapped_cli.importers.look import look_at
from wrapped_devkit.sample_files import archive_bytes, write_dump_folder, write_json_lines, write_plugin_file
from wrapped_shared.mongo import MongoResource

RAW = "runelite-wrapped-raw"


def _ticks(first: int, count: int, player: str = "Wren") -> list[dict[str, Any]]:
    return [tick(number, player) for number in range(first, first + count)]


def _stored(first: int, count: int) -> list[dict[str, Any]]:
    return [{"_id": ObjectId(), **event} for event in _ticks(first, count)]


def _mix(folder: Path) -> Path:
    """A nested folder with every file format, and the files that are usually next to them."""
    (folder / "exports" / "old").mkdir(parents=True)
    (folder / ".git").mkdir()
    write_plugin_file(folder / "session.db", {"game_tick": _ticks(0, 1)})
    (folder / "session.db-shm").write_bytes(b"\0" * 10)
    write_json_lines(folder / "exports" / "events.jsonl.gz", _ticks(10, 2, "Crow"))
    (folder / "exports" / "old" / "events.json").write_text(json.dumps(_ticks(20, 3), indent=2))
    (folder / "exports" / "old" / "monday-game_ticks.bson").write_bytes(
        b"".join(bson.encode(d) for d in _stored(25, 4))
    )
    (folder / "backup.archive").write_bytes(archive_bytes({RAW: {"game_ticks": _stored(30, 5)}}))
    databases = {RAW: {"game_ticks": _stored(40, 6), "actor_death": [], "other": [{"_id": 1}]}, "admin": {}}
    for day in ("monday", "tuesday"):
        write_dump_folder(folder / day, databases)
    (folder / ".DS_Store").write_bytes(b"\0")
    (folder / ".git" / "config").write_bytes(b"x")
    return folder


def test_a_mixed_folder_is_walked_with_a_result_for_each_file(mongo: MongoResource, tmp_path: Path) -> None:
    found = look_at([_mix(tmp_path)])
    assert found.refused == []
    reports = import_files(mongo, found)
    new = {str(r.source.path.relative_to(tmp_path)): r.added.total() for r in reports if r.source}
    assert new == {
        "backup.archive": 5, "session.db": 1, "exports/events.jsonl.gz": 2, "exports/old/events.json": 3,
        "exports/old/monday-game_ticks.bson": 4, f"monday/{RAW}/game_ticks.bson": 6,
        f"tuesday/{RAW}/game_ticks.bson": 0,
    }  # fmt: skip
    assert [len(r.players) for r in reports] == [1] * 7
    assert import_paths(mongo, [tmp_path]).added.total() == 0


def test_the_same_event_in_different_files_is_one(mongo: MongoResource, tmp_path: Path) -> None:
    events = _ticks(0, 3)
    write_plugin_file(tmp_path / "session.db", {"game_tick": events})
    write_json_lines(tmp_path / "events.jsonl", events)
    (tmp_path / "one.json").write_text(json.dumps(events))
    (tmp_path / "pretty.json").write_text(json.dumps(events, indent=4, sort_keys=True), encoding="utf-16")
    report = import_paths(mongo, [tmp_path])
    assert report.added == {"game_ticks": 3}
    assert report.present == {"game_ticks": 9}


def test_the_same_id_in_different_files_is_one_document(mongo: MongoResource, tmp_path: Path) -> None:
    (event,) = _stored(0, 1)
    write_dump_folder(tmp_path / "dump", {RAW: {"game_ticks": [event]}})
    (tmp_path / "export.json").write_text(json.dumps([{**event, "_id": {"$oid": str(event["_id"])}}]))
    report = import_paths(mongo, [tmp_path])
    assert (report.added, report.present) == ({"game_ticks": 1}, {"game_ticks": 1})


def _picture(kind: str) -> bytes:
    content = io.BytesIO()
    Image.new("RGB", (2, 2)).save(content, kind)
    return content.getvalue()


def _zip() -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("events.jsonl", "{}")
    return content.getvalue()


def _tar() -> bytes:
    content = io.BytesIO()
    with tarfile.open(fileobj=content, mode="w") as archive:
        archive.addfile(tarfile.TarInfo("events.jsonl"))
    return content.getvalue()


FOREIGN = {
    "is empty": b"",
    "blank text": b" \r\n\n",
    "a web page (HTML)": b"\xef\xbb\xbf\n<!DOCTYPE HTML><title>Log in</title>",
    "a web page (HTML) ": b"<!-- saved --><html><body>{}</body></html>",
    "XML": b"<?xml version='1.0'?><events/>",
    "a PDF document": b"%PDF-1.7\n",
    "a ZIP archive": _zip(),
    "a tar archive": _tar(),
    "a bzip2 file": bz2.compress(b"{}"),
    "a file gzipped twice": gzip.compress(gzip.compress(b"{}")),
    "a PNG picture": _picture("PNG"),
    "a JPEG picture": _picture("JPEG"),
    "a GIF picture": _picture("GIF"),
    "a program": b"\x7fELF\x02",
    "CSV": b"timestamp,username,event\n1690000000000,Wren,game-tick\n",
    "CSV ": "timestamp;username\n1;Zo\xeb\n".encode("utf-16"),
    "plain text": b"2024-06-01 INFO client started\nall is well\n",
    "binary data": bytes(range(256)) * 4,
    "JSON": b'[{"a": 1}]',
    "JSON ": b"[]",
    "the log of a SQLite file": b"\x37\x7f\x06\x82" + b"\0" * 28,
    "the journal of a SQLite file": b"\xd9\xd5\x05\xf9\x20\xa1\x63\xd7" + b"\0" * 504,
    "a damaged or empty gzip file": gzip.compress(b"")[:-5],
}


@pytest.mark.parametrize("name", ["file", "events.json", "game_ticks.bson"])
@pytest.mark.parametrize("kind", FOREIGN)
def test_a_file_without_a_row_is_reported_with_what_it_looks_like(tmp_path: Path, kind: str, name: str) -> None:
    path = tmp_path / name
    path.write_bytes(FOREIGN[kind])
    found = look_at([path])
    assert found.files == []
    (line,) = found.refused
    assert str(path) in line
    assert kind.strip() in line


@pytest.mark.parametrize("kind", ["a web page (HTML)", "a PDF document", "CSV", "plain text", "JSON"])
def test_a_gzipped_file_without_a_row_is_reported_by_its_content(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "events.gz"
    path.write_bytes(gzip.compress(FOREIGN[kind]))
    (line,) = look_at([path]).refused
    assert f"it looks like {kind}" in line


def test_a_gzipped_or_foreign_sqlite_file_says_what_to_do(tmp_path: Path) -> None:
    path = write_plugin_file(tmp_path / "session.db", {"game_tick": _ticks(0, 1)})
    packed = tmp_path / "session.db.gz"
    packed.write_bytes(gzip.compress(path.read_bytes()))
    none = write_plugin_file(tmp_path / "none.db", {})
    other = tmp_path / "places.sqlite"
    with closing(sqlite3.connect(other)) as database:
        database.execute("CREATE TABLE moz_places (id INTEGER PRIMARY KEY, data TEXT)")
    assert look_at([packed, none, other]).refused == [
        f"{packed} is a gzipped SQLite file: unpack it first",
        f"{none} has no row that can be imported: it looks like a SQLite file; it has no rows",
        f"{other} is a SQLite file without tables of the plugin, such as game_tick",
    ]


def test_a_bad_file_is_reported_and_the_others_are_imported(mongo: MongoResource, tmp_path: Path) -> None:
    write_json_lines(tmp_path / "events.jsonl", _ticks(0, 2))
    (tmp_path / "page.html").write_text("<html></html>")
    (tmp_path / "empty").mkdir()
    missing = tmp_path / "missing"
    found = look_at([tmp_path, tmp_path / "empty", missing])
    assert [report.added.total() for report in import_files(mongo, found)] == [2]
    assert found.refused == [
        f"{tmp_path / 'page.html'} cannot be imported: it looks like a web page (HTML)",
        f"{tmp_path / 'empty'} contains nothing to import: no plugin file, JSON file or dump",
        f"{missing} does not exist",
    ]


def test_reasons_are_shown_with_what_a_file_looks_like(tmp_path: Path) -> None:
    path = write_json_lines(tmp_path / "events.jsonl", ['{"event": "chat"}', '{"event": "chat"}', "oops"])
    assert look_at([path]).refused == [
        f"{path} has no row that can be imported: it looks like JSON; 2 × unknown event, 1 × not JSON"
    ]
