"""The font of the pages: a subset of the open font that cards use too, as CSS with the font inside.

What belongs here: which characters a page carries. What does not: where the font comes from (`wrapped_card.fonts`).
"""

import base64
import logging
from functools import cache
from io import BytesIO
from typing import Final

from markupsafe import Markup
from wrapped_card.fonts import FAMILY, WEIGHTS, font_file

_CHARACTERS: Final = (*range(0x20, 0x7F), *range(0xA0, 0x100), *map(ord, "–—‘’“”…•−\ufffd▲▼"))
"""ASCII, Latin-1 and our own signs. Names in other scripts get the system's font, as the rest of a page would."""


@cache
def font_css() -> Markup:
    """Return the `@font-face` rule with the font as WOFF2, some 30 kB; made once per process, in a quarter second."""
    from fontTools import subset  # type: ignore[import-untyped]

    logging.getLogger("fontTools").setLevel(logging.ERROR)
    options = subset.Options()
    options.flavor, options.hinting, options.layout_features = "woff2", False, ["tnum", "lnum"]
    options.drop_tables += ["GPOS", "GDEF"]
    font = subset.load_font(str(font_file()), options)
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=_CHARACTERS)
    subsetter.subset(font)
    packed = BytesIO()
    subset.save_font(font, packed, options)
    data = base64.b64encode(packed.getvalue()).decode()
    lightest, heaviest = WEIGHTS
    return Markup(  # noqa: S704
        f'@font-face{{font-family:"{FAMILY}";font-weight:{lightest} {heaviest};'
        f'src:url(data:font/woff2;base64,{data}) format("woff2")}}'
    )
