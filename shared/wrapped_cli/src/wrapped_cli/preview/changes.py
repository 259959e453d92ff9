"""The year before: each change in words, on the slide that it belongs to. Pure; the figures are the report's."""

from collections import defaultdict
from collections.abc import Mapping
from typing import Final

from wrapped_shared.models.reports import Change, WrappedReport
from wrapped_shared.stat_words import stat_heading, stat_value
from wrapped_shared.vocabulary import SlideStat

from wrapped_cli.preview.blocks import Changes, Entry

_SLIDES: Final[Mapping[str, SlideStat]] = {"play": "play_time", "movement": "tiles", "experience": "favourite_skill"}
"""The slides that show the changes of a section, where they are not called like it."""
_MANY_TIMES: Final = 900
"""From this percentage on, a rise is told as a multiple."""


def change_text(change: Change, year: str) -> str:
    """Return "+12% on 2023", "12 times 2023", "as in 2023", "over 99% less than in 2023", "none in 2023"."""
    if change.value == change.before:
        return f"as in {year}"
    if change.percent is None:
        return f"none in {year}"
    if change.percent >= _MANY_TIMES:
        return f"{int(change.value / change.before):,} times {year}"
    if abs(change.percent) < 1:
        return f"under 1% {'more' if change.value > change.before else 'less'} than in {year}"
    if change.value and change.percent < -99:
        return f"over 99% less than in {year}"
    return f"{change.percent:+.0f}% on {year}".replace("-", "−", 1)


def slide_changes(report: WrappedReport) -> dict[str, list[Entry]]:
    """Return the changes to show on each slide: label, change, and the direction as the note."""
    found: dict[str, list[Entry]] = defaultdict(list)
    if report.before:
        for change in report.before.changes:
            section = change.stat.partition(".")[0]
            entry = Entry(stat_heading(change.stat), change_text(change, report.before.period))
            found[_SLIDES.get(section, section)].append(entry)
    return found


def all_changes(report: WrappedReport) -> Changes | None:
    """Return all changes as a block, or None if there is no year before."""
    if not report.before or not report.before.changes:
        return None
    rows = []
    for change in report.before.changes:
        values = f"{stat_value(change.stat, change.before)} → {stat_value(change.stat, change.value)}"
        rows.append(Entry(stat_heading(change.stat), values, note=change_text(change, report.before.period)))
    return Changes(f"{report.period} compared with {report.before.period}", rows)
