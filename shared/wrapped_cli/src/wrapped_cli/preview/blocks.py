"""The parts of a slide: a title, a sentence and blocks, each drawn by a template macro."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import repeat
from typing import Final

from wrapped_cli.preview.charts import Line, Spoke, Year
from wrapped_cli.preview.maps import Map
from wrapped_cli.preview.meanings import hue_of, meaning_of
from wrapped_cli.preview.source import Picture


@dataclass(frozen=True)
class Entry:
    """A named value, with its share of the largest value (0 to 1) where bars are drawn, and a picture."""

    label: str
    value: str
    share: float = 0.0
    picture: Picture | None = None
    note: str = ""


class Block:
    """A part of a slide, drawn by the template macro with the name of its class."""

    @property
    def kind(self) -> str:
        """The macro's name."""
        return type(self).__name__.lower()


@dataclass(frozen=True)
class _Untitled(Block):
    entries: Sequence[Entry]


@dataclass(frozen=True)
class _Titled(Block):
    title: str
    entries: Sequence[Entry]


class Facts(_Untitled):
    """A few figures beside the text."""


class Worn(_Untitled):
    """The twelve equipment slots; an entry's label is the item, its note the slot; empty slots have no label."""


class Cards(_Untitled):
    """Key figures, each in a frame."""


class Things(_Titled):
    """Items with pictures and quantities, as chips."""


class Changes(_Titled):
    """Stats beside those of the year before; an entry's note is the change."""


class Leaders(_Titled):
    """Who leads in each of many things: an entry's label is the thing, its value the leader's, its note the leader."""


@dataclass(frozen=True)
class Bars(_Titled):
    """Horizontal bars, the longest first."""

    pictures: bool = False
    dense: bool = False


@dataclass(frozen=True)
class Columns(_Titled):
    """Vertical bars, such as the months of a year; `best` is the index of the highlighted one."""

    best: int


@dataclass(frozen=True)
class Calendar(Block):
    """Years as heat maps; `streak` says in words which days are framed as the longest streak."""

    years: Sequence[Year]
    streak: str = ""


@dataclass(frozen=True)
class Clock(Block):
    """The hours of the day as a ring."""

    spokes: Sequence[Spoke]
    busiest: int
    months: Mapping[str, int]
    """Ticks by month: the page's script shows hours with the viewer's offset from UTC in most of them."""


@dataclass(frozen=True)
class Portrait(Block):
    """One large picture."""

    picture: Picture


@dataclass(frozen=True)
class Split(Block):
    """A total split in two."""

    left: Entry
    right: Entry


@dataclass(frozen=True)
class Curve(Block):
    """A line over time, with its two ends in words."""

    title: str
    line: Line
    first: Entry
    last: Entry


@dataclass(frozen=True)
class TileMap(Block):
    """The map around the favourite tile."""

    map: Map
    title: str


@dataclass(frozen=True)
class Podium(Block):
    """The best rank large, the others as a list; an entry's note is the value."""

    best: Entry
    others: Sequence[Entry]


BESIDE: Final = (Facts, Clock, Portrait)
"""The blocks that belong beside the text."""


@dataclass(frozen=True)
class Slide:
    """One slide; its `stat` determines its colour and explanation."""

    stat: str
    title: str
    text: str
    picture: Picture | None = None
    blocks: Sequence[Block] = ()
    changes: Sequence[Entry] = ()
    """How its figures differ from the year before."""

    @property
    def hue(self) -> int:
        """Its colour, in degrees."""
        return hue_of(self.stat)

    @property
    def meaning(self) -> str:
        """What its figures mean."""
        return meaning_of(self.stat)

    @property
    def beside(self) -> Sequence[Block]:
        """Its blocks beside the text."""
        return [block for block in self.blocks if isinstance(block, BESIDE)]

    @property
    def body(self) -> Sequence[Block]:
        """The other blocks."""
        return [block for block in self.blocks if not isinstance(block, BESIDE)]

    @property
    def size(self) -> str:
        """How large its text can be: "", "long" or "longest"."""
        return "longest" if len(self.text) > 150 else "long" if len(self.text) > 80 else ""


def entries(rows: Sequence[tuple[str, float, str, Picture | None]], notes: Iterable[str] = repeat("")) -> list[Entry]:
    """Return rows (label, number, value in words, picture) as entries with shares of the largest number."""
    most = max((number for _, number, _, _ in rows), default=0) or 1
    return [
        Entry(label, value, number / most, picture, note)
        for (label, number, value, picture), note in zip(rows, notes, strict=False)
    ]
