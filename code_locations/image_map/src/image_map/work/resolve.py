"""Asking the wiki what the chains want to know, fifty titles at a time, in rounds."""

from collections.abc import Callable, Sequence
from typing import Final, TypeVar

from wrapped_shared.http import BreakerOpen, UpstreamError

from image_map.domain.answers import FileInfo, PageInfo
from image_map.domain.chains import Chain, next_files, next_pages
from image_map.domain.resolution import RowIndex
from image_map.domain.titles import batches
from image_map.upstream.wiki import Wiki

T = TypeVar("T")

MOST_ROUNDS: Final = 40
"""A subject has a handful of candidates; this only keeps a faulty answer from going on for ever."""


class Asker:
    """Asks each title at most once in a run."""

    def __init__(self, wiki: Wiki | None) -> None:
        """Ask `wiki`; with None every question stays open."""
        self._wiki = wiki
        self._files: dict[str, FileInfo | None] = {}
        self._pages: dict[str, PageInfo | None] = {}
        self._failed: set[str] = set()
        self.problems: list[str] = []
        """One line for each request that failed."""

    def follow(self, chains: Sequence[Chain], index: RowIndex) -> None:
        """Follow all chains to their ends; what could not be asked leaves its chains incomplete."""
        for _ in range(MOST_ROUNDS):
            pending = [chain for chain in chains if chain.open]
            if not pending:
                return
            if self._wiki is not None:
                self._ask(next_files(pending), self._files, self._wiki.file_batch)
                self._ask(next_pages(pending), self._pages, self._wiki.page_batch)
            for chain in pending:
                self._advance(chain, index)
        for chain in chains:
            if chain.open:
                chain.give_up()

    def _advance(self, chain: Chain, index: RowIndex) -> None:
        """Feed a chain all answers that are there, so that most need one round."""
        while chain.open:
            file, page = chain.next_file, chain.next_page
            if file is not None and file in self._files:
                chain.take_file(self._files[file])
            elif page is not None and page in self._pages:
                chain.take_page(self._pages[page], index)
            elif self._wiki is None or (file or page) in self._failed:
                chain.give_up()
            else:
                return  # the next round asks

    def _ask(self, titles: Sequence[str], known: dict[str, T], ask: Callable[[Sequence[str]], dict[str, T]]) -> None:
        fresh = [title for title in titles if title not in known and title not in self._failed]
        for batch in batches(fresh):
            try:
                known.update(ask(batch))
            except UpstreamError as error:
                if not (isinstance(error, BreakerOpen) and self.problems):  # what opened it is told already
                    self.problems.append(f"{error.outcome}: {error}")
            # A title on which the answer was silent must not be asked for ever either.
            self._failed.update(title for title in batch if title not in known)
