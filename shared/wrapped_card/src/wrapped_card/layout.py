"""Where a card's texts, pictures and panels stand: the same content and size always give the same layout.

What belongs here: boxes in pixels. What does not: colours and pixels (`drawing`).
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final, Literal, TypeAlias

from wrapped_card.content import CardContent, Feature, Figure
from wrapped_card.lettering import Line, drawable, fitted, wrapped

Role: TypeAlias = Literal["title", "year", "heading", "figure", "plain", "quiet"]
"""What a text is for; it decides the colour."""
Side: TypeAlias = Literal["left", "middle", "right"]

FOOTER: Final = "Fan-made. Old School RuneScape and its pictures are Jagex's."
TITLE: Final = "Old School RuneScape Wrapped"
BOLD: Final = 800
_MEDIUM: Final = 600


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle in pixels; right and bottom are outside."""

    left: int
    top: int
    right: int
    bottom: int

    @property
    def width(self) -> int:
        """Its width."""
        return self.right - self.left

    @property
    def height(self) -> int:
        """Its height."""
        return self.bottom - self.top

    @property
    def middle(self) -> int:
        """The x of its middle."""
        return (self.left + self.right) // 2

    def shrunk(self, by: int) -> "Box":
        """Return the box without a margin."""
        return Box(self.left + by, self.top + by, self.right - by, self.bottom - by)


@dataclass(frozen=True, slots=True)
class Text:
    """A line of text at its place."""

    line: Line
    role: Role
    x: int
    """Where its baseline begins."""
    y: int
    """Its baseline."""

    @property
    def box(self) -> Box:
        """The box of its ink."""
        left, top, right, bottom = self.line.ink
        return Box(self.x + left, self.y + top, self.x + right, self.y + bottom)


@dataclass(frozen=True, slots=True)
class Slot:
    """The place of a feature's picture."""

    feature: Feature
    box: Box


@dataclass(slots=True)
class Layout:
    """A card before it is drawn."""

    width: int
    height: int
    texts: list[Text] = field(default_factory=list)
    slots: list[Slot] = field(default_factory=list)
    panels: list[Box] = field(default_factory=list)
    rules: list[Box] = field(default_factory=list)
    """Ornamental lines."""

    def put(self, line: Line, role: Role, x: int, y: int, side: Side = "middle") -> None:
        """Place a line on a baseline, its left end, middle or right end at `x`."""
        left, _, right, _ = line.ink
        start = {"left": x - left, "middle": x - (left + right) // 2, "right": x - right}[side]
        self.texts.append(Text(line, role, start, y))


def lay_out(content: CardContent, width: int, height: int) -> Layout:
    """Return the layout of a card: upright if it is higher than wide (1080 × 1920), else lying (1200 × 630)."""
    layout = Layout(width, height)
    (_upright if height > width else _lying)(layout, content)
    return layout


def _sizes(largest: int, smallest: int) -> range:
    return range(largest, smallest - 1, -2)


def _upright(layout: Layout, content: CardContent) -> None:
    inner = Box(72, 72, layout.width - 72, layout.height - 72)
    layout.put(Line(TITLE, 50, _MEDIUM), "heading", inner.middle, 150)
    name = fitted(drawable(content.player), inner.width, _sizes(150, 60), BOLD, rise=132, fall=42)
    layout.put(name, "title", inner.middle, 302)
    layout.put(fitted(content.period, inner.width, _sizes(236, 100), BOLD, rise=174), "year", inner.middle, 520)
    layout.rules.append(Box(inner.left + 120, 552, inner.right - 120, 570))
    top = 606
    if content.features:
        _features(layout, content.features, Box(inner.left, top, inner.right, 1140), 24, _UPRIGHT)
        top = 1164
    _grid(layout, content.figures, Box(inner.left, top, inner.right, 1800))
    layout.put(Line(FOOTER, 28, _MEDIUM), "quiet", inner.middle, 1842)


def _grid(layout: Layout, figures: Sequence[Figure], area: Box) -> None:
    """The first figure over the whole width, the others below in two columns."""
    height = area.height // (1 + len(figures) // 2) // 6 * 6
    half = (area.width - 24) // 2
    for place, figure in enumerate(figures):
        top = area.top + (place + 1) // 2 * height
        left = area.left + (place + 1) % 2 * (half + 24) if place else area.left
        box = Box(left, top, left + half if place else area.right, top + height - 24)
        layout.panels.append(box)
        (_stacked if place else _beside)(layout, figure, box)


def _stacked(layout: Layout, figure: Figure, box: Box) -> None:
    """A figure in a panel: the value above, what it counts below."""
    value = fitted(figure.value, box.width - 48, _sizes(90, 40), BOLD)
    label = fitted(figure.label, box.width - 48, _sizes(50, 30), _MEDIUM)
    above, below = -value.ink[1], -label.ink[1]
    baseline = box.top + (box.height - above - 26 - below) // 2 + above - 3
    layout.put(value, "figure", box.middle, baseline)
    layout.put(label, "plain", box.middle, baseline + 26 + below)


def _beside(layout: Layout, figure: Figure, box: Box) -> None:
    """A figure in a wide panel: the value, and beside it what it counts."""
    value = fitted(figure.value, box.width // 2, _sizes(124, 40), BOLD)
    label = fitted(figure.label, box.width - 120 - value.width, _sizes(72, 30), _MEDIUM)
    left = box.middle - (value.width + 30 + label.width) // 2
    baseline = box.top + (box.height - value.ink[1]) // 2
    layout.put(value, "figure", left, baseline, "left")
    layout.put(label, "plain", left + value.width + 30, baseline, "left")


def _lying(layout: Layout, content: CardContent) -> None:
    inner = Box(48, 48, layout.width - 48, layout.height - 48)
    year = fitted(content.period, 330, _sizes(130, 60), BOLD)
    layout.put(year, "year", inner.right, 146, "right")
    room = inner.width - year.width - 36
    layout.put(Line(TITLE, 28, _MEDIUM), "heading", inner.left, 68, "left")
    name = fitted(drawable(content.player), room, _sizes(92, 40), BOLD, rise=76, fall=28)
    layout.put(name, "title", inner.left, 154, "left")
    layout.rules.append(Box(inner.left, 180, inner.right, 192))
    left = inner.left
    if content.features:
        _features(layout, content.features, Box(inner.left, 204, 606, 564), 18, _LYING)
        left = 624
    rows = Box(left, 204, inner.right, 564)
    layout.panels.append(rows)
    step = (rows.height - 24) // max(len(content.figures), 1)
    edge = rows.left + rows.width * 44 // 100
    for place, figure in enumerate(content.figures):
        baseline = rows.top + 12 + step * place + step // 2 + 21
        value = fitted(figure.value, edge - rows.left - 24, _sizes(58, 30), BOLD)
        label = fitted(figure.label, rows.right - edge - 42, _sizes(42, 24), _MEDIUM)
        layout.put(value, "figure", edge, baseline, "right")
        layout.put(label, "plain", edge + 18, baseline, "left")
    layout.put(Line(FOOTER, 20, _MEDIUM), "quiet", inner.middle, 595)


@dataclass(frozen=True, slots=True)
class _FeatureSizes:
    """The largest sizes of a feature's texts, and the space between them, in pixels."""

    heading: int
    name: int
    value: int
    gap: int


_UPRIGHT: Final = _FeatureSizes(46, 56, 60, 30)
_LYING: Final = _FeatureSizes(32, 36, 40, 18)


def _features(layout: Layout, features: Sequence[Feature], area: Box, gap: int, sizes: _FeatureSizes) -> None:
    """The features side by side, each in its panel: heading, picture, name and value from top to bottom."""
    width = (area.width - gap * (len(features) - 1)) // len(features) // 6 * 6
    values = [fitted(one.value, width - 2 * sizes.gap, _sizes(sizes.value, 18), BOLD) for one in features]
    fall = max(0, *(value.ink[3] for value in values))  # one baseline for all, with commas or without
    for place, (feature, value) in enumerate(zip(features, values, strict=True)):
        left = area.left + place * (width + gap)
        panel = Box(left, area.top, area.right if place == len(features) - 1 else left + width, area.bottom)
        layout.panels.append(panel)
        box = panel.shrunk(sizes.gap)
        heading = fitted(feature.heading, box.width, _sizes(sizes.heading, 18), _MEDIUM)
        top = box.top - heading.ink[1]
        layout.put(heading, "heading", box.middle, top)
        baseline = box.bottom - fall
        layout.put(value, "figure", box.middle, baseline)
        bottom = baseline + value.ink[1]
        for line in reversed(wrapped(drawable(feature.name), box.width, _sizes(sizes.name, 22), BOLD)):
            baseline = bottom - sizes.gap * 2 // 3 - max(0, line.ink[3])
            layout.put(line, "plain", box.middle, baseline)
            bottom = baseline + line.ink[1]
        layout.slots.append(Slot(feature, Box(box.left, top + sizes.gap, box.right, bottom - sizes.gap)))
