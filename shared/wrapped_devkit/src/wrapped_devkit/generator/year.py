"""A year of telemetry for the eight players of `profiles`, a few minutes a day, with hiscores snapshots to match.

Belongs here: turning profiles into days of documents, the rare drop, and the snapshots. A tick is as in `player`.
"""

import heapq
import random
from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from itertools import groupby
from typing import Any

from wrapped_shared.collections import HISCORES, LOOT_RECEIVED
from wrapped_shared.documents import Document
from wrapped_shared.levels import level_of
from wrapped_shared.names import player_key
from wrapped_shared.periods import days_between, month_of
from wrapped_shared.version import SCHEMA_VERSIONS

from wrapped_devkit.generator.catalogue import SKILLS
from wrapped_devkit.generator.documents import Item
from wrapped_devkit.generator.player import Player
from wrapped_devkit.generator.profiles import FIRST_DAY, LAST_DAY, PROFILES, RARE_DROP, Profile

SEED = 2024
_EVENT_RATE = 0.12
"""How often something happens on a tick: enough for a story, and little, because every document costs the demo time."""
_BOSSES = ("Zulrah", "Vet'ion")
_LEAST_KILLS = 5


class _Life:
    """One profile's player from the first day on."""

    def __init__(self, index: int, profile: Profile) -> None:
        self.profile = profile
        self.player = Player(
            index,
            ticks=profile.ticks,
            seed=SEED,
            run=f"year/{SEED}",
            name=profile.name,
            activities=profile.activities,
            rate=_EVENT_RATE,
        )
        self.rng = random.Random(f"{SEED}/{index}/days")
        self.kills: Counter[str] = Counter()
        self.lucky = False

    def day(self, day: str) -> Iterator[Item]:
        """The documents of one day, none if they do not play."""
        ticks = self.profile.ticks_on(day, self.rng)
        if not ticks:
            self.player.rest()
            return
        self.player.name, self.player.ticks = self.profile.name_on(day), ticks
        for item in self.player.day(day):
            if item[3] == LOOT_RECEIVED:
                self._looted(day, item[4]["data"])
            yield item

    def _looted(self, day: str, data: dict[str, Any]) -> None:
        """Count a kill, and drop the rare item at the first one that may."""
        item, first_day, mob = RARE_DROP
        self.kills[data["actor"]["name"]] += 1
        hunts = len({one.mob.name for one in self.profile.activities if one.mob is not None}) == 1
        if hunts and not self.lucky and data["actor"]["name"] == mob and day >= first_day:
            self.lucky = True
            data["items"].append({"id": item, "quantity": 1})

    def snapshot(self, day: str) -> Document:
        """What the hiscores say of them at the end of a day."""
        name, slot = self.profile.name_on(day), _slot(day)
        xp = {skill.capitalize(): self.player.who.xp[skill] for skill in SKILLS}
        rows = {skill: _skill(gained, level_of(gained)) for skill, gained in xp.items()}
        overall = _skill(sum(xp.values()), sum(row["level"] for row in rows.values()))
        bosses = {boss: self.kills[boss] for boss in _BOSSES if self.kills[boss] >= _LEAST_KILLS}
        key = player_key(name)
        return {
            "_id": f"{key}|{slot}",
            "schema_version": SCHEMA_VERSIONS[HISCORES],
            "player": name,
            "player_key": key,
            "slot": slot,
            "scraped_at": datetime.fromisoformat(slot),
            "mode": "hiscore_oldschool",
            "account_type": "regular",
            "skills": {"Overall": overall, **rows},
            "activities": {},
            "bosses": {boss: {"rank": _rank(kills * 10_000), "kills": kills} for boss, kills in bosses.items()},
        }


def last_snapshot_id(profile: Profile) -> str:
    """Return the `_id` of a player's last snapshot."""
    return f"{player_key(profile.last_name)}|{_slot(LAST_DAY)}"


def _slot(day: str) -> str:
    return f"{day}T23:00:00Z"


def _skill(experience: int, level: int) -> dict[str, int]:
    return {"rank": _rank(experience), "level": level, "experience": experience}


def _rank(score: int) -> int:
    """A plausible rank: the higher the score, the better."""
    return 1 + 2_000_000 * 100_000 // (score + 100_000)


def year_of_days() -> Iterator[tuple[list[str], Iterator[tuple[str, Document]]]]:
    """Generate the year: pairs of a month's days and its documents, which must be read in order.

    A month ends with a hiscores snapshot of each player. The documents are always the same.
    """
    lives = [_Life(index, profile) for index, profile in enumerate(PROFILES)]
    for _, month in groupby(days_between(FIRST_DAY, LAST_DAY), key=month_of):
        of_month = list(month)
        yield of_month, _month(lives, of_month)


def _month(lives: list[_Life], of_month: list[str]) -> Iterator[tuple[str, Document]]:
    for day in of_month:
        for _, _, _, collection, document in heapq.merge(*(life.day(day) for life in lives)):
            yield collection, document
    for life in lives:
        yield HISCORES, life.snapshot(of_month[-1])
