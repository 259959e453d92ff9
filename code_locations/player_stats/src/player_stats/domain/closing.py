"""The closing slide: what a period was most, in one sentence.

Each candidate is a fact with its weight, the share of the whole that it makes (0 to 1); the greatest weight is shown.
What belongs here: the candidates and their words. What does not: slides of one family, which are the families' own.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from wrapped_shared.stored.report_sections import Experience, Loot, Play
from wrapped_shared.stored.reports import Slide
from wrapped_shared.words import counted, duration, plain

from player_stats.domain.drops import mobs_killed
from player_stats.domain.family import slide
from player_stats.domain.regions import INSTANCE, UNKNOWN
from player_stats.domain.report import Report
from player_stats.domain.values import MAX_SUM

LEAST_SHARE: Final = 0.25
"""What makes less of its whole says little about a period."""
LEAST_STREAK: Final = 7
LEAST_KILLS: Final = 50
LEAST_XP: Final = 10_000
LEAST_WORTH: Final = 1_000_000


@dataclass(frozen=True)
class _Fact:
    """A candidate; its name is the slide's value."""

    name: str
    weight: float
    text: str
    image_key: str = "stat:closing"


def closing_slide(report: Report) -> Slide:
    """Return the slide of a report with more than an hour of play."""
    facts = [*_streak(report["play"]), *_mob(report["loot"]), *_place(report), *_skill(report["experience"])]
    facts += _drop(report["loot"])
    fact = max(facts, key=lambda fact: fact.weight, default=None) or _play(report)
    return slide("closing", "In one sentence", fact.text, fact.name, fact.image_key)


def _share(part: int, whole: int, thing: str) -> str:
    """Return a part of a whole in words: "all kills", "60% of all kills"; percentages are rounded down."""
    return f"all {thing}" if part == whole else f"{100 * part // whole}% of all {thing}"


def _streak(play: Play) -> Iterator[_Fact]:
    streak, days = play["longest_streak_days"], play["days_played"]
    if streak >= LEAST_STREAK:
        rest = " and on no other day" if streak == days else f", of {counted(days, 'day')} in all"
        yield _Fact("streak", streak / days, f"Played {counted(streak, 'day')} in a row{rest}.")


def _mob(loot: Loot) -> Iterator[_Fact]:
    """The mob with the most kills, over all its combat levels."""
    mobs = mobs_killed(loot["mobs"])
    by_name = {name: kills for name, _, kills in mobs}
    name, all_kills = _alone(by_name), sum(by_name.values())
    if name is not None and by_name[name] >= max(LEAST_KILLS, LEAST_SHARE * all_kills):
        _, level, kills = mobs[0]
        of = "" if kills == all_kills else f" of {all_kills:,}"
        text = f"{name} makes up {_share(kills, all_kills, 'kills')}: {kills:,}{of}."
        yield _Fact("mob", kills / all_kills, text, f"npc:{name}#{level}")


def _place(report: Report) -> Iterator[_Fact]:
    spent, played = {place["name"]: place["ticks"] for place in report["places"]}, report["play"]["ticks"]
    name = _alone(spent)
    if name is not None and name not in (INSTANCE, UNKNOWN) and spent[name] >= LEAST_SHARE * played:
        time = next(place["seconds"] for place in report["places"] if place["name"] == name)
        of = "" if spent[name] == played else f" of {duration(report['play']['seconds'])}"
        text = f"Spent {_share(spent[name], played, 'play time')} at {name}: {duration(time)}{of}."
        yield _Fact("place", spent[name] / played, text, f"place:{name}")


def _skill(experience: Experience) -> Iterator[_Fact]:
    gained = {skill: gain["gained"] for skill, gain in experience["skills"].items()}
    skill, total = _alone(gained), sum(gained.values())
    if skill is not None and gained[skill] >= max(LEAST_XP, LEAST_SHARE * total):
        of = "" if gained[skill] == total else f" of {total:,}"
        share = _share(gained[skill], total, "experience gained")
        text = f"{plain(skill)} makes up {share}: {gained[skill]:,}{of} XP."
        yield _Fact("skill", gained[skill] / total, text, f"skill:{skill}")


def _drop(loot: Loot) -> Iterator[_Fact]:
    best, worth = loot["best_drop"], loot["value"]
    if best is not None and worth and worth < MAX_SUM and best["value"] >= max(LEAST_WORTH, LEAST_SHARE * worth):
        item = best["name"] or f"Item {best['item_id']}"
        of = "" if best["value"] == worth else f" of {worth:,}"
        share = _share(best["value"], worth, "loot value")
        text = f"One drop, {item}, makes up {share}: {best['value']:,}{of} coins."
        yield _Fact("drop", best["value"] / worth, text, f"item:{best['item_id']}")


def _play(report: Report) -> _Fact:
    """The period in figures, where no fact stands out."""
    kills, xp = report["loot"]["kills"], sum(gain["gained"] for gain in report["experience"]["skills"].values())
    figures = [f"{duration(report['play']['seconds'])} of play"]
    figures += [counted(kills, "loot drop")] if kills else []
    figures += [f"{xp:,} XP gained"] if xp else []
    *others, last = figures
    days = counted(report["play"]["days_played"], "day")
    return _Fact("play", 0, f"{', '.join(others)} and {last} on {days}." if others else f"{last} on {days}.")


def _alone(counts: Mapping[str, int]) -> str | None:
    """Return the name with the greatest count; None without any or where several share it."""
    most = max(counts.values(), default=0)
    names = [name for name, count in counts.items() if count == most]
    return names[0] if len(names) == 1 else None
