"""A player's summary of a stretch: that of each family, the days, their latest name, what was left out.

The same document serves a batch, a day, a month, a year: two adjacent ones merge into one.
"""

from collections.abc import Iterable
from typing import Any, Final, TypeAlias

from player_stats.domain.families import FAMILIES
from player_stats.domain.mappings import add_counts
from player_stats.domain.pile import Pile

Summary: TypeAlias = dict[str, Any]
"""{<family>: summary, ..., days: [day], last: {at, tick, name}, quality: {read, left_out: {reason: n}}}."""
Families: TypeAlias = dict[str, dict[str, Any]]
"""The summaries of those families that have something."""

NOTHING: Final[Summary] = {
    **{name: family.empty() for name, family in FAMILIES.items()},
    "days": [], "last": None, "quality": {"read": 0, "left_out": {}},
}  # fmt: skip
"""The summary of no documents. Summaries share their parts, with this one too: nobody changes one."""


def merge_family(name: str, earlier: dict[str, Any], later: dict[str, Any]) -> dict[str, Any]:
    """Merge a family's summaries of two adjacent stretches; most players do few things in most of them."""
    if later == NOTHING[name]:
        return earlier
    if earlier == NOTHING[name]:
        return later
    merged: dict[str, Any] = FAMILIES[name].merge(earlier, later)
    return merged


def merge_families(earlier: Families, later: Families) -> Families:
    """Merge what some families have of two adjacent stretches."""
    both = earlier.keys() & later.keys()
    return {**earlier, **later, **{name: FAMILIES[name].merge(earlier[name], later[name]) for name in both}}


def merge(earlier: Summary, later: Summary) -> Summary:
    """Merge the summaries of two adjacent stretches of one player's telemetry."""
    merged: Summary = {name: merge_family(name, earlier[name], later[name]) for name in FAMILIES}
    merged["days"] = sorted({*earlier["days"], *later["days"]})
    merged["last"] = latest(earlier["last"], later["last"])
    merged["quality"] = {
        "read": earlier["quality"]["read"] + later["quality"]["read"],
        "left_out": add_counts(earlier["quality"]["left_out"], later["quality"]["left_out"]),
    }
    return merged


def merge_all(summaries: Iterable[Summary]) -> Summary:
    """Merge the summaries of stretches that follow each other; at least one."""
    pile = Pile(merge)
    for summary in summaries:
        pile.add(summary)
    return pile.whole()


def latest(a: dict[str, Any] | None, b: dict[str, Any] | None) -> dict[str, Any] | None:
    """Return the later {at, tick, name}; of two at the same time and tick the alphabetically smaller name."""
    if a is None or b is None:
        return b if a is None else a
    when_a, when_b = (a["at"], a["tick"]), (b["at"], b["tick"])
    if when_a == when_b:
        return a if a["name"] <= b["name"] else b
    return a if when_a > when_b else b
