"""Eight unequal players for a year: who leads, who is strong in one thing, who rarely plays, who changed their name.

Belongs here: constants, and when a profile plays. `year` makes telemetry of them.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from wrapped_devkit.generator.activities import ACTIVITIES, TRADING, Activity

FIRST_DAY, LAST_DAY = "2023-12-01", "2024-12-31"
"""A year and the month before it, with which the year can be compared. The game changed equipment ids in between."""
YEAR = "2024"
RARE_DROP = (12922, "2024-10-19", "Zulrah")
"""An item, the day from which its mob drops it, once in the whole year, and the mob."""
_RARE = {12922, 4151}
_SATURDAY, _SUNDAY = 5, 6
_USUAL_DAYS = (_SATURDAY, _SUNDAY)
"""Outside streaks nobody plays on other days: every further day costs the demo time and shows nothing new."""


@dataclass(frozen=True)
class Profile:
    """How one player spends the year."""

    name: str
    known_for: str
    """What their report shows, in a few words."""
    activities: Sequence[Activity]
    ticks: int
    """Game ticks on an average day of play: with less than an hour in the year, a report has one slide."""
    share: float
    """On which share of the usual days they play, in a month of full intensity."""
    months: str = "999999999999"
    """Intensity by month, January to December: 0 = away, 9 = full."""
    streak: tuple[str, str] = ("", "")
    """The first and last day of a time in which they play every day."""
    renamed: tuple[str, str] | None = None
    """Their new name, and the first day on which they have it."""

    def name_on(self, day: str) -> str:
        """The name they play under on a day."""
        return self.renamed[0] if self.renamed and day >= self.renamed[1] else self.name

    @property
    def last_name(self) -> str:
        """The name their reports have."""
        return self.renamed[0] if self.renamed else self.name

    def ticks_on(self, day: str, rng: random.Random) -> int:
        """How many ticks they play on a day, 0 for none; Sundays are longest."""
        weekday = date.fromisoformat(day).weekday()
        chance = self.share * int(self.months[int(day[5:7]) - 1]) / 9 if weekday in _USUAL_DAYS else 0
        if rng.random() >= chance and not self.streak[0] <= day <= self.streak[1]:
            return 0
        return max(1, int(self.ticks * (1.25 if weekday == _SUNDAY else 0.75) * (0.5 + rng.random())))


def _fighting(*names: str) -> list[Activity]:
    """Activities against the mobs with these names, or against all; without what drops rarely in the game."""
    return [
        replace(one, mob=replace(one.mob, drops=tuple(drop for drop in one.mob.drops if drop[0] not in _RARE)))
        for one in ACTIVITIES
        if one.mob is not None and (not names or one.mob.name in names)
    ]


def _training(*skills: str) -> list[Activity]:
    return [one for one in ACTIVITIES if one.training is not None and (not skills or one.training.skill in skills)]


PROFILES = (
    Profile(
        "Royal Falcon",
        "leads in almost everything",
        [*_fighting(), *_fighting(), *_training(), TRADING],
        ticks=160,
        share=0.5,
        months="798979789899",
        streak=("2024-06-03", "2024-07-07"),
    ),
    Profile(
        "Magma Dragon",
        "hunts Zulrah and got the drop of the year",
        _fighting("Zulrah"),
        ticks=295,
        share=0.3,
        months="234567654987",
    ),
    Profile("Amber Miner", "mines and smiths", _training("MINING", "SMITHING"), ticks=196, share=0.25),
    Profile(
        "Sandy Lobster",
        "makes a fortune on the Grand Exchange",
        [TRADING],
        ticks=315,
        share=0.3,
        months="996633333699",
    ),
    Profile(
        "Tidal Imp",
        "fights goblins, guards and giants",
        _fighting("Goblin", "Guard", "Hill Giant"),
        ticks=270,
        share=0.3,
        months="369963369963",
    ),
    Profile(
        "Frosty Salmon",
        "was Frosty Salmon until May: one report under two names",
        _training("FISHING", "COOKING", "AGILITY"),
        ticks=176,
        share=0.35,
        streak=("2024-03-04", "2024-03-17"),
        renamed=("Lunar Kebbit", "2024-05-18"),
    ),
    Profile("Quiet Yew", "only cuts trees, in summer", _training("WOODCUTTING"), 30, 0.5, months="000009950000"),
    Profile("Mossy Chompy", "logs in now and then", [*_fighting("Cow"), *_training("FARMING")], ticks=12, share=0.15),
)
"""The first leads."""
