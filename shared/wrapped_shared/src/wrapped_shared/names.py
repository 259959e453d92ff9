"""Player names as the game compares them.

Only name normalisation lives here; looking up a player in MongoDB does not.
"""

from typing import Final

NON_BREAKING_SPACE: Final = "\u00a0"
_SEPARATORS: Final = str.maketrans({"_": " ", "-": " ", NON_BREAKING_SPACE: " "})


def player_key(username: object) -> str | None:
    """Return the key that identifies a player, or None if `username` is not a name.

    The game's hiscores treat space, `_`, `-` and the non-breaking space as the same character and ignore case, so
    `Iron_Bob`, `iron bob` and `iron bob` with a non-breaking space are one player. Inner double spaces are kept: they
    are part of a name.

    Args:
        username: the value from the event; anything but a string gives None.

    Returns:
        The lower-cased name with spaces as separators, trimmed of white space; None if that is empty.
    """
    if type(username) is not str:  # BSON JavaScript code is a subclass of str
        return None
    return username.lower().translate(_SEPARATORS).strip() or None
