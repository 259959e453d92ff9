"""Running merges: what of a player's telemetry is closed, merged once and kept; what is open is merged on top.

There are four levels: the hours of the latest day, the days of the latest month, the months of the latest year, and
the months of all years before. A merge covers every part of its level before a label; the part of that label is the
newest one and still open. What a merge covers, when it still holds and how it goes on is told here; how merges and
parts are stored is not.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from wrapped_shared.version import SCHEMA_VERSION

from player_stats.domain.families import FAMILIES
from player_stats.domain.forms import present_form
from player_stats.domain.summaries import Summary, merge_all

Document: TypeAlias = dict[str, Any]

HOURS: Final = "hours"
DAYS: Final = "days"
MONTHS: Final = "months"
YEARS: Final = "years"
LEVELS: Final = (HOURS, DAYS, MONTHS, YEARS)
EVER: Final = "all"
"""What the parts of `YEARS` lie in."""
SUMMARY_FIELDS: Final = (*FAMILIES, "days", "last", "quality")


@dataclass(frozen=True)
class Running:
    """A running merge. Labels of parts are days, months or hours "<day>T<HH>": in the order of time, as text."""

    level: str
    of: str
    """The day, month or year whose parts it merges; `EVER` for the years."""
    before: str
    """All parts before this label are merged, and no other; for `YEARS` a year."""
    summary: Summary | None = None
    """None where there is no part yet."""

    def holds(self, of: str, touched: Iterable[str]) -> bool:
        """Whether it is right still: it is about `of`, and nothing that it merges was touched."""
        return self.of == of and all(label >= self.before for label in touched)

    def upto(self, before: str, parts: Mapping[str, Summary]) -> "Running":
        """Return the merge that goes on to `before`; parts that it covers already, or that come later, are left."""
        more = [parts[label] for label in sorted(parts) if self.before <= label < before]
        if not more and before == self.before:
            return self
        return Running(self.level, self.of, before, merged([self.summary, *more]))

    def with_open(self, parts: Mapping[str, Summary]) -> Summary | None:
        """Return the merge with the parts that it does not cover."""
        return merged([self.summary, *(parts[label] for label in sorted(parts) if label >= self.before)])

    def document(self, key: str) -> Document:
        """Return the `player_merges` document."""
        return {
            "_id": running_id(key, self.level), "schema_version": SCHEMA_VERSION, "player_key": key,
            "level": self.level, "of": self.of, "before": self.before, **(self.summary or {}),
        }  # fmt: skip


def running_id(key: str, level: str) -> str:
    """Return the `_id` of a running merge."""
    return f"{key}|{level}"


def from_document(document: Mapping[str, Any]) -> Running | None:
    """Return a stored merge, None for one of another form: it is rebuilt from its parts."""
    if document["schema_version"] != SCHEMA_VERSION:
        return None
    summary = summary_of(document) if "quality" in document else None
    return Running(document["level"], document["of"], document["before"], summary)


def summary_of(document: Mapping[str, Any]) -> Summary:
    """Return the summary in a stored day, month or merge, in the present form."""
    present = present_form(dict(document))
    return {name: present[name] for name in SUMMARY_FIELDS}


def merged(parts: Iterable[Summary | None]) -> Summary | None:
    """Merge parts that follow each other, None among them for nothing; None where there are none."""
    found = [part for part in parts if part is not None]
    return merge_all(found) if found else None
