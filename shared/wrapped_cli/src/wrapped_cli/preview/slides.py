"""The charts of each slide, drawn from the sections of the report. Pure."""

import calendar
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from wrapped_shared.models.report_sections import ExchangeItem, Gear, LootItem
from wrapped_shared.models.reports import WrappedReport
from wrapped_shared.stat_words import stat_heading, stat_value
from wrapped_shared.vocabulary import EquipmentSlot, SlideStat
from wrapped_shared.words import counted, duration, month_text, plain, short

from wrapped_cli.preview import charts
from wrapped_cli.preview.blocks import (
    Bars,
    Block,
    Calendar,
    Cards,
    Clock,
    Columns,
    Curve,
    Entry,
    Facts,
    Podium,
    Split,
    Things,
    TileMap,
    Worn,
    entries,
)
from wrapped_cli.preview.changes import all_changes
from wrapped_cli.preview.maps import map_around
from wrapped_cli.preview.source import Pictures
from wrapped_cli.preview.subjects import SHOWN, best_dropper, most_killed, most_looted, top, worn_most
from wrapped_cli.preview.words import day_text, ticks_span
from wrapped_cli.standings import place
from wrapped_cli.text import number

_RANKS: Final = 8
_MONTHS: Final = 12
_SKILLS_AT_ONCE: Final = 8
"""From here on the skills stand in two columns."""
_SLOTS: Final[tuple[EquipmentSlot, ...]] = (
    "CAPE", "HEAD", "AMULET", "WEAPON", "TORSO", "SHIELD", "HANDS", "LEGS", "BOOTS", "HAIR", "JAW", "ARMS",
)  # fmt: skip
"""The twelve slots: nine as laid out on the body, three per row, and parts of the body that few items replace."""
_SELDOM_WORN: Final[frozenset[EquipmentSlot]] = frozenset({"HAIR", "JAW", "ARMS"})


@dataclass(frozen=True)
class Material:
    """The input of a deck: the report, game ticks by day (empty if unknown), and the pictures of the page."""

    report: WrappedReport
    days: Mapping[str, int]
    pictures: Pictures


def _play_time(of: Material) -> list[Block]:
    play = of.report.play
    facts = [
        Entry("Longest session", duration(play.longest_session_seconds)),
        Entry("Longest streak", counted(play.longest_streak_days, "day")),
    ]
    if play.best_day:
        facts.append(Entry("Best day", day_text(play.best_day, year=of.report.period == "all")))
    streak = charts.longest_streak(day for day, ticks in of.days.items() if ticks > 0)
    if len(streak) < max(2, play.longest_streak_days):  # the days are older than the report, or younger
        streak = []
    years = charts.calendar_years(of.days, streak)
    return [Facts(facts), Calendar(years, _streak_text(streak))] if years else [Facts(facts)]


def _streak_text(days: Sequence[str]) -> str:
    if not days:
        return ""
    first, last = day_text(days[0], year=days[0][:4] != days[-1][:4]), day_text(days[-1])
    return f"The longest streak, {counted(len(days), 'day')}: {first} to {last}."


def _best_month(of: Material) -> list[Block]:
    """The hours of the day, and the months of the year or, for all time, the last ones with play."""
    play = of.report.play
    best = play.best_month or max(play.months)
    year = of.report.period
    title = "Time played by month"
    if year == "all":
        keys = _twelve_months(max(play.months), best)
        title += f", {month_text(keys[0])} to {month_text(keys[-1])}"
        labels = [f"{calendar.month_abbr[int(key[5:7])]} {key[2:4]}" for key in keys]
    else:
        keys = [f"{year}-{month:02d}" for month in range(1, 13)]
        labels = list(calendar.month_abbr[1:])
    rows = [
        (label, play.months.get(key, 0), ticks_span(play.months.get(key, 0)), None)
        for key, label in zip(keys, labels, strict=True)
    ]
    busiest = max(range(24), key=lambda hour: (play.hours[hour], -hour))
    columns = Columns(title, entries(rows), keys.index(best) if best in keys else -1)
    return [Clock(charts.clock(play.hours), busiest, play.months), columns]


def _twelve_months(last: str, best: str) -> list[str]:
    """Return the twelve months up to the last one with play; if the best one is older, those around it."""
    number, wanted = (int(month[:4]) * 12 + int(month[5:7]) - 1 for month in (last, best))
    end = number if number - wanted < _MONTHS else wanted + _MONTHS // 2
    return [f"{month // 12:04d}-{month % 12 + 1:02d}" for month in range(end - _MONTHS + 1, end + 1)]


def _favourite_mob(of: Material) -> list[Block]:
    mobs = most_killed(of.report)
    rows = [
        (mob.name, mob.kills, number(mob.kills), of.pictures.get(f"npc:{mob.name}#{mob.combat_level}")) for mob in mobs
    ]
    levels = Counter(mob.name for mob in of.report.loot.mobs)
    notes = [_level(mob.combat_level) if levels[mob.name] == 1 else f"{levels[mob.name]} levels" for mob in mobs]
    blocks: list[Block] = [Bars("By kills", entries(rows, notes), pictures=True)]
    items = mobs[0].items[:SHOWN] if mobs else []
    if items:
        blocks.append(
            Things(f"Dropped by {mobs[0].name}", [_item(item, short(item.quantity), of.pictures) for item in items])
        )
    return blocks


def _favourite_place(of: Material) -> list[Block]:
    rows = [
        (place.name, place.seconds, duration(place.seconds), of.pictures.get(f"place:{place.name}"))
        for place in of.report.places[:SHOWN]
    ]
    return [Bars("Time by place", entries(rows), pictures=True)]


def _favourite_gear(of: Material) -> list[Block]:
    worn = worn_most(of.report)
    slots = []
    for slot in _SLOTS:
        gear = worn.get(slot)
        if gear is None and slot in _SELDOM_WORN:
            continue
        item = _item(gear, duration(gear.seconds), of.pictures) if gear else Entry("", "")
        slots.append(Entry(item.label, item.value, picture=item.picture, note=plain(slot)))
    return [Worn(slots)]


def _favourite_skill(of: Material) -> list[Block]:
    experience = of.report.experience
    skills = top({name: gain.gained for name, gain in experience.skills.items()}, len(experience.skills))
    rows = [(plain(name), xp, f"{short(xp)} XP", of.pictures.get(f"skill:{name}")) for name, xp in skills]
    levels = [experience.skills[name].levels_gained for name, _ in skills]
    facts = [Entry("All skills", f"{short(experience.total)} XP"), Entry("Levels gained", number(sum(levels)))]
    if experience.best_day:
        facts.append(Entry("Best day", day_text(experience.best_day, year=of.report.period == "all")))
    notes = [f"+{gained}" if gained else "" for gained in levels]
    bars = Bars("Experience by skill", entries(rows, notes), pictures=True, dense=len(rows) > _SKILLS_AT_ONCE)
    return [Facts(facts), bars]


def _tiles(of: Material) -> list[Block]:
    movement = of.report.movement
    facts = [Entry("Run energy used", f"{number(round(movement.energy_spent))}%")]
    split = _split("Running", movement.tiles_run, "Walking", movement.tiles_walked)
    tile = movement.favourite_tile
    if tile is None:
        return [Facts(facts), split]
    around = map_around(tile.x, tile.y)
    facts.append(Entry("Favourite tile", around.place, note=f"{ticks_span(tile.ticks)} on tile {tile.x}, {tile.y}"))
    return [Facts(facts), split, TileMap(around, f"The favourite tile, in {around.place}")]


def _deaths(of: Material) -> list[Block]:
    rows = [(place.name, place.count, number(place.count), None) for place in of.report.deaths.places[:SHOWN]]
    return [Bars("Deaths by place", entries(rows))]


def _loot(of: Material) -> list[Block]:
    loot = of.report.loot
    things = [_looted(item, of.pictures) for item in most_looted(of.report)]
    facts = [] if loot.value is None else [Entry("Worth", stat_value("loot.value", loot.value))]
    facts += [Entry("Players looted", number(loot.players_looted))] if loot.players_looted else []
    title = "Items by quantity" if loot.value is None else "Items by value"
    return [block for block in (Facts(facts), Things(title, things)) if block.entries]


def _best_drop(of: Material) -> list[Block]:
    best, dropper = of.report.loot.best_drop, best_dropper(of.report)
    if best is None:
        return []
    mob = of.pictures.get(f"npc:{best.mob}#{best.combat_level}")
    blocks: list[Block] = [
        Facts([Entry("Month", month_text(best.month)), Entry("Quantity", number(best.quantity))]),
        Things("Dropped by", [Entry(best.mob, _level(best.combat_level), picture=mob)]),
    ]
    others = [item for item in dropper.items if item.item_id != best.item_id] if dropper else []
    if others:
        things = [_looted(item, of.pictures) for item in others[:SHOWN]]
        blocks.append(Things(f"What else {best.mob} dropped", things))
    return blocks


def _damage(of: Material) -> list[Block]:
    damage, points = of.report.damage, of.report.prayer.points_used
    facts = [Entry("Biggest hit", number(damage.biggest_hit))]
    facts += [Entry("Prayer points used", number(points))] if points else []
    return [Facts(facts), _split("Dealt", damage.dealt, "Taken", damage.taken)]


def _exchange(of: Material) -> list[Block]:
    exchange = of.report.exchange
    things = []
    for item in exchange.items[:SHOWN]:
        counts = ((item.bought, "bought"), (item.sold, "sold"))
        value, note = (*(f"{short(count)} {word}" for count, word in counts if count), "", "")[:2]
        things.append(_item(item, value, of.pictures, note))
    split = _split("Earned", exchange.earned, "Spent", exchange.spent)
    facts = Facts([Entry("Offers filled", number(exchange.offers_filled))])
    return [facts, split, Things("Most traded", things)] if things else [facts, split]


def _hiscores(of: Material) -> list[Block]:
    """The curve of experience, if there are two days of snapshots, and the gains in skills and bosses."""
    gains = of.report.hiscores
    if gains is None:
        return []
    points = sorted((point.at, point.overall_xp) for point in gains.points)
    blocks: list[Block] = []
    line = charts.curve(points)
    if line:
        ends = [Entry(day_text(at.date().isoformat()), f"{short(xp)} XP") for at, xp in (points[0], points[-1])]
        blocks.append(Curve("Total experience", line, *ends))
    skills = {name: gained for name, gained in gains.skills.items() if name != "Overall"}
    xp_rows = [
        (name, xp, f"{short(xp)} XP", of.pictures.get(f"skill:{name.upper()}")) for name, xp in top(skills, SHOWN)
    ]
    bosses = [(name, more, number(more), of.pictures.get(f"boss:{name}")) for name, more in top(gains.bosses, SHOWN)]
    found = (("Experience gained", xp_rows), ("Boss gains", bosses))
    return blocks + [Bars(title, entries(rows), pictures=True) for title, rows in found if rows]


def _rank(of: Material) -> list[Block]:
    ranks = sorted(of.report.ranks, key=lambda rank: (rank.top_percent, rank.joint, rank.stat))[:_RANKS]
    rows = [Entry(stat_heading(r.stat), place(r), note=stat_value(r.stat, r.value)) for r in ranks]
    return [Podium(rows[0], rows[1:])] if rows else []


def _closing(of: Material) -> list[Block]:
    """Everything once more, and the year before."""
    changes = all_changes(of.report)
    cards = Cards([Entry(slide.title, slide.text) for slide in of.report.slides if slide.stat != "closing"])
    return [changes, cards] if changes else [cards]


CHARTS: Final[Mapping[SlideStat, Callable[[Material], list[Block]]]] = {
    "play_time": _play_time,
    "best_month": _best_month,
    "favourite_mob": _favourite_mob,
    "favourite_place": _favourite_place,
    "favourite_gear": _favourite_gear,
    "favourite_skill": _favourite_skill,
    "tiles": _tiles,
    "deaths": _deaths,
    "loot": _loot,
    "best_drop": _best_drop,
    "damage": _damage,
    "exchange": _exchange,
    "hiscores": _hiscores,
    "rank": _rank,
    "closing": _closing,
}


def charts_of(stat: str, material: Material) -> list[Block]:
    """Return the charts of a slide; one that has none of its own is shown by its title and text."""
    makers: Mapping[Any, Callable[[Material], list[Block]]] = CHARTS
    make = makers.get(stat)
    return make(material) if make else []


def _level(combat_level: int) -> str:
    return f"level {combat_level}" if combat_level > 0 else ""


def _split(left: str, first: int, right: str, second: int) -> Split:
    share = first / (first + second or 1)
    return Split(Entry(left, number(first), share), Entry(right, number(second), 1 - share))


def _looted(item: LootItem, pictures: Pictures) -> Entry:
    return _item(
        item, short(item.quantity), pictures, "" if item.value is None else stat_value("loot.value", item.value)
    )


def _item(item: Gear | LootItem | ExchangeItem, value: str, pictures: Pictures, note: str = "") -> Entry:
    name = f"Item {item.item_id}" if item.name is None else item.name
    return Entry(name, value, picture=pictures.item(item.item_id), note=note)
