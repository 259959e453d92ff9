"""Building `stat_images`: resolve, ask, download what is new, draw the rest, write what differs.

An entry is written as soon as its picture is stored, so a run that is killed has lost at most one download; the
next one goes on with the rest and sweeps up.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from pymongo.database import Database
from wrapped_shared.http import BreakerOpen, UpstreamError

from image_map.domain.chains import Chain
from image_map.domain.entries import (
    DRAWN_ATTRIBUTION,
    attribution,
    fallback_entry,
    found_entry,
    known_sprites,
    remembered,
    to_write,
)
from image_map.domain.fallback import draw
from image_map.domain.items import base_id
from image_map.domain.resolution import RowIndex, candidates
from image_map.domain.sprites import Sprite
from image_map.domain.subjects import Subject
from image_map.store.images import read_entries, read_items, write_entries
from image_map.store.sprites import SpriteStore, sweep
from image_map.store.subjects import read_subjects
from image_map.upstream.wiki import Wiki
from image_map.work.choice import Choice
from image_map.work.gather import named_subjects
from image_map.work.resolve import Asker
from image_map.work.tables import row_index

Analytics = Database[dict[str, Any]]
Entry = Mapping[str, Any]


@dataclass(slots=True)
class BuildReport:
    """What a build did."""

    subjects: int = 0
    steps: Counter[str] = field(default_factory=Counter)
    """Subjects by the step that won, `fallback` included."""
    kept: int = 0
    """Found pictures that stay although the wiki could not be asked about them."""
    downloads: int = 0
    api_requests: int = 0
    entries_written: int = 0
    files_written: int = 0
    files_removed: int = 0
    fallbacks: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    """One line for each request or download that failed."""


def build_images(
    analytics: Analytics,
    wiki: Wiki | None,
    choice: Choice,
    now: datetime,
    *,
    redownload: bool = False,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> BuildReport:
    """Bring the map up to date for the chosen subjects.

    Args:
        analytics: the analytics database.
        wiki: the wiki, or None where nothing may be asked: then pictures that are there stay, and the rest is
            drawn, to be replaced by a later run.
        choice: what the run is about.
        now: the time of this run.
        redownload: fetch and store pictures again even where they are there.
        progress: told after each file how many of how many are done.
    """
    return _Build(analytics, wiki, choice, now, redownload, progress).run()


class _Build:
    def __init__(
        self,
        analytics: Analytics,
        wiki: Wiki | None,
        choice: Choice,
        now: datetime,
        redownload: bool,
        progress: Callable[[int, int], None],
    ) -> None:
        self._analytics = analytics
        self._wiki = wiki
        self._choice = choice
        self._now = now
        self._redownload = redownload
        self._progress = progress
        self._store = SpriteStore(analytics, rewrite=redownload)
        self._before = read_entries(analytics)
        self._report = BuildReport()
        self._names: dict[str, str] = {}

    def run(self) -> BuildReport:
        report, asker = self._report, Asker(self._wiki)
        index = row_index(self._analytics)
        chains = self._chains(index)
        report.subjects = len(chains)
        asker.follow(chains, index)
        report.problems += asker.problems
        self._write_found([chain for chain in chains if chain.found is not None])
        self._write_rest([chain for chain in chains if chain.found is None])
        report.files_removed = sweep(self._analytics)
        report.files_written = self._store.put_files
        if self._wiki is not None:
            report.downloads = self._wiki.downloads
            report.api_requests = self._wiki.client.stats.requests - self._wiki.downloads
        return report

    def _chains(self, index: RowIndex) -> list[Chain]:
        subjects = [subject for subject in read_subjects(self._analytics).values() if self._choice.takes(subject)]
        if self._choice.players is not None:
            named, _ = named_subjects(self._analytics, self._choice)
            subjects = [subject for subject in subjects if subject.id in named]
        items = read_items(self._analytics) if any(subject.kind == "item" for subject in subjects) else {}
        chains = []
        for subject in sorted(subjects, key=lambda subject: subject.id):
            shown, name = _as_item(subject, items)
            self._names[subject.id] = name or f"item {subject.key}"
            before = None if self._choice.redo else self._before.get(subject.id)
            queue = candidates(shown, index, name)
            chains.append(Chain(subject, queue, remembered(before, self._now)))
        return chains

    def _write_found(self, chains: Sequence[Chain]) -> None:
        """Write entries whose picture is stored at once, then fetch the others file by file."""
        known = {} if self._redownload else known_sprites(self._before.values(), self._store.ids)
        to_fetch: dict[str, list[Chain]] = defaultdict(list)
        ready: list[dict[str, Any]] = []
        for chain in chains:
            sha1 = chain.found[1].sha1 if chain.found else ""
            if sha1 in known:
                ready += self._found(chain, known[sha1])
            else:
                to_fetch[sha1].append(chain)
        self._report.entries_written += write_entries(self._analytics, ready)
        for done, group in enumerate(to_fetch.values(), start=1):
            self._fetch(group)
            self._progress(done, len(to_fetch))

    def _fetch(self, group: Sequence[Chain]) -> None:
        assert self._wiki is not None  # noqa: S101 - only asking finds anything
        assert group[0].found is not None  # noqa: S101
        info = group[0].found[1]
        try:
            sprite = self._wiki.download(info)
        except UpstreamError as error:
            if not isinstance(error, BreakerOpen):
                self._report.problems.append(f"{info.title}: {error.outcome}: {error}")
            for chain in group:
                chain.give_up()
            self._write_rest(group)
            return
        pictures = self._stored(sprite, {"attribution": attribution(info.title), "file": info.title})
        entries = [entry for chain in group for entry in self._found(chain, pictures)]
        self._report.entries_written += write_entries(self._analytics, entries)

    def _found(self, chain: Chain, pictures: Mapping[str, Any]) -> list[dict[str, Any]]:
        assert chain.found is not None  # noqa: S101 - the callers choose chains that found something
        candidate, info = chain.found
        self._report.steps[candidate.step] += 1
        entry = found_entry(chain, self._names[chain.subject.id], candidate, info, pictures)
        return self._new(entry, chain)

    def _write_rest(self, chains: Iterable[Chain]) -> None:
        """Draw what was not found; a picture that could not be asked about stays as it is."""
        entries: list[dict[str, Any]] = []
        for chain in chains:
            subject = chain.subject
            if chain.incomplete and self._shown(self._before.get(subject.id)):
                self._report.kept += 1
                self._report.steps[str(self._before[subject.id]["resolved_by"])] += 1
                continue
            name = self._names[subject.id]
            self._report.steps["fallback"] += 1
            self._report.fallbacks.append(subject.id)
            pictures = self._stored(draw(subject.kind, name), {"attribution": DRAWN_ATTRIBUTION})
            entries += self._new(fallback_entry(chain, name, pictures), chain)
        self._report.entries_written += write_entries(self._analytics, entries)

    def _shown(self, before: Entry | None) -> bool:
        """Whether an entry shows a picture of the wiki that is really there."""
        if before is None or before["status"] != "found":
            return False
        return all((before[part] or {}).get("file_id") in self._store.ids for part in ("sprite", "thumbnail"))

    def _new(self, entry: dict[str, Any], chain: Chain) -> list[dict[str, Any]]:
        document = to_write(entry, self._before.get(chain.subject.id), self._now, resolved_anew=chain.asked)
        return [] if document is None else [document]

    def _stored(self, sprite: Sprite, metadata: Mapping[str, Any]) -> dict[str, Any]:
        full, thumbnail = self._store.put([sprite.full, sprite.thumbnail], metadata)
        return {"sprite": full, "thumbnail": thumbnail}


def _as_item(subject: Subject, items: Mapping[int, Mapping[str, Any]]) -> tuple[Subject, str]:
    """The subject to resolve and the name to show: an item is looked up by its base id and named by `items`."""
    if subject.item_id is None:
        return subject, subject.name
    known = items.get(subject.item_id)
    base = known["base_id"] if known else base_id(subject.item_id)
    name = str(known["name"]) if known else ""
    return Subject("item", str(base), name, item_id=base), name
