"""Pausing Python's cyclic garbage collector, which dominates the cost while millions of decoded documents are held."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def no_garbage_collection() -> Iterator[None]:
    """Disable the cyclic garbage collector: decoded documents have no cycles, and scanning millions is slow."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()
