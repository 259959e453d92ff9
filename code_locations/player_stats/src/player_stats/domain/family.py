"""A family of statistics: everything the rest of the engine needs to know about one, in one object.

Each module of `player_stats.domain.families` defines one. Reading, merging, reports, slides, ranks and the audit loop
over them, so nothing outside a family's module depends on what it counts.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeAlias, TypeVar

import polars as pl
from wrapped_shared.stored.reports import Slide
from wrapped_shared.vocabulary import SlideStat

from player_stats.domain.batch import Batch, Codebook, Columns
from player_stats.domain.prices import Prices

SummaryT = TypeVar("SummaryT")
SectionT = TypeVar("SectionT")
ItemNames: TypeAlias = Mapping[int, str]
"""Names by item id, where they are known."""


@dataclass(frozen=True)
class Stat:
    """A ranked value of the report."""

    name: str
    """A field of the report, or the prefix of many stats: "kills:" for the kills of each mob."""
    fields: tuple[str, ...] = ()
    """The fields of the family's section that it needs, if not the field that it is named after."""

    @property
    def is_many(self) -> bool:
        """Whether it is a prefix."""
        return self.name.endswith(":")


def _nothing(_: Any) -> tuple[()]:
    return ()


def _as_it_is(summary: SummaryT, _month: str, _prices: Prices) -> SummaryT:
    return summary


@dataclass(frozen=True)
class Family(Generic[SummaryT, SectionT]):
    """A family of statistics. Its summary is a plain document that MongoDB can store.

    Summaries are a monoid: `summarise(x + y) == merge(summarise(x), summarise(y))` for two adjacent spans of one
    player's telemetry, wherever the cut is. Summaries share their parts: never modify one.
    """

    name: str
    """The field of its summary in a day and of its section in a report, and the prefix of its reasons."""
    collection: str
    """The raw collection that it reads."""
    read: Callable[[Batch], Columns]
    """Reads its columns, counting what it leaves out. Families of one collection share a frame: columns of the same
    name must be equal."""
    summarise: Callable[[pl.DataFrame, Codebook], Mapping[int, SummaryT]]
    """Summarises a frame by player code. It has the envelope's columns and those of all families of the collection;
    game ticks are sorted by (session, at, tick), other events are unsorted."""
    empty: Callable[[], SummaryT]
    merge: Callable[[SummaryT, SummaryT], SummaryT]
    """Merges the summaries of two adjacent spans, the earlier one first."""
    section: Callable[[SummaryT, ItemNames], SectionT]
    """Builds the section of the report: order and units."""
    valued: Callable[[SummaryT, str, Prices], SummaryT] = _as_it_is
    """Values the summary of a whole month at that month's prices. Months are valued before they are merged into years;
    a valued summary is never valued again or merged with one that is not."""
    fields: tuple[str, ...] = ()
    """The fields of `data` that it reads, for game ticks. Other events are read whole, to recognise duplicates."""
    item_ids: Callable[[SummaryT], Iterable[int]] | None = None
    """The items it names, if it names any."""
    stats: tuple[Stat, ...] = ()
    """Its ranked values, in order."""
    values: Callable[[SectionT], Iterable[tuple[str, int]]] = _nothing
    """The ranked values of a section in the order of its stats: all plain ones, and those that exist of a prefix."""
    slides: Callable[[SectionT], Iterable[Slide]] = _nothing
    """The slides for which there is data, in any order."""


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
