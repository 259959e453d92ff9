"""Subjects: the things that a report can name and that need a picture.

Which subjects a report, a gains document or the game itself names, and the `_id`s of their pictures. Finding the
pictures belongs to `resolution`. Names come from telemetry and are hostile input.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, get_args

from wrapped_shared.collections import STAT_SUBJECTS
from wrapped_shared.documents import whole
from wrapped_shared.stored.image_map import StatSubject
from wrapped_shared.version import SCHEMA_VERSIONS
from wrapped_shared.vocabulary import ImageKind, SlideStat

from image_map.domain.aliases import SKILLS, SLOTS

KINDS: Final[tuple[ImageKind, ...]] = get_args(ImageKind)

MAX_ID_BYTES: Final = 300
"""A longer `_id` is not a name in the game; MongoDB's indexes accept 1,024 bytes."""
MAX_NPC_IDS: Final = 200
"""Maximum ids stored per mob; the name with the most (a guard) has a few hundred."""
SLOT_PREFIX: Final = "slot:"


@dataclass(slots=True)
class Subject:
    """One thing with a picture; `_id` is "<kind>:<key>", the `image_key` of slides."""

    kind: ImageKind
    key: str
    name: str
    combat_level: int | None = None
    npc_ids: set[int] = field(default_factory=set)
    item_id: int | None = None

    @property
    def id(self) -> str:
        """The `_id` in `stat_images`."""
        return f"{self.kind}:{self.key}"

    def sorted_npc_ids(self) -> list[int]:
        """Return the ids seen for the mob, ascending, at most `MAX_NPC_IDS`."""
        return sorted(self.npc_ids)[:MAX_NPC_IDS]

    def stored(self) -> StatSubject:
        """Return the subject as stored in MongoDB; `Subject.read` is the inverse."""
        return {
            "_id": self.id,
            "schema_version": SCHEMA_VERSIONS[STAT_SUBJECTS],
            "kind": self.kind,
            "key": self.key,
            "name": self.name,
            "combat_level": self.combat_level,
            "npc_ids": self.sorted_npc_ids(),
            "item_id": self.item_id,
        }

    @classmethod
    def read(cls, stored: StatSubject) -> "Subject":
        """Return the subject from a document made by `stored`."""
        return cls(
            kind=stored["kind"],
            key=stored["key"],
            name=stored["name"],
            combat_level=stored["combat_level"],
            npc_ids=set(stored["npc_ids"]),
            item_id=stored["item_id"],
        )


def mob(name: object, combat_level: object, npc_ids: object = ()) -> Subject | None:
    """Return the subject for a mob in `loot.mobs`, or None if the entry is invalid."""
    level = whole(combat_level)
    if not isinstance(name, str) or not name or level is None:
        return None
    ids = {value for one in _list(npc_ids) if (value := whole(one)) is not None and value >= 0}
    return _sound(Subject("npc", f"{name}#{level}", name, combat_level=level, npc_ids=ids))


def item(item_id: object) -> Subject | None:
    """Return the subject for an item id; its name is added later from the item table."""
    number = whole(item_id)
    if number is None or number < 0:
        return None
    return _sound(Subject("item", str(number), "", item_id=number))


def named(kind: ImageKind, name: object) -> Subject | None:
    """Return the subject for a boss, skill, place or stat, or None if the name is not valid."""
    if not isinstance(name, str) or not name:
        return None
    return _sound(Subject(kind, name, name))


def constant_subjects() -> list[Subject]:
    """Return the subjects that always exist: all skills, equipment slots and slides."""
    skills = [Subject("skill", skill, skill) for skill in SKILLS]
    slots = [Subject("stat", SLOT_PREFIX + slot, slot) for slot in SLOTS]
    return skills + slots + [Subject("stat", stat, stat) for stat in get_args(SlideStat)]


def subjects_of_report(report: Mapping[str, Any]) -> Iterator[Subject]:
    """Yield what one document of `wrapped_reports` names; invalid parts are skipped.

    Mobs and their items, worn and traded items, places (including those of deaths), skills, bosses on the hiscores,
    and the pictures that slides refer to.
    """
    loot = _part(report, "loot")
    for entry in _list(loot.get("mobs")):
        yield from _present(mob(_get(entry, "name"), _get(entry, "combat_level"), _get(entry, "npc_ids")))
        yield from _items(_get(entry, "items"))
    yield from _items(report.get("equipment"))
    yield from _items(_part(report, "exchange").get("items"))
    for places in (report.get("places"), _part(report, "deaths").get("places")):
        for entry in _list(places):
            yield from _present(named("place", _get(entry, "name")))
    for skill in _part(_part(report, "experience"), "skills"):
        yield from _present(named("skill", skill))
    yield from subjects_of_gains(_part(report, "hiscores"))
    for slide in _list(report.get("slides")):
        yield from _present(named("stat", _get(slide, "stat")))
        yield from _present(subject_of_id(_get(slide, "image_key")))


def subjects_of_gains(gains: Mapping[str, Any]) -> Iterator[Subject]:
    """Yield the bosses that a document of `hiscores_gains` (or a report's `hiscores`) names."""
    for boss in _part(gains, "bosses"):
        yield from _present(named("boss", boss))


def subject_of_id(image_key: object) -> Subject | None:
    """Return the subject for an `_id` such as `npc:Goblin#5`, or None if it is invalid."""
    if not isinstance(image_key, str):
        return None
    kind, _, key = image_key.partition(":")
    if kind == "npc":
        name, _, level = key.rpartition("#")
        return mob(name, int(level)) if _is_level(level) else None
    if kind == "item":
        return item(int(key)) if key.isascii() and key.isdecimal() and len(key) <= 9 else None
    if kind == "stat" and key.startswith(SLOT_PREFIX):
        return _sound(Subject("stat", key, key.removeprefix(SLOT_PREFIX)))
    if kind in ("boss", "skill", "place", "stat"):
        return named(kind, key)  # type: ignore[arg-type]  # one of the kinds checked above
    return None


def merge(subjects: Iterable[Subject | None], into: dict[str, Subject]) -> None:
    """Add subjects to the known ones, by `_id`; the ids of a mob named twice are merged."""
    for subject in filter(None, subjects):
        into.setdefault(subject.id, subject).npc_ids.update(subject.npc_ids)


def _sound(subject: Subject) -> Subject | None:
    """Return the subject, or None if its `_id` cannot be stored (too long, or not valid text)."""
    try:
        size = len(subject.id.encode())
    except UnicodeEncodeError:  # half of a surrogate pair
        return None
    return subject if size <= MAX_ID_BYTES and "\x00" not in subject.id else None


def _items(entries: object) -> Iterator[Subject]:
    for entry in _list(entries):
        yield from _present(item(_get(entry, "item_id")))


def _present(subject: Subject | None) -> Iterator[Subject]:
    if subject is not None:
        yield subject


def _is_level(text: str) -> bool:
    digits = text.removeprefix("-")
    return digits.isascii() and digits.isdecimal() and len(digits) <= 9


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def _part(document: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    value = document.get(name)
    return value if isinstance(value, Mapping) else {}


def _get(entry: object, name: str) -> object:
    return entry.get(name) if isinstance(entry, Mapping) else None
