"""The headlines of a report, each with a title, a sentence, a value and the key of its picture.

The slides of a family are the family's business; here are those of the hiscores and of the ranks, and which slides
are shown, in the contract's order. A slide is left out where its data is thin; with less than an hour tracked only
the play time is told. Names in texts come from telemetry: whoever shows them escapes them.
"""

from collections.abc import Iterable, Mapping
from typing import Any, Final, get_args

from wrapped_shared.report_types import Rank, Slide
from wrapped_shared.vocabulary import SlideStat

from player_stats.domain.families import FAMILIES
from player_stats.domain.family import slide
from player_stats.domain.numbers import ordinal
from player_stats.domain.ranks import stat_title

Report = Mapping[str, Any]

MIN_TRACKED_SECONDS: Final = 3600
MANY_PLAYERS: Final = 100
"""From here on a rank is told in percent, below as a place."""
_ORDER: Final = {stat: place for place, stat in enumerate(get_args(SlideStat))}


def build_slides(report: Report) -> list[Slide]:
    """Return the slides of a report with all its sections, in their order, without pictures."""
    if not _enough(report):
        return [slide for slide in FAMILIES["play"].slides(report["play"]) if slide["stat"] == "play_time"]
    found = [slide for name, family in FAMILIES.items() for slide in family.slides(report[name])]
    gains = _hiscores(report["hiscores"])
    return with_rank_slide([*found, gains] if gains else found, report)


def with_rank_slide(slides: Iterable[Slide], report: Report) -> list[Slide]:
    """Return slides in order, with that of the best rank made anew: ranks change whenever another report does.

    Args:
        slides: the slides of a report, with or without that of the rank.
        report: the report, at least its `ranks` and `play.seconds`.
    """
    rank = _rank(report["ranks"]) if _enough(report) else None
    others = [slide for slide in slides if slide["stat"] != "rank"]
    return sorted([*others, rank] if rank else others, key=lambda slide: _ORDER[slide["stat"]])


def _enough(report: Report) -> bool:
    return bool(report["play"]["seconds"] >= MIN_TRACKED_SECONDS)


def _hiscores(gains: Mapping[str, Any] | None) -> Slide | None:
    if gains is None:
        return None
    xp = gains["skills"].get("Overall", 0)
    bosses = gains["bosses"]
    boss = min(bosses, key=lambda name: (-bosses[name], name)) if bosses else None
    if boss is not None and bosses[boss] > 0:
        more = f"{bosses[boss]:,} more {boss} {'kill' if bosses[boss] == 1 else 'kills'}"
        text = f"Hiscores: +{xp:,} XP and {more}." if xp else f"Hiscores: {more}."
        return slide("hiscores", "On the Hiscores", text, boss, f"boss:{boss}")
    if not xp:
        return None
    return slide("hiscores", "On the Hiscores", f"Hiscores: +{xp:,} XP.", xp)


def _rank(ranks: Iterable[Rank]) -> Slide | None:
    best = min(ranks, key=lambda rank: (rank["top_percent"], rank["stat"]), default=None)
    if best is None:
        return None
    percent, players = best["top_percent"], best["of_players"]
    # Rounded up to a tenth of a percent, of fewer than a hundred players a percentage still tells the place.
    place = f"Top {percent:g}%" if players >= MANY_PLAYERS else ordinal(round(percent * 10) * players // 1000)
    text = f"{place} of {players:,} tracked players by {stat_title(best['stat'])}."
    return slide("rank", "Among all players", text, best["top_percent"])
