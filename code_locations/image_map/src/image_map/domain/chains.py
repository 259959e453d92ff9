"""Following a subject's candidates, one answer of the wiki after the other, to the first that holds.

A chain says what to ask next and takes the answer; it asks nothing itself. What the wiki said it does not have
is remembered, and so is a file whose bytes are no picture; what it could not be asked is not.
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
    """Titles that lately gave nothing: they are passed over without asking."""
    missing: list[str] = field(default_factory=list)
    """Titles that gave nothing now or lately, in the order of trust."""
    gone: set[str] = field(default_factory=set)
    """Files of which the wiki now said that they do not exist."""
    rejected: set[str] = field(default_factory=set)
    """Files whose bytes now turned out to be no picture."""
    consulted: list[str] = field(default_factory=list)
    """Pages that the wiki answered for."""
    found: tuple[Candidate, FileInfo] | None = None
    incomplete: bool = False
    """A question stayed open (the upstream could not be asked): the result says nothing for good."""
    asked: bool = False
    """Some question was really asked, so the result is new knowledge."""

    def __post_init__(self) -> None:
        """Pass over what is remembered as missing."""
        self._skip_remembered()

    @property
    def open(self) -> bool:
        """Whether there is something left to ask."""
        return self.found is None and not self.incomplete and bool(self.queue)

    @property
    def next_file(self) -> str | None:
        """The `File:…` title to ask about next, if a file is next."""
        return self.queue[0].file if self.open else None

    @property
    def next_page(self) -> str | None:
        """The page title to ask about next, if a page is next."""
        return self.queue[0].page if self.open and self.queue[0].file is None else None

    def take_file(self, info: FileInfo | None) -> None:
        """Take the wiki's word on the next file: it exists, or (None) it does not."""
        self.asked = True
        if info is not None and info.usable:
            self.found = (self.queue[0], info)
            return
        if info is None:
            self.gone.add(self.queue[0].title)
        self._drop()

    def reject(self) -> None:
        """What was found is no picture: go on with the next candidate."""
        self.found = None
        self.rejected.add(self.queue[0].title)
        self._drop()

    def take_page(self, page: PageInfo | None, index: RowIndex) -> None:
        """Take the wiki's word on the next page: what it offers comes next, or (None) there is none."""
        self.asked = True
        offers = page_candidates(self.subject, page.title, page.section, page.image, index) if page is not None else []
        known = {*self.missing, *(candidate.title for candidate in self.queue)}
        fresh = [candidate for candidate in offers if candidate.title not in known]
        self.consulted.append(self.queue.pop(0).title)
        self.queue[:0] = fresh
        self._skip_remembered()

    def give_up(self) -> None:
        """The next question could not be asked."""
        self.incomplete = True

    @property
    def exhausted(self) -> list[str]:
        """What need not be asked again for a while: what is missing and, where nothing was found, the pages too."""
        return [*self.missing, *(self.consulted if self.found is None else ())]

    def _drop(self) -> None:
        self.missing.append(self.queue.pop(0).title)
        self._skip_remembered()

    def _skip_remembered(self) -> None:
        while self.queue and self.queue[0].title in self.remembered:
            self.missing.append(self.queue.pop(0).title)


def next_files(chains: Iterable[Chain]) -> list[str]:
    """Return the files that open chains ask about next, each once, in order."""
    return list(dict.fromkeys(title for chain in chains if (title := chain.next_file) is not None))


def next_pages(chains: Iterable[Chain]) -> list[str]:
    """Return the pages that open chains ask about next, each once, in order."""
    return list(dict.fromkeys(title for chain in chains if (title := chain.next_page) is not None))
