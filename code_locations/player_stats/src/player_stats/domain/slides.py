"""The headlines of a report, each with a title, a sentence, a value and the key of its picture.

A slide is left out where its data is thin; with less than an hour tracked only the play time is told. Names in
texts come from telemetry: whoever shows them escapes them.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final

from player_stats.domain.numbers import counted, duration, seconds
from player_stats.domain.regions import INSTANCE, UNKNOWN

Report = Mapping[str, Any]
Slide = dict[str, Any]

MIN_TRACKED_SECONDS: Final = 3600
_MONTHS: Final = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip


def build_slides(report: Report) -> list[Slide]:
    """Return the slides of a report with all its sections, in their order, without pictures."""
    makers: tuple[Callable[[], Slide | None], ...] = (
        lambda: _play_time(report),
        lambda: _best_month(report),
        lambda: _favourite_mob(report),
        lambda: _favourite_place(report),
        lambda: _favourite_gear(report),
        lambda: _favourite_skill(report),
        lambda: _tiles(report),
        lambda: _deaths(report),
        lambda: _loot(report),
        lambda: _damage(report),
        lambda: _exchange(report),
        lambda: _hiscores(report),
    )
    if not _enough(report):
        makers = makers[:1]
    slides = [slide for make in makers if (slide := make()) is not None]
    return with_rank_slide(slides, report)


def with_rank_slide(slides: list[Slide], report: Report) -> list[Slide]:
    """Return slides with the one of the best rank made anew: ranks change whenever another player's report does.

    Args:
        slides: the slides of a report, with or without that of the rank.
        report: the report, at least its `ranks` and `play.seconds`.
    """
    others = [slide for slide in slides if slide["stat"] != "rank"]
    rank = _rank(report["ranks"]) if _enough(report) else None
    return [*others, rank] if rank else others


def _enough(report: Report) -> bool:
    return bool(report["play"]["seconds"] >= MIN_TRACKED_SECONDS)


def _slide(stat: str, title: str, text: str, value: Any, image_key: str | None = None) -> Slide:
    return {"stat": stat, "title": title, "text": text, "value": value, "image_key": image_key or f"stat:{stat}"}


def _play_time(report: Report) -> Slide | None:
    play = report["play"]
    if not play["ticks"]:
        return None
    days = counted(play["days_played"], "day")
    text = f"{duration(play['seconds'])} in the game, over {counted(play['sessions'], 'session')} on {days}."
    return _slide("play_time", "Time played", text, play["seconds"])


def _best_month(report: Report) -> Slide | None:
    months = report["play"]["months"]
    best = report["play"]["best_month"]
    if best is None:
        return None
    name = f"{_MONTHS[int(best[5:]) - 1]} {best[:4]}"
    text = f"{name} was the busiest month, with {duration(seconds(months[best]))} played."
    return _slide("best_month", "Best month", text, best)


def _favourite_mob(report: Report) -> Slide | None:
    if not report["loot"]["mobs"]:
        return None
    mob = report["loot"]["mobs"][0]
    name, level = mob["name"], mob["combat_level"]
    text = f"{name} (level {level}) fell {counted(mob['kills'], 'time')}."
    return _slide("favourite_mob", "Most killed", text, name, f"npc:{name}#{level}")


def _favourite_place(report: Report) -> Slide | None:
    named = [place for place in report["places"] if place["name"] not in (INSTANCE, UNKNOWN)]
    if not named:
        return None
    place = named[0]
    text = f"{duration(place['seconds'])} spent at {place['name']}."
    return _slide("favourite_place", "Favourite place", text, place["name"], f"place:{place['name']}")


def _favourite_gear(report: Report) -> Slide | None:
    if not report["equipment"]:
        return None
    gear = report["equipment"][0]
    name = gear["name"] or f"Item {gear['item_id']}"
    text = f"{name} was worn for {duration(gear['seconds'])}."
    return _slide("favourite_gear", "Favourite gear", text, gear["item_id"], f"item:{gear['item_id']}")


def skill_title(skill: str) -> str:
    """Return a skill's enum name as people write it: "HITPOINTS" -> "Hitpoints"."""
    return skill.replace("_", " ").capitalize()


def _favourite_skill(report: Report) -> Slide | None:
    experience = report["experience"]
    skill = experience["favourite_skill"]
    if skill is None:
        return None
    gain = experience["skills"][skill]
    levels = f" and {counted(gain['levels_gained'], 'level')}" if gain["levels_gained"] else ""
    text = f"{gain['gained']:,} tracked experience{levels} in {skill_title(skill)}."
    return _slide("favourite_skill", "Favourite skill", text, skill, f"skill:{skill}")


def _tiles(report: Report) -> Slide | None:
    movement = report["movement"]
    if not movement["tiles"]:
        return None
    text = (
        f"{counted(movement['tiles'], 'tile')} on foot: "
        f"{movement['tiles_run']:,} at a run, {movement['tiles_walked']:,} at a walk."
    )
    return _slide("tiles", "Distance", text, movement["tiles"])


def _deaths(report: Report) -> Slide | None:
    deaths = report["deaths"]
    if not deaths["count"]:
        return None
    worst = deaths["places"][0]
    where = "" if worst["name"] == UNKNOWN else f", most often at {worst['name']}"
    return _slide("deaths", "Deaths", f"{counted(deaths['count'], 'death')}{where}.", deaths["count"])


def _loot(report: Report) -> Slide | None:
    loot = report["loot"]
    if not loot["kills"]:
        return None
    kinds = counted(len({mob["name"] for mob in loot["mobs"]}), "kind of mob", "kinds of mobs")
    return _slide("loot", "Loot", f"{counted(loot['kills'], 'loot drop')} from {kinds}.", loot["kills"])


def _damage(report: Report) -> Slide | None:
    damage = report["damage"]
    if not damage["dealt"]:
        return None
    text = (
        f"{damage['dealt']:,} damage dealt, {damage['taken']:,} taken; the biggest hit was {damage['biggest_hit']:,}."
    )
    return _slide("damage", "Damage", text, damage["dealt"])


def _exchange(report: Report) -> Slide | None:
    exchange = report["exchange"]
    if not exchange["spent"] and not exchange["earned"]:
        return None
    text = f"{exchange['spent']:,} coins spent and {exchange['earned']:,} earned at the Grand Exchange."
    return _slide("exchange", "Grand Exchange", text, exchange["earned"])


def _hiscores(report: Report) -> Slide | None:
    gains = report["hiscores"]
    if gains is None:
        return None
    xp = gains["skills"].get("Overall", 0)
    bosses = gains["bosses"]
    boss = min(bosses, key=lambda name: (-bosses[name], name)) if bosses else None
    if boss is not None and bosses[boss] > 0:
        text = f"The Hiscores count {xp:,} experience and {counted(bosses[boss], 'kill')} of {boss} more."
        return _slide("hiscores", "On the Hiscores", text, boss, f"boss:{boss}")
    if not xp:
        return None
    return _slide("hiscores", "On the Hiscores", f"The Hiscores count {xp:,} experience more.", xp)


def _rank(ranks: list[dict[str, Any]]) -> Slide | None:
    if not ranks:
        return None
    best = min(ranks, key=lambda rank: (rank["top_percent"], rank["stat"]))
    text = f"Top {best['top_percent']:g} % of {best['of_players']:,} tracked players: {stat_title(best['stat'])}."
    return _slide("rank", "Among all players", text, best["top_percent"])


_STAT_TITLES: Final = {
    "play.seconds": "time played",
    "play.days_played": "days played",
    "play.longest_streak_days": "longest streak",
    "movement.tiles": "distance",
    "loot.kills": "loot drops",
    "experience.total": "experience gained",
    "deaths.count": "deaths",
    "damage.dealt": "damage dealt",
    "exchange.earned": "coins earned",
}


def stat_title(stat: str) -> str:
    """Return a ranked stat in words."""
    kind, _, name = stat.partition(":")
    if name:
        return f"kills of {name}" if kind == "kills" else f"{skill_title(name)} experience"
    return _STAT_TITLES[stat]
