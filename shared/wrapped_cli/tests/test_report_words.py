"""What terminal, pages and cards say of a report's figures is true of ones, zeros and ties."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console
from wrapped_card.content import card_content
from wrapped_cli.commands.report_view import print_report
from wrapped_cli.preview.changes import all_changes, change_text
from wrapped_cli.preview.deck import coverage_text
from wrapped_cli.preview.group_page import group_page
from wrapped_cli.preview.site import left_out_text
from wrapped_cli.preview.slides import CHARTS, Material
from wrapped_cli.preview.source import Pictures, read_report
from wrapped_devkit.contract.page import sample_report
from wrapped_shared.models.player_stats import GroupReport
from wrapped_shared.models.reports import Change

NOUNS = "session|day|kill|loot drop|player|tile|death|coin|offer|event|tick|level|month|entrie"
PLURAL_OF_ONE = re.compile(rf"(?<![\d,.])1 (?:{NOUNS})s\b")
SINGULAR_OF_MANY = re.compile(rf"(?<![.,\d])(?:0|[\d,]*\d\d|[2-9]) (?:{NOUNS})\b(?!s)")
RAW = re.compile(r"datetime|None|\b[a-z]+\.[a-z_]+\b|\b(?:xp|kills):|\+00:00")

PICTURES: Any = Pictures(None, {}, {})  # no page has any
SAMPLE = read_report({**json.loads(sample_report()), "slides": []})

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
    assert "earned" not in text.replace("earned before tax", "")
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
    assert ("100%" in text and "+" not in text) == (value == 0 < before)
    assert ("as in 2024" in text) == (value == before)
    assert ("none in 2024" in text) == (before == 0 < value)
    if value != before and before:
        rises = text.startswith("+") or "more" in text or " times " in text
        assert rises == (value > before), text


@given(report=reports())
def test_changes_and_their_values_are_told_together(report: dict[str, Any]) -> None:
    changes = all_changes(read_report(report))
    assert changes is None or all(true_of_numbers(f"{entry.value} {entry.note}") for entry in changes.entries)


def said(thing: Any) -> Iterator[str]:
    """All texts of a block."""
    if isinstance(thing, str):
        yield thing
    elif is_dataclass(thing):
        for field in fields(thing):
            yield from said(getattr(thing, field.name))
    elif isinstance(thing, Mapping | list | tuple):
        for one in thing.values() if isinstance(thing, Mapping) else thing:
            yield from said(one)


@given(report=reports(), days=st.dictionaries(st.dates().map(str), st.just(1), min_size=1, max_size=2))
def test_charts_count_one_as_one(report: dict[str, Any], days: dict[str, int]) -> None:
    material = Material(read_report(report), days, PICTURES)
    for make in CHARTS.values():
        assert all(map(true_of_numbers, said(make(material)))), [*said(make(material))]


@pytest.mark.parametrize(
    ("period", "first", "last", "tracked", "text"),
    [
        ("2024", "2024-03-05", "2024-03-05", 1, "1 of 366 days of 2024 tracked, on 5 March 2024."),
        ("2023", "2023-03-05", "2023-04-01", 2, "2 of 365 days of 2023 tracked, from 5 March 2023 to 1 April 2023."),
        ("9999", "9999-01-01", "9999-01-01", 1, "1 of 1 day of 9999 tracked, on 1 January 9999."),
        ("all", "2024-03-05", "2024-03-05", 1, "1 of 1 day tracked, on 5 March 2024."),
    ],
)
def test_the_days_covered_are_a_sentence(period: str, first: str, last: str, tracked: int, text: str) -> None:
    coverage = SAMPLE.coverage.model_copy(update={"first_day": first, "last_day": last, "days_tracked": tracked})
    assert coverage_text(SAMPLE.model_copy(update={"period": period, "coverage": coverage})) == text


@pytest.mark.parametrize(
    ("read", "invalid", "text"),
    [
        (1, 1, "1 event read; 1 invalid and left out."),
        (1_204, 0, ""),
        (1_204, 3, "1,204 events read; 3 invalid and left out."),
    ],
)
def test_events_left_out_are_a_sentence(read: int, invalid: int, text: str) -> None:
    quality = SAMPLE.quality.model_copy(update={"events_read": read, "events_left_out": {"data": invalid}})
    assert left_out_text(SAMPLE.model_copy(update={"quality": quality})) == text


@pytest.mark.parametrize(
    ("members", "with_report", "text"),
    [
        (0, 0, "0 members, without a report in this period."),
        (1, 0, "1 member, without a report in this period."),
        (1, 1, "1 member, with a report in this period."),
        (3, 0, "3 members, none of them with a report in this period."),
        (3, 1, "3 members, 1 of them with a report in this period."),
        (3, 3, "3 members, all of them with a report in this period."),
    ],
)
def test_a_group_says_how_many_of_its_members_have_a_report(members: int, with_report: int, text: str) -> None:
    keys = [f"player {number}" for number in range(members)]
    group = GroupReport.model_validate(
        {
            "_id": "2024/G",
            "schema_version": 1,
            "group": "G",
            "period": "2024",
            "members": keys,
            "totals": {},
            "leaders": [],
        }
    )
    reports = [SAMPLE.model_copy(update={"player_key": key}) for key in keys[:with_report]]
    assert text in group_page(group, reports, {}, PICTURES, "index.html")


@pytest.mark.parametrize(("tied", "text"), [(5, ""), (6, " and 1 other"), (9, " and 4 others")])
def test_a_group_does_not_leave_out_who_shares_the_lead(tied: int, text: str) -> None:
    reports = [SAMPLE.model_copy(update={"player_key": f"player {number}"}) for number in range(tied)]
    top = [{"player": f"player {number}", "value": 42} for number in range(5)]
    group = GroupReport.model_validate(
        {
            "_id": "2025/G",
            "schema_version": 1,
            "group": "G",
            "period": "2025",
            "members": [report.player_key for report in reports],
            "totals": {"kills:Goblin": 42 * tied, "xp:SLAYER": 105_000 * tied},
            "leaders": [
                {"stat": "kills:Goblin", "top": top},
                {"stat": "xp:SLAYER", "top": [{**one, "value": 105_000} for one in top]},
            ],
        }
    )
    page = group_page(group, reports, {}, PICTURES, "index.html")
    assert page.count(f"player 0, player 1, player 2, player 3, player 4{text}<") == 2
