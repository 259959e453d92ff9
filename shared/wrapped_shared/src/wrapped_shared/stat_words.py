"""Ranked stats in words, the same on slides, pages, cards and the terminal. Pure.

The titles are in `vocabulary`. A stat that is not there, because it is newer, is called by its own name.
"""

from collections.abc import Mapping
from typing import Any, Final

from wrapped_shared.vocabulary import STAT_WORDS
from wrapped_shared.words import duration, plain, short

_WORDS: Final[Mapping[Any, tuple[str, str]]] = STAT_WORDS
_NEVER_PLURAL: Final = ("", "XP")


def _words(stat: str) -> tuple[str, str]:
    """Return the title, with `{}` for the name after a prefix, and the unit."""
    kind, colon, _ = stat.partition(":")
    own_name = f"{{}} {kind}" if colon else kind.rpartition(".")[2].replace("_", " ")
    return _WORDS.get(kind + colon, (own_name, ""))


def stat_title(stat: str) -> str:
    """Return a stat as in the middle of a sentence: "time played", "Goblin kills", "Attack XP"."""
    kind, _, name = stat.partition(":")
    return _words(stat)[0].replace("{}", plain(name) if kind == "xp" else name)


def stat_heading(stat: str) -> str:
    """Return a stat's title with a capital; a name is left as it is."""
    title = stat_title(stat)
    return title if ":" in stat else title[:1].upper() + title[1:]


def stat_value(stat: str, value: float) -> str:
    """Return a stat's value with its unit, short: "1 day", "2.48M tiles", "164 h 5 min"."""
    unit = _words(stat)[1]
    if unit == "second":
        return duration(value)
    number = short(value)
    return f"{number} {unit if number == '1' or unit in _NEVER_PLURAL else unit + 's'}".rstrip()
