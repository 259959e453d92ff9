"""A player's summary of a span of time: one for each family, plus days, latest name and what was left out.

The same document describes a batch, a day, a month or a year: two adjacent summaries merge into one.
"""

from collections.abc import Iterable, Mapping
from typing import Any, Final, TypeAlias, TypedDict, cast

from player_stats.domain.balanced_merge import BalancedMerge
from player_stats.domain.families import FAMILIES, FamilySummaries
from player_stats.domain.mappings import add_counts
from player_stats.domain.prices import Prices

Families: TypeAlias = dict[str, Any]
"""Summaries by family, of the families that have any."""


class Last(TypedDict):
    """A player's last event."""

    at: int
    """Milliseconds since the epoch."""
    tick: int
    name: str
    """The username as sent."""


class Quality(TypedDict):
    """How many of a player's documents were read, and how many were left out, by reason."""

    read: int
    left_out: dict[str, int]


class Common(TypedDict):
    """What a summary has in addition to those of the families."""

    days: list[str]
    last: Last | None
    quality: Quality


class Summary(FamilySummaries, Common):
    """A summary as it is stored."""


_NO_EVENTS: Final[Common] = {"days": [], "last": None, "quality": {"read": 0, "left_out": {}}}
NOTHING: Final = cast("Summary", {**{name: family.empty() for name, family in FAMILIES.items()}, **_NO_EVENTS})
"""The summary of no documents. Summaries share their parts, with this one too: never modify one."""
_EMPTY: Final[Mapping[str, Any]] = NOTHING


def merge_families(earlier: Families, later: Families) -> Families:
    """Merge the families of two adjacent spans."""
    both = earlier.keys() & later.keys()
    return {**earlier, **later, **{name: FAMILIES[name].merge(earlier[name], later[name]) for name in both}}


def _merge_family(name: str, earlier: Any, later: Any) -> Any:
    # Most players do few things in most spans, and comparing is cheaper than merging.
    if later == _EMPTY[name]:
        return earlier
    return later if earlier == _EMPTY[name] else FAMILIES[name].merge(earlier, later)


def merge(earlier: Summary, later: Summary) -> Summary:
    """Merge the summaries of two adjacent spans of one player's telemetry."""
    a: Mapping[str, Any] = earlier
    b: Mapping[str, Any] = later
    common: Common = {
        "days": sorted({*earlier["days"], *later["days"]}),
        "last": latest(earlier["last"], later["last"]),
        "quality": {
            "read": earlier["quality"]["read"] + later["quality"]["read"],
            "left_out": add_counts(earlier["quality"]["left_out"], later["quality"]["left_out"]),
        },
    }
    return cast("Summary", {**{name: _merge_family(name, a[name], b[name]) for name in FAMILIES}, **common})


def merge_all(summaries: Iterable[Summary]) -> Summary:
    """Merge the summaries of consecutive spans; at least one."""
    merged = BalancedMerge(merge)
    for summary in summaries:
        merged.add(summary)
    return merged.result()


def valued(summary: Summary, month: str, prices: Prices) -> Summary:
    """Return the summary of a month with what it was worth at that month's prices."""
    families: Mapping[str, Any] = summary
    found = {name: family.valued(families[name], month, prices) for name, family in FAMILIES.items()}
    return cast("Summary", {**summary, **found})


def latest(a: Last | None, b: Last | None) -> Last | None:
    """Return the later of two last events; at the same time and tick, the alphabetically smaller name."""
    if a is None or b is None:
        return a or b
    when_a, when_b = (a["at"], a["tick"]), (b["at"], b["tick"])
    if when_a == when_b:
        return a if a["name"] <= b["name"] else b
    return a if when_a > when_b else b
