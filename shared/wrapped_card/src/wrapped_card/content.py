"""What a card says: a name, a period, five figures and up to two features with a picture.

What belongs here: choosing and wording, from a stored report. What does not: where it stands (`layout`) and how it
looks (`drawing`).
"""

import hashlib
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any, Final

from pydantic import BaseModel, Field
from wrapped_shared.mob_kills import mobs_by_kills
from wrapped_shared.stat_words import stat_title
from wrapped_shared.words import duration, period_text, plain, short

FIGURES: Final = 5
_FEATURES: Final = 2
DESIGN: Final = 2
"""Raise it when the same content should look different: stored cards are then drawn again."""

PROJECTION: Final[Mapping[str, int]] = {
    "player": 1,
    "player_key": 1,
    "period": 1,
    "play": 1,
    "movement.tiles": 1,
    "loot.kills": 1,
    "loot.value": 1,
    "loot.best_drop": 1,
    "loot.mobs.name": 1,
    "loot.mobs.combat_level": 1,
    "loot.mobs.kills": 1,
    "experience.total": 1,
    "experience.skills": 1,
    "experience.favourite_skill": 1,
    "deaths.count": 1,
    "damage.dealt": 1,
    "exchange.earned": 1,
}
"""The fields of `wrapped_reports` that a card is made from."""

Document = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Figure:
    """One number with what it counts: ("164 h", "played")."""

    value: str
    label: str


@dataclass(frozen=True, slots=True)
class Feature:
    """One thing with its picture: the best drop, the favourite mob or the favourite skill."""

    heading: str
    name: str
    value: str
    """Its figure with its unit, such as "1.61M coins"."""
    picture_keys: tuple[str, ...]
    """The subjects in `stat_images` whose picture it may have, the best first."""
    picture: str | None = None
    """The id of its picture's file, which is made from the bytes; None without a picture."""


@dataclass(frozen=True, slots=True)
class CardContent:
    """Everything that a card says. Names are as telemetry has them: hostile until `lettering` has cleaned them."""

    player: str
    period: str
    """ "2025" or "All time"."""
    figures: tuple[Figure, ...]
    features: tuple[Feature, ...]

    def with_pictures(self, find: Callable[[str], str | None]) -> "CardContent":
        """Return the content with the picture of each feature: the first of its subjects that has one.

        Args:
            find: returns the id of a subject's picture, or None.
        """
        found = (
            replace(feature, picture=next((one for key in feature.picture_keys if (one := find(key))), None))
            for feature in self.features
        )
        return replace(self, features=tuple(found))

    def digest(self) -> str:
        """Return a fingerprint of all that is drawn: equal fingerprints give equal cards."""
        text = json.dumps([DESIGN, asdict(self)], ensure_ascii=True, sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()


class _Play(BaseModel):
    seconds: float
    sessions: int
    days_played: int
    longest_streak_days: int
    longest_session_seconds: float


class _Movement(BaseModel):
    tiles: int


class _Drop(BaseModel):
    item_id: int
    name: str | None
    quantity: int
    value: int
    mob: str


class _Mob(BaseModel):
    name: str
    combat_level: int
    kills: int


class _Loot(BaseModel):
    kills: int
    value: int | None = None
    best_drop: _Drop | None = None
    mobs: list[_Mob]


class _Gain(BaseModel):
    gained: int
    levels_gained: int


class _Experience(BaseModel):
    total: int
    skills: dict[str, _Gain]
    favourite_skill: str | None


class _Deaths(BaseModel):
    count: int


class _Damage(BaseModel):
    dealt: int


class _Exchange(BaseModel):
    earned: int


class _Report(BaseModel):
    """The fields of a report that a card needs, in the form of the contract."""

    player: str
    period: str = Field(pattern=r"^(\d{4}|all)$")
    play: _Play
    movement: _Movement
    loot: _Loot
    experience: _Experience
    deaths: _Deaths
    damage: _Damage
    exchange: _Exchange


def card_content(document: Document) -> CardContent:
    """Return what the card of a stored report says, its features still without pictures.

    Args:
        document: a document of `wrapped_reports`, or its fields in `PROJECTION`.

    Raises:
        ValueError: the document does not follow the contract.
    """
    report = _Report.model_validate(document)
    found = (_best_drop(report), _favourite_mob(report), _favourite_skill(report))
    features = tuple(feature for feature in found if feature is not None)[:_FEATURES]
    return CardContent(report.player, period_text(report.period), _figures(report), features)


def _figures(report: _Report) -> tuple[Figure, ...]:
    """Return the first five figures above zero, in a fixed order; a report with fewer is filled up with its zeros."""
    play, loot = report.play, report.loot
    streak = play.longest_streak_days if play.longest_streak_days > 1 else 0
    rows = [
        (play.seconds, Figure(_time(play.seconds), "played")),
        _titled("experience.total", report.experience.total),
        _titled("loot.kills", loot.kills),
        (loot.value or 0, _counted(loot.value or 0, "coin of loot", "coins of loot")),
        (report.movement.tiles, _counted(report.movement.tiles, "tile on foot", "tiles on foot")),
        _titled("deaths.count", report.deaths.count),
        _titled("damage.dealt", report.damage.dealt),
        _titled("exchange.earned", report.exchange.earned),
        (streak, Figure(short(streak), "days in a row")),
        _titled("play.days_played", play.days_played),
        (play.sessions, _counted(play.sessions, "session", "sessions")),
        (play.longest_session_seconds, Figure(_time(play.longest_session_seconds), "longest session")),
    ]
    above = [figure for value, figure in rows if value > 0]
    zeros = [figure for value, figure in rows if value <= 0 and figure.label in ("deaths", "loot drops", "XP gained")]
    zeros += [figure for value, figure in rows if value <= 0 and figure.label in ("sessions", "tiles on foot")]
    return tuple([*above, *zeros][:FIGURES])


def _titled(stat: str, value: int) -> tuple[int, Figure]:
    """Return a figure under the title of its stat, whose noun is singular for one."""
    title = stat_title(stat)
    return value, Figure(short(value), re.sub(r"s\b", "", title, count=1) if value == 1 else title)


def _counted(count: int, one: str, many: str) -> Figure:
    return Figure(short(count), one if count == 1 else many)


def _time(seconds: float) -> str:
    """Return a duration, in whole hours from ten hours on; its words for less than a second have no room here."""
    if 0 < seconds < 1:
        return "< 1 s"
    return duration(seconds // 3600 * 3600 if seconds >= 36_000 else seconds)


def with_noun(count: float, thing: str) -> str:
    """Return a number in short with what it counts: "1 kill", "1.61M coins"."""
    return f"{short(count)} {thing}{'' if count == 1 else 's'}"


def _best_drop(report: _Report) -> Feature | None:
    drop = report.loot.best_drop
    if drop is None:
        return None
    name = f"Item {drop.item_id}" if drop.name is None else drop.name
    if drop.quantity > 1:
        name = f"{short(drop.quantity)} × {name}"
    return Feature("Best drop", name, with_noun(drop.value, "coin"), (f"item:{drop.item_id}",))


def _favourite_mob(report: _Report) -> Feature | None:
    mobs = mobs_by_kills((mob.name, mob.combat_level, mob.kills) for mob in report.loot.mobs if mob.kills > 0)
    if not mobs:
        return None
    name, level, kills = mobs[0]
    return Feature("Favourite mob", name, with_noun(kills, "kill"), (f"npc:{name}#{level}",))


def _favourite_skill(report: _Report) -> Feature | None:
    skill = report.experience.favourite_skill
    gain = report.experience.skills.get(skill or "")
    if skill is None or gain is None:
        return None
    return Feature("Favourite skill", plain(skill), f"{short(gain.gained)} XP", (f"skill:{skill}",))
