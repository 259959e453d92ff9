"""Running merges: the closed part of a player's telemetry is merged once and kept; the open part is merged on top.

There are four levels: the hours of the latest day, the days of the latest month, the months of the latest year, and
the months of all earlier years. A merge covers every part of its level before a label; the part with that label is the
newest one and still open. What a merge covers, whether it is still valid and how it is extended belongs here; storing
merges and parts does not.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final, cast

from wrapped_shared.collections import PLAYER_MERGES
from wrapped_shared.documents import Document
from wrapped_shared.stored.player_stats import PlayerMergeFields
from wrapped_shared.version import SCHEMA_VERSIONS

from player_stats.domain.older_versions import upgraded
from player_stats.domain.summaries import NOTHING, Summary, merge_all

HOURS: Final = "hours"
DAYS: Final = "days"
MONTHS: Final = "months"
YEARS: Final = "years"
LEVELS: Final = (HOURS, DAYS, MONTHS, YEARS)
EVER: Final = "all"
"""The scope of `YEARS`."""
SUMMARY_FIELDS: Final = tuple(NOTHING)


@dataclass(frozen=True)
class RunningMerge:
    """A running merge. Labels of parts are months, days or hours "<day>T<HH>"; they sort by time."""

    level: str
    of: str
    """The day, month or year whose parts it merges; `EVER` for the years."""
    before: str
    """All parts before this label are merged, and no others; a year for `YEARS`."""
    summary: Summary | None = None
    """None if there are no parts yet."""

    def holds(self, of: str, touched: Iterable[str]) -> bool:
        """Return whether it is still valid: it belongs to `of`, and no part that it covers was touched."""
        return self.of == of and all(label >= self.before for label in touched)

    def upto(self, before: str, parts: Mapping[str, Summary]) -> "RunningMerge":
        """Return the merge extended to `before`; parts that it covers already, or that are later, are ignored."""
        more = [parts[label] for label in sorted(parts) if self.before <= label < before]
        if not more and before == self.before:
            return self
        return RunningMerge(self.level, self.of, before, merged([self.summary, *more]))

    def with_open(self, parts: Mapping[str, Summary]) -> Summary | None:
        """Merge it with the parts that it does not cover."""
        return merged([self.summary, *(parts[label] for label in sorted(parts) if label >= self.before)])

    def document(self, key: str) -> Document:
        """Return the `player_merges` document."""
        head: PlayerMergeFields = {
            "_id": running_id(key, self.level), "schema_version": SCHEMA_VERSIONS[PLAYER_MERGES], "player_key": key,
            "level": self.level, "of": self.of, "before": self.before,
        }  # fmt: skip
        return {**head, **(self.summary or {})}


def running_id(key: str, level: str) -> str:
    """Return the `_id` of a running merge."""
    return f"{key}|{level}"


def from_document(document: Mapping[str, Any]) -> RunningMerge | None:
    """Return a stored merge, or None for one of another version, which is rebuilt from its parts."""
    if document["schema_version"] != SCHEMA_VERSIONS[PLAYER_MERGES]:
        return None
    summary = summary_of(document) if "quality" in document else None
    return RunningMerge(document["level"], document["of"], document["before"], summary)


def summary_of(document: Mapping[str, Any]) -> Summary:
    """Return the summary in a stored day, month or merge, in the current shape."""
    current = upgraded(dict(document))
    return cast("Summary", {name: current[name] for name in SUMMARY_FIELDS})


def merged(parts: Iterable[Summary | None]) -> Summary | None:
    """Merge consecutive parts, ignoring None; None if there are no others."""
    found = [part for part in parts if part is not None]
    return merge_all(found) if found else None
