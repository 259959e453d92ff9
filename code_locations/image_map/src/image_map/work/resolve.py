"""Sends the chains' requests to the wiki, fifty titles at a time, in rounds."""

from collections.abc import Callable, Sequence
from typing import Final, TypeVar

from wrapped_shared.http import BreakerOpen, UpstreamError

from image_map.domain.answers import FileInfo, PageInfo
from image_map.domain.chains import Chain, next_files, next_pages
from image_map.domain.resolution import RowIndex
from image_map.domain.titles import title_batches
from image_map.upstream.wiki import Wiki

T = TypeVar("T")

MOST_ROUNDS: Final = 40
"""A subject has a handful of candidates; this only keeps a faulty response from causing an endless loop."""


class Requester:
    """Requests each title at most once in a run."""

    def __init__(self, wiki: Wiki | None) -> None:
        """Use `wiki`; with None every request stays open."""
        self._wiki = wiki
        self._files: dict[str, FileInfo | None] = {}
        self._pages: dict[str, PageInfo | None] = {}
        self._failed: set[str] = set()
        self.problems: list[str] = []
        """One line for each request that failed."""

    def follow(self, chains: Sequence[Chain], index: RowIndex) -> None:
        """Follow all chains to their ends; failed requests leave their chains incomplete."""
        for _ in range(MOST_ROUNDS):
            pending = [chain for chain in chains if chain.open]
            if not pending:
                return
            if self._wiki is not None:
                self._request(next_files(pending), self._files, self._wiki.file_batch)
                self._request(next_pages(pending), self._pages, self._wiki.page_batch)
            for chain in pending:
                self._advance(chain, index)
        for chain in chains:
            if chain.open:
                chain.give_up()

    def _advance(self, chain: Chain, index: RowIndex) -> None:
        """Feed a chain all available responses, so that most chains need one round."""
        while chain.open:
            file, page = chain.next_file, chain.next_page
            if file is not None and file in self._files:
                chain.take_file(self._files[file])
            elif page is not None and page in self._pages:
                chain.take_page(self._pages[page], index)
            elif self._wiki is None or (file or page) in self._failed:
                chain.give_up()
            else:
                return  # the next round requests it

    def _request(
        self, titles: Sequence[str], known: dict[str, T], request: Callable[[Sequence[str]], dict[str, T]]
    ) -> None:
        fresh = [title for title in titles if title not in known and title not in self._failed]
        for batch in title_batches(fresh):
            try:
                known.update(request(batch))
            except UpstreamError as error:
                if not (isinstance(error, BreakerOpen) and self.problems):  # its cause is already reported
                    self.problems.append(f"{error.outcome}: {error}")
            # A title missing from the response must not be requested forever either.
            self._failed.update(title for title in batch if title not in known)
