"""Player names as the game compares them.

Only the normalisation of names lives here; looking a player up in MongoDB does not.
"""

from typing import Final

NON_BREAKING_SPACE: Final = "\u00a0"
_SEPARATORS: Final = str.maketrans({"_": " ", "-": " ", NON_BREAKING_SPACE: " "})


def player_key(username: object) -> str | None:
    """Return the key under which one player is known, or None when `username` names nobody.

    The game's hiscores take space, `_`, `-` and the non-breaking space for one character and ignore case,
    so `Iron_Bob`, `iron bob` and `iron bob` with a non-breaking space are one player. Inner double spaces are
    kept: they are part of a name.

    Args:
        username: whatever stood in the event; anything but a string gives None.

    Returns:
        The lower-cased name with spaces for separators, trimmed of white space; None if that is empty.
    """
    if type(username) is not str:  # JavaScript code comes as a subclass of it
        return None
    return username.lower().translate(_SEPARATORS).strip() or None
