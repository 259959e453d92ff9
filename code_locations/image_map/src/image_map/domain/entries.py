"""The documents of `stat_images`: what an entry contains, and whether it contains anything new.

Pure: times and file ids come from the caller.
"""

from collections.abc import Iterable, Set
from datetime import datetime, timedelta
from typing import Any, Final
from urllib.parse import urlsplit

from wrapped_shared.collections import STAT_IMAGES
from wrapped_shared.stored.image_map import ImageSource, StatImage, StatImageFields
from wrapped_shared.version import SCHEMA_VERSIONS

from image_map.domain.answers import FileInfo
from image_map.domain.chains import Chain
from image_map.domain.resolution import Candidate
from image_map.domain.sprites import RENDER_VERSION
from image_map.domain.subjects import Subject

MISSING_FOR: Final = timedelta(days=7)
"""How long the wiki's response that something does not exist stays valid."""

WIKI_HOST: Final = "oldschool.runescape.wiki"
FAN_CONTENT_NOTE: Final = (
    "Created using intellectual property belonging to Jagex Limited under the terms of Jagex's Fan Content Policy. "
    "This content is not endorsed by or affiliated with Jagex."
)
DRAWN_ATTRIBUTION: Final = (
    "Drawn by this project, in place of a picture that the Old School RuneScape Wiki does not have."
)


def attribution(info: FileInfo) -> str:
    """Return what must be shown with a picture: whose it is, or that it is a stand-in's and nobody else's."""
    host = urlsplit(info.url).hostname or ""
    if host == WIKI_HOST:
        return f"{info.title}, Old School RuneScape Wiki; image © Jagex Limited. {FAN_CONTENT_NOTE}"
    place = f"from {host} in place of the Old School RuneScape Wiki"
    return f"{info.title}, stand-in; {place}, so it is neither the wiki's nor a picture of the game."


def found_entry(
    chain: Chain, name: str, candidate: Candidate, info: FileInfo, pictures: StatImageFields
) -> StatImageFields:
    """Return the entry for a subject that the wiki has a picture of.

    Args:
        chain: how it was found.
        name: what the subject is called (an item's name comes from the item table).
        candidate: the candidate that won.
        info: the wiki's information about its file.
        pictures: `{"sprite": …, "thumbnail": …}`, the stored files.
    """
    source: ImageSource = {
        "page": candidate.page,
        "file": info.title,
        "url": info.url,
        "sha1": info.sha1,
        "timestamp": info.timestamp,
    }
    return {
        **_entry(chain.subject, name),
        "status": "found",
        "resolved_by": candidate.step,
        "source": source,
        "attribution": attribution(info),
        **pictures,
        "missing": chain.exhausted,
        "pending": False,
    }


def fallback_entry(chain: Chain, name: str, pictures: StatImageFields) -> StatImageFields:
    """Return the entry for a drawn subject; `pending` if not all wiki requests were answered."""
    return {
        **_entry(chain.subject, name),
        "status": "fallback",
        "resolved_by": "fallback",
        "source": None,
        "attribution": DRAWN_ATTRIBUTION,
        **pictures,
        "missing": chain.exhausted,
        "pending": chain.incomplete,
    }


def kept_entry(chain: Chain, name: str, before: StatImage) -> StatImageFields:
    """Return the entry for a subject that keeps its picture, with the titles now known to give none."""
    memory = dict.fromkeys([*(before["missing"] if chain.incomplete else ()), *chain.exhausted])
    kept: StatImageFields = {
        **before,
        **_entry(chain.subject, name),
        "missing": list(memory),
        "pending": False,
        "render": before["render"],
    }
    del kept["checked_at"]
    return kept


def shown_by(entry: StatImage) -> Candidate | None:
    """Return the file that now shows a subject, as a candidate of the step that found it; None if it is drawn."""
    source = entry.get("source")
    if entry["status"] != "found" or not source:
        return None
    return Candidate(entry["resolved_by"], source["file"], source["page"])


def _entry(subject: Subject, name: str) -> StatImageFields:
    return {
        "_id": subject.id,
        "schema_version": SCHEMA_VERSIONS[STAT_IMAGES],
        "kind": subject.kind,
        "key": subject.key,
        "name": name,
        "combat_level": subject.combat_level,
        "npc_ids": subject.sorted_npc_ids(),
        "render": RENDER_VERSION,
    }


def remembered(entry: StatImage | None, now: datetime) -> frozenset[str]:
    """Return the titles that an entry remembers as missing: for 7 days, then they are requested again."""
    if entry is None or now - entry["checked_at"] >= MISSING_FOR:
        return frozenset()
    return frozenset(entry.get("missing", ()))


def to_write(
    entry: StatImageFields, before: StatImage | None, now: datetime, *, resolved_again: bool
) -> StatImageFields | None:
    """Return the document to write, with its time, or None if nothing is new.

    Args:
        entry: the entry without its time.
        before: the stored entry.
        now: the time of this run.
        resolved_again: the wiki was queried; then an expired memory of missing titles starts again.
    """
    if before is not None and {name: value for name, value in before.items() if name != "checked_at"} == entry:
        expired = bool(entry["missing"]) and now - before["checked_at"] >= MISSING_FOR
        if not (resolved_again and expired):
            return None
    return {**entry, "checked_at": now}


def known_sprites(entries: Iterable[StatImage], files: Set[Any]) -> dict[str, StatImageFields]:
    """Return {sha1 of an upstream file: its stored pictures} for the entries whose pictures all exist.

    Args:
        entries: the stored entries.
        files: ids of the files in the bucket.
    """
    known: dict[str, StatImageFields] = {}
    for entry in entries:
        source, sprite, thumbnail = entry.get("source"), entry.get("sprite"), entry.get("thumbnail")
        if not source or not sprite or not thumbnail or entry.get("render") != RENDER_VERSION:
            continue
        if sprite["file_id"] in files and thumbnail["file_id"] in files:
            known.setdefault(source["sha1"], {"sprite": sprite, "thumbnail": thumbnail})
    return known
