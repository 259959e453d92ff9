"""A plugin file gives its committed rows, no matter what its client was doing, and is left unchanged."""

import json
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
from import_world import import_paths, tick
from wrapped_cli.errors import CommandError
from wrapped_cli.importers import rows as reasons
from wrapped_cli.importers.look import look_at
from wrapped_cli.importers.rows import Invalid
from wrapped_cli.importers.sqlite_file import PluginFile
from wrapped_devkit.sample_files import write_plugin_file
from wrapped_shared.mongo import MongoResource

SPILL = "PRAGMA cache_size = 2; PRAGMA cache_spill = 1;"
"""Makes SQLite write pages of a transaction into the file before the commit, as a long one does."""


def _ticks(count: int) -> list[dict[str, Any]]:
    return [tick(number) for number in range(count)]


def _insert(rows: list[dict[str, Any]]) -> str:
    return "".join(f"INSERT INTO game_tick (data) VALUES ('{json.dumps(row)}');" for row in rows)  # noqa: S608


@contextmanager
def _client(path: Path, script: str) -> Iterator[subprocess.Popen[str]]:
    """Another process that ran a script on the file and keeps its transaction open; killed at the end."""
    program = (
        "import sqlite3, sys\n"
        "database = sqlite3.connect(sys.argv[1], isolation_level=None)\n"
        "for statement in sys.stdin.readline().split(';'): database.execute(statement.strip())\n"
        "print('ready', flush=True)\n"
        "sys.stdin.read()\n"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", program, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        process.stdin.write(script.replace("\n", " ") + "\n")
        process.stdin.flush()
        assert process.stdout.readline() == "ready\n"
        yield process
    finally:
        process.kill()
        process.wait()
        process.stdin.close()
        process.stdout.close()


def _read(path: Path) -> list[int]:
    """The tick counts of the rows that an import would write."""
    return [row.document["tickCount"] for row in PluginFile(path).rows() if not isinstance(row, Invalid)]


def _beside(path: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in path.parent.iterdir()}


def _unfinished(count: int) -> str:
    change = "UPDATE game_tick SET data = replace(data, 'Wren', 'Crow');"
    return f"{SPILL} BEGIN; {change} {_insert(_ticks(count))}"


def test_a_client_that_died_in_a_transaction_leaves_its_committed_rows(mongo: MongoResource, tmp_path: Path) -> None:
    path = write_plugin_file(tmp_path / "session.db", {"game_tick": _ticks(150)})
    with _client(path, _unfinished(400)):
        pass
    before = _beside(path)
    assert len(before["session.db-journal"]) > 512
    assert b"Crow" in before["session.db"]
    report = import_paths(mongo, [path])
    assert report.added == {"game_ticks": 150}
    assert not report.invalid
    assert mongo.raw["game_ticks"].distinct("username") == ["Wren"]
    assert _beside(path) == before


@pytest.mark.slow
def test_a_file_locked_by_a_transaction_is_one_error_and_is_read_afterwards(tmp_path: Path) -> None:
    path = write_plugin_file(tmp_path / "session.db", {"game_tick": _ticks(150)})
    with _client(path, _unfinished(400)):
        found = look_at([path])
    assert found.files == []
    assert found.refused == [f"{path} is locked by another program, such as the game client: close it and import again"]
    assert _read(path) == list(range(150))


def test_rows_that_a_running_client_has_not_committed_are_not_seen(tmp_path: Path) -> None:
    path = write_plugin_file(tmp_path / "session.db", {"game_tick": _ticks(5)})
    with _client(path, "BEGIN IMMEDIATE;" + _insert(_ticks(3))):
        assert (tmp_path / "session.db-journal").exists()
        assert _read(path) == list(range(5))


def test_a_client_can_commit_while_its_file_is_read(tmp_path: Path) -> None:
    path = write_plugin_file(tmp_path / "session.db", {"game_tick": _ticks(5000)})
    rows = PluginFile(path).rows()
    next(rows)
    with closing(sqlite3.connect(path, timeout=0)) as client:
        client.execute("INSERT INTO game_tick (data) VALUES (?)", (json.dumps(tick(5000)),))
        client.commit()
    assert sum(1 for _ in rows) == 5000


@pytest.mark.parametrize("mode", ["TRUNCATE", "PERSIST"])
def test_a_journal_kept_after_a_commit_is_not_rolled_back(tmp_path: Path, mode: str) -> None:
    path = write_plugin_file(tmp_path / "session.db", {})
    with closing(sqlite3.connect(path)) as client:
        client.execute(f"PRAGMA journal_mode = {mode}")
        client.executescript("BEGIN;" + _insert(_ticks(30)) + "COMMIT;")
    before = _beside(path)
    assert "session.db-journal" in before
    assert _read(path) == list(range(30))
    assert _beside(path) == before


def _log_of_a_dead_client(folder: Path) -> Path:
    path = write_plugin_file(folder / "session.db", {"game_tick": _ticks(20)})
    script = "PRAGMA journal_mode = WAL; PRAGMA wal_autocheckpoint = 0;" + _insert([tick(20), tick(21)])
    with _client(path, script + "BEGIN;" + _insert([tick(22)])):
        pass
    return path


def test_a_log_next_to_the_file_counts_with_or_without_its_index(tmp_path: Path) -> None:
    path = _log_of_a_dead_client(tmp_path)
    assert _read(path) == list(range(22))
    alone = tmp_path / "alone"
    alone.mkdir()
    for end in ("", "-wal"):
        shutil.copy(f"{path}{end}", alone)
    before = _beside(alone / "session.db")
    alone.chmod(0o555)
    assert _read(alone / "session.db") == list(range(22))
    assert _beside(alone / "session.db") == before


def test_the_committed_part_of_a_log_that_a_running_client_writes_counts(tmp_path: Path) -> None:
    path = write_plugin_file(tmp_path / "session.db", {"game_tick": _ticks(3)})
    with _client(path, "PRAGMA journal_mode = WAL;" + _insert([tick(3)]) + "BEGIN;" + _insert([tick(4)])):
        assert _read(path) == list(range(4))


@pytest.mark.slow
def test_a_log_that_its_client_writes_without_pause_gives_one_consistent_state_or_an_error(tmp_path: Path) -> None:
    path = write_plugin_file(tmp_path / "session.db", {"game_tick": _ticks(500)})
    program = (
        "import sqlite3, sys\n"
        "database = sqlite3.connect(sys.argv[1], isolation_level=None)\n"
        "database.execute('PRAGMA locking_mode = EXCLUSIVE')\n"  # so that there is no index next to the log
        "database.execute('PRAGMA journal_mode = WAL')\n"
        "for n in range(10**9):\n"
        "    database.execute('UPDATE game_tick SET data = ?', ('{\"tickCount\": %d}' % n,))\n"
        "    if n == 0: print('ready', flush=True)\n"
    )
    with subprocess.Popen([sys.executable, "-c", program, str(path)], stdout=subprocess.PIPE) as process:
        try:
            assert process.stdout is not None
            process.stdout.readline()
            for _ in range(3):
                found = look_at([path])
                if found.refused:
                    assert len(found.refused) == 1
                    assert found.refused[0].endswith("and import again")
                else:  # it may be refused this time
                    with suppress(CommandError):
                        _assert_one_state(path)
        finally:
            process.kill()
    _assert_one_state(path)


def _assert_one_state(path: Path) -> None:
    ticks = _read(path)
    assert len(set(ticks)) <= 1  # none at all if the client has locked the file since
    assert len(ticks) in (0, 500)


def test_a_file_with_a_closed_log_is_read_and_nothing_is_left_next_to_it(tmp_path: Path) -> None:
    path = write_plugin_file(tmp_path / "session.db", {"game_tick": _ticks(3)})
    with closing(sqlite3.connect(path)) as client:
        client.execute("PRAGMA journal_mode = WAL")
    assert _read(path) == [0, 1, 2]
    assert list(_beside(path)) == ["session.db"]


def test_the_journal_of_another_file_is_ignored(tmp_path: Path) -> None:
    path = write_plugin_file(tmp_path / "session.db", {"game_tick": _ticks(150)})
    with _client(path, _unfinished(400)):
        pass
    other = write_plugin_file(tmp_path / "other.db", {"game_tick": _ticks(2)})
    assert _read(other) == [0, 1]


def test_a_huge_generated_value_is_never_computed(tmp_path: Path) -> None:
    path = tmp_path / "session.db"
    value = "replace(hex(zeroblob(n)), '0', printf('%064d', 0))"
    with closing(sqlite3.connect(path)) as database, database:
        database.execute(f"CREATE TABLE game_tick (id INTEGER PRIMARY KEY, n, data TEXT AS ({value}))")
        sizes = [(1, 1), (2, 200_000), (3, 200_000), (4, 1), (5, 200_000)]
        database.executemany("INSERT INTO game_tick (id, n) VALUES (?, ?)", sizes)
    assert path.stat().st_size < 10_000
    rows = [row.reason for row in PluginFile(path).rows() if isinstance(row, Invalid)]
    long, short = reasons.TOO_LONG, reasons.NOT_JSON
    assert rows == [short, long, long, short, long]


def test_a_row_that_is_too_long_costs_only_itself(tmp_path: Path) -> None:
    path = tmp_path / "session.db"
    pad = "x" * (17 * 1024 * 1024)
    write_plugin_file(path, {"game_tick": [tick(1), tick(2, pad=pad), tick(3)]})
    source = PluginFile(path)
    bad = [(row.reason, source.where()) for row in source.rows() if isinstance(row, Invalid)]
    assert bad == [(reasons.TOO_LONG, "session.db game_tick id 2")]
    assert _read(path) == [1, 3]


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE VIEW game_tick AS WITH RECURSIVE n(i) AS (VALUES (1) UNION ALL SELECT i FROM n) SELECT i data FROM n",
        "CREATE TABLE game_tick (id INTEGER PRIMARY KEY, text TEXT)",
        "CREATE TABLE game_tick (id INTEGER PRIMARY KEY, data TEXT) WITHOUT ROWID",
        "CREATE TABLE bookmarks (id INTEGER PRIMARY KEY, data TEXT)",
    ],
)
def test_a_foreign_sqlite_file_is_rejected(tmp_path: Path, statement: str) -> None:
    path = tmp_path / "other.db"
    with closing(sqlite3.connect(path)) as database:
        database.execute(statement)
    assert look_at([path]).refused == [f"{path} is a SQLite file without tables of the plugin, such as game_tick"]


def test_rows_with_any_id_are_read_once(tmp_path: Path) -> None:
    path = write_plugin_file(tmp_path / "session.db", {})
    ids = [-(2**63), -1, 0, 5, 2**63 - 1]
    with closing(sqlite3.connect(path)) as database, database:
        rows = [(row_id, json.dumps(tick(number))) for number, row_id in enumerate(ids)]
        database.executemany("INSERT INTO game_tick (id, data) VALUES (?, ?)", rows)
    assert _read(path) == [0, 1, 2, 3, 4]


def test_a_damaged_page_costs_the_rows_on_it_and_after_it(tmp_path: Path) -> None:
    path = write_plugin_file(tmp_path / "session.db", {"game_tick": _ticks(3000)})
    content = bytearray(path.read_bytes())
    middle = len(content) // 2 // 4096 * 4096
    content[middle : middle + 4096] = b"\xff" * 4096
    path.write_bytes(content)
    rows = list(PluginFile(path).rows())
    assert rows[-1] == Invalid(reasons.CUT_OFF)
    assert 500 < len(rows) < 2500
