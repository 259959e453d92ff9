"""What terminal, pages and cards say of a report's figures is true of ones, zeros and ties."""

import json
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console
from wrapped_card.content import card_content
from wrapped_cli.commands.report_view import print_report
from wrapped_cli.preview.changes import all_changes, change_text
from wrapped_cli.preview.source import read_report
from wrapped_devkit.contract.page import sample_report
from wrapped_shared.models.reports import Change

NOUNS = "session|day|kill|loot drop|player|tile|death|coin|offer|event|tick|level|month|entrie"
PLURAL_OF_ONE = re.compile(rf"(?<![\d,.])1 (?:{NOUNS})s\b")
SINGULAR_OF_MANY = re.compile(rf"(?<![.,\d])(?:0|[\d,]*\d\d|[2-9]) (?:{NOUNS})\b(?!s)")
RAW = re.compile(r"datetime|None|\b[a-z]+\.[a-z_]+\b|\b(?:xp|kills):|\+00:00")

few = st.integers(0, 2)


def fewer(part: Any, draw: st.DrawFn) -> Any:
    """A part of a report with every count replaced by none, one or two."""
    if isinstance(part, dict):
        kept = ("item_id", "x", "y", "combat_level", "npc_ids", "top_percent", "of_players", "image")
        return {name: value if name in kept else fewer(value, draw) for name, value in part.items()}
    if isinstance(part, list):
        return [fewer(one, draw) for one in part]
    return part if isinstance(part, bool | str) or part is None else draw(few)


@st.composite
def reports(draw: st.DrawFn) -> dict[str, Any]:
    report = json.loads(sample_report())
    kept = {name: report[name] for name in ("slides", "hiscores", "schema_version")}
    changed: dict[str, Any] = fewer({name: part for name, part in report.items() if name not in kept}, draw)
    for gain in changed["experience"]["skills"].values():
        gain["gained"] = max(1, gain["gained"])
    for rank in changed["ranks"]:
        rank |= {
            "of_players": 6,
            "top_percent": draw(st.sampled_from([16.7, 33.4, 100.0])),
            "joint": draw(st.booleans()),
        }
    for change in changed["before"]["changes"] if changed["before"] else ():
        value, before = change["value"], change["before"]
        change["percent"] = 100 * (value - before) / before if before else None
    changed["quality"]["events_left_out"] = {}
    return {**changed, **kept, "slides": []}


def printed(report: dict[str, Any]) -> str:
    console = Console(markup=False, highlight=False, emoji=False, width=200)
    with console.capture() as capture:
        print_report(console, read_report(report))
    return capture.get()


def true_of_numbers(text: str) -> bool:
    return not PLURAL_OF_ONE.search(text) and not SINGULAR_OF_MANY.search(text)


@pytest.mark.slow
@given(report=reports())
def test_the_terminal_counts_one_as_one_and_shows_neither_fields_nor_reprs(report: dict[str, Any]) -> None:
    text = printed(report)
    assert true_of_numbers(text), text
    assert not RAW.search(text), RAW.search(text)
    assert ("earned before tax" in text) == ("earned" in text.replace("Coins earned", ""))
    for rank in report["ranks"]:
        place = {16.7: "1st of 6", 33.4: "2nd of 6", 100.0: "6th of 6"}[rank["top_percent"]]
        assert ("Joint " if rank["joint"] else "│ ") + place in re.sub(" +", " ", text)


@given(report=reports())
def test_a_card_counts_one_as_one(report: dict[str, Any]) -> None:
    content = card_content(report)
    said = [f"{figure.value} {figure.label}" for figure in content.figures]
    assert all(true_of_numbers(text) for text in (*said, *(feature.value for feature in content.features))), content


numbers = st.integers(0, 3) | st.sampled_from([9, 10, 99, 100, 101, 10_000])


@given(value=numbers, before=numbers)
def test_a_change_says_what_became_of_the_year_before(value: int, before: int) -> None:
    percent = round(100 * (value - before) / before, 1) if before else None
    change = Change(stat="movement.tiles", value=value, before=before, percent=percent)
    text = change_text(change, "2024")
    assert true_of_numbers(text)
    assert "-" not in text
    assert ("as in 2024" in text) == (value == before)
    assert ("none in 2024" in text) == (before == 0 < value)
    if value != before and before:
        rises = text.startswith("+") or "more" in text or " times " in text
        assert rises == (value > before), text


@given(report=reports())
def test_changes_and_their_values_are_told_together(report: dict[str, Any]) -> None:
    changes = all_changes(read_report(report))
    assert changes is None or all(true_of_numbers(f"{entry.value} {entry.note}") for entry in changes.entries)
