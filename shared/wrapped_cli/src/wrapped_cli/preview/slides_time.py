"""Slides about time and place: play time, months, hours, places, distance. Pure."""

from collections.abc import Mapping
from typing import Final

from wrapped_shared.models.reports import Slide as ReportSlide
from wrapped_shared.models.reports import WrappedReport

from wrapped_cli.preview import charts
from wrapped_cli.preview.blocks import (
    Bars,
    Block,
    Calendar,
    Clock,
    Columns,
    Entry,
    Facts,
    Portrait,
    Slide,
    Split,
    entries,
)
from wrapped_cli.preview.source import Pictures
from wrapped_cli.preview.words import MONTHS, counted, day_text, grouped, month_text, short, span, ticks_span

PLACES: Final = 6
_MONTHS_SHOWN: Final = 12


def play_time(report: WrappedReport, source: ReportSlide, days: Mapping[str, int], pictures: Pictures) -> Slide:
    """Return the slide about play time, with the year as a calendar if the days are known."""
    play = report.play
    facts = [
        Entry("Sessions", grouped(play.sessions)),
        Entry("Longest session", span(play.longest_session_seconds)),
        Entry("Days played", grouped(play.days_played)),
        Entry("Longest streak", counted(play.longest_streak_days, "day")),
    ]
    if play.best_day:
        facts.append(Entry("Best day", day_text(play.best_day, year=report.period == "all")))
    years = charts.calendar(days)
    return Slide(
        stat="play_time",
        title="Time played",
        figure=span(play.seconds),
        text="in the game",
        picture=pictures.get(source.image_key),
        aside=[Facts(facts)],
        blocks=[Calendar(years)] if years else [],
    )


def best_month(report: WrappedReport, source: ReportSlide, pictures: Pictures) -> Slide:
    """Return the slide about the best month: the months of the year, or for all time the last ones with play."""
    months = report.play.months
    best = str(source.value)
    if report.period == "all":
        keys = _twelve_months(max(months), best)
        labels = [f"{MONTHS[int(key[5:7]) - 1][:3]} {key[2:4]}" for key in keys]
    else:
        keys = [f"{report.period}-{month:02d}" for month in range(1, 13)]
        labels = [name[:3] for name in MONTHS]
    rows = [
        (label, months.get(key, 0), ticks_span(months.get(key, 0)), None)
        for key, label in zip(keys, labels, strict=True)
    ]
    return Slide(
        stat="best_month",
        title="Best month",
        figure=month_text(best) if report.period == "all" else MONTHS[int(best[5:7]) - 1],
        text=f"{ticks_span(months.get(best, 0))} played, "
        + ("more than in any other month" if len(months) > 1 else "the only month with play so far"),
        picture=pictures.get(source.image_key),
        blocks=[Columns("Time played by month", entries(rows), keys.index(best) if best in keys else -1)],
    )


def _twelve_months(last: str, best: str) -> list[str]:
    """Return the twelve months up to the last one with play; if the best one is older, those around it."""
    number, wanted = (int(month[:4]) * 12 + int(month[5:7]) - 1 for month in (last, best))
    end = number if number - wanted < _MONTHS_SHOWN else wanted + _MONTHS_SHOWN // 2
    return [f"{month // 12:04d}-{month % 12 + 1:02d}" for month in range(end - _MONTHS_SHOWN + 1, end + 1)]


def _energy(percent: float) -> str:
    return f"{grouped(int(percent))}%" if percent < 1000 else f"{short(percent / 100)} full bars"


def hours(report: WrappedReport) -> Slide:
    """Return the slide about the hours of the day."""
    ticks = report.play.hours
    busiest = max(range(24), key=lambda hour: (ticks[hour], -hour))
    parts = {
        "night": range(6),
        "morning": range(6, 12),
        "afternoon": range(12, 18),
        "evening": range(18, 24),
    }
    shares = {name: sum(ticks[hour] for hour in part) for name, part in parts.items()}
    top = max(shares, key=lambda name: shares[name])
    share = round(100 * shares[top] / sum(ticks))
    rows = sorted(shares.items(), key=lambda row: -row[1])
    return Slide(
        stat="hours",
        title="Hours of the day",
        figure=f"{busiest:02d}:00",
        unit="UTC",
        text=f"is the busiest hour; {share}% of the time was played in the {top}",
        aside=[Facts([Entry(name.capitalize(), ticks_span(value)) for name, value in rows if value])],
        blocks=[
            Clock(charts.clock(ticks), f"Play by hour of the day, UTC; the busiest hour begins at {busiest:02d}:00.")
        ],
    )


def favourite_place(report: WrappedReport, source: ReportSlide, pictures: Pictures) -> Slide:
    """Return the slide about the favourite place, with the other places."""
    name = str(source.value)
    seconds = next((place.seconds for place in report.places if place.name == name), 0.0)
    picture = pictures.get(source.image_key, large=True)
    rows = [
        (place.name, place.seconds, span(place.seconds), pictures.get(f"place:{place.name}"))
        for place in report.places[:PLACES]
    ]
    blocks: list[Block] = [Portrait(picture, name)] if picture else []
    return Slide(
        stat="favourite_place",
        title="Favourite place",
        figure=name,
        text=f"{span(seconds)} spent there, of {counted(len(report.places), 'place')} visited",
        aside=blocks,
        blocks=[Bars("Time by place", entries(rows), pictures=True)],
    )


def tiles(report: WrappedReport, source: ReportSlide, pictures: Pictures) -> Slide:
    """Return the slide about distance."""
    movement = report.movement
    facts = [Entry("Run energy used", _energy(movement.energy_spent))]
    if movement.favourite_tile:
        tile = movement.favourite_tile
        facts.append(Entry("Favourite tile", f"{tile.x}, {tile.y}", note=f"{ticks_span(tile.ticks)} spent there"))
    return Slide(
        stat="tiles",
        title="Distance",
        figure=short(movement.tiles),
        unit="tiles",
        text="on foot",
        picture=pictures.get(source.image_key),
        blocks=[
            Split(
                Entry("Run", grouped(movement.tiles_run), movement.tiles_run / (movement.tiles or 1)),
                Entry("Walked", grouped(movement.tiles_walked), movement.tiles_walked / (movement.tiles or 1)),
            ),
            Facts(facts),
        ],
    )
