"""Tenures: which player held which name on which days, from the links in `player_names`.

A link says that a player went from an old name to a new one, from a day on. A tenure is a name from a first to a last
day; a player is a chain of tenures, and is reported under the name they held last. A name without links is one tenure.

Pure functions of names (player keys) and days; reading and writing the links belongs to those who use them.
"""

from bisect import bisect_left
from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Any, Self

from wrapped_shared.periods import next_day


class LinkError(ValueError):
    """Links contradict each other; the message says which and why."""


@dataclass(frozen=True, order=True)
class Link:
    """A change of name: on `from_day` the player used both names, from then on the new one."""

    from_day: str
    old: str
    now: str

    @property
    def id(self) -> str:
        """The `_id` in `player_names`."""
        return f"{self.old}|{self.from_day}"

    @classmethod
    def of(cls, document: Mapping[str, Any]) -> Self:
        """Return the link that a document of `player_names` holds."""
        return cls(from_day=document["from_day"], old=document["old"], now=document["now"])


@dataclass(frozen=True)
class Tenure:
    """A name that one player held, from `first` to `last`, both included; None = without a limit."""

    name: str
    first: str | None = None
    last: str | None = None

    def covers(self, day: str) -> bool:
        """Return whether the player held the name on a day."""
        return (self.first is None or self.first <= day) and (self.last is None or day <= self.last)


def connected(links: Iterable[Link]) -> dict[str, str]:
    """Return for every name in links the smallest of the names that are connected with it by links."""
    roots: dict[str, str] = {}

    def root(name: str) -> str:
        while roots.setdefault(name, name) != name:
            roots[name] = name = roots[roots[name]]  # halves the path for the next search
        return name

    for link in links:
        first, second = sorted((root(link.old), root(link.now)))
        roots[second] = first
    return {name: root(name) for name in roots}


class Tenures:
    """All players with links, and everybody else as themselves."""

    def __init__(self, links: Iterable[Link]) -> None:
        """Build the chains from all links.

        Raises:
            LinkError: a link leads from a name to itself, or a name has two holders on one day.
        """
        self._leaving: dict[str, list[Link]] = {}
        self._arriving: dict[str, list[Link]] = {}
        self._links = sorted(set(links))
        for link in self._links:
            self._leaving.setdefault(link.old, []).append(link)
            self._arriving.setdefault(link.now, []).append(link)
        self._check()
        self._chains = {link.now: self._chain(link) for link in self._links if self._next(link) is None}
        self._linked: dict[str, list[tuple[Tenure, str]]] = {}
        for key, tenures in self._chains.items():
            for tenure in tenures:
                self._linked.setdefault(tenure.name, []).append((tenure, key))

    @cached_property
    def left(self) -> dict[str, str]:
        """The names that were left and to which no link leads since, each with its last holder's last day."""
        return {
            name: links[-1].from_day
            for name, links in self._leaving.items()
            if all(link.from_day <= links[-1].from_day for link in self._arriving.get(name, ()))
        }

    @property
    def links(self) -> list[Link]:
        """All links, in order."""
        return list(self._links)

    @property
    def names(self) -> frozenset[str]:
        """Every name in a link; any other is a player of its own."""
        return frozenset(self._leaving) | frozenset(self._arriving)

    def tenures(self, key: str) -> tuple[Tenure, ...]:
        """Return the tenures of the player who is reported under a name, the oldest first.

        After a name was left, a later holder is a player of their own, who may not exist.
        """
        if key in self._chains:
            return self._chains[key]
        return (Tenure(key, next_day(self.left[key]) if key in self.left else None),)

    def keys(self, name: str) -> frozenset[str]:
        """Return the keys of all players who ever held a name; the name itself is the key of its later holder."""
        return frozenset(key for _, key in self._linked.get(name, ())) | {name}

    def holders(self, name: str) -> set[Tenure]:
        """Return the tenures of a name of all players with links."""
        return {tenure for tenure, _ in self._linked.get(name, ())}

    def owner(self, name: str, day: str) -> str | None:
        """Return the key of the player whose report a name's day belongs to.

        None where the day belongs to nobody's: its holder had no link, and somebody else holds the name since.
        """
        for tenure, key in self._linked.get(name, ()):
            if tenure.covers(day):
                return key
        return name if any(tenure.name == name and tenure.covers(day) for tenure in self.tenures(name)) else None

    def resolve(self, name: str, held_again: Container[str] = ()) -> str:
        """Return the key of the player who held a name last.

        Args:
            name: a player key.
            held_again: those of the names in `left` that have telemetry of a later day: they are somebody else's now.
        """
        if name in self.left and name not in held_again:
            return self._last_name(self._leaving[name][-1])
        return name

    def _last_name(self, link: Link) -> str:
        while (following := self._next(link)) is not None:
            link = following
        return link.now

    def _next(self, link: Link) -> Link | None:
        """Return the link that ends the tenure which a link begins: the first one from its day on."""
        leaving = self._leaving.get(link.now, [])
        at = bisect_left(leaving, link.from_day, key=lambda one: one.from_day)
        return leaving[at] if at < len(leaving) else None

    def _previous(self, link: Link) -> Link | None:
        """Return the link that begins the tenure which a link ends, None where it began without one."""
        return next((one for one in self._arriving.get(link.old, ()) if self._next(one) == link), None)

    def _chain(self, last: Link) -> tuple[Tenure, ...]:
        """Return the tenures of the player whose last link this is."""
        tenures, link = [Tenure(last.now, last.from_day)], last
        while (before := self._previous(link)) is not None:
            tenures.append(Tenure(link.old, before.from_day, link.from_day))
            link = before
        earlier = [one.from_day for one in self._leaving[link.old] if one.from_day < link.from_day]
        tenures.append(Tenure(link.old, next_day(earlier[-1]) if earlier else None, link.from_day))
        return tuple(reversed(tenures))

    def _check(self) -> None:
        """Refuse links that give a name two holders on one day, or that lead in a circle."""
        for link in self._links:
            if link.old == link.now:
                raise LinkError(f"the link of {link.old} on {link.from_day} leads in a circle")
            seen, following = {link}, link
            while (after := self._next(following)) is not None:
                if after in seen:
                    raise LinkError(f"the links of {after.old} on {after.from_day} lead in a circle")
                seen.add(after)
                following = after
        for name, arriving in self._arriving.items():
            for one, other in pairwise(arriving):
                end = self._next(one)
                if end is None or end.from_day >= other.from_day:
                    raise LinkError(f"{name} would have two holders on {other.from_day}: {one.old} and {other.old}")
