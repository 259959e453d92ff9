"""The parts of a slide: a title, a sentence and blocks, each drawn by the template macro that its `kind` names."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from wrapped_cli.preview.charts import Line, Spoke, Year
from wrapped_cli.preview.maps import Map
from wrapped_cli.preview.meanings import HUES, MEANINGS, SlideName
from wrapped_cli.preview.source import Picture


@dataclass(frozen=True)
class Entry:
    """A named value, with its share of the largest value (0 to 1) where bars are drawn, and a picture."""

    label: str
    value: str
    share: float = 0.0
    picture: Picture | None = None
    note: str = ""


@dataclass(frozen=True)
class Facts:
    """A few figures beside the text."""

    entries: Sequence[Entry]
    kind: ClassVar[str] = "facts"


@dataclass(frozen=True)
class Bars:
    """Horizontal bars, the longest first."""

    title: str
    entries: Sequence[Entry]
    pictures: bool = False
    dense: bool = False
    kind: ClassVar[str] = "bars"


@dataclass(frozen=True)
class Columns:
    """Vertical bars, such as the months of a year; `best` is the index of the highlighted one."""

    title: str
    entries: Sequence[Entry]
    best: int
    kind: ClassVar[str] = "columns"


@dataclass(frozen=True)
class Calendar:
    """Years as heat maps; `streak` says in words which days are framed as the longest streak."""

    years: Sequence[Year]
    streak: str = ""
    kind: ClassVar[str] = "calendar"


@dataclass(frozen=True)
class Clock:
    """The hours of the day as a ring."""

    spokes: Sequence[Spoke]
    busiest: int
    months: Mapping[str, int]
    """Ticks by month: the page's script shows hours with the viewer's offset from UTC in most of them."""
    kind: ClassVar[str] = "clock"


@dataclass(frozen=True)
class Portrait:
    """One large picture."""

    picture: Picture
    kind: ClassVar[str] = "portrait"


@dataclass(frozen=True)
class Things:
    """Items with pictures and quantities, as chips."""

    title: str
    entries: Sequence[Entry]
    kind: ClassVar[str] = "things"


@dataclass(frozen=True)
class Worn:
    """The twelve equipment slots; an entry's label is the item, its note the slot; empty slots have no label."""

    entries: Sequence[Entry]
    kind: ClassVar[str] = "worn"


@dataclass(frozen=True)
class Split:
    """A total split in two."""

    left: Entry
    right: Entry
    kind: ClassVar[str] = "split"


@dataclass(frozen=True)
class Curve:
    """A line over time, with its two ends in words."""

    title: str
    line: Line
    first: Entry
    last: Entry
    kind: ClassVar[str] = "curve"


@dataclass(frozen=True)
class TileMap:
    """The map around the favourite tile."""

    map: Map
    title: str
    kind: ClassVar[str] = "tile_map"


@dataclass(frozen=True)
class Podium:
    """The best rank large, the others as a list; an entry's note is the value."""

    best: Entry
    others: Sequence[Entry]
    kind: ClassVar[str] = "podium"


@dataclass(frozen=True)
class Changes:
    """Stats beside those of the year before; an entry's note is the change."""

    title: str
    entries: Sequence[Entry]
    kind: ClassVar[str] = "changes"


@dataclass(frozen=True)
class Leaders:
    """Who leads in each of many things: an entry's label is the thing, its value the leader's, its note the leader."""

    title: str
    entries: Sequence[Entry]
    kind: ClassVar[str] = "leaders"


@dataclass(frozen=True)
class Cards:
    """Key figures, each in a frame."""

    entries: Sequence[Entry]
    kind: ClassVar[str] = "cards"


BESIDE = Facts | Clock | Portrait
Block = (
    Facts
    | Bars
    | Columns
    | Calendar
    | Clock
    | Portrait
    | Things
    | Worn
    | Split
    | Curve
    | TileMap
    | Podium
    | Changes
    | Leaders
    | Cards
)


@dataclass(frozen=True)
class Slide:
    """One slide; its `stat` determines its colour and explanation."""

    stat: SlideName
    title: str
    text: str
    picture: Picture | None = None
    blocks: Sequence[Block] = ()
    changes: Sequence[Entry] = ()
    """How its figures differ from the year before."""

    @property
    def hue(self) -> int:
        """Its colour, in degrees."""
        return HUES[self.stat]

    @property
    def meaning(self) -> str:
        """What its figures mean."""
        return MEANINGS[self.stat]

    @property
    def beside(self) -> Sequence[Block]:
        """The blocks that belong beside the text."""
        return [block for block in self.blocks if isinstance(block, BESIDE)]

    @property
    def body(self) -> Sequence[Block]:
        """The other blocks."""
        return [block for block in self.blocks if not isinstance(block, BESIDE)]

    @property
    def size(self) -> str:
        """How large its text can be: "", "long" or "longest"."""
        return "longest" if len(self.text) > 150 else "long" if len(self.text) > 80 else ""


def entries(
    rows: Sequence[tuple[str, float, str, Picture | None]], *, notes: Sequence[str] | None = None
) -> list[Entry]:
    """Return rows (label, number, value in words, picture) as entries with shares of the largest number."""
    most = max((number for _, number, _, _ in rows), default=0) or 1
    return [
        Entry(label, value, number / most, picture, notes[index] if notes else "")
        for index, (label, number, value, picture) in enumerate(rows)
    ]
