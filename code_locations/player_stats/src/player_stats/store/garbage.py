"""Python's search for garbage, which costs more than all else where millions of decoded documents are held."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def no_garbage_collection() -> Iterator[None]:
    """Keep Python from searching for cycles: decoded documents hold none, and there are millions to search."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()
