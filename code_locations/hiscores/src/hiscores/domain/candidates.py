"""Names that may be one player's: an old name that the hiscores no longer list, and a new one with its figures.

What belongs here: comparing the two, and how a pair is found without comparing all. What does not: reading snapshots,
and links of names (a pair is only proposed; a person decides).

A pair is one if the new name was first seen after the old one's last snapshot, every row known for both is at least the
old one's last, and no more was gained in between than an account can. A rating falls and a seasonal row restarts, so
neither says anything.
"""

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from heapq import nsmallest
from typing import Final

from wrapped_shared.collections import NAME_CANDIDATES
from wrapped_shared.hiscores_rows import OVERALL
from wrapped_shared.periods import day_of
from wrapped_shared.stored.hiscores import NameCandidate
from wrapped_shared.tenures import Link, LinkError, Tenures
from wrapped_shared.version import SCHEMA_VERSIONS
from wrapped_shared.words import counted

from hiscores.domain import gain_rules as rules
from hiscores.domain.snapshots import Snapshot

UNKNOWN: Final = -1
MOST_PER_NAME: Final = 5
"""How many new names are proposed for an old one: a small account has its figures in common with many."""
_HOUR: Final = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Seen:
    """A name's figures at one time, compactly: there are many."""

    name: str
    at: datetime
    overall: int
    values: "array[int]"
    """By the number of the row; `UNKNOWN` or too short where there is none."""
    skills: frozenset[int]


class Columns:
    """Numbers the rows of snapshots."""

    def __init__(self) -> None:
        """Start without rows."""
        self._numbers: dict[tuple[bool, str], int] = {}
        self._skills: dict[frozenset[int], frozenset[int]] = {}

    def seen(self, snapshot: Snapshot) -> Seen | None:
        """Return a snapshot's figures; None without a total experience, by which names are sorted."""
        overall = snapshot.skills.get(OVERALL)
        if overall is None:
            return None
        skills = {self._number(True, name): value for name, value in snapshot.skills.items() if name != OVERALL}
        others = {
            self._number(False, name): value
            for name, value in snapshot.activities.items()
            if name not in rules.RATINGS | rules.SEASONAL
        }
        values = array("q", [UNKNOWN]) * len(self._numbers)
        for number, value in (skills | others).items():
            values[number] = UNKNOWN if value is None else value
        ranked = frozenset(number for number, value in skills.items() if value is not None)
        return Seen(snapshot.key, snapshot.at, overall, values, self._skills.setdefault(ranked, ranked))

    def _number(self, skill: bool, name: str) -> int:
        return self._numbers.setdefault((skill, name), len(self._numbers))


def most_gained(elapsed: timedelta) -> float:
    """Return the most experience that a player gains while they change their name."""
    return rules.SUDDEN_XP + rules.FAST_XP_PER_HOUR * (elapsed / _HOUR)


def linkable(old: Seen, new: Seen, tenures: Tenures) -> bool:
    """Return whether the names could be linked: the old one was not left before, and no link contradicts it."""
    if not tenures.names & {old.name, new.name}:
        return True
    if tenures.owner(old.name, day_of(old.at)) != old.name:
        return False
    try:
        Tenures([*tenures.links, Link(day_of(new.at), old.name, new.name)])
    except LinkError:
        return False
    return True


def find(olds: Iterable[Seen], news: Iterable[Seen], allowed: Callable[[Seen, Seen], bool]) -> list[NameCandidate]:
    """Find the pairs, those first that are the hardest to fake: those with most experience, then with most rows.

    Args:
        olds: the names that the hiscores no longer list, as last seen.
        news: the names as first seen; an old one may be among them.
        allowed: whether a pair may be proposed at all.
    """
    ordered = sorted(news, key=lambda seen: (seen.overall, seen.name))
    totals = [seen.overall for seen in ordered]
    if not ordered:
        return []
    last = max(seen.at for seen in ordered)
    found: list[NameCandidate] = []
    for old in olds:
        if old.at >= last:
            continue
        start = bisect_left(totals, old.overall)
        stop = bisect_right(totals, old.overall + most_gained(last - old.at))
        pairs = _of_one(old, ordered, range(start, stop), allowed)
        found += nsmallest(MOST_PER_NAME, pairs, key=lambda one: (-one["rows"], one["gained"], one["now"]))
    return sorted(found, key=lambda one: (-one["overall"], -one["rows"], one["old"], one["now"]))


def _of_one(
    old: Seen, ordered: Sequence[Seen], window: range, allowed: Callable[[Seen, Seen], bool]
) -> Iterable[NameCandidate]:
    known = [(number, value) for number, value in enumerate(old.values) if value != UNKNOWN]
    known.sort(key=lambda item: -item[1])  # the greatest value is the one that most other players lack
    for position in window:
        new = ordered[position]
        if new.at <= old.at or new.name == old.name:
            continue
        rows = _rows_in_common(old, new, known)
        if rows is not None and allowed(old, new):
            gained = new.overall - old.overall
            yield {
                "_id": f"{old.name}|{new.name}",
                "schema_version": SCHEMA_VERSIONS[NAME_CANDIDATES],
                "old": old.name,
                "now": new.name,
                "seen_from": day_of(new.at),
                "overall": old.overall,
                "rows": rows,
                "gained": gained,
                "reason": _reason(rows, gained, new.at - old.at),
            }


def _reason(rows: int, gained: int, elapsed: timedelta) -> str:
    days, hours = divmod(int(elapsed / _HOUR), 24)
    after = f"{counted(days, 'day')} and {counted(hours, 'hour')}" if days else counted(hours, "hour")
    return f"all {rows} rows known for both are at least as high, {gained:,} experience more after {after}"


def _rows_in_common(old: Seen, new: Seen, known: Sequence[tuple[int, int]]) -> int | None:
    """Return how many rows are known for both, with the total; None if one fell, or more was gained than possible."""
    values, length = new.values, len(new.values)
    rows, risen = 1, 0
    for number, value in known:
        if number < length and (now := values[number]) != UNKNOWN:
            if now < value:
                return None
            rows += 1
            if number in old.skills:
                risen += now - value
    return rows if max(risen, new.overall - old.overall) <= most_gained(new.at - old.at) else None
