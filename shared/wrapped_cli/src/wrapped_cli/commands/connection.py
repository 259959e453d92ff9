"""The server a command connects to: `MONGO_URI`, else the embedded one."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from wrapped_shared.mongo import MongoResource


def opened() -> "AbstractContextManager[MongoResource]":
    """Open the contract's databases for one command; MongoDB errors become one clear line.

    Raises:
        CommandError: the embedded MongoDB cannot be started.
        MongoUnavailable: the server cannot be reached or rejects the request.
    """
    from wrapped_shared.mongo import MongoResource

    from wrapped_cli.embedded import resolve_uri

    return MongoResource(uri=resolve_uri()).open()
