"""Shows untrusted text from telemetry and the web on a terminal."""

import unicodedata
from collections.abc import Iterable
from typing import Any, Final

_HIDDEN: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})  # control, format, surrogate, line ends…
_MOST: Final = 5


def clean(value: object, limit: int = 120) -> str:
    """Return a text that is safe to print on a terminal.

    Control and direction characters (escape sequences, line breaks, overrides) become U+FFFD, and text longer than
    `limit` characters is truncated. Rich markup is kept as it is: print it with `shown`, or with markup turned off.
    """
    text = str(value)
    if len(text) > limit:
        text = text[: limit - 1] + "…"
    return "".join("\ufffd" if unicodedata.category(char) in _HIDDEN else char for char in text)


def nearest(name: str, known: Iterable[str]) -> str:
    """Return the known names that are most like a name, whatever their case; without any, the first ones."""
    from difflib import get_close_matches

    names = {one.lower(): one for one in sorted(known)}
    near = get_close_matches(name.lower(), names, n=_MOST, cutoff=0.5) or list(names)[:_MOST]
    return ", ".join(clean(names[one], 30) for one in near)


def shown(value: object, limit: int = 120) -> Any:
    """Return the text as a `rich.text.Text`, without control characters and without interpreting markup."""
    from rich.text import Text

    return Text(clean(value, limit))


def number(value: object) -> str:
    """Return a number with commas as thousands separators; anything else is cleaned."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return clean(value)
    return f"{value:,}" if isinstance(value, int) else f"{value:,.2f}".rstrip("0").rstrip(".")
