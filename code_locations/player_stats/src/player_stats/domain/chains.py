"""Players as chains of names: whose report a name's day belongs to, and which slot a name has.

What links mean is defined in `wrapped_shared.tenures`. All names that are connected by links share a slot, so that one
step makes the reports of all of them; which links are applied is `player_stats.store.linked_names`' business.
"""

from collections.abc import Collection, Iterable

from wrapped_shared.tenures import Link, Tenures, connected

from player_stats.domain.slots import player_slot


class Chains:
    """Everybody's names, by the applied links."""

    def __init__(self, links: Iterable[Link] = ()) -> None:
        """Take links that don't contradict each other."""
        self.tenures = Tenures(links)
        self._connected = connected(self.tenures.links)

    @property
    def names(self) -> Collection[str]:
        """All names in links."""
        return self._connected.keys()

    def is_linked(self, name: str) -> bool:
        """Return whether a name is in any link; any other name is a player's only one."""
        return name in self._connected

    def slot(self, name: str) -> int:
        """Return the slot of a name and of all names connected with it."""
        return player_slot(self._connected.get(name, name))

    def owner(self, name: str, day: str) -> str | None:
        """Return the key of the player whose report a name's day belongs to, None if it is nobody's."""
        return self.tenures.owner(name, day) if self.is_linked(name) else name

    def owners_in(self, name: str, month: str) -> set[str]:
        """Return the keys of all players whose reports a name's days of a month belong to."""
        if not self.is_linked(name):
            return {name}
        return {key for day in range(1, 32) if (key := self.tenures.owner(name, f"{month}-{day:02d}")) is not None}

    def names_on(self, key: str, day: str) -> list[str]:
        """Return the names that a player held on a day, the older one first; two on the day of a change."""
        if not self.is_linked(key):
            return [key]
        return list(dict.fromkeys(tenure.name for tenure in self.tenures.tenures(key) if tenure.covers(day)))

    def of_chain(self, names: Iterable[str]) -> frozenset[str]:
        """Return these names and all names connected with them."""
        roots = {self._connected.get(name, name) for name in names}
        return frozenset(roots) | {name for name, root in self._connected.items() if root in roots} | frozenset(names)


def changed_groups(before: Iterable[Link], after: Iterable[Link]) -> list[frozenset[str]]:
    """Return the groups of connected names whose players may differ between two sets of links."""
    earlier, later = set(before), set(after)
    roots = connected(earlier | later)
    changed = sorted({roots[link.old] for link in earlier ^ later})
    groups: dict[str, set[str]] = {root: set() for root in changed}
    for name, root in roots.items():
        if root in groups:
            groups[root].add(name)
    return [frozenset(group) for group in groups.values()]
