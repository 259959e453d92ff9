"""The parts of a slide: a title, a sentence and blocks, each drawn by the template macro that its `kind` names."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from wrapped_cli.preview.charts import Line, Spoke, Year
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
    """Years as heat maps."""

    years: Sequence[Year]
    kind: ClassVar[str] = "calendar"


@dataclass(frozen=True)
class Clock:
    """The hours of the day as a ring."""

    spokes: Sequence[Spoke]
    summary: str
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
class Cards:
    """The closing summary of key figures."""

    entries: Sequence[Entry]
    kind: ClassVar[str] = "cards"


BESIDE = Facts | Clock | Portrait
Block = Facts | Bars | Columns | Calendar | Clock | Portrait | Things | Worn | Split | Curve | Cards


@dataclass(frozen=True)
class Slide:
    """One slide; its `stat` determines its colour and explanation."""

    stat: SlideName
    title: str
    text: str
    picture: Picture | None = None
    blocks: Sequence[Block] = ()

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
    def long(self) -> bool:
        """Whether the text needs a smaller font."""
        return len(self.text) > 90


def entries(
    rows: Sequence[tuple[str, float, str, Picture | None]], *, notes: Sequence[str] | None = None
) -> list[Entry]:
    """Return rows (label, number, value in words, picture) as entries with shares of the largest number."""
    most = max((number for _, number, _, _ in rows), default=0) or 1
    return [
        Entry(label, value, number / most, picture, notes[index] if notes else "")
        for index, (label, number, value, picture) in enumerate(rows)
    ]
