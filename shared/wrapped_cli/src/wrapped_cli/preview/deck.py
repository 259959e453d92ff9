"""One player's deck: which slides there are and what is on them. Pure, from a report and its pictures.

The report's own `slides` decide which statistics are shown: those with too little data are not among them.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Final

from wrapped_shared.models.reports import Slide as ReportSlide
from wrapped_shared.models.reports import WrappedReport
from wrapped_shared.periods import today

from wrapped_cli.preview import slides_combat, slides_growth, slides_time
from wrapped_cli.preview.blocks import Cards, Entry, Facts, Slide
from wrapped_cli.preview.meanings import HUES
from wrapped_cli.preview.source import Pictures
from wrapped_cli.preview.words import counted, day_text, period_text, short, span, stat_text

Maker = Callable[[WrappedReport, ReportSlide, Pictures], Slide]
THIN_SECONDS: Final = 3600
"""Below an hour of play, the hours of the day mean nothing; the report's own slides follow the same rule."""

_MAKERS: Final[Mapping[str, Maker]] = {
    "best_month": slides_time.best_month,
    "favourite_mob": slides_combat.favourite_mob,
    "favourite_place": slides_time.favourite_place,
    "favourite_gear": slides_growth.favourite_gear,
    "favourite_skill": slides_growth.favourite_skill,
    "tiles": slides_time.tiles,
    "deaths": slides_combat.deaths,
    "loot": slides_combat.loot,
    "damage": slides_combat.damage,
    "exchange": slides_growth.exchange,
    "hiscores": slides_growth.hiscores,
    "rank": slides_growth.rank,
}


def deck(report: WrappedReport, days: Mapping[str, int], pictures: Pictures) -> list[Slide]:
    """Return the slides of a report in order.

    Args:
        report: the report.
        days: game ticks by day "YYYY-MM-DD", empty where unknown.
        pictures: the pictures of the page.
    """
    slides = [_cover(report)]
    for source in report.slides:
        if source.stat == "play_time":
            slides.append(slides_time.play_time(report, source, days, pictures))
            if report.play.seconds >= THIN_SECONDS and any(report.play.hours):
                slides.append(slides_time.hours(report))
        elif source.stat in _MAKERS:
            slides.append(_MAKERS[source.stat](report, source, pictures))
    if len(report.slides) > 1:
        slides.append(_summary(report))
    # the hours follow the month: how long, when in the year, when in the day
    order = {stat: index for index, stat in enumerate(HUES)}
    return sorted(slides, key=lambda slide: order[slide.stat])


def wanted_pictures(report: WrappedReport) -> tuple[list[str | None], list[int]]:
    """Return the subjects and item ids whose pictures the deck may show."""
    keys: list[str | None] = [slide.image_key for slide in report.slides]
    keys += [f"npc:{mob.name}#{mob.combat_level}" for mob in report.loot.mobs[: slides_combat.SHOWN]]
    keys += [f"place:{place.name}" for place in report.places[: slides_time.PLACES]]
    keys += [f"skill:{skill}" for skill in report.experience.skills]
    keys += slides_growth.hiscores_keys(report)
    items = [gear.item_id for gear in slides_growth.worn_most(report).values()]
    items += [item.item_id for mob in report.loot.mobs[:1] for item in mob.items[: slides_combat.SHOWN]]
    items += [item_id for item_id, _, _ in slides_combat.most_looted(report)]
    items += [item.item_id for item in report.exchange.items[: slides_growth.TRADED]]
    return keys, items


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
    if report.period == "all":
        return f"{coverage.days_tracked:,} of {counted(of_days, 'day')} tracked from {first} to {last}."
    return f"{coverage.days_tracked:,} of {of_days} days of {report.period} tracked, from {first} to {last}."


def _cover(report: WrappedReport) -> Slide:
    return Slide(
        stat="cover",
        title="Old School RuneScape, wrapped",
        figure=report.player,
        text=period_text(report.period),
    )


def _summary(report: WrappedReport) -> Slide:
    values = {slide.stat: slide.value for slide in report.slides}
    cards: Sequence[tuple[str, str, str]] = (
        ("play_time", "Played", span(report.play.seconds)),
        ("play_time", "Longest streak", counted(report.play.longest_streak_days, "day")),
        ("favourite_mob", "Most killed", report.loot.mobs[0].name if report.loot.mobs else ""),
        ("favourite_place", "Favourite place", str(values.get("favourite_place", ""))),
        ("favourite_skill", "Favourite skill", (report.experience.favourite_skill or "").capitalize()),
        ("favourite_skill", "Experience", f"{short(report.experience.total)} XP"),
        ("tiles", "Distance", f"{short(report.movement.tiles)} tiles"),
        ("loot", "Loot drops", short(report.loot.kills)),
        ("deaths", "Deaths", short(report.deaths.count)),
        ("damage", "Damage dealt", short(report.damage.dealt)),
        ("exchange", "Coins earned", short(report.exchange.earned)),
    )
    shown = [Entry(label, value) for stat, label, value in cards if stat in values]
    if "rank" in values and report.ranks:
        best = min(report.ranks, key=lambda rank: (rank.top_percent, rank.stat))
        shown.append(Entry("Best rank", f"Top {best.top_percent:g}%", note=stat_text(best.stat)))
    return Slide(
        stat="summary",
        title="Summary",
        figure=report.player,
        text=period_text(report.period),
        blocks=[Cards(shown)],
        aside=[Facts([])],
    )
