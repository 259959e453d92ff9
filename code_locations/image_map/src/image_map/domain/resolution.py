"""From a subject to the files that may show it, in a fixed order of trust.

1. `npc_id` / `item_id`: the game's id → the infobox row (and version) that lists it → its image
2. `name_level`: the row with that name and combat level
3. `name`: the default version with that name
4. `alias`: our own table for things that are not NPCs (bosses on the hiscores, skills, slots, slides)
5. `page`: the row, then the image, of the wiki page with that name
6. `fallback`: a drawn picture, if none of the above exists

A file that already shows a subject keeps the rank of the step that found it, even if the tables lost the row: nothing
less trusted replaces it. Guessing a file name from the mob's name is right for less than half of all mobs, so file
names are never guessed. Pure: `work` checks with the wiki whether a file exists.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, get_args

from wrapped_shared.vocabulary import ResolutionStep

from image_map.domain.aliases import BOSSES, SLOTS, STATS, Alias, skill_files
from image_map.domain.bucket import WikiRow
from image_map.domain.subjects import SLOT_PREFIX, Subject
from image_map.domain.titles import fold, page_title

_RANKS: Final = {step: rank for rank, step in enumerate(get_args(ResolutionStep))}
_PART_ONLY: Final = re.compile(r"\b(?:chat ?head|icon)\b", re.IGNORECASE)
"""Names of files that show only a head or an icon."""
MOST_ROWS: Final = 3
"""Rows tried per step: if the best row's file is gone, another form of the mob may have one."""
DRAWN_PLACES: Final = frozenset({"Instance", "Unknown"})
"""Places that do not exist in the game: their picture is drawn without a request to the wiki."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A file or a page that may show a subject, and the step that named it."""

    step: ResolutionStep
    file: str | None
    """`File:…` title; None means the page's own image."""
    page: str | None
    """Title of the page it comes from."""

    @property
    def title(self) -> str:
        """The title to request from the wiki, and to remember as missing if it does not exist."""
        return self.file or f"page:{self.page}"


class RowIndex:
    """The wiki's rows, indexed by id, name and level, name, and page."""

    def __init__(self, npc_rows: Iterable[WikiRow] = (), item_rows: Iterable[WikiRow] = ()) -> None:
        """Index rows of `infobox_monster` and `infobox_npc` (in this order), and of `infobox_item`."""
        self._by_id: dict[int, list[WikiRow]] = defaultdict(list)
        self._by_name: dict[str, list[WikiRow]] = defaultdict(list)
        self._by_page: dict[str, list[WikiRow]] = defaultdict(list)
        self._items: dict[int, WikiRow] = {}
        self._item_pages: set[str] = set()
        for row in npc_rows:
            for npc_id in row.ids:
                self._by_id[npc_id].append(row)
            self._by_name[fold(row.name)].append(row)
            self._by_page[fold(row.page)].append(row)
        for row in item_rows:
            for item_id in row.ids:
                self._items.setdefault(item_id, row)
            self._item_pages.add(fold(row.page))

    def of_ids(self, npc_ids: Iterable[int]) -> list[WikiRow]:
        """Rows that list one of the ids, each once."""
        return list(dict.fromkeys(row for npc_id in sorted(npc_ids) for row in self._by_id.get(npc_id, ())))

    def of_name(self, name: str) -> list[WikiRow]:
        """Rows with this name in the game; if there are none, those of the page with that title."""
        return self._by_name.get(fold(name)) or self._by_page.get(fold(name)) or []

    def of_page(self, page: str) -> list[WikiRow]:
        """Return a page's NPC rows."""
        return self._by_page.get(fold(page), [])

    def item(self, item_id: int) -> WikiRow | None:
        """Return the row that lists the item id."""
        return self._items.get(item_id)

    def has_infobox(self, page: str, *, of_item: bool) -> bool:
        """Return whether the page has an item's infobox, or an NPC's."""
        return fold(page) in (self._item_pages if of_item else self._by_page)


def _rank(row: WikiRow, subject: Subject) -> tuple[bool, bool, bool, bool, int, str]:
    """Return how well a row fits, best first: level, name, own page, default version."""
    return (
        subject.combat_level is not None and row.level is not None and row.level != subject.combat_level,
        fold(row.name) != fold(subject.name),
        fold(row.page) != fold(subject.name),
        row.version is not None,
        min(row.ids, default=2**31),
        f"{row.page}#{row.version or ''}",
    )


def _files(step: ResolutionStep, rows: Iterable[WikiRow], subject: Subject) -> Iterator[Candidate]:
    """Files of the best rows that have any; those with only a head or icon come last.

    Of two images, the last is the one to show (a pile's fullest).
    """
    ranked = sorted((row for row in rows if row.images), key=lambda row: _rank(row, subject))
    found = [Candidate(step, file, row.page) for row in ranked[:MOST_ROWS] for file in reversed(row.images)]
    yield from sorted(found, key=lambda candidate: _PART_ONLY.search(candidate.title) is not None)


def candidates(subject: Subject, index: RowIndex, item_name: str | None = None) -> list[Candidate]:
    """Return the candidates for a subject, most trusted first, each file or page once; empty = only drawn.

    Args:
        subject: what to show; an item's id is the base id here (not a note, placeholder or worn form).
        index: the wiki's rows.
        item_name: the item's name, if known.
    """
    found: dict[str, Candidate] = {}
    for candidate in _candidates(subject, index, item_name):
        found.setdefault(candidate.title, candidate)
    return list(found.values())


def with_shown(queue: Sequence[Candidate], shown: Candidate | None) -> list[Candidate]:
    """Return the candidates with the file that now shows the subject inserted after those of its own step."""
    if shown is None:
        return list(queue)
    trusted = [candidate for candidate in queue if _RANKS[candidate.step] <= _RANKS[shown.step]]
    if any(candidate.title == shown.title for candidate in trusted):
        return list(queue)
    return [*trusted, shown, *(candidate for candidate in queue[len(trusted) :] if candidate.title != shown.title)]


def _candidates(subject: Subject, index: RowIndex, item_name: str | None) -> Iterator[Candidate]:
    if subject.kind == "npc":
        yield from _npc(subject, index)
    elif subject.kind == "item":
        row = index.item(subject.item_id) if subject.item_id is not None else None
        if row is not None:
            yield from _files("item_id", [row], subject)
        yield from _page(row.page if row is not None else item_name)
    elif subject.kind == "boss":
        yield from _npc(subject, index, with_page=False)
        yield from _aliased(BOSSES.get(subject.name, ()), index)
        yield from _page(subject.name)
    elif subject.kind == "skill":
        yield from _aliased(skill_files(subject.name), index)
    elif subject.kind == "stat":
        table: Mapping[Any, tuple[Alias, ...]] = SLOTS if subject.key.startswith(SLOT_PREFIX) else STATS
        yield from _aliased(table.get(subject.name, ()), index)
    elif subject.name not in DRAWN_PLACES:
        yield from _page(subject.name)


def _npc(subject: Subject, index: RowIndex, *, with_page: bool = True) -> Iterator[Candidate]:
    same_name = index.of_name(subject.name)
    yield from _files("npc_id", index.of_ids(subject.npc_ids), subject)
    if subject.combat_level is not None:
        same_level = [row for row in same_name if row.level == subject.combat_level]
        yield from _files("name_level", same_level, subject)
    yield from _files("name", same_name, Subject(subject.kind, subject.key, subject.name))
    if with_page:
        pages = {row.page: None for row in index.of_ids(subject.npc_ids)[:1]}
        for page in [*pages, subject.name]:
            yield from _page(page)


def _aliased(aliases: Iterable[Alias], index: RowIndex) -> Iterator[Candidate]:
    for alias in aliases:
        if alias.how == "npc":
            yield from _files("alias", index.of_name(alias.name), Subject("npc", alias.name, alias.name))
        elif alias.how == "file":
            yield Candidate("alias", alias.name, None)
        else:
            yield from _page(alias.name)


def _page(name: str | None) -> Iterator[Candidate]:
    title = page_title(name)
    if title is not None:
        yield Candidate("page", None, title)


def page_candidates(
    subject: Subject, page: str, section: str | None, image: str | None, index: RowIndex
) -> list[Candidate]:
    """Return the files of a page found by name: its rows' images first, then its own image.

    A page without an infobox does not show a mob or item (it may be a disambiguation), so its image is used only for
    places, bosses, skills and slides.

    Args:
        subject: what to show.
        page: the page's final title, after all redirects.
        section: the section that the last redirect points to: the label of a version.
        image: `File:…` title of the page's image, None for disambiguation pages and pages without one.
        index: the wiki's rows.
    """
    rows = index.of_page(page) if subject.kind in ("npc", "boss") else []
    named = [row for row in rows if section and row.version and fold(row.version) == fold(section)]
    found = list(_files("page", named or rows, subject))
    needs_infobox = subject.kind in ("npc", "item")
    if image is not None and (not needs_infobox or index.has_infobox(page, of_item=subject.kind == "item")):
        found.append(Candidate("page", image, page))
    return found
