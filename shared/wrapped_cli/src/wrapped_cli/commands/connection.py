"""The server a command connects to: `MONGO_URI`, else the embedded one."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from wrapped_shared.mongo import MongoResource


@contextmanager
def opened() -> "Iterator[MongoResource]":
    """Open the contract's databases for one command; MongoDB errors become one clear line.

    Raises:
        CommandError: the embedded MongoDB cannot be started.
        MongoUnavailable: the server cannot be reached or rejects the request.
    """
    from wrapped_shared.mongo import MongoResource

    from wrapped_cli.embedded import resolve_uri

    with MongoResource(uri=resolve_uri()).open() as mongo:
        yield mongo
