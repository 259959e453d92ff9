"""Fetching ahead: a thread takes the next items while the last ones are worked on, in bounded memory.

One thread: more of them only fight for the interpreter (measured). What the items are is the caller's.
"""

from collections.abc import Generator, Iterable
from queue import Full, Queue
from threading import Event, Thread
from typing import Final, TypeVar

Item = TypeVar("Item")

_LOOK_UP_SECONDS: Final = 0.1
"""How often a fetch that waits for its reader looks whether anybody still wants it."""


def ahead(items: Iterable[Item], held: int) -> Generator[Item, None, None]:
    """Yield the items in their order; an error of fetching one is raised in its place.

    Args:
        items: what is fetched; iterated in another thread, not beyond what is asked for and `held` more.
        held: how many fetched items wait at most.
    """
    queue: Queue[tuple[Item] | BaseException | None] = Queue(held)
    stop = Event()

    def put(entry: tuple[Item] | BaseException | None) -> bool:
        while not stop.is_set():
            try:
                queue.put(entry, timeout=_LOOK_UP_SECONDS)
            except Full:
                continue
            return True
        return False

    def fetch() -> None:
        try:
            for item in items:
                if not put((item,)):
                    return
        except BaseException as error:  # noqa: BLE001 - handed over and raised by the reader
            put(error)
        else:
            put(None)

    thread = Thread(target=fetch, name="read-ahead", daemon=True)
    thread.start()
    try:
        while (entry := queue.get()) is not None:
            if isinstance(entry, BaseException):
                raise entry
            yield entry[0]
    finally:
        stop.set()
        thread.join()
