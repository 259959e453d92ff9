"""JSON is read in any layout of its documents in a file, and broken text costs no more than itself."""

import codecs
import gzip
import io
import json
import tracemalloc
from pathlib import Path
from typing import Any

import pytest
from bson import ObjectId
from hypothesis import given
from hypothesis import strategies as st
from wrapped_cli.importers.json_file import JsonFile
from wrapped_cli.importers.json_text import JsonText
from wrapped_cli.importers.look import look_at
from wrapped_cli.importers.rows import (
    CUT_OFF,
    NOT_AN_OBJECT,
    NOT_JSON,
    TOO_DEEP,
    TOO_LONG,
    UNKNOWN_EVENT,
    Invalid,
    Row,
)
from wrapped_cli.importers.streams import Input

FORMS = {
    "lines": lambda docs, width: "".join(json.dumps(d) + "\n" for d in docs),
    "lines of Windows": lambda docs, width: "".join(json.dumps(d) + "\r\n" for d in docs),
    "one after the other": lambda docs, width: "".join(map(json.dumps, docs)),
    "pretty": lambda docs, width: "\n".join(json.dumps(d, indent=width) for d in docs),
    "array on one line": lambda docs, width: json.dumps(docs),
    "pretty array": lambda docs, width: json.dumps(docs, indent=width),
    "array of lines": lambda docs, width: "[" + ",\n".join(map(json.dumps, docs)) + "]\n",
    "lines between brackets": lambda docs, width: "[\n" + ",\n".join(map(json.dumps, docs)) + "\n]\n",
    "commas first": lambda docs, width: "[ " + "\n, ".join(json.dumps(d, indent=width) for d in docs) + "\n]",
    "arrays one after the other": lambda docs, width: "\n".join(json.dumps([d]) for d in docs),
    "text sequence": lambda docs, width: "".join(f"\x1e{json.dumps(d)}\n" for d in docs),
}
ENCODINGS = {
    "UTF-8": lambda text: text.encode(),
    "UTF-8 with mark": lambda text: codecs.BOM_UTF8 + text.encode(),
    "UTF-16 LE": lambda text: codecs.BOM_UTF16_LE + text.encode("utf-16-le"),
    "UTF-16 BE": lambda text: codecs.BOM_UTF16_BE + text.encode("utf-16-be"),
}
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63) | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS.map("k".__add__), inner, max_size=3),
    max_leaves=8,
)
DOCUMENTS = st.lists(st.dictionaries(TEXTS.map("k".__add__), VALUES, max_size=4), min_size=1, max_size=6)


class _Memory(Input):
    """A file in memory."""

    def __init__(self, content: bytes) -> None:
        packed = content.startswith(b"\x1f\x8b")
        self._file = io.BufferedReader(io.BytesIO(content))  # type: ignore[assignment, arg-type]
        self.stream = gzip.GzipFile(fileobj=self._file) if packed else self._file


def _documents(content: bytes, piece: int = 1000) -> list[dict[str, Any] | Invalid]:
    return list(JsonText(_Memory(content), piece).documents())


@pytest.mark.slow
@given(
    documents=DOCUMENTS,
    form=st.sampled_from(sorted(FORMS)),
    width=st.integers(0, 4),
    encoding=st.sampled_from(sorted(ENCODINGS)),
    packed=st.booleans(),
    piece=st.integers(1, 40),
)
def test_documents_are_read_in_every_layout_encoding_and_chunk_size(
    documents: list[dict[str, Any]], form: str, width: int, encoding: str, packed: bool, piece: int
) -> None:
    content = ENCODINGS[encoding](FORMS[form](documents, width))
    assert _documents(gzip.compress(content) if packed else content, piece) == documents


@given(documents=DOCUMENTS, cut=st.integers(1, 30), at=st.integers(0, 5), piece=st.integers(1, 40))
def test_a_truncated_line_takes_nothing_from_the_next_one(
    documents: list[dict[str, Any]], cut: int, at: int, piece: int
) -> None:
    broken = json.dumps({"a": [{"b": "text"}], "c": {"d": 1}})[:cut]
    lines = [json.dumps(document) for document in documents]
    lines.insert(at, broken)
    found = _documents("\n".join(lines).encode(), piece)
    assert [document for document in found if not isinstance(document, Invalid)] == documents
    assert sum(isinstance(document, Invalid) for document in found) == 1


@pytest.mark.parametrize("width", [1, 2, 4])
@pytest.mark.parametrize("form", ["pretty", "pretty array"])
@pytest.mark.parametrize("line", [1, 3, 4, 6])
def test_a_broken_document_over_several_lines_costs_only_itself(form: str, width: int, line: int) -> None:
    documents = [{"n": n, "items": [{"id": n}, {"id": n + 1}], "data": {"x": {"y": 1}}} for n in range(4)]
    text = FORMS[form](documents, width).split("\n")
    start = next(n for n, part in enumerate(text) if '"n": 1' in part)
    text[start + line - 1] = '  "oops'
    found = _documents("\n".join(text).encode())
    assert found == [documents[0], Invalid(NOT_JSON), documents[2], documents[3]]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('{"a": 1}\nhello, {"b": 2}\n{"c": 3}', [{"a": 1}, Invalid(NOT_JSON), {"c": 3}]),
        ('{"a": 1}\n7\n"text"\n{"c": 3}', [{"a": 1}, Invalid(NOT_AN_OBJECT), Invalid(NOT_AN_OBJECT), {"c": 3}]),
        ('[{"a": 1}, null, {"c": 3}]', [{"a": 1}, Invalid(NOT_AN_OBJECT), {"c": 3}]),
        ('[{"a": 1}, {"b": tru}, {"c": 3}]', [{"a": 1}, Invalid(NOT_JSON), {"c": 3}]),
        ('[{"a": 1}, {"c"', [{"a": 1}, Invalid(CUT_OFF)]),
        ('[{"a": 1},', [{"a": 1}, Invalid(CUT_OFF)]),
        ('{"a": 1} trailing', [{"a": 1}, Invalid(NOT_JSON)]),
        ('{"a": NaN}{"b": 1}', [Invalid(NOT_JSON), {"b": 1}]),
        ('{"a": ' + "9" * 5000 + '}\n{"b": 1}', [Invalid(NOT_JSON), {"b": 1}]),
        ('{"a": 1, "a": 2}', [{"a": 2}]),
        ('{"a":' * 100_000 + "1" + "}" * 100_000 + '\n{"b": 1}', [Invalid(TOO_DEEP), {"b": 1}]),
        ('{"a":' * 100_000 + '\n{"b": 1}', [Invalid(NOT_JSON), {"b": 1}]),
        ("[" * 100_000, [Invalid(CUT_OFF)]),
        ("", []),
        (" \n", []),
        ("[]", []),
    ],
)
def test_broken_text_is_counted_by_reason(text: str, expected: list[object]) -> None:
    assert _documents(text.encode(), 1 << 20) == expected
    assert len(_documents(text.encode(), 50)) == len(expected)


def test_bytes_that_are_not_utf8_cost_only_their_document() -> None:
    content = b'[{"a": "\xe9"}, {"b": "\xc3\xa9"},\n{"c": 1}]'
    assert _documents(content) == [Invalid(NOT_JSON), {"b": "é"}, {"c": 1}]
    assert _documents(content, 1) == [Invalid(NOT_JSON), {"b": "é"}, {"c": 1}]


@pytest.mark.parametrize("between", ["\n", ", "])
def test_an_array_of_any_length_takes_the_memory_of_one_chunk(tmp_path: Path, between: str) -> None:
    path = tmp_path / "game_ticks.json"
    row = json.dumps({"data": {"pad": "x" * 900}})
    with path.open("w") as file:
        file.write("[" + row)
        for _ in range(10_000):
            file.write(between + row)
        file.write("]")
    tracemalloc.start()
    count = sum(isinstance(row, Row) for row in JsonFile(path).rows())
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert count == 10_001
    assert peak < 3 * 1024 * 1024 < path.stat().st_size


def test_an_oversized_document_in_an_array_is_skipped_too(tmp_path: Path) -> None:
    path = tmp_path / "game_ticks.json"
    path.write_text(json.dumps([{"a": 1}, {"pad": ["x" * 1000] * 20_000}, {"b": 2}]))
    rows = [row.reason if isinstance(row, Invalid) else row.document for row in JsonFile(path).rows()]
    assert rows == [{"a": 1}, TOO_LONG, {"b": 2}]


def test_the_place_of_a_document_is_its_line_and_its_number_on_it(tmp_path: Path) -> None:
    path = tmp_path / "events.json"
    path.write_text('[\n{"a": 1}, {"b": 2},\n{\n"c": 3\n}]')
    source = JsonFile(path)
    places = [(source.where(), row) for row in source.rows()]
    assert [place for place, _ in places] == [
        "events.json line 2",
        "events.json line 2, document 2",
        "events.json line 3",
    ]
    assert {row for _, row in places if isinstance(row, Invalid)} == {Invalid(UNKNOWN_EVENT)}


def test_typed_values_in_an_array_become_the_values_they_represent(tmp_path: Path) -> None:
    path = tmp_path / "hiscores.json"
    path.write_text(
        '[{"_id": {"$oid": "6588d5c48799307968a006be"}, "name": {"$symbol": "Wren"}, "n": {"$numberLong": "5"}}]'
    )
    (row,) = JsonFile(path).rows()
    assert isinstance(row, Row)
    assert row.document == {"_id": ObjectId("6588d5c48799307968a006be"), "name": "Wren", "n": 5}


def test_a_json_file_is_recognised_by_its_content_not_its_name(tmp_path: Path) -> None:
    event = {"event": "game-tick"}
    for number, (encode, packed) in enumerate((e, p) for e in ENCODINGS.values() for p in (False, True)):
        content = encode(json.dumps([event], indent=2))
        (tmp_path / f"export-{number}").write_bytes(gzip.compress(content) if packed else content)
    found = look_at([tmp_path])
    assert not found.refused
    assert len(found.files) == 2 * len(ENCODINGS)
