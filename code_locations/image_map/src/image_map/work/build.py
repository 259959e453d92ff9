"""Builds `stat_images`: resolve, query, download what is new, draw the rest, write what changed.

An entry is written as soon as its picture is stored, so a killed run loses at most one download; the next run continues
with the rest and cleans up.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import KW_ONLY, dataclass, field
from datetime import datetime

from pymongo.database import Database
from wrapped_shared.documents import Document
from wrapped_shared.http import BreakerOpen, UpstreamError
from wrapped_shared.stored.image_map import Item, SpriteMetadataFields, StatImage, StatImageFields

from image_map.domain.answers import FileInfo
from image_map.domain.chains import Chain
from image_map.domain.entries import (
    DRAWN_ATTRIBUTION,
    attribution,
    fallback_entry,
    found_entry,
    kept_entry,
    known_sprites,
    remembered,
    shown_by,
    to_write,
)
from image_map.domain.fallback import draw
from image_map.domain.items import base_id
from image_map.domain.resolution import Candidate, RowIndex, candidates, with_shown
from image_map.domain.sprites import Sprite
from image_map.domain.subjects import Subject
from image_map.store.images import read_entries, read_items, write_entries
from image_map.store.sprites import SpriteStore, sweep
from image_map.store.subjects import read_subjects
from image_map.upstream.reading import PageInstead
from image_map.upstream.wiki import NoPicture, Wiki
from image_map.work.choice import Choice
from image_map.work.gather import named_subjects
from image_map.work.resolve import Requester
from image_map.work.tables import row_index


@dataclass(slots=True)
class BuildReport:
    """The result of a build."""

    subjects: int = 0
    steps: Counter[str] = field(default_factory=Counter)
    """Subjects by the step that won, including `fallback`."""
    kept: int = 0
    """Found pictures that stay although the wiki could not be queried about them, or now has a broken file."""
    broken: list[str] = field(default_factory=list)
    """One line for each file that is not a picture; it is skipped like one that the wiki does not have."""
    downloads: int = 0
    api_requests: int = 0
    entries_written: int = 0
    files_written: int = 0
    files_removed: int = 0
    fallbacks: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    """One line for each request or download that failed."""


@dataclass
class Build:
    """One run that brings the map up to date for the chosen subjects."""

    analytics: Database[Document]
    wiki: Wiki | None
    """None if no requests may be sent: then existing pictures stay, and the rest are drawn, to be replaced later."""
    choice: Choice
    now: datetime
    _: KW_ONLY
    redownload: bool = False
    """Fetch and store existing pictures again."""
    progress: Callable[[int, int], None] = lambda done, total: None
    """Called after each file with the number of files done and the total."""

    def __post_init__(self) -> None:
        self.store = SpriteStore(self.analytics, rewrite=self.redownload)
        self.before = read_entries(self.analytics)
        self.known = {} if self.redownload else known_sprites(self.before.values(), self.store.ids)
        self.broken: set[str] = set()
        self.fetched = 0
        self.report = BuildReport()
        self.names: dict[str, str] = {}

    def run(self) -> BuildReport:
        """Do it."""
        report, requester = self.report, Requester(self.wiki)
        index = row_index(self.analytics)
        chains = self._chains(index)
        report.subjects = len(chains)
        turn: Sequence[Chain] = chains
        while turn:
            requester.follow(turn, index)
            found = [chain for chain in turn if chain.found is not None]
            self._write_rest([chain for chain in turn if chain.found is None])
            self._write_found(found)
            turn = [chain for chain in found if chain.found is None]
        report.problems += requester.problems
        report.files_removed = sweep(self.analytics)
        report.files_written = self.store.put_files
        if self.wiki is not None:
            report.downloads = self.wiki.downloads
            report.api_requests = self.wiki.client.stats.requests - self.wiki.downloads
        return report

    def _chains(self, index: RowIndex) -> list[Chain]:
        subjects = [subject for subject in read_subjects(self.analytics).values() if self.choice.takes(subject)]
        if self.choice.players is not None:
            named, _ = named_subjects(self.analytics, self.choice)
            subjects = [subject for subject in subjects if subject.id in named]
        items = read_items(self.analytics) if any(subject.kind == "item" for subject in subjects) else {}
        chains = []
        for subject in sorted(subjects, key=lambda subject: subject.id):
            shown, name = _as_item(subject, items)
            self.names[subject.id] = name or f"item {subject.key}"
            before = self.before.get(subject.id)
            queue = with_shown(candidates(shown, index, name), shown_by(before) if before is not None else None)
            chains.append(Chain(subject, queue, remembered(None if self.choice.redo else before, self.now)))
        return chains

    def _write_found(self, chains: Sequence[Chain]) -> None:
        """Write entries whose picture is already stored, then fetch the others file by file.

        A chain whose file turns out not to be a picture is returned with nothing found, to be continued.
        """
        to_fetch: dict[str, list[Chain]] = defaultdict(list)
        ready: list[StatImageFields] = []
        for chain in chains:
            _, info = _found_of(chain)
            if info.sha1 in self.known:
                ready += self._found(chain, self.known[info.sha1])
            else:
                to_fetch[info.title].append(chain)
        self.report.entries_written += write_entries(self.analytics, ready)
        failed: list[tuple[Sequence[Chain], UpstreamError]] = []
        for done, group in enumerate(to_fetch.values(), start=1):
            try:
                pictures = self._pictures(_found_of(group[0])[1])
            except UpstreamError as error:
                failed.append((group, error))
            else:
                entries = [entry for chain in group for entry in self._found(chain, pictures)]
                self.report.entries_written += write_entries(self.analytics, entries)
            self.progress(done, len(to_fetch))
        for lost, trouble in failed:
            self._go_on_without(lost, trouble)

    def _go_on_without(self, group: Sequence[Chain], error: UpstreamError) -> None:
        """Reject a file that is not a picture; if the upstream fails, leave the request open.

        A page instead of one file, while others are served, is not maintenance: that file is gone.
        """
        title = _found_of(group[0])[1].title
        if isinstance(error, NoPicture) or (isinstance(error, PageInstead) and self.fetched):
            if title not in self.broken:
                self.report.broken.append(f"{title}: {error}")
                self.broken.add(title)
            for chain in group:
                chain.reject()
            return
        if not isinstance(error, BreakerOpen):
            self.report.problems.append(f"{title}: {error.outcome}: {error}")
        for chain in group:
            chain.give_up()
        self._write_rest(group)

    def _pictures(self, info: FileInfo) -> StatImageFields:
        """Return the stored pictures of a file, which is fetched unless a file with the same content was."""
        if info.title in self.broken:
            raise NoPicture("lately broken")
        if info.sha1 not in self.known:
            assert self.wiki is not None  # noqa: S101 - nothing is found without requests
            sprite = self.wiki.download(info)
            self.fetched += 1
            self.known[info.sha1] = self._stored(sprite, {"attribution": attribution(info), "file": info.title})
        return self.known[info.sha1]

    def _found(self, chain: Chain, pictures: StatImageFields) -> list[StatImageFields]:
        candidate, info = _found_of(chain)
        self.report.steps[candidate.step] += 1
        entry = found_entry(chain, self.names[chain.subject.id], candidate, info, pictures)
        return self._new(entry, chain)

    def _write_rest(self, chains: Iterable[Chain]) -> None:
        """Draw what was not found; a picture stays if the wiki could not be queried or its file is now broken."""
        entries: list[StatImageFields] = []
        for chain in chains:
            subject, name = chain.subject, self.names[chain.subject.id]
            before = self.before.get(subject.id)
            if before is not None and self._keeps(chain, before):
                self.report.kept += 1
                self.report.steps[str(before["resolved_by"])] += 1
                if chain.rejected or not chain.incomplete:
                    entries += self._new(kept_entry(chain, name, before), chain)
                continue
            self.report.steps["fallback"] += 1
            self.report.fallbacks.append(subject.id)
            pictures = self._stored(draw(subject.kind, name), {"attribution": DRAWN_ATTRIBUTION})
            entries += self._new(fallback_entry(chain, name, pictures), chain)
        self.report.entries_written += write_entries(self.analytics, entries)

    def _keeps(self, chain: Chain, before: StatImage) -> bool:
        """Return whether the picture stays: it exists, and the wiki did not say that its file is gone."""
        shown = shown_by(before)
        if shown is None or (shown.title in chain.gone and not chain.incomplete):
            return False
        return all(
            file is not None and file["file_id"] in self.store.ids for file in (before["sprite"], before["thumbnail"])
        )

    def _new(self, entry: StatImageFields, chain: Chain) -> list[StatImageFields]:
        document = to_write(entry, self.before.get(chain.subject.id), self.now, resolved_again=chain.requested)
        return [] if document is None else [document]

    def _stored(self, sprite: Sprite, metadata: SpriteMetadataFields) -> StatImageFields:
        full, thumbnail = self.store.put([sprite.full, sprite.thumbnail], metadata)
        return {"sprite": full, "thumbnail": thumbnail}


def _as_item(subject: Subject, items: Mapping[int, Item]) -> tuple[Subject, str]:
    """Return the subject to resolve and the name to show: an item's base item, and its name from `items`."""
    if subject.item_id is None:
        return subject, subject.name
    known = items.get(subject.item_id)
    base = known["base_id"] if known else base_id(subject.item_id)
    name = str(known["name"]) if known else ""
    return Subject("item", str(base), name, item_id=base), name


def _found_of(chain: Chain) -> tuple[Candidate, FileInfo]:
    """Return what a chain found; callers pass only chains that found something."""
    assert chain.found is not None  # noqa: S101
    return chain.found
