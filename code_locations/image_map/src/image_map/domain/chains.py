"""Follows a subject's candidates, one wiki response after another, to the first that works.

A chain says what to request next and takes the response; it sends nothing itself. Titles that the wiki does not have
are remembered, and so are files whose bytes are not a picture; failed requests are not.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from image_map.domain.answers import FileInfo, PageInfo
from image_map.domain.resolution import Candidate, RowIndex, page_candidates
from image_map.domain.subjects import Subject


@dataclass(slots=True)
class Chain:
    """The state of one subject's resolution."""

    subject: Subject
    queue: list[Candidate]
    remembered: frozenset[str] = frozenset()
    """Titles that recently gave nothing: they are skipped without a request."""
    missing: list[str] = field(default_factory=list)
    """Titles that gave nothing now or recently, in order of trust."""
    gone: set[str] = field(default_factory=set)
    """Files that the wiki now said do not exist."""
    rejected: set[str] = field(default_factory=set)
    """Files whose bytes turned out not to be a picture this time."""
    consulted: list[str] = field(default_factory=list)
    """Pages for which the wiki responded."""
    found: tuple[Candidate, FileInfo] | None = None
    incomplete: bool = False
    """A request stayed unanswered (the upstream could not be reached): the result is not final."""
    requested: bool = False
    """At least one request was really made, so the result is new information."""

    def __post_init__(self) -> None:
        """Skip what is remembered as missing."""
        self._skip_remembered()

    @property
    def open(self) -> bool:
        """Whether there is something left to request."""
        return self.found is None and not self.incomplete and bool(self.queue)

    @property
    def next_file(self) -> str | None:
        """The `File:…` title to request next, if a file is next."""
        return self.queue[0].file if self.open else None

    @property
    def next_page(self) -> str | None:
        """The page title to request next, if a page is next."""
        return self.queue[0].page if self.open and self.queue[0].file is None else None

    def take_file(self, info: FileInfo | None) -> None:
        """Take the wiki's response for the next file: it exists, or (None) it does not."""
        self.requested = True
        if info is not None and info.usable:
            self.found = (self.queue[0], info)
            return
        if info is None:
            self.gone.add(self.queue[0].title)
        self._drop()

    def reject(self) -> None:
        """What was found is not a picture: continue with the next candidate."""
        self.found = None
        self.rejected.add(self.queue[0].title)
        self._drop()

    def take_page(self, page: PageInfo | None, index: RowIndex) -> None:
        """Take the wiki's response for the next page: its files come next, or (None) there is no page."""
        self.requested = True
        offers = page_candidates(self.subject, page.title, page.section, page.image, index) if page is not None else []
        known = {*self.missing, *(candidate.title for candidate in self.queue)}
        fresh = [candidate for candidate in offers if candidate.title not in known]
        self.consulted.append(self.queue.pop(0).title)
        self.queue[:0] = fresh
        self._skip_remembered()

    def give_up(self) -> None:
        """The next request could not be answered."""
        self.incomplete = True

    @property
    def exhausted(self) -> list[str]:
        """What need not be requested again for a while: missing files and, if nothing was found, the pages too."""
        return [*self.missing, *(self.consulted if self.found is None else ())]

    def _drop(self) -> None:
        self.missing.append(self.queue.pop(0).title)
        self._skip_remembered()

    def _skip_remembered(self) -> None:
        while self.queue and self.queue[0].title in self.remembered:
            self.missing.append(self.queue.pop(0).title)


def next_files(chains: Iterable[Chain]) -> list[str]:
    """Return the files that open chains need next, each once, in order."""
    return list(dict.fromkeys(title for chain in chains if (title := chain.next_file) is not None))


def next_pages(chains: Iterable[Chain]) -> list[str]:
    """Return the pages that open chains need next, each once, in order."""
    return list(dict.fromkeys(title for chain in chains if (title := chain.next_page) is not None))
