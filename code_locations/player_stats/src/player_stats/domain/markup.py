"""Names of mobs and actors without the game's markup, with which the client sends them.

Whether an empty name counts is decided where names are used.
"""

import re
from typing import Final

_MARKUP: Final = re.compile(r"</?(?:col|img|shad|u|str)(?:=[^>]*)?>|<br>|<lt>|<gt>|\u00a0")
_SIGNS: Final = {"<br>": " ", "<lt>": "<", "<gt>": ">", "\u00a0": " "}


def plain_name(name: str) -> str:
    """Return a name without tags for colours, pictures and so on, with plain spaces and angle brackets, trimmed."""
    if "<" not in name and "\u00a0" not in name:
        return name.strip()
    # No tag ends after the last bracket: searching there for the end of every opened tag would be quadratic.
    marked, bracket, rest = name.rpartition(">")
    plain = _MARKUP.sub(lambda found: _SIGNS.get(found[0], ""), marked + bracket)
    return (plain + rest.replace("\u00a0", " ")).strip()
