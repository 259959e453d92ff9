"""The JSON response of the hiscores (`index_lite.json`), and what it says about one player.

What belongs here: `{"skills": [{name, rank, level, xp}], "activities": [{name, rank, score}]}` in, a
`Payload` out. What does not: HTTP, and telling bosses from other activities (`catalogue`).

Rows are matched by name, never by position or `id`. Unranked rows have -1 and count as absent: unknown, not zero.
"Overall" of an unranked player is sometimes 0 and counts as absent too.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

from wrapped_shared.documents import INT64, whole
from wrapped_shared.hiscores_rows import OVERALL

from hiscores.domain.rows import activity_name, skill_name

LONGEST_NAME: Final = 80


class PayloadError(ValueError):
    """The response is not a known hiscores payload; the message names the first problem."""


@dataclass(frozen=True, slots=True)
class SkillRow:
    """A ranked skill."""

    rank: int
    level: int | None
    """None if the site sent no whole number."""
    experience: int


@dataclass(frozen=True, slots=True)
class ActivityRow:
    """A ranked activity or boss."""

    rank: int
    score: int


@dataclass(frozen=True, slots=True)
class Payload:
    """What one table says about one player: the ranked rows, and the names of all rows in the site's order."""

    skills: dict[str, SkillRow]
    activities: dict[str, ActivityRow]
    skill_names: tuple[str, ...]
    activity_names: tuple[str, ...]

    @property
    def is_unranked(self) -> bool:
        """Whether no row has a value."""
        return not (self.skills or self.activities)

    @property
    def overall(self) -> int | None:
        """Total experience; None if unranked."""
        row = self.skills.get(OVERALL)
        return None if row is None else row.experience


def read_payload(value: object) -> Payload:
    """Parse decoded JSON as a payload.

    A payload has a list `skills` with at least one row and a list `activities`; the number of rows, `level` and `id`
    do not matter.

    Raises:
        PayloadError: a list is missing, `skills` is empty, or a row lacks its name or numbers.
    """
    if not isinstance(value, dict):
        raise PayloadError("not a JSON object")
    skills, activities = (_rows(value, name) for name in ("skills", "activities"))
    if not skills:
        raise PayloadError("`skills` is empty")
    ranked_skills: dict[str, SkillRow] = {}
    ranked_activities: dict[str, ActivityRow] = {}
    skill_names: list[str] = []
    activity_names: list[str] = []
    for row in skills:
        name = skill_name(_name(row, "skills"))
        rank, experience = _number(row, "rank", name), _number(row, "xp", name)
        if "level" not in row:
            raise PayloadError(f"row {name!r} has no `level`")
        skill_names.append(name)
        if is_ranked(rank, experience, name) and name not in ranked_skills:
            ranked_skills[name] = SkillRow(rank, whole(row["level"], INT64), experience)
    for row in activities:
        name = activity_name(_name(row, "activities"))
        rank, score = _number(row, "rank", name), _number(row, "score", name)
        activity_names.append(name)
        if is_ranked(rank, score, name) and name not in ranked_activities:
            ranked_activities[name] = ActivityRow(rank, score)
    return Payload(ranked_skills, ranked_activities, tuple(skill_names), tuple(activity_names))


def is_ranked(rank: int, value: int, name: str) -> bool:
    """Return whether a row has a value: a rank of -1 with a positive value does, a zero without a rank does not."""
    if value < 0:
        return False
    return value > 0 or (rank > 0 and name != OVERALL)


def _rows(value: dict[str, Any], name: str) -> list[dict[str, Any]]:
    rows = value.get(name)
    if not isinstance(rows, list):
        raise PayloadError(f"no list `{name}`")
    if not all(isinstance(row, dict) for row in rows):
        raise PayloadError(f"`{name}` contains something that is not a row")
    return rows


def _name(row: dict[str, Any], where: str) -> str:
    name = row.get("name")
    clean = _clean_name(name) if isinstance(name, str) else ""
    if not clean:
        raise PayloadError(f"a row of `{where}` has no valid name")
    return clean


@lru_cache(maxsize=4_096)
def _clean_name(name: str) -> str:
    """Return the name with its white space collapsed; empty if it is not a name."""
    if len(name) > LONGEST_NAME or not name.isprintable() or name.startswith("$"):
        return ""
    return " ".join(name.split())


def _number(row: dict[str, Any], field: str, name: str) -> int:
    number = whole(row.get(field), INT64)
    if number is None:
        raise PayloadError(f"row {name!r} has no whole number `{field}`")
    return number
