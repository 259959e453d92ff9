"""The stand-in's players and their figures: functions of (seed, name, clock); nothing is stored.

What belongs here: which players are on which table, with which figures. What does not: HTTP.

A seeded roster `player 1` .. `player N` goes through every type of player in turn; any name ending in a kind's word
(such as `bob uim`) has that type too, and every other valid name is a regular player. Figures rise with the clock, each
row at its own pace, so that snapshots at two times differ in most rows but not in all.
"""

import hashlib
import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, Literal

from wrapped_shared.hiscores_rows import SKILLS
from wrapped_shared.levels import MAX_XP, level_of
from wrapped_shared.names import player_key

from wrapped_devkit.osrs_server.hiscores_rows import ACTIVITIES

Table = Literal["main", "ironman", "hardcore", "ultimate"]
PlayerType = Literal[
    "regular", "ironman", "hardcore", "ultimate", "dead hardcore", "de-ironed", "iron table only", "low", "unknown"
]
_TABLES: Final[dict[PlayerType, tuple[Table, ...]]] = {
    "regular": ("main",),
    "ironman": ("main", "ironman"),
    "hardcore": ("main", "ironman", "hardcore"),
    "ultimate": ("main", "ironman", "ultimate"),
    "dead hardcore": ("main", "ironman", "hardcore"),
    "de-ironed": ("main", "ironman"),
    "iron table only": ("ironman",),
    "low": ("main",),
    "unknown": (),
}
"""The tables that list each type of player. `low`: a regular player too low for the Overall table and for most rows."""
PLAYER_TYPES: Final = tuple(_TABLES)

_WORDS: Final[dict[str, PlayerType]] = {
    "iron": "ironman",
    "hcim": "hardcore",
    "uim": "ultimate",
    "dead": "dead hardcore",
    "exiron": "de-ironed",
    "newiron": "iron table only",
    "low": "low",
    "nobody": "unknown",
}
_NAME: Final = re.compile(r"[a-z0-9 ]{1,12}")
EPOCH: Final = 1_672_531_200.0
"""2023-01-01T00:00:00Z: figures are counted from here."""
DIED_AFTER: Final = 30 * 86_400.0
"""How long after the epoch a dead hardcore died and a de-ironed player left; a fault can do it later."""


@dataclass(frozen=True)
class Row:
    """One row of one table for one player; -1 throughout = unranked."""

    rank: int
    value: int
    level: int = -1


class SeededPlayers:
    """All players for one seed."""

    def __init__(self, *, seed: int = 0, count: int = 2_250) -> None:
        """Take a seed and how many players the ranking pages list."""
        self.seed = seed
        self.count = count
        self.left_iron: dict[str, float] = {}
        """Ironmen who became regular by a fault, by key: since when (stand-in's clock)."""
        self.known: dict[str, dict[str, Row]] = {}
        """Figures to serve instead, always the same: by key, the rows that are ranked, by skill or activity."""

    def names(self) -> list[str]:
        """The roster, in order."""
        return [f"player {number}" for number in range(1, self.count + 1)]

    def player_type(self, key: str) -> PlayerType:
        """A name's type of player; a name that the game does not allow is unknown."""
        if not _NAME.fullmatch(key):
            return "unknown"
        word, _, last = key.rpartition(" ")
        if word == "player" and last.isdigit():
            number = int(last)
            return PLAYER_TYPES[(number - 1) % len(PLAYER_TYPES)] if 1 <= number <= self.count else "unknown"
        return _WORDS.get(last, "regular")

    def frozen_at(self, key: str, table: Table, now: float) -> float:
        """The time whose figures a table shows: now, or the time when the player left the table."""
        player_type = self.player_type(key)
        left = self.left_iron.get(key, now)
        if player_type == "de-ironed":
            left = min(left, EPOCH + DIED_AFTER)
        if table != "main":
            now = min(now, left)
        if player_type == "dead hardcore" and table == "hardcore":
            now = min(now, EPOCH + DIED_AFTER)
        return now

    def rows(self, key: str, table: Table, now: float) -> tuple[list[Row], list[Row]] | None:
        """Skills and activities, in the order of `hiscores_rows`; None if the table does not have the player."""
        if table not in _TABLES[self.player_type(key)]:
            return None
        return self.figures(key, self.frozen_at(key, table, now))

    def figures(self, key: str, now: float) -> tuple[list[Row], list[Row]]:
        """A player's figures at a time, regardless of the table."""
        if key in self.known:
            known = self.known[key]
            listed = [known.get(skill, Row(-1, -1, 1)) for skill in SKILLS]
            return listed, [known.get(name, Row(-1, -1)) for name, _ in ACTIVITIES]
        low = self.player_type(key) == "low"
        days = max(0.0, now - EPOCH) / 86_400
        experience = [self._experience(key, skill, days, low=low) for skill in SKILLS[1:]]
        skills = [
            Row(self._rank(key, skill), xp, level_of(xp)) if xp >= (2_411 if not low else 100_000) else Row(-1, -1, 1)
            for skill, xp in zip(SKILLS[1:], experience, strict=True)
        ]
        total = sum(experience)
        overall = Row(-1, 0, 0) if low else Row(self._rank(key, "Overall"), total, sum(level_of(x) for x in experience))
        activities = []
        for name, minimum in ACTIVITIES:
            score = self._score(key, name, days, low=low)
            activities.append(Row(self._rank(key, name), score) if score >= minimum else Row(-1, -1))
        return [overall, *skills], activities

    def _experience(self, key: str, skill: str, days: float, *, low: bool) -> int:
        start, pace = _draws(f"{self.seed}/{key}/{skill}")
        if pace < 0.15:  # a skill that never moves
            pace = 0.0
        factor = 0.01 if low else 1.0
        return min(MAX_XP, int(factor * (start**4 * 20_000_000 + days * pace**2 * 60_000)))

    def _score(self, key: str, name: str, days: float, *, low: bool) -> int:
        start, pace = _draws(f"{self.seed}/{key}/{name}")
        if start < 0.35 or low:  # never done
            return 0
        return int(start**3 * 2_000 + days * (pace**2 * 20 if pace > 0.3 else 0.0))

    def _rank(self, key: str, name: str) -> int:
        return 1 + int(_draws(f"{self.seed}/rank/{key}/{name}")[0] * 1_900_000)


def lookup_key(name: str) -> str:
    """The key under which the site looks up a name; empty for none."""
    return player_key(name) or ""


@lru_cache(maxsize=400_000)
def _draws(text: str) -> tuple[float, float]:
    digest = hashlib.blake2b(text.encode(), digest_size=12).digest()
    return int.from_bytes(digest[:6], "big") / 2**48, int.from_bytes(digest[6:], "big") / 2**48
