"""The slides of a report, each with a title, a sentence, a value and the key of its picture.

Each family builds its own slides. The slides of the hiscores and of the ranks are built here, the closing one in
`closing`, and all are put in the contract's order. A slide without enough data is left out; with less than an hour
tracked, only the play time is shown. Names in texts come from telemetry and must be escaped for display.
"""

from collections.abc import Iterable, Mapping
from typing import Any, Final, get_args

from wrapped_shared.hiscores_rows import BOSSES_KILLED
from wrapped_shared.rank_places import place_text
from wrapped_shared.stat_words import stat_title
from wrapped_shared.stored.hiscores import HiscoresSection
from wrapped_shared.stored.reports import Rank, Slide
from wrapped_shared.vocabulary import SlideStat
from wrapped_shared.words import counted

from player_stats.domain.closing import closing_slide
from player_stats.domain.families import FAMILIES
from player_stats.domain.family import slide
from player_stats.domain.mappings import best
from player_stats.domain.report import Report

MIN_TRACKED_SECONDS: Final = 3600
_FAVOURITES: Final[Mapping[SlideStat, str]] = {"favourite_place": "places", "favourite_gear": "equipment"}
"""The slides about the first row of a section, which they call the favourite."""
LEAST_TICKS: Final = 100
LEAST_SHARE: Final = 0.05
"""A favourite has at least this share of the play time, and a minute."""
_ORDER: Final = {stat: place for place, stat in enumerate(get_args(SlideStat))}


def build_slides(report: Report) -> list[Slide]:
    """Return the slides of a report with all its sections, in order, without pictures."""
    sections: Mapping[str, Any] = report
    if not _enough(report["play"]["seconds"]):
        return [slide for slide in FAMILIES["play"].slides(report["play"]) if slide["stat"] == "play_time"]
    found = [
        slide
        for name, family in FAMILIES.items()
        for slide in family.slides(sections[name])
        if _is_meaningful(slide["stat"], report)
    ]
    gains = _hiscores(report["hiscores"])
    found += [gains] if gains else []
    return with_rank_slide([*found, closing_slide(report)], report["ranks"], report["play"]["seconds"])


def with_rank_slide(slides: Iterable[Slide], ranks: Iterable[Rank], played: float) -> list[Slide]:
    """Return slides in order, with that of the best rank rebuilt: ranks change whenever another report does.

    Args:
        slides: the slides of a report, with or without a rank slide.
        ranks: those of the report.
        played: its `play.seconds`.
    """
    rank = _rank(ranks) if _enough(played) else None
    others = [slide for slide in slides if slide["stat"] != "rank"]
    return sorted([*others, rank] if rank else others, key=lambda slide: _ORDER[slide["stat"]])


def _enough(played: float) -> bool:
    return played >= MIN_TRACKED_SECONDS


def _is_meaningful(stat: SlideStat, report: Report) -> bool:
    sections: Mapping[str, Any] = report
    rows = sections[_FAVOURITES[stat]] if stat in _FAVOURITES else None
    return rows is None or rows[0]["ticks"] >= max(LEAST_TICKS, LEAST_SHARE * report["play"]["ticks"])


def _hiscores(gains: HiscoresSection | None) -> Slide | None:
    if gains is None:
        return None
    title, xp, bosses = "On the Hiscores", gains["skills"].get("Overall", 0), gains["bosses"]
    gained = [f"+{xp:,} XP"] if xp > 0 else []
    boss = best(bosses)
    if boss is not None and bosses[boss] > 0:
        kills = counted(bosses[boss], f"more {boss.removeprefix('The ')} kill")
        gained.append(kills if boss in BOSSES_KILLED else f"{bosses[boss]:,} more for {boss}")
        return slide("hiscores", title, f"Hiscores: {' and '.join(gained)}.", boss, f"boss:{boss}")
    return slide("hiscores", title, f"Hiscores: {gained[0]}.", xp) if gained else None


def _rank(ranks: Iterable[Rank]) -> Slide | None:
    top = min(ranks, key=lambda rank: (rank["top_percent"], rank.get("joint", False), rank["stat"]), default=None)
    if top is None:
        return None
    place = place_text(top["top_percent"], top["of_players"], joint=top.get("joint", False))
    text = f"{place} of {top['of_players']:,} tracked players by {stat_title(top['stat'])}."
    return slide("rank", "Among all players", text, top["top_percent"])
