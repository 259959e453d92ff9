"""Fetching ahead: a thread takes the next items while the last ones are worked on, in bounded memory.

What the items are is the caller's.
"""

from collections.abc import Iterable, Iterator
from queue import Full, Queue
from threading import Event, Thread
from typing import Final, Generic, TypeVar

Item = TypeVar("Item")

_LOOK_UP_SECONDS: Final = 0.1
"""How often a fetch that waits for its reader looks whether anybody still wants it."""


class Ahead(Iterator[Item], Generic[Item]):
    """The items in their order, fetched from now on; an error of fetching one is raised in its place."""

    def __init__(self, items: Iterable[Item], held: int) -> None:
        """Begin to fetch.

        Args:
            items: what is fetched; iterated in another thread, not beyond what is asked for and `held` more.
            held: how many fetched items wait at most.
        """
        self._queue: Queue[tuple[Item] | BaseException | None] = Queue(held)
        self._stop = Event()
        self._over = False
        self._thread = Thread(target=self._fetch, args=(items,), name="read-ahead", daemon=True)
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
        """End the fetching; nothing more comes."""
        self._over = True
        self._stop.set()
        self._thread.join()

    def _fetch(self, items: Iterable[Item]) -> None:
        try:
            for item in items:
                if not self._put((item,)):
                    return
        except BaseException as error:  # noqa: BLE001 - handed over and raised by the reader
            self._put(error)
        else:
            self._put(None)

    def _put(self, entry: tuple[Item] | BaseException | None) -> bool:
        while not self._stop.is_set():
            try:
                self._queue.put(entry, timeout=_LOOK_UP_SECONDS)
            except Full:
                continue
            return True
        return False
