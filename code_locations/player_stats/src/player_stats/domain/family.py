"""What a family of statistics is: all that the rest of the engine needs to know of one, in one object.

Each module of `player_stats.domain.families` makes one. Reading, merging, reports, slides, ranks and the audit loop
over them, so nothing outside a family's module knows what it counts.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeAlias, TypeVar

import polars as pl
from wrapped_shared.report_types import Slide
from wrapped_shared.vocabulary import SlideStat

from player_stats.domain.batch import Batch, Codebook, Columns

SummaryT = TypeVar("SummaryT")
SectionT = TypeVar("SectionT")
ItemNames: TypeAlias = Mapping[int, str]
"""Names by item id, where they are known."""


@dataclass(frozen=True)
class Stat:
    """A ranked value of the report."""

    name: str
    """A field of the report, or what the names of many stats begin with: "kills:" for those of each mob."""
    title: str
    """In words; `{}` stands for what follows a beginning."""
    fields: tuple[str, ...] = ()
    """The fields of the family's section that it is read from, where they are not the one that it is named for."""
    spelled: Callable[[str], str] = str
    """How people write what follows a beginning."""

    @property
    def is_many(self) -> bool:
        """Whether it is a beginning."""
        return self.name.endswith(":")


def _nothing(_: Any) -> tuple[()]:
    return ()


@dataclass(frozen=True)
class Family(Generic[SummaryT, SectionT]):
    """One family of statistics. Its summary is a plain document that MongoDB can store.

    Summaries are a monoid: `summarise(x + y) == merge(summarise(x), summarise(y))` for two adjacent stretches of one
    player's telemetry, wherever the cut lies. Summaries share their parts: nobody changes one.
    """

    name: str
    """The field of its summary in a day and of its section in a report, and the prefix of its reasons."""
    collection: str
    """The raw collection that it reads."""
    read: Callable[[Batch], Columns]
    """Reads its columns, counting what it leaves out. Families of one collection share a frame: equal names, equal
    columns."""
    summarise: Callable[[pl.DataFrame, Codebook], Mapping[int, SummaryT]]
    """Summarises a frame by player code: the envelope's columns and those of all families of the collection. Game
    ticks come in the order of (session, at, tick), others in any."""
    empty: Callable[[], SummaryT]
    merge: Callable[[SummaryT, SummaryT], SummaryT]
    """Merges the summaries of an earlier stretch and the one that follows it."""
    section: Callable[[SummaryT, ItemNames], SectionT]
    """Makes the section of the report: order and units."""
    fields: tuple[str, ...] = ()
    """The fields of `data` it reads, for game ticks; of other events the whole `data` is read, which tells them
    apart."""
    item_ids: Callable[[SummaryT], Iterable[int]] = _nothing
    """The items it names."""
    stats: tuple[Stat, ...] = ()
    """What it ranks, in order."""
    values: Callable[[SectionT], Iterable[tuple[str, int]]] = _nothing
    """The ranked values of a section, in the order of its stats: every plain one, and those of many that there are."""
    slides: Callable[[SectionT], Iterable[Slide]] = _nothing
    """The slides that it has something to say on, in any order."""


def slide(stat: SlideStat, title: str, text: str, value: int | float | str, image_key: str | None = None) -> Slide:
    """Return a slide without its picture; the key of that is the slide's own unless another is given."""
    return {"stat": stat, "title": title, "text": text, "value": value, "image_key": image_key or f"stat:{stat}"}
