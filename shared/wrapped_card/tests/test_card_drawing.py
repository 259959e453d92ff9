"""How cards look: every text in its place whatever the names, the same bytes for the same content."""

import hashlib
import io
from dataclasses import replace
from itertools import combinations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from PIL import Image
from wrapped_card.content import CardContent, Feature, Figure
from wrapped_card.drawing import SIZES, draw_card
from wrapped_card.layout import FOOTER, TITLE, Box, Layout, lay_out
from wrapped_card.lettering import UNKNOWN, Line, drawable, fitted, wrapped

NAMES = st.one_of(
    st.text(max_size=60), st.text(alphabet="WMW_ ", min_size=1, max_size=12), st.text(alphabet="ÅgjqQ|", max_size=30)
)
VALUES = st.sampled_from(["0", "1", "164 h", "1,203,988 h", "9,842", "45.6B", "9,223,372T", "less than a second"])
LABELS = st.sampled_from(["played", "XP gained", "coins of loot", "longest session", "damage dealt", "tiles on foot"])
FEATURES = st.builds(
    Feature,
    st.sampled_from(["Best drop", "Favourite mob", "Favourite skill"]),
    NAMES,
    st.sampled_from(["1 coin", "9,223,372T coins", "1,843 kills"]),
    st.just(()),
)
CONTENTS = st.builds(
    CardContent,
    NAMES,
    st.sampled_from(["2025", "All time"]),
    st.lists(st.builds(Figure, VALUES, LABELS), min_size=5, max_size=5).map(tuple),
    st.lists(FEATURES, max_size=2).map(tuple),
)
CONTENT = CardContent(
    "Wise Otter",
    "2025",
    tuple(Figure(f"{n}.{n} M", "tiles on foot") for n in range(1, 6)),
    (
        Feature("Best drop", "Abyssal whip", "1.61M coins", (), "whip"),
        Feature("Favourite mob", "Goblin", "7 kills", (), "goblin"),
    ),
)


def apart(one: Box, other: Box) -> bool:
    return one.right <= other.left or other.right <= one.left or one.bottom <= other.top or other.bottom <= one.top


def inside(inner: Box, outer: Box) -> bool:
    return (
        outer.left <= inner.left
        and inner.right <= outer.right
        and outer.top <= inner.top
        and inner.bottom <= outer.bottom
    )


def png(size: int, colour: tuple[int, ...] = (200, 40, 40, 255)) -> bytes:
    out = io.BytesIO()
    Image.new("RGBA", (size, size), colour).save(out, "PNG")
    return out.getvalue()


def texts(layout: Layout) -> list[str]:
    return [text.line.text for text in layout.texts]


@pytest.mark.slow
@pytest.mark.parametrize("size", SIZES.values(), ids=SIZES)
@settings(max_examples=60, deadline=None)
@given(content=CONTENTS)
@example(content=CONTENT)
def test_no_text_leaves_the_card_its_panel_or_runs_into_another(size: tuple[int, int], content: CardContent) -> None:
    layout = lay_out(content, *size)
    frame = Box(36, 36, size[0] - 36, size[1] - 30)
    for text in layout.texts:
        assert inside(text.box, frame), text
        home = [panel for panel in layout.panels if not apart(text.box, panel)]
        assert all(inside(text.box, panel) for panel in home), text
    for one, other in combinations(layout.texts, 2):
        assert apart(one.box, other.box), (one, other)
    for slot in layout.slots:
        assert min(slot.box.width, slot.box.height) >= 96
        assert all(apart(slot.box, text.box) for text in layout.texts)
    for first, second in combinations(layout.panels, 2):
        assert apart(first, second)


@pytest.mark.parametrize("size", SIZES.values(), ids=SIZES)
def test_the_card_says_all_of_its_content(size: tuple[int, int]) -> None:
    shown = texts(lay_out(CONTENT, *size))
    expected = [
        "Wise Otter",
        "2025",
        TITLE,
        FOOTER,
        "Best drop",
        "Abyssal whip",
        "1.61M coins",
        "Favourite mob",
        "Goblin",
    ]
    assert sorted(shown) == sorted([*expected, "7 kills", *(f"{n}.{n} M" for n in range(1, 6)), *["tiles on foot"] * 5])


@pytest.mark.parametrize("size", SIZES.values(), ids=SIZES)
def test_name_year_and_figures_can_be_read_in_a_thumbnail_of_300_pixels(size: tuple[int, int]) -> None:
    for text in lay_out(CONTENT, *size).texts:
        if text.role in ("title", "year", "figure"):
            assert text.line.size * 300 / size[0] >= 9


@pytest.mark.parametrize("name", SIZES)
def test_a_card_has_its_size_and_the_same_bytes_every_time(name: str) -> None:
    pictures = {"whip": png(32), "goblin": png(240)}
    first, second = draw_card(CONTENT, name, pictures), draw_card(CONTENT, name, dict(pictures))
    assert first == second
    with Image.open(io.BytesIO(first)) as card:
        assert (card.format, card.mode, card.size, card.info) == ("PNG", "RGB", SIZES[name], {})
    assert len(first) < 400_000


def test_pixel_art_is_enlarged_in_whole_steps() -> None:
    art = Image.new("RGBA", (20, 20), (0, 0, 255, 255))
    out = io.BytesIO()
    art.save(out, "PNG")
    with Image.open(io.BytesIO(draw_card(CONTENT, "1080x1920", {"whip": out.getvalue()}))) as card:
        blue = card.convert("RGB").split()[2].point(lambda value: 255 if value > 250 else 0).getbbox()
    assert blue is not None
    assert (blue[2] - blue[0]) % 20 == 0
    assert blue[2] - blue[0] > 100


@pytest.mark.parametrize("broken", [b"", b"\x89PNG\r\n\x1a\nrest", b"GIF89a", png(8, (0, 0, 0, 0)), png(2100)])
def test_a_picture_that_cannot_be_shown_is_replaced_by_an_icon(broken: bytes) -> None:
    assert draw_card(CONTENT, "1200x630", {"whip": broken}) == draw_card(CONTENT, "1200x630", {})


@pytest.mark.parametrize("size", SIZES.values(), ids=SIZES)
def test_the_figures_of_features_stand_on_one_baseline(size: tuple[int, int]) -> None:
    drop, mob = CONTENT.features
    content = replace(CONTENT, features=(replace(drop, value="187M coins"), replace(mob, value="1,843 kills")))
    baselines = {text.y for text in lay_out(content, *size).texts if text.line.text in ("187M coins", "1,843 kills")}
    assert len(baselines) == 1


def test_every_feature_has_an_icon_of_its_own() -> None:
    def drawn(heading: str) -> str:
        content = CardContent("A", "2025", CONTENT.figures, (Feature(heading, "x", "y", ()),))
        return hashlib.sha256(draw_card(content, "1200x630", {})).hexdigest()

    assert len({drawn(heading) for heading in ("Best drop", "Favourite mob", "Favourite skill")}) == 3


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("Iron Bob", "Iron Bob"),
        ("Iron\u00a0Bob\n", "Iron Bob"),
        ("\u202egnortS\u200b", "gnortS"),
        ("Ｗｉｄｅ", "Wide"),
        ("Żółw", "Żółw"),
        ("漢字", UNKNOWN * 2),
        ("a\u0301\u0489", "á"),
        ("", UNKNOWN),
        ("\x00\x1b[31m", f"{UNKNOWN}{UNKNOWN}[31m"),
        ("\ud800", UNKNOWN),
    ],
)
def test_any_name_becomes_one_line_that_the_font_can_draw(name: str, shown: str) -> None:
    assert drawable(name) == shown


@pytest.mark.slow
@settings(max_examples=40, deadline=None)
@given(text=NAMES, width=st.integers(80, 900))
def test_a_fitted_text_never_exceeds_its_width(text: str, width: int) -> None:
    sizes = range(80, 19, -6)
    assert fitted(drawable(text), width, sizes, 700).width <= width
    lines = wrapped(drawable(text), width, sizes, 700)
    assert 1 <= len(lines) <= 2
    assert all(line.width <= width for line in lines)


def test_a_text_shrinks_before_it_is_cut() -> None:
    assert fitted("Otter", 1000, (90, 20), 700) == Line("Otter", 90, 700)
    assert fitted("Otter", 100, (90, 20), 700) == Line("Otter", 20, 700)
    assert fitted("Otter" * 9, 100, (90, 20), 700).text.endswith("…")
