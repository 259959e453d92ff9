"""One player's deck: the report's own slides with their titles and texts, charts beside them, a cover and a summary.

Pure, from a report and its pictures.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Final

from wrapped_shared.models.reports import Slide as ReportSlide
from wrapped_shared.models.reports import WrappedReport
from wrapped_shared.periods import today
from wrapped_shared.vocabulary import SlideStat
from wrapped_shared.words import counted, period_text

from wrapped_cli.preview import slides
from wrapped_cli.preview.blocks import Entry, Portrait, Slide
from wrapped_cli.preview.changes import slide_changes
from wrapped_cli.preview.source import Pictures
from wrapped_cli.preview.words import day_text

_PORTRAITS: Final[tuple[SlideStat, ...]] = ("favourite_mob", "favourite_place", "best_drop", "deaths", "damage", "rank")
"""The slides whose picture is shown large."""


def deck(report: WrappedReport, days: Mapping[str, int], pictures: Pictures) -> list[Slide]:
    """Return the slides of a report in order.

    Args:
        report: the report.
        days: game ticks by day "YYYY-MM-DD", empty where unknown.
        pictures: the pictures of the page.
    """
    material = slides.Material(report, days, pictures)
    changes = slide_changes(report)
    cover = Slide("cover", "Old School RuneScape, wrapped", period_text(report.period))
    shown = [cover, *(_slide(slide, material, changes.get(slide.stat, [])) for slide in report.slides)]
    if len(report.slides) > 1 and "closing" not in {slide.stat for slide in report.slides}:  # from before there was one
        blocks = slides.charts_of("closing", material)
        shown.append(Slide("summary", "Summary", f"{report.player}, {period_text(report.period)}", blocks=blocks))
    return shown


def _slide(source: ReportSlide, material: slides.Material, changes: Sequence[Entry]) -> Slide:
    large = source.stat in _PORTRAITS
    picture = material.pictures.get(source.image_key, large=large)
    blocks = slides.charts_of(source.stat, material)
    if large and picture:
        return Slide(source.stat, source.title, source.text, blocks=[Portrait(picture), *blocks], changes=changes)
    return Slide(source.stat, source.title, source.text, picture, blocks, changes)


def days_in(period: str, first_day: str, last_day: str) -> int:
    """Return how many days a period has so far: a year up to today, `all` from the first to the last tracked day."""
    if period == "all":
        return (date.fromisoformat(last_day) - date.fromisoformat(first_day)).days + 1
    end = min(date(int(period), 12, 31), max(date.fromisoformat(today()), date.fromisoformat(last_day)))
    return (end - date(int(period), 1, 1)).days + 1


def coverage_text(report: WrappedReport) -> str:
    """Return how many days the figures cover, in one sentence."""
    coverage = report.coverage
    of_days = days_in(report.period, coverage.first_day, coverage.last_day)
    first, last = day_text(coverage.first_day), day_text(coverage.last_day)
    when = f"on {first}" if first == last else f"from {first} to {last}"
    if report.period == "all":
        return f"{coverage.days_tracked:,} of {counted(of_days, 'day')} tracked, {when}."
    return f"{coverage.days_tracked:,} of {counted(of_days, 'day')} of {report.period} tracked, {when}."
