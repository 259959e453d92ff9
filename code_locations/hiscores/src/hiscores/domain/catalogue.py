"""The catalogue of rows: the kind of each, and how the site's list drifts from update to update.

What belongs here: kinds of unknown rows, and comparing two lists of rows. What does not: MongoDB.
"""

from bisect import bisect_left
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal, TypeAlias

from wrapped_shared.collections import ACTIVITY_CATALOGUE
from wrapped_shared.hiscores_rows import BOSSES, CLUES, MINIGAMES, POINTS, SKILLS
from wrapped_shared.stored.hiscores import CatalogueRow
from wrapped_shared.version import SCHEMA_VERSIONS
from wrapped_shared.vocabulary import RowKind

from hiscores.domain.rows import KIND_OF_KNOWN, fold

Group: TypeAlias = Literal["skills", "activities"]


@dataclass(frozen=True, slots=True)
class Drift:
    """How a list of rows differs from the previous one; names are in the order of the newer list."""

    appeared: tuple[str, ...] = ()
    vanished: tuple[str, ...] = ()
    moved: tuple[str, ...] = ()
    """Rows that moved relative to the others; rows merely shifted by a new row have not moved."""

    def __bool__(self) -> bool:
        return bool(self.appeared or self.vanished or self.moved)

    def describe(self) -> str:
        """Return one line that names every row."""
        return "; ".join(f"{word}: {', '.join(names)}" for word, names in asdict(self).items() if names)


def compare(before: Sequence[str], after: Sequence[str]) -> Drift:
    """Return which rows appeared, disappeared or moved between two lists of names."""
    old, new = set(before), set(after)
    place = {name: number for number, name in enumerate(before)}
    common = [name for name in after if name in old]
    kept = _longest_increasing_subsequence([place[name] for name in common])
    return Drift(
        tuple(name for name in after if name not in old),
        tuple(name for name in before if name not in new),
        tuple(name for number, name in enumerate(common) if number not in kept),
    )


def kinds_of(
    names: Sequence[str],
    linked: Mapping[str, str] | None = None,
    settled: Mapping[str, RowKind] | None = None,
) -> dict[str, RowKind]:
    """Return the kind of every activity in a list, known or new.

    A known name has its known kind. A new one is a clue if its name or its link says so, else the kind of both its
    nearest known neighbours; between a minigame and a boss it is a boss only if it sorts before that boss (the site
    keeps bosses roughly in order), so that a minigame added at the end of its group stays a minigame.

    Args:
        names: the activities in the site's order.
        linked: the slug of each link on the ranking page, by name, if the page was read together with the list; a new
        row without a link belongs to another game mode (`points`).
        settled: kinds of new rows that an earlier page determined.
    """
    known = [KIND_OF_KNOWN.get(name) or (settled or {}).get(name) for name in names]
    kinds: dict[str, RowKind] = {}
    for number, name in enumerate(names):
        kind = known[number]
        if kind is None:
            before = next((k for k in reversed(known[:number]) if k), None)
            later = next(((n, k) for n, k in zip(names[number:], known[number:], strict=True) if k), None)
            kind = _guess(name, before, later, linked)
        kinds[name] = kind
    return kinds


def kind_lookup(documents: Sequence[Mapping[str, Any]]) -> Callable[[str], RowKind | None]:
    """Return a function that returns an activity's kind by name, from the stored catalogue and the known names."""
    stored = {str(d.get("name")): d.get("kind") for d in documents if d.get("group") == "activities"}
    return lambda name: KIND_OF_KNOWN.get(name) or stored.get(name)


def _guess(
    name: str, before: RowKind | None, later: tuple[str, RowKind] | None, linked: Mapping[str, str] | None
) -> RowKind:
    if "clue scroll" in fold(name) or (linked and linked.get(name, "").startswith("clue")):
        return "clue"
    if linked and name not in linked:
        return "points"
    if later is None:
        return before or "boss"
    if before is None or before == later[1]:
        return later[1]
    if later[1] == "boss":
        return "boss" if fold(name) < fold(later[0]) else "minigame"
    return "minigame"


def _longest_increasing_subsequence(places: Sequence[int]) -> set[int]:
    """Return the positions of a longest increasing subsequence, by patience sorting.

    `difflib.SequenceMatcher` would not do: it finds matching blocks, the longest first, and these need not add up to
    the longest increasing subsequence.
    """
    tails: list[int] = []
    tail_positions: list[int] = []
    previous: list[int | None] = []
    for position, value in enumerate(places):
        slot = bisect_left(tails, value)
        previous.append(tail_positions[slot - 1] if slot else None)
        tails[slot : slot + 1] = [value]
        tail_positions[slot : slot + 1] = [position]
    kept: set[int] = set()
    step = tail_positions[-1] if tail_positions else None
    while step is not None:
        kept.add(step)
        step = previous[step]
    return kept


def catalogue_rows(
    before: Sequence[Mapping[str, Any]],
    observed: Mapping[str, Sequence[str]] | None,
    page: Mapping[str, str] | None,
) -> list[CatalogueRow]:
    """Return the rows of the catalogue, skills first, each group in the site's order.

    Args:
        before: the existing rows.
        observed: the lists `skills` and `activities` from the scraped responses; None keeps the existing rows.
        page: the slugs on the ranking page by name, if it was read; None keeps the existing slugs.
    """
    stored = {row["_id"]: row for row in before}
    if observed is not None:
        skills, activities = list(observed["skills"]), list(observed["activities"])
    elif before:
        skills, activities = ([row["name"] for row in before if row["group"] == g] for g in ("skills", "activities"))
    else:
        skills, activities = list(SKILLS), [*POINTS, *MINIGAMES, *CLUES, *BOSSES]
    slugs = page or {r["name"]: r["slug"] for r in before if r.get("slug")}
    settled = {row["name"]: row["kind"] for row in before if row.get("linked") is not None}
    kinds = kinds_of(activities, slugs if page else None, None if page else settled)
    rows = [_row("skills", position, name, "skill") for position, name in enumerate(dict.fromkeys(skills))]
    for position, name in enumerate(dict.fromkeys(activities)):
        linked = name in slugs if page else stored.get(f"activities:{fold(name)}", {}).get("linked")
        rows.append(_row("activities", position, name, kinds[name], slug=slugs.get(name), linked=linked))
    return rows


def drifts(before: Sequence[Mapping[str, Any]], lists: Sequence[Mapping[str, Sequence[str]]]) -> list[Drift]:
    """Return how the lists in the scraped responses differ from the catalogue; nothing without a catalogue."""
    if not before:
        return []
    found: list[Drift] = []
    for observed in lists:
        for group in ("skills", "activities"):
            drift = compare([row["name"] for row in before if row["group"] == group], observed[group])
            if drift and drift not in found:
                found.append(drift)
    return found


def unsettled(before: Sequence[Mapping[str, Any]], lists: Sequence[Mapping[str, Sequence[str]]]) -> bool:
    """Return whether the latest list has an activity whose kind is unknown to us and to any earlier ranking page."""
    settled = {row["name"] for row in before if row.get("linked") is not None}
    latest = lists[0]["activities"] if lists else ()
    return any(name not in KIND_OF_KNOWN and name not in settled for name in latest)


def _row(
    group: Group, position: int, name: str, kind: RowKind, *, slug: str | None = None, linked: bool | None = None
) -> CatalogueRow:
    return {
        "_id": f"{group}:{fold(name)}",
        "schema_version": SCHEMA_VERSIONS[ACTIVITY_CATALOGUE],
        "name": name,
        "group": group,
        "kind": kind,
        "position": position,
        "slug": slug,
        "linked": linked,
    }
