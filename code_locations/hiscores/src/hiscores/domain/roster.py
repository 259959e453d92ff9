"""Who is tracked: names from telemetry, groups and settings, normalised and merged.

What belongs here: which names count, and what is stored about each. What does not: reading them.
"""

import re
from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final

from wrapped_shared.forgotten import Forgotten
from wrapped_shared.names import player_key
from wrapped_shared.periods import day_of
from wrapped_shared.tenures import Tenures
from wrapped_shared.vocabulary import RosterSource

LOOK_BACK: Final = timedelta(days=8)
"""Older activity makes no difference: everyone is due after seven days."""
OVERLAP: Final = timedelta(hours=1)
_NAME: Final = re.compile(r"[a-z0-9 ]{1,12}")


@dataclass(frozen=True, slots=True)
class Tracked:
    """One tracked player."""

    key: str
    player: str
    """The name in its most recent form."""
    sources: tuple[RosterSource, ...]
    """Sorted."""
    first_seen: datetime
    last_telemetry: datetime | None = None


@dataclass(frozen=True, slots=True)
class Names:
    """What the sources say now."""

    telemetry: frozenset[str]
    """Every form of a name that ever appeared in telemetry."""
    recent: Mapping[str, datetime]
    """By form, the time of the latest event in the inspected time range."""
    groups: frozenset[str]
    settings: tuple[str, ...]

    @property
    def forms(self) -> set[str]:
        """Every name, in every form."""
        return {*self.telemetry, *self.recent, *self.groups, *self.settings}


def is_possible(key: str) -> bool:
    """Return whether the game allows the name: 1 to 12 letters, digits and spaces. No other name is ever looked up."""
    return _NAME.fullmatch(key) is not None


def possible_key(name: object) -> str | None:
    """Return the key of a name that the game allows, else None."""
    key = player_key(name)
    return key if key is not None and is_possible(key) else None


@dataclass(frozen=True, slots=True)
class Holders:
    """Who holds a name now: by the links of names, and without the forgotten players."""

    tenures: Tenures = field(default_factory=lambda: Tenures(()))
    forgotten: Forgotten = field(default_factory=lambda: Forgotten(()))
    held_again: frozenset[str] = frozenset()
    """Of the names in `left`, those with telemetry of a later day."""

    def left(self, names: Iterable[str]) -> dict[str, str]:
        """Return the names that a player of ours left, by link or forgotten, each with the last day under it."""
        last = {name: max(self.tenures.left.get(name, ""), self.forgotten.last_day(name) or "") for name in names}
        return {name: day for name, day in last.items() if day}

    def now(self, name: str) -> str | None:
        """Return the name to look up for a name; None if nobody of ours holds it any more, or they are forgotten."""
        key = self.tenures.resolve(name, self.held_again)
        last = self.forgotten.last_day(key)
        return key if last == "" or (last is not None and key in self.held_again) else None

    def at(self, name: str, moment: datetime) -> str | None:
        """Return the player, by key, whom telemetry of a name at some time belongs to; None if they are forgotten."""
        day = day_of(moment)
        return None if self.forgotten.covers(name, day) else self.tenures.owner(name, day)


NOBODY_LEFT: Final = Holders()


def wanted(
    known: Mapping[str, Tracked], names: Names, holders: Holders, kept_out: Set[str]
) -> tuple[dict[str, tuple[str, set[RosterSource]]], int]:
    """Return by player to track the form of their name and its sources; and how many names were impossible.

    A player whom only former names name is shown by key.
    """
    shown: dict[str, str] = {}
    sources: dict[str, set[RosterSource]] = {}
    impossible = 0
    before = [key for key, entry in known.items() if "telemetry" in entry.sources]
    linked = [key for key, entry in known.items() if "former_name" in entry.sources and key in holders.tenures.names]
    by_source: list[tuple[RosterSource, Iterable[str]]] = [
        ("telemetry", [*sorted(names.telemetry | names.recent.keys()), *before]),
        ("former_name", linked),
        ("groups", sorted(names.groups)),
        ("settings", names.settings),
    ]
    for source, forms in by_source:
        for form in forms:
            key = possible_key(form)
            holder = None if key is None else holders.now(key)
            if key is None or (holder is not None and not is_possible(holder)):
                impossible += 1
            elif holder is not None and not {key, holder} & kept_out:
                inherited = source == "telemetry" and holder != key
                sources.setdefault(holder, set()).add("former_name" if inherited else source)
                if holder == key:
                    shown.setdefault(key, form)
    return {key: (shown.get(key, key), named_by) for key, named_by in sources.items()}, impossible


def merge_roster(
    known: Mapping[str, Tracked],
    names: Names,
    now: datetime,
    kept_out: Set[str] = frozenset(),
    holders: Holders = NOBODY_LEFT,
) -> tuple[dict[str, Tracked], int]:
    """Return the roster updated from the sources, and how many names were impossible.

    A player once named in telemetry stays (raw telemetry is eventually pruned), one named there only by a former name
    for as long as names are linked; a player only in a group or in the settings is removed when they are removed
    there. The name is shown in the form of the latest event, else the known
    form, else the first in alphabetical order. No source brings back players removed by hand (`kept_out`), names that
    their player left, or forgotten players.
    """
    named, impossible = wanted(known, names, holders, kept_out)
    roster = {
        key: replace(known.get(key) or Tracked(key, form, (), now), sources=tuple(sorted(sources)))
        for key, (form, sources) in named.items()
    }
    for form, at in names.recent.items():
        key = possible_key(form)
        holder = None if key is None else holders.at(key, at)
        if holder is None or holder not in roster:
            continue
        entry = roster[holder]
        if entry.last_telemetry is None or at > entry.last_telemetry:
            shown = form if holder == key else entry.player
            roster[holder] = replace(entry, player=shown, last_telemetry=at)
    return roster, impossible


def activity_from(known: Mapping[str, Tracked], now: datetime) -> datetime:
    """Return from when on to look for activity, given everybody's latest known activity."""
    latest = max((entry.last_telemetry for entry in known.values() if entry.last_telemetry), default=None)
    return now - LOOK_BACK if latest is None else max(now - LOOK_BACK, min(latest, now) - OVERLAP)
