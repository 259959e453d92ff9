"""The font of cards and pages: Bitter, by the Bitter Project Authors, under the SIL Open Font License 1.1.

One variable TrueType file has all weights. It comes with the package `fontpkg-bitter`, unmodified; NOTICE names it.
"""

from importlib.resources import files
from pathlib import Path
from typing import Final

FAMILY: Final = "Bitter"
"""The name of the font family, as CSS uses it."""
WEIGHTS: Final = (100, 900)
"""The lightest and the heaviest weight of the variable font's axis `wght`."""


def font_file() -> Path:
    """Return the path of the upright font: TrueType, variable in weight, 0.3 MB."""
    return Path(str(files("fontpkg_bitter") / "files" / "Bitter[wght].ttf"))
