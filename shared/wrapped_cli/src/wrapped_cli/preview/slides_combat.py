"""Slides about combat and loot: mobs, deaths, drops, damage. Pure."""

from collections import Counter
from typing import Final

from wrapped_shared.models.report_sections import LootItem
from wrapped_shared.models.reports import Slide as ReportSlide
from wrapped_shared.models.reports import WrappedReport

from wrapped_cli.preview.blocks import Bars, Block, Entry, Facts, Portrait, Slide, Split, Things, entries
from wrapped_cli.preview.source import Picture, Pictures
from wrapped_cli.preview.words import counted, grouped, short, span

SHOWN: Final = 6
LOOTED: Final = 12


def item_name(name: str | None, item_id: int) -> str:
    """Return an item's name, or its id if the name is unknown."""
    return f"Item {item_id}" if name is None else name


def favourite_mob(report: WrappedReport, source: ReportSlide, pictures: Pictures) -> Slide:
    """Return the slide about the most killed mob, its loot and the runners-up."""
    mobs = report.loot.mobs
    first = mobs[0]
    picture = pictures.get(source.image_key, large=True)
    aside: list[Block] = [Portrait(picture, first.name)] if picture else []
    rows: list[tuple[str, float, str, Picture | None]] = [
        (mob.name, mob.kills, grouped(mob.kills), pictures.get(f"npc:{mob.name}#{mob.combat_level}"))
        for mob in mobs[:SHOWN]
    ]
    notes = [f"level {mob.combat_level}" if mob.combat_level > 0 else "" for mob in mobs[:SHOWN]]
    blocks: list[Block] = [Bars("Most killed", entries(rows, notes=notes), pictures=True)]
    if first.items:
        blocks.append(Things(f"Dropped by {first.name}", [_thing(item, pictures) for item in first.items[:SHOWN]]))
    return Slide(
        stat="favourite_mob",
        title="Most killed",
        figure=first.name,
        text=f"{counted(first.kills, 'kill')}, out of {report.loot.kills:,} in total",
        aside=aside,
        blocks=blocks,
    )


def _thing(item: LootItem, pictures: Pictures) -> Entry:
    return Entry(item_name(item.name, item.item_id), short(item.quantity), picture=pictures.item(item.item_id))


def most_looted(report: WrappedReport) -> list[tuple[int, str | None, int]]:
    """Return the most looted items over all mobs, as (id, name, quantity)."""
    quantities: Counter[int] = Counter()
    names: dict[int, str | None] = {}
    for mob in report.loot.mobs:
        for item in mob.items:
            quantities[item.item_id] += item.quantity
            names[item.item_id] = item.name
    ordered = sorted(quantities.items(), key=lambda row: (-row[1], row[0]))[:LOOTED]
    return [(item_id, names[item_id], quantity) for item_id, quantity in ordered]


def loot(report: WrappedReport, source: ReportSlide, pictures: Pictures) -> Slide:
    """Return the slide about all loot."""
    things = [
        Entry(item_name(name, item_id), short(quantity), picture=pictures.item(item_id))
        for item_id, name, quantity in most_looted(report)
    ]
    facts = [Entry("Different mobs", grouped(len({mob.name for mob in report.loot.mobs})))]
    if report.loot.players_looted:
        facts.append(Entry("Players looted", grouped(report.loot.players_looted)))
    return Slide(
        stat="loot",
        title="Loot",
        figure=short(report.loot.kills),
        unit="drops" if report.loot.kills != 1 else "drop",
        text="from mobs",
        picture=pictures.get(source.image_key),
        aside=[Facts(facts)],
        blocks=[Things("Most looted, by quantity", things)] if things else [],
    )


def deaths(report: WrappedReport, source: ReportSlide, pictures: Pictures) -> Slide:
    """Return the slide about deaths."""
    count = report.deaths.count
    rows: list[tuple[str, float, str, Picture | None]] = [
        (place.name, place.count, grouped(place.count), None) for place in report.deaths.places[:SHOWN]
    ]
    pace = f"one every {span(report.play.seconds / count)} of play" if count > 1 else "in all that time"
    return Slide(
        stat="deaths",
        title="Deaths",
        figure=grouped(count),
        unit="death" if count == 1 else "deaths",
        text=pace,
        picture=pictures.get(source.image_key),
        blocks=[Bars("Where it happened", entries(rows))] if rows else [],
    )


def damage(report: WrappedReport, source: ReportSlide, pictures: Pictures) -> Slide:
    """Return the slide about damage."""
    dealt, taken = report.damage.dealt, report.damage.taken
    whole = dealt + taken or 1
    facts = [Entry("Biggest hit", grouped(report.damage.biggest_hit))]
    if taken:
        facts.append(Entry("Dealt per hitpoint lost", grouped(round(dealt / taken, 1))))
    return Slide(
        stat="damage",
        title="Damage",
        figure=short(dealt),
        unit="damage",
        text="dealt to others",
        picture=pictures.get(source.image_key),
        blocks=[
            Split(Entry("Dealt", grouped(dealt), dealt / whole), Entry("Taken", grouped(taken), taken / whole)),
            Facts(facts),
        ],
    )
