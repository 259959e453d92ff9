"""Fetching ahead: the next queries are asked while the answers to the last are worked on, in bounded memory.

One thread fetches: more of them only fight for the interpreter (measured). What is asked, and what becomes of the
answers, is the caller's.
"""

from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from queue import Full, Queue
from threading import Event
from typing import Final, TypeAlias, TypeVar

Raw: TypeAlias = bytes
Key = TypeVar("Key")
_Item: TypeAlias = Raw | BaseException | None

_QUERIES_AT_ONCE: Final = 1
_QUERIES_AHEAD: Final = 6
_BATCHES_AHEAD: Final = 2
_LOOK_UP_SECONDS: Final = 0.1
"""How often a fetch that waits for its reader looks whether anybody still wants it."""


def fetched_ahead(keys: Iterator[Key], fetch: Callable[[Key], Iterator[Raw]]) -> Iterator[tuple[Key, Iterator[Raw]]]:
    """Yield each key with the batches that `fetch` gives for it, in the order of the keys.

    Batches have to be read to their end before the next key is asked for. At most two batches of each of a few
    queries are held. An error of a fetch is raised where its batches are read.

    Args:
        keys: what to fetch.
        fetch: gives the batches of a key; called in another thread.
    """
    stop = Event()
    waiting: deque[tuple[Key, Queue[_Item]]] = deque()
    with ThreadPoolExecutor(_QUERIES_AT_ONCE, thread_name_prefix="read-ahead") as pool:
        try:
            while True:
                while len(waiting) < _QUERIES_AHEAD:
                    try:
                        key = next(keys)
                    except StopIteration:
                        break
                    queue: Queue[_Item] = Queue(maxsize=_BATCHES_AHEAD)
                    pool.submit(_fetch, fetch, key, queue, stop)
                    waiting.append((key, queue))
                if not waiting:
                    return
                key, queue = waiting.popleft()
                yield key, _batches(queue)
        finally:
            stop.set()


def _fetch(fetch: Callable[[Key], Iterator[Raw]], key: Key, queue: Queue[_Item], stop: Event) -> None:
    try:
        for batch in fetch(key):
            if not _put(queue, batch, stop):
                return
        _put(queue, None, stop)
    except BaseException as error:  # noqa: BLE001 - handed over and raised by the reader
        _put(queue, error, stop)


def _put(queue: Queue[_Item], item: _Item, stop: Event) -> bool:
    while not stop.is_set():
        try:
            queue.put(item, timeout=_LOOK_UP_SECONDS)
        except Full:
            continue
        return True
    return False


def _batches(queue: Queue[_Item]) -> Iterator[Raw]:
    while (item := queue.get()) is not None:
        if isinstance(item, BaseException):
            raise item
        yield item
