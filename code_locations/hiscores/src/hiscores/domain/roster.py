"""Who is tracked: names from telemetry, groups and the settings, normalised and merged.

What belongs here: which names count, and what is remembered of each. What does not: reading them.
"""

import re
from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from wrapped_shared.names import player_key
from wrapped_shared.vocabulary import RosterSource

LOOK_BACK: Final = timedelta(days=8)
"""Activity further back makes no difference: everyone is due after seven days."""
OVERLAP: Final = timedelta(hours=1)
_NAME: Final = re.compile(r"[a-z0-9 ]{1,12}")


@dataclass(frozen=True, slots=True)
class Tracked:
    """One tracked player."""

    key: str
    player: str
    """The name in the form last seen."""
    sources: tuple[RosterSource, ...]
    """Sorted."""
    first_seen: datetime
    last_telemetry: datetime | None = None


@dataclass(frozen=True, slots=True)
class Names:
    """What the sources say now."""

    telemetry: frozenset[str]
    """Every form of a name that telemetry ever had."""
    recent: Mapping[str, datetime]
    """By form, the time of the latest event within the stretch that was looked at."""
    groups: frozenset[str]
    settings: tuple[str, ...]


def is_possible(key: str) -> bool:
    """Whether the game allows such a name: 1 to 12 letters, digits and spaces. No other is ever asked about."""
    return _NAME.fullmatch(key) is not None


def possible_key(name: object) -> str | None:
    """The key of a name that the game allows, else None."""
    key = player_key(name)
    return key if key is not None and is_possible(key) else None


def merge_roster(
    known: Mapping[str, Tracked], names: Names, now: datetime, kept_out: Set[str] = frozenset()
) -> tuple[dict[str, Tracked], int]:
    """The roster after looking at the sources, and how many names were no possible names.

    Whom telemetry has named once stays (raw telemetry is pruned one day); who was only in a group or in the
    settings goes when he is taken out there. The form shown is that of the latest event, else the one known,
    else the first by alphabet. Whom a person took out (`kept_out`) no source brings back.
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
    """Return from when on to look for activity, given the latest that is known of anybody."""
    return now - LOOK_BACK if latest is None else max(now - LOOK_BACK, min(latest, now) - OVERLAP)
