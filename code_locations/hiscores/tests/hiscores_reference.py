"""An independent, slow and obviously correct implementation of gains, to compare the location's with.

It looks everything up in the whole list of snapshots, keeps no running state, and uses none of the location's code.
Its input is plain tuples `(time in seconds, skills, others, complete)`; the value None = explicitly unranked.
"""

from datetime import UTC, datetime
from fractions import Fraction
from typing import Any, NamedTuple

DAY = 86_400
SEASONAL = ("League Points", "Deadman Points", "Grid Points")
RATINGS = ("LMS - Rank", "PvP Arena - Rank")


class Seen(NamedTuple):
    """One snapshot."""

    at: float
    skills: dict[str, int | None]
    others: dict[str, int | None]
    complete: bool = True
    tenure: int = 0
    """Differs where the player changed their name."""


Link = tuple[str, str, str]
"""The first day under the new name, the old name, the new name."""


def reference_chains(seen: dict[str, list[Seen]], links: list[Link], bosses: set[str]) -> dict[str, dict[str, Any]]:
    """By player and period, the gains of all names, whoever held them."""
    whose: dict[str, list[Seen]] = {name: [] for name in {*seen, *(link[2] for link in links)}}
    for name, snapshots in seen.items():
        for one in snapshots:
            followed = follow(name, f"{datetime.fromtimestamp(one.at, UTC):%F}", links)
            if followed is not None:
                whose[followed[0]].append(one._replace(tenure=followed[1]))
    return {name: reference_gains(snapshots, bosses) for name, snapshots in whose.items()}


def follow(name: str, day: str, links: list[Link]) -> tuple[str, int] | None:
    """The last name of whoever held a name on a day, and how many changes later; None if nobody knows who it was."""
    left = sorted(link for link in links if link[1] == name and link[0] >= day)
    taken = sorted(link for link in links if link[2] == name and link[0] > day)
    if taken and (not left or taken[0][0] <= left[0][0]):
        return None
    if not left:
        return name, 0
    later = follow(left[0][2], left[0][0], links)
    return None if later is None else (later[0], later[1] + 1)


def reference_gains(snapshots: list[Seen], bosses: set[str]) -> dict[str, dict[str, Any]]:
    """Gains by period."""
    ordered = sorted(snapshots, key=lambda seen: seen.at)
    periods = {year_of(seen): year_of(seen) for seen in ordered} | ({"all": ""} if ordered else {})
    return {period: one_period(ordered, year, bosses) for period, year in periods.items()}


def year_of(seen: Seen) -> str:
    return f"{datetime.fromtimestamp(seen.at, UTC):%Y}"


def one_period(ordered: list[Seen], year: str, bosses: set[str]) -> dict[str, Any]:
    """The gains of a year, or of all time if `year` is empty."""
    beginnings = [0]
    for n in range(1, len(ordered)):
        renamed = ordered[n].tenure != ordered[n - 1].tenure
        if not renamed and another_account(ordered[beginnings[-1] : n], ordered[n], bosses):
            beginnings.append(n)
    inside = [n for n in range(len(ordered)) if not year or year_of(ordered[n]) == year]
    begin = max(n for n in beginnings if n <= inside[-1])
    flags = {"name_changed"} if any(n in beginnings and n > 0 for n in inside) else set()
    inside = [n for n in inside if n >= begin]
    flags |= {"rollback"} if any(rolled_back(ordered[begin:n], ordered[n]) for n in inside) else set()
    within = [ordered[n] for n in inside]
    before = ordered[begin : inside[0]]
    start = datetime(int(year), 1, 1, tzinfo=UTC).timestamp() if year else 0.0
    gains: dict[str, dict[str, int]] = {"skills": {}, "bosses": {}, "activities": {}}
    baseline_before = False
    for field in ("skills", "others"):
        for name in names(within, field):
            if name in RATINGS:
                continue
            values = known(within, field, name)
            recent = [s for s in before if start - s.at <= 60 * DAY and getattr(s, field).get(name) is not None]
            earlier = known(before, field, name)
            if recent:
                baseline_before = True
            elif earlier:
                flags.add("gap")
            gain = row_gain(name, earlier if recent else [], values)
            if gain > 0:
                gains["skills" if field == "skills" else "bosses" if name in bosses else "activities"][name] = gain
    if baseline_before and start - before[-1].at > DAY:
        flags.add("straddles")
    flags |= {"new_metric"} if any(turned_up(ordered[begin:], seen) for seen in within) else set()
    flags |= {"rank_cutoff"} if any(fell_off(ordered[begin:n], ordered[n]) for n in inside) else set()
    days = {f"{datetime.fromtimestamp(s.at, UTC):%F}": s for s in within if s.skills.get("Overall") is not None}
    return {
        "from": before[-1].at if baseline_before else within[0].at,
        "to": within[-1].at,
        **gains,
        "ratings": {
            name: {"first": values[0], "last": values[-1], "best": max(values)}
            for name in RATINGS
            if (values := known(within, "others", name))
        },
        "points": [(seen.at, seen.skills["Overall"]) for seen in days.values()],
        "flags": sorted(flags),
    }


def row_gain(name: str, before: list[int], within: list[int]) -> int:
    """The gain of a row, from all known values."""
    if name not in SEASONAL:
        return max(0, max(within) - (max(before) if before else within[0]))
    values = before + within
    total, high = 0, values[0]
    for number, value in enumerate(values):
        inside = number >= len(before)
        if number and 2 * value < values[number - 1]:
            high = 0
        if value > high:
            total += value - high if inside else 0
            high = value
    return total


def another_account(series: list[Seen], seen: Seen, bosses: set[str]) -> bool:
    """Whether another account has the name, after these snapshots of one account."""
    changes = changes_since(series, seen, "skills")
    kills = {name: change for name, change in changes_since(series, seen, "others").items() if name in bosses}
    falls = sum(max(0, before - now) for before, now in changes.values())
    rises = sum(max(0, now - before) for before, now in changes.values())
    hours = Fraction(seen.at - series[-1].at) / 3600
    allowed = 2_000_000 * hours if hours <= 72 else 144_000_000 + 100_000 * (hours - 72)
    a = falls > 5_000_000 or 2 * falls > sum(before for before, _ in changes.values())
    a = a or sum(max(0, before - now) for before, now in kills.values()) > 500
    b = rises > 5_000_000 + allowed
    c = sum(now < before for before, now in changes.values()) >= 3 and falls > 1_000_000 and rises > 0
    return a or b or c


def rolled_back(series: list[Seen], seen: Seen) -> bool:
    return sum(max(0, before - now) for before, now in changes_since(series, seen, "skills").values()) >= 10_000


def changes_since(series: list[Seen], seen: Seen, field: str) -> dict[str, tuple[int, int]]:
    """By row, except Overall, the last known value before and the value now, for rows known both times."""
    return {
        name: (known(series, field, name)[-1], value)
        for name, value in getattr(seen, field).items()
        if value is not None and name != "Overall" and known(series, field, name)
    }


def names(series: list[Seen], field: str) -> list[str]:
    return sorted({name for seen in series for name, value in getattr(seen, field).items() if value is not None})


def known(series: list[Seen], field: str, name: str) -> list[int]:
    return [value for seen in series if (value := getattr(seen, field).get(name)) is not None]


def turned_up(series: list[Seen], seen: Seen) -> bool:
    """Whether a row is known for the first time in the series, and not in its first snapshot."""
    before = [one for one in series if one.at < seen.at]
    return bool(before) and any(set(names([seen], field)) - set(names(before, field)) for field in ("skills", "others"))


def fell_off(before: list[Seen], seen: Seen) -> bool:
    """Whether a previously known skill is unranked."""
    return any(
        seen.skills.get(name) is None and (seen.complete or name in seen.skills) for name in names(before, "skills")
    )
