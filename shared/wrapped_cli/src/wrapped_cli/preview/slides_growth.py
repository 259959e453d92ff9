"""Slides about gear, skills, trading and ranking: equipment, experience, exchange, hiscores, ranks. Pure."""

from collections.abc import Mapping
from typing import Final

from wrapped_shared.models.report_sections import ExchangeItem, Gear
from wrapped_shared.models.reports import Slide as ReportSlide
from wrapped_shared.models.reports import WrappedReport

from wrapped_cli.preview import charts
from wrapped_cli.preview.blocks import Bars, Block, Curve, Entry, Facts, Slide, Split, Things, Worn, entries
from wrapped_cli.preview.slides_combat import item_name
from wrapped_cli.preview.source import Picture, Pictures
from wrapped_cli.preview.words import counted, day_text, grouped, plain, short, span, stat_text, stat_value

SLOTS: Final = (
    "HAIR", "HEAD", "JAW", "CAPE", "AMULET", "ARMS", "WEAPON", "TORSO", "SHIELD", "HANDS", "LEGS", "BOOTS",
)  # fmt: skip
"""The twelve slots as laid out on the body, three per row."""
TRADED: Final = 6
RANKS: Final = 8
_BOSSES: Final = 5

Rows = list[tuple[str, float, str, Picture | None]]


def worn_most(report: WrappedReport) -> dict[str, Gear]:
    """Return for each slot the gear worn longest; the report lists the longest first."""
    worn: dict[str, Gear] = {}
    for gear in report.equipment:
        worn.setdefault(gear.slot, gear)
    return worn


def favourite_gear(report: WrappedReport, source: ReportSlide, pictures: Pictures) -> Slide:
    """Return the slide about the gear worn, as the twelve slots."""
    worn = worn_most(report)
    favourite = report.equipment[0]
    slots = [
        Entry(
            item_name(gear.name, gear.item_id) if gear else "",
            span(gear.seconds) if gear else "",
            picture=pictures.item(gear.item_id) if gear else None,
            note=plain(slot),
        )
        for slot, gear in ((slot, worn.get(slot)) for slot in SLOTS)
    ]
    return Slide(
        stat="favourite_gear",
        title="Favourite gear",
        figure=item_name(favourite.name, favourite.item_id),
        text=f"worn for {span(favourite.seconds)}, longer than anything else",
        picture=pictures.get(source.image_key),
        blocks=[Worn(slots)],
    )


def favourite_skill(report: WrappedReport, source: ReportSlide, pictures: Pictures) -> Slide:
    """Return the slide about the favourite skill, with bars for all skills."""
    skills = sorted(report.experience.skills.items(), key=lambda row: (-row[1].gained, row[0]))
    rows: Rows = [
        (plain(name), gain.gained, f"{short(gain.gained)} XP", pictures.get(f"skill:{name}")) for name, gain in skills
    ]
    notes = [f"+{gain.levels_gained}" if gain.levels_gained else "" for _, gain in skills]
    facts = [Entry("Total experience", f"{short(report.experience.total)} XP")]
    levels = sum(gain.levels_gained for _, gain in skills)
    if levels:
        facts.append(Entry("Levels gained", grouped(levels)))
    if report.experience.best_day:
        facts.append(Entry("Best day", day_text(report.experience.best_day, year=report.period == "all")))
    favourite = report.experience.skills[str(source.value)]
    return Slide(
        stat="favourite_skill",
        title="Favourite skill",
        figure=plain(str(source.value)),
        text=f"{grouped(favourite.gained)} experience"
        + (f" and {counted(favourite.levels_gained, 'level')}" if favourite.levels_gained else ""),
        picture=pictures.get(source.image_key),
        aside=[Facts(facts)],
        blocks=[Bars("Experience by skill", entries(rows, notes=notes), pictures=True, dense=len(rows) > 8)],
    )


def exchange(report: WrappedReport, source: ReportSlide, pictures: Pictures) -> Slide:
    """Return the slide about the Grand Exchange."""
    spent, earned = report.exchange.spent, report.exchange.earned
    whole = spent + earned or 1
    things = [_traded(item, pictures) for item in report.exchange.items[:TRADED]]
    split: Block = Split(
        Entry("Earned", grouped(earned), earned / whole), Entry("Spent", grouped(spent), spent / whole)
    )
    return Slide(
        stat="exchange",
        title="Grand Exchange",
        figure=short(earned or spent),
        unit="coins",
        text=("earned" if earned else "spent")
        + f" over {counted(report.exchange.offers_filled, 'offer')} that were filled",
        picture=pictures.get(source.image_key),
        blocks=[split, Things("Most traded", things)] if things else [split],
    )


def _traded(item: ExchangeItem, pictures: Pictures) -> Entry:
    parts = [f"{short(count)} {word}" for count, word in ((item.bought, "bought"), (item.sold, "sold")) if count]
    value, note = (*parts, "", "")[:2]
    return Entry(item_name(item.name, item.item_id), value, picture=pictures.item(item.item_id), note=note)


def _top(gained: Mapping[str, int], limit: int) -> list[tuple[str, int]]:
    return sorted(gained.items(), key=lambda row: (-row[1], row[0]))[:limit]


def hiscores_keys(report: WrappedReport) -> list[str | None]:
    """Return the picture keys of the bosses and skills that the hiscores slide may show."""
    gains = report.hiscores
    if gains is None:
        return []
    keys: list[str | None] = [f"boss:{name}" for name, _ in _top(gains.bosses, _BOSSES)]
    return keys + [f"skill:{name.upper()}" for name, _ in _top(gains.skills, _BOSSES + 1)]


def hiscores(report: WrappedReport, source: ReportSlide, pictures: Pictures) -> Slide:
    """Return the slide about gains on the hiscores, with the curve if there are two days of snapshots."""
    gains = report.hiscores
    skills, bosses = (dict(gains.skills), gains.bosses) if gains else ({}, {})
    overall = skills.pop("Overall", 0)
    points = [(point.at, point.overall_xp) for point in gains.points] if gains else []
    blocks: list[Block] = []
    line = charts.curve(points)
    if line:
        (first_at, first_xp), (last_at, last_xp) = min(points), max(points)
        blocks.append(
            Curve(
                "Total experience",
                line,
                Entry(day_text(first_at.date().isoformat()), f"{short(first_xp)} XP"),
                Entry(day_text(last_at.date().isoformat()), f"{short(last_xp)} XP"),
            )
        )
    boss_rows: Rows = [
        (name, kills, grouped(kills), pictures.get(f"boss:{name}")) for name, kills in _top(bosses, _BOSSES)
    ]
    skill_rows: Rows = [
        (name, xp, f"{short(xp)} XP", pictures.get(f"skill:{name.upper()}")) for name, xp in _top(skills, _BOSSES)
    ]
    if skill_rows:
        blocks.append(Bars("Experience gained", entries(skill_rows), pictures=True))
    if boss_rows:
        blocks.append(Bars("Boss kills gained", entries(boss_rows), pictures=True))
    return Slide(
        stat="hiscores",
        title="On the hiscores",
        figure=f"+{short(overall)}" if overall else grouped(sum(bosses.values())),
        unit="XP" if overall else "kills",
        text="according to the public hiscores",
        picture=pictures.get(source.image_key),
        blocks=blocks,
    )


def rank(report: WrappedReport, source: ReportSlide, pictures: Pictures) -> Slide:
    """Return the slide about the best ranks among the tracked players."""
    best = sorted(report.ranks, key=lambda entry: (entry.top_percent, entry.stat))[:RANKS]
    rows = [
        Entry(stat_text(entry.stat), f"Top {entry.top_percent:g}%", note=stat_value(entry.stat, entry.value))
        for entry in best
    ]
    return Slide(
        stat="rank",
        title="Among all players",
        figure=f"Top\u00a0{best[0].top_percent:g}%",
        text=f"of {counted(best[0].of_players, 'tracked player')}: {_lowered(stat_text(best[0].stat))}",
        picture=pictures.get(source.image_key),
        blocks=[Facts(rows)],
    )


def _lowered(text: str) -> str:
    """Return text for mid-sentence use; names in it keep their capitals."""
    return text[:1].lower() + text[1:]
