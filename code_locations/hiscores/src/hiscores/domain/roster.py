"""Who is tracked: names from telemetry, groups and settings, normalised and merged.

What belongs here: which names count, and what is stored about each. What does not: reading them.
"""

import re
from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from wrapped_shared.names import player_key
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


def is_possible(key: str) -> bool:
    """Whether the game allows the name: 1 to 12 letters, digits and spaces. No other name is ever looked up."""
    return _NAME.fullmatch(key) is not None


def possible_key(name: object) -> str | None:
    """The key of a name that the game allows, else None."""
    key = player_key(name)
    return key if key is not None and is_possible(key) else None


def merge_roster(
    known: Mapping[str, Tracked], names: Names, now: datetime, kept_out: Set[str] = frozenset()
) -> tuple[dict[str, Tracked], int]:
    """The roster updated from the sources, and how many names were impossible.

    A player once named in telemetry stays (raw telemetry is eventually pruned); a player only in a group or in the
    settings is removed when they are removed there. The name is shown in the form of the latest event, else the known
    form, else the first in alphabetical order. No source brings back players removed by hand (`kept_out`).
    """
    roster = {
        key: replace(entry, sources=("telemetry",)) for key, entry in known.items() if "telemetry" in entry.sources
    }
    impossible = 0
    by_source: list[tuple[RosterSource, Iterable[str]]] = [
        ("telemetry", sorted(names.telemetry | names.recent.keys())),
        ("groups", sorted(names.groups)),
        ("settings", names.settings),
    ]
    for source, forms in by_source:
        for form in forms:
            key = possible_key(form)
            if key is None:
                impossible += 1
                continue
            if key in kept_out:
                continue
            entry = roster.get(key) or known.get(key)
            if entry is None:
                roster[key] = Tracked(key, form, (source,), now)
            elif key not in roster:
                roster[key] = replace(entry, sources=(source,))
            elif source not in entry.sources:
                roster[key] = replace(entry, sources=tuple(sorted({*entry.sources, source})))
    for form, at in names.recent.items():
        key = possible_key(form)
        if key is None or key in kept_out:
            continue
        entry = roster[key]
        if entry.last_telemetry is None or at > entry.last_telemetry:
            roster[key] = replace(entry, player=form, last_telemetry=at)
    return roster, impossible


def activity_from(latest: datetime | None, now: datetime) -> datetime:
    """Return from when on to look for activity, given the latest known activity of anybody."""
    return now - LOOK_BACK if latest is None else max(now - LOOK_BACK, min(latest, now) - OVERLAP)
