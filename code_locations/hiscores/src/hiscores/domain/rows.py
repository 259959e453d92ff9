"""Matching of the hiscores' rows by name, and the kind of each known one.

The lists of known rows are in `wrapped_shared.hiscores_rows`; rows that appear later are in `catalogue`.
"""

from functools import lru_cache
from typing import Final

from wrapped_shared.hiscores_rows import BOSSES, CLUES, MINIGAMES, POINTS, SKILLS
from wrapped_shared.vocabulary import RowKind

_OLD_SKILL_NAMES: Final = {"total": "Overall", "defense": "Defence", "runecrafting": "Runecraft"}
"""Names that an older scraper used for three skills in its documents."""

_SKILL_BY_FOLDED: Final = {name.casefold(): name for name in SKILLS} | _OLD_SKILL_NAMES
_ACTIVITY_BY_FOLDED: Final = {name.casefold(): name for name in [*POINTS, *MINIGAMES, *CLUES, *BOSSES]}

KIND_OF_KNOWN: Final[dict[str, RowKind]] = {
    **dict.fromkeys(POINTS, "points"),
    **dict.fromkeys(MINIGAMES, "minigame"),
    **dict.fromkeys(CLUES, "clue"),
    **dict.fromkeys(BOSSES, "boss"),
}
"""Kinds of the known activities, by canonical name."""


@lru_cache(maxsize=4_096)
def skill_name(raw: str) -> str:
    """Return the canonical name of a skill, matched ignoring case; an unknown name stays as it is."""
    return _SKILL_BY_FOLDED.get(fold(raw), raw)


@lru_cache(maxsize=4_096)
def activity_name(raw: str) -> str:
    """Return the canonical name of an activity or boss, matched ignoring case; an unknown name stays as it is."""
    return _ACTIVITY_BY_FOLDED.get(fold(raw), raw)


def fold(name: str) -> str:
    """Return a name in the form used for comparison: white space collapsed, case folded."""
    return " ".join(name.split()).casefold()
