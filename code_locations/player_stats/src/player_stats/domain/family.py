"""A family of statistics: everything the rest of the engine needs to know about one, in one object.

Each module of `player_stats.domain.families` defines one, as the class `Statistics`. Reading, merging, reports, slides,
ranks and the audit loop over them, so nothing outside a family's module depends on what it counts.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Generic, TypeAlias, TypeVar

import polars as pl
from wrapped_shared.stored.reports import Slide
from wrapped_shared.vocabulary import SlideStat

from player_stats.domain.batch import Batch, Codebook, Columns
from player_stats.domain.prices import Prices

SummaryT = TypeVar("SummaryT")
SectionT = TypeVar("SectionT")
ItemNames: TypeAlias = Mapping[int, str | None]
"""Names by item id, where they are known."""


@dataclass(frozen=True)
class Stat:
    """A ranked value of the report."""

    name: str
    """A field of the report, or the prefix of many stats: "kills:" for the kills of each mob."""
    fields: tuple[str, ...]
    """The fields of the family's section that it needs; of a plain stat, the one with its value."""

    @property
    def is_many(self) -> bool:
        """Whether it is a prefix."""
        return self.name.endswith(":")


class Family(ABC, Generic[SummaryT, SectionT]):
    """A family of statistics. Its summary is a plain document that MongoDB can store.

    Summaries are a monoid: `summarise(x + y) == merge(summarise(x), summarise(y))` for two adjacent spans of one
    player's telemetry, wherever the cut is. Summaries share their parts: never modify one.
    """

    name: ClassVar[str]
    """The field of its summary in a day and of its section in a report, and the prefix of its reasons."""
    collection: ClassVar[str]
    """The raw collection that it reads."""
    fields: ClassVar[tuple[str, ...]] = ()
    """The fields of `data` that it reads, for game ticks. Other events are read whole, to recognise duplicates."""
    stats: ClassVar[tuple[Stat, ...]] = ()
    """Its ranked values, in order."""

    @abstractmethod
    def empty(self) -> SummaryT:
        """Return the summary of no events."""

    @abstractmethod
    def read(self, batch: Batch, /) -> Columns:
        """Read its columns, counting what it leaves out.

        Families of one collection share a frame: columns of the same name must be equal.
        """

    @abstractmethod
    def summarise(self, frame: pl.DataFrame, codes: Codebook, /) -> Mapping[int, SummaryT]:
        """Summarise a frame by player code.

        It has the envelope's columns and those of all families of the collection; game ticks are sorted by (session,
        at, tick), other events are unsorted.
        """

    @abstractmethod
    def merge(self, earlier: SummaryT, later: SummaryT, /) -> SummaryT:
        """Merge the summaries of two adjacent spans."""

    def valued(self, summary: SummaryT, _month: str, _prices: Prices, /) -> SummaryT:
        """Value the summary of a whole month at that month's prices.

        Months are valued before they are merged into years; a valued summary is never valued again or merged with one
        that is not.
        """
        return summary

    @abstractmethod
    def section(self, summary: SummaryT, items: ItemNames, /) -> SectionT:
        """Build the section of the report: order and units."""

    def item_ids(self, _: SummaryT, /) -> Iterable[int]:
        """Return the items it names."""
        return ()

    def values(self, section: SectionT, /) -> Iterable[tuple[str, int]]:
        """Return the ranked values in the order of the stats: all plain ones, and those that exist of a prefix."""
        found: Any = section
        return [(stat.name, found[stat.fields[0]]) for stat in self.stats]

    def slides(self, _: SectionT, /) -> Iterable[Slide]:
        """Return the slides for which there is data, in any order."""
        return ()


def slide(stat: SlideStat, title: str, text: str, value: int | float | str, image_key: str | None = None) -> Slide:
    """Return a slide without its picture, whose key is the slide's own by default."""
    return {
        "stat": stat,
        "title": title,
        "text": text,
        "value": value,
        "image_key": image_key or f"stat:{stat}",
        "image": None,
    }
