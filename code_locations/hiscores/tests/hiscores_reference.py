"""An independent, slow and obviously right account of gains, to hold the location's against.

It works row by row over whole lists, never keeps a running state, and knows nothing of the location's code. Its
input are plain tuples `(time in seconds, skills, others, complete)`, values None = told to be unranked.
"""

from datetime import UTC, datetime
from typing import Any, NamedTuple


class Seen(NamedTuple):
    """One snapshot."""

    at: float
    skills: dict[str, int | None]
    others: dict[str, int | None]
    complete: bool = True


def reference_gains(snapshots: list[Seen], bosses: set[str]) -> dict[str, dict[str, Any]]:
    """Gains by period."""
    ordered = sorted(snapshots, key=lambda seen: seen.at)
    years = sorted({year_of(seen) for seen in ordered})
    chosen = {year: [seen for seen in ordered if year_of(seen) == year] for year in years}
    if ordered:
        chosen["all"] = ordered
    return {period: one_period(seen, bosses) for period, seen in chosen.items()}


def year_of(seen: Seen) -> str:
    return f"{datetime.fromtimestamp(seen.at, UTC):%Y}"


def one_period(snapshots: list[Seen], bosses: set[str]) -> dict[str, Any]:
    start, changed = 0, False
    for number in range(1, len(snapshots)):
        fallen = 0
        for name in snapshots[number].skills:
            if name == "Overall":
                continue
            history = known([seen.skills for seen in snapshots[start:number]], name)
            now = snapshots[number].skills[name]
            if history and now is not None and now < history[-1]:
                fallen += 1
        if fallen >= 2:
            start, changed = number, True
    series = snapshots[start:]
    skills = {name: rises([seen.skills for seen in series], name) for name in names(series, "skills")}
    others = {name: rises([seen.others for seen in series], name) for name in names(series, "others")}
    flags = []
    if changed:
        flags.append("name_changed")
    if any(turned_up_late(series, field, name) for field in ("skills", "others") for name in names(series, field)):
        flags.append("new_metric")
    if any(fell_off(series, name) for name in names(series, "skills")):
        flags.append("rank_cutoff")
    days: dict[str, tuple[float, int]] = {}
    for seen in series:
        overall = seen.skills.get("Overall")
        if overall is not None:
            days[f"{datetime.fromtimestamp(seen.at, UTC):%Y-%m-%d}"] = (seen.at, overall)
    return {
        "from": series[0].at,
        "to": series[-1].at,
        "skills": {name: gain for name, gain in skills.items() if gain},
        "bosses": {name: gain for name, gain in others.items() if gain and name in bosses},
        "activities": {name: gain for name, gain in others.items() if gain and name not in bosses},
        "points": [days[day] for day in sorted(days)],
        "flags": flags,
    }


def names(series: list[Seen], field: str) -> set[str]:
    return {name for seen in series for name in getattr(seen, field)}


def known(rows: list[dict[str, int | None]], name: str) -> list[int]:
    return [value for row in rows if (value := row.get(name)) is not None]


def rises(rows: list[dict[str, int | None]], name: str) -> int:
    values = known(rows, name)
    return sum(max(0, values[n] - values[n - 1]) for n in range(1, len(values)))


def turned_up_late(series: list[Seen], field: str, name: str) -> bool:
    return getattr(series[0], field).get(name) is None and bool(known([getattr(s, field) for s in series], name))


def fell_off(series: list[Seen], name: str) -> bool:
    seen_before = False
    for seen in series:
        if seen.skills.get(name) is not None:
            seen_before = True
        elif seen_before and (seen.complete or name in seen.skills):
            return True
    return False
