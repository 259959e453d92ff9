"""The font: it has every character that the project's own texts use, and a licence that can be shipped."""

import string
from importlib.resources import files

import pytest
from PIL import ImageFont
from wrapped_card.fonts import WEIGHTS, font_file


def glyph(character: str) -> bytes:
    font = ImageFont.truetype(font_file(), 40, layout_engine=ImageFont.Layout.BASIC)
    return bytes(font.getmask(character))


def test_the_font_is_variable_in_the_stated_range_of_weights() -> None:
    axes = ImageFont.truetype(font_file(), 20).get_variation_axes()
    assert [(axis["minimum"], axis["maximum"]) for axis in axes] == [WEIGHTS]


@pytest.mark.parametrize("character", [*string.ascii_letters, *string.digits, *".,:;%&'()+-–×·/…#éøñß"])
def test_the_font_has_what_names_and_figures_need(character: str) -> None:
    assert glyph(character) != glyph("\U0010ffff")


def test_a_character_that_the_font_lacks_is_told_by_its_box() -> None:
    assert glyph("漢") == glyph("\U0010ffff")


def test_the_licence_can_be_shipped_with_the_font() -> None:
    text = (files("fontpkg_bitter") / "LICENSE").read_text(encoding="utf-8")
    assert "SIL Open Font License, Version 1.1" in text
    assert "The Bitter Project Authors" in text
