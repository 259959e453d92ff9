"""Showing texts from telemetry and the web, which anybody may have written, on a terminal."""

import unicodedata
from typing import Any, Final

_HIDDEN: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})  # control, format, surrogate, line ends…


def clean(value: object, limit: int = 120) -> str:
    """Return a text that cannot do anything to a terminal but be read.

    Control and direction characters (escape sequences, line ends, overrides) become U+FFFD, and what is
    longer than `limit` characters is cut. Rich markup is left as it is: show it as `shown`, or with markup
    off.
    """
    text = str(value)
    if len(text) > limit:
        text = text[: limit - 1] + "…"
    return "".join("\ufffd" if unicodedata.category(char) in _HIDDEN else char for char in text)


def shown(value: object, limit: int = 120) -> Any:
    """Return the text as a `rich.text.Text`: no control characters, and no markup is read in it."""
    from rich.text import Text

    return Text(clean(value, limit))


def number(value: object) -> str:
    """Return a number with its thousands separated by commas; anything else cleaned."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return clean(value)
    return f"{value:,}" if isinstance(value, int) else f"{value:,.2f}".rstrip("0").rstrip(".")


def counted(count: int, noun: str) -> str:
    """Return a number with its noun, which takes an `s` for any number but one: `1 day`, `1,735 events`."""
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"


def duration(seconds: object) -> str:
    """Return seconds as hours and minutes (`3 h 05 min`), below an hour as minutes and seconds."""
    if isinstance(seconds, bool) or not isinstance(seconds, int | float):
        return clean(seconds)
    whole = int(seconds)
    if whole >= 3600:
        return f"{whole // 3600:,} h {whole % 3600 // 60:02d} min"
    return f"{whole // 60} min {whole % 60:02d} s"
