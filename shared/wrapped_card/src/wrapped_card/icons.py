"""Icons for features without a picture, drawn by ourselves: a chest, a skull, a star."""

from collections.abc import Mapping
from typing import Final

from PIL import Image

_INKS: Final = {
    "#": (24, 17, 10, 255),
    "b": (122, 78, 34, 255),
    "g": (226, 178, 72, 255),
    "w": (232, 222, 198, 255),
    "s": (168, 154, 126, 255),
    ".": (0, 0, 0, 0),
}

ICONS: Final[Mapping[str, tuple[str, ...]]] = {
    "Best drop": (
        "..##########..",
        ".#bbbbbbbbbb#.",
        "#bbbbbbbbbbbb#",
        "#gbbbbbbbbbbg#",
        "#gggggggggggg#",
        "##############",
        "#bbbb#gg#bbbb#",
        "#bbbb#gg#bbbb#",
        "#bbbbb##bbbbb#",
        "#gbbbbbbbbbbg#",
        "#gggggggggggg#",
        "##############",
    ),
    "Favourite mob": (
        "...########...",
        ".##wwwwwwww##.",
        ".#wwwwwwwwww#.",
        "#wwwwwwwwwwww#",
        "#ww###ww###ww#",
        "#ww###ww###ww#",
        "#sww##ww##wws#",
        ".#wwww##wwww#.",
        ".##swwwwwws##.",
        "...#w#ww#w#...",
        "...#w#ww#w#...",
        "....######....",
    ),
    "Favourite skill": (
        "......##......",
        ".....#gg#.....",
        ".....#gg#.....",
        "######gg######",
        "#gggggwwggggg#",
        ".##gggwwggg##.",
        "...#gggggg#...",
        "..#gggggggg#..",
        "..#ggg##ggg#..",
        ".#ggg#..#ggg#.",
        ".#g##....##g#.",
        ".##........##.",
    ),
}
"""The icons by the heading of the feature, a letter for each pixel."""


def icon(heading: str) -> Image.Image:
    """Return the icon of a feature by its heading, the star for any other."""
    rows = ICONS.get(heading, ICONS["Favourite skill"])
    picture = Image.new("RGBA", (len(rows[0]), len(rows)))
    picture.putdata([_INKS[letter] for row in rows for letter in row])
    return picture
