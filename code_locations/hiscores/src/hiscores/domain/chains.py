"""Whose snapshots count for which player, by the links of names and without forgotten players.

What belongs here: the snapshots of a chain of names, and which stored gains no longer follow the links. What does not:
what a link means (`wrapped_shared.tenures`), reading and writing.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any, TypeAlias

from wrapped_shared.forgotten import Forgotten
from wrapped_shared.periods import day_of
from wrapped_shared.stored.hiscores import GainsTenure
from wrapped_shared.tenures import Tenure, Tenures

from hiscores.domain.snapshots import Snapshot

StoredTenures: TypeAlias = list[GainsTenure]
"""The tenures as gains hold them; None = those of a name without links, which are not stored."""


def of_chain(snapshots: Iterable[Snapshot], tenures: tuple[Tenure, ...], forgotten: Forgotten) -> list[Snapshot]:
    """Return the snapshots that count for a player, numbered by tenure.

    Args:
        snapshots: all snapshots of all names that the player held.
        tenures: the player's, the oldest first.
        forgotten: names and days that count nowhere.
    """
    found = []
    for snapshot in snapshots:
        day = day_of(snapshot.at)
        held = (n for n, tenure in enumerate(tenures) if tenure.name == snapshot.key and tenure.covers(day))
        number = next(held, None)
        if number is not None and not forgotten.covers(snapshot.key, day):
            found.append(replace(snapshot, tenure=number) if number else snapshot)
    return found


def stored_tenures(tenures: tuple[Tenure, ...]) -> StoredTenures | None:
    """Return a player's tenures as their gains hold them."""
    if tenures == (Tenure(tenures[0].name),):
        return None
    return [{"name": tenure.name, "first": tenure.first, "last": tenure.last} for tenure in tenures]


def behind(stored: Iterable[Mapping[str, Any]], tenures: Tenures) -> list[str]:
    """Return the players, by key, whose gains do not follow the links; those who have none yet come first.

    This order keeps a killed run from losing anything: a player's new gains are written before the documents that show
    that they are missing.

    Args:
        stored: `player_key` and `tenures` of the gains of all names in links, and of all computed from linked names.
        tenures: the links.
    """
    names: set[str] = set()
    have: set[str] = set()
    for one in stored:
        key, held = one["player_key"], one.get("tenures")
        have.add(key)
        expected = tenures.tenures(key)
        if held != stored_tenures(expected):
            names.add(key)
            names.update(tenure.name for tenure in expected)
            names.update(str(tenure["name"]) for tenure in held or ())
    keys = {key for name in names for key in tenures.keys(name)}
    return sorted(keys, key=lambda key: (key in have, key))
