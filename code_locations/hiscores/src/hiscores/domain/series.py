"""A player's snapshots, split wherever the name starts to show another account.

Where two snapshots are of different names, a link says that both are one player's: no values split them.

What belongs here: comparing a snapshot with what was known before, and splitting. What does not: gains (`gains`), and
the thresholds (`gain_rules`).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final, Literal, TypeAlias

from wrapped_shared.hiscores_rows import OVERALL

from hiscores.domain import gain_rules as rules
from hiscores.domain.snapshots import Snapshot

Values: TypeAlias = Mapping[str, int | None]
"""Values by row; None = explicitly unranked, which is as unknown as an absent row."""
Verdict: TypeAlias = Literal["same", "rollback", "another"]
_HOUR: Final = 3600
_FAST_SECONDS: Final = rules.FAST_HOURS * _HOUR


@dataclass
class Series:
    """Snapshots of one account, in time order."""

    snapshots: list[Snapshot] = field(default_factory=list)
    rollbacks: list[datetime] = field(default_factory=list)
    """The times of the snapshots with a loss that only a rollback explains."""


def split(ordered: Sequence[Snapshot], is_boss: Callable[[str], bool]) -> list[Series]:
    """Split snapshots, in time order, into one series per account.

    Each row is compared with its last known value in the series, and the time allowed for its rise is the time since
    the previous snapshot.
    """
    found: list[Series] = []
    skills: dict[str, int] = {}
    kills: dict[str, int] = {}
    for snapshot in ordered:
        now = {name: value for name, value in snapshot.activities.items() if is_boss(name)}
        if found:
            previous = found[-1].snapshots[-1]
            linked = snapshot.tenure != previous.tenure
            verdict = compare((skills, kills), (snapshot.skills, now), snapshot.at - previous.at, linked=linked)
        if not found or verdict == "another":
            found.append(Series())
            skills, kills = {}, {}
        elif verdict == "rollback":
            found[-1].rollbacks.append(snapshot.at)
        found[-1].snapshots.append(snapshot)
        skills.update({name: value for name, value in snapshot.skills.items() if value is not None})
        kills.update({name: value for name, value in now.items() if value is not None})
    return found


def compare(
    before: tuple[Values, Values], after: tuple[Values, Values], elapsed: timedelta, *, linked: bool = False
) -> Verdict:
    """Return whether two observations of a name show the same account, by the rows known both times except Overall.

    Args:
        before: experience by skill, kills by boss.
        after: the same, later; may contain other rows too.
        elapsed: the time between the two.
        linked: whether a person linked the two: then they never show another account.
    """
    skills = [pair for name, pair in _known_twice(before[0], after[0]) if name != OVERALL]
    falls = [old - new for old, new in skills if new < old]
    fallen, risen = sum(falls), sum(new - old for old, new in skills if new > old)
    kills_fallen = sum(old - new for _, (old, new) in _known_twice(before[1], after[1]) if new < old)
    smaller = (
        fallen > rules.MOST_FALLEN_XP
        or fallen > rules.MOST_FALLEN_SHARE * sum(old for old, _ in skills)
        or kills_fallen > rules.MOST_FALLEN_KILLS
    )
    larger = risen > most_risen(elapsed)
    swapped = len(falls) >= rules.SWAPPED_SKILLS and fallen > rules.SWAPPED_XP and risen > 0
    if not linked and (smaller or larger or swapped):
        return "another"
    return "rollback" if fallen >= rules.ROLLBACK_XP else "same"


def changed_hands(before: Snapshot, skills: Values, activities: Values, at: datetime) -> bool:
    """Return whether a name now shows a different account from its last snapshot."""
    kills = {name: before.activities[name] for name in before.bosses}
    return compare((before.skills, kills), (skills, activities), at - before.at) == "another"


def most_risen(elapsed: timedelta) -> float:
    """Return the most experience that one account can have gained, all skills combined."""
    seconds = max(elapsed.total_seconds(), 0.0)
    fast = rules.FAST_XP_PER_HOUR * min(seconds, _FAST_SECONDS) / _HOUR
    steady = rules.STEADY_XP_PER_HOUR * max(seconds - _FAST_SECONDS, 0.0) / _HOUR
    return rules.SUDDEN_XP + fast + steady


def _known_twice(before: Values, after: Values) -> list[tuple[str, tuple[int, int]]]:
    return [
        (name, (old, new)) for name, new in after.items() if new is not None and (old := before.get(name)) is not None
    ]
