"""Prefetching: a thread fetches the next items while earlier ones are processed, in bounded memory."""

from collections.abc import Iterable, Iterator
from queue import Full, Queue
from threading import Event, Thread
from typing import Final, Generic, TypeVar

Item = TypeVar("Item")

_POLL_SECONDS: Final = 0.1
"""How often a fetch that waits for its reader checks whether it was closed."""


class Prefetch(Iterator[Item], Generic[Item]):
    """The items in order, fetched in the background; an error while fetching an item is raised in its place."""

    def __init__(self, items: Iterable[Item], held: int) -> None:
        """Start fetching.

        Args:
            items: the items; iterated in another thread, at most `held` items ahead of the reader.
            held: the maximum number of fetched items waiting.
        """
        self._queue: Queue[tuple[Item] | BaseException | None] = Queue(held)
        self._stop = Event()
        self._over = False
        self._thread = Thread(target=self._fetch, args=(items,), name="prefetch", daemon=True)
        self._thread.start()

    def __next__(self) -> Item:
        """Return the next item."""
        entry = None if self._over else self._queue.get()
        if isinstance(entry, tuple):
            return entry[0]
        self._over = True
        if entry is not None:
            raise entry
        raise StopIteration

    def close(self) -> None:
        """Stop fetching; no more items follow."""
        self._over = True
        self._stop.set()
        self._thread.join()

    def _fetch(self, items: Iterable[Item]) -> None:
        try:
            for item in items:
                if not self._put((item,)):
                    return
        except BaseException as error:  # noqa: BLE001 - passed on and raised in the reader
            self._put(error)
        else:
            self._put(None)

    def _put(self, entry: tuple[Item] | BaseException | None) -> bool:
        while not self._stop.is_set():
            try:
                self._queue.put(entry, timeout=_POLL_SECONDS)
            except Full:
                continue
            return True
        return False
