"""Names of mobs and actors as people read them: the client sends them with the game's markup.

Whose name it is, and whether an empty one counts, is settled where names are used.
"""

import re
from typing import Final

_MARKUP: Final = re.compile(r"</?(?:col|img|shad|u|str)(?:=[^>]*)?>|<br>|<lt>|<gt>|\u00a0")
_SIGNS: Final = {"<br>": " ", "<lt>": "<", "<gt>": ">", "\u00a0": " "}


def plain_name(name: str) -> str:
    """Return a name without colours, pictures and the like, with spaces and angle brackets as such, trimmed."""
    if "<" not in name and "\u00a0" not in name:
        return name.strip()
    # Behind the last bracket no tag can end: searching there for the end of each one begun would be quadratic.
    marked, bracket, rest = name.rpartition(">")
    plain = _MARKUP.sub(lambda found: _SIGNS.get(found[0], ""), marked + bracket)
    return (plain + rest.replace("\u00a0", " ")).strip()
