"""The MongoDB resource: how a step accesses the raw and the analytics database.

Connecting, closing and hiding secrets live here. Queries belong to the location that runs them, and indexes and
validators to `wrapped_shared.indexes`.
"""

import os
import re
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final
from urllib.parse import unquote_plus

import dagster as dg
from pydantic import PrivateAttr
from pymongo import MongoClient
from pymongo.database import Database
from pymongo.errors import (
    AutoReconnect,
    BulkWriteError,
    ConfigurationError,
    CursorNotFound,
    InvalidURI,
    PyMongoError,
    ServerSelectionTimeoutError,
    WriteError,
)
from pymongo.saslprep import saslprep

from wrapped_shared.collections import ANALYTICS_DATABASE, RAW_DATABASE
from wrapped_shared.documents import Document
from wrapped_shared.masking import is_ambiguous, masked, user_and_password
from wrapped_shared.settings import SettingsError

_OPTIONS: Final[dict[str, Any]] = {
    "appname": "wrapped",
    "serverSelectionTimeoutMS": 20_000,  # an election may take ten seconds
    "connectTimeoutMS": 120_000,  # also the heartbeat timeout: when a heartbeat fails, running queries are cancelled
    "socketTimeoutMS": 1_800_000,  # building an index or sorting a day may take a while
    "maxPoolSize": 8,
    "w": "majority",
    "retryReads": True,
    "retryWrites": True,
    "tz_aware": True,
    "unicode_decode_error_handler": "replace",  # telemetry is hostile input: bad UTF-8 must not stop a run
    "datetime_conversion": "DATETIME_AUTO",  # nor must a date beyond the year 9999
}
_SECRET_OPTION: Final = re.compile(r"(?i)authmechanism|[^=]*(password|username|secret|token)[^=]*=")
_UNUSABLE: Final = (InvalidURI, ConfigurationError, ValueError, TypeError, OSError, UserWarning)
"""What creating a client raises: OSError for unreadable files, UserWarning for options it would ignore."""
_ESCAPE: Final = "percent-encode everything before its last @ and its options, as urllib.parse.quote_plus does"


_RETRIES: Final = 3
_RETRY_SECONDS: Final = 2
_NO_LONGER_PRIMARY: Final = frozenset({91, 189, 10107, 11600, 11602, 13435, 13436})


class MongoUnavailable(Exception):
    """MongoDB could not be reached or rejected the request; the message is one line and contains no password."""


def connect(uri: str, **options: Any) -> MongoClient[Document]:
    """Create a client with the project's pool, timeouts and majority writes; options in the URI take precedence.

    The client connects on first use. The caller closes it.

    Raises:
        MongoUnavailable: the URI is empty, not a MongoDB URI, or ambiguous, so that part of the password could be
        parsed as something else; the message contains no part of user, password and secret options.
    """
    if not uri:
        raise MongoUnavailable("MONGO_URI is not set: set it to a MongoDB URI such as mongodb://127.0.0.1:27017")
    _refuse_what_drivers_stumble_over(uri)
    # Options in the URI take precedence, but pymongo prefers keyword arguments: so drop those here.
    named = {name.lower() for name in re.findall(r"[?&;]([^=&;]+)=", uri)}
    settings = {name: value for name, value in {**_OPTIONS, **options}.items() if name.lower() not in named}
    try:
        return _client(uri, settings)
    except _UNUSABLE:
        raise MongoUnavailable(f"MONGO_URI is not a valid MongoDB URI: {_why_invalid(uri, settings)}") from None


def _refuse_what_drivers_stumble_over(uri: str) -> None:
    if is_ambiguous(uri):
        raise MongoUnavailable(f"MONGO_URI can be read in more than one way: {_ESCAPE}")
    password = unquote_plus(user_and_password(uri).partition(":")[2])
    try:
        if password:
            saslprep(password)
    except ValueError:  # pymongo would raise it while connecting
        raise MongoUnavailable("MONGO_URI has a control or other forbidden character before its last @") from None


def _client(uri: str, settings: dict[str, Any]) -> MongoClient[Document]:
    with warnings.catch_warnings():
        warnings.simplefilter("error", UserWarning)
        return MongoClient(uri, **settings)


def _why_invalid(uri: str, settings: dict[str, Any]) -> str:
    """Describe what is wrong with a URI, using the driver's message for the same URI without its secrets.

    The driver's message about the URI itself may quote parts of a password; this one cannot.
    """
    user = user_and_password(uri)
    place, _, query = (uri.replace(f"{user}@", "x:x@", 1) if user else uri).partition("?")
    harmless = "&".join(option for option in re.split("[&;]", query) if not _SECRET_OPTION.match(option))
    try:
        _client(f"{place}?{harmless}" if harmless else place, settings).close()
    except _UNUSABLE as error:
        return _one_line(error)
    return _ESCAPE


def describe_error(error: PyMongoError, uri: str) -> str:
    """Return a MongoDB error as one line without secrets and without documents, for a failed step."""
    return f"MongoDB at {masked(uri)}: {_without_documents(error)}"


def _without_documents(error: PyMongoError) -> str:
    """Return an error's text, but only the codes of failed writes: their messages quote documents, with names."""
    if isinstance(error, BulkWriteError):
        codes = _codes(error)
        return f"{len(codes)} writes failed with code {', '.join(sorted(set(map(str, codes))))}"
    if isinstance(error, WriteError):
        return f"a write failed with code {error.code}"
    return _one_line(error)


def _codes(error: BulkWriteError) -> list[object]:
    """Return the code of each failed write."""
    failed = [*error.details.get("writeErrors", ()), *error.details.get("writeConcernErrors", ())]
    return [one.get("code") for one in failed]


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split()).split(", Timeout:")[0][:300]


class MongoResource(dg.ConfigurableResource["MongoResource"]):
    """A lazily opened MongoDB client for one step, with the raw and the analytics database.

    The client is created in the step's own process on first use (clients do not survive fork or spawn) and closed after
    the step. Authentication and TLS are configured in the URI.
    """

    uri: str = ""
    """MongoDB connection string. Empty (as in definitions) = MONGO_URI in the step's process, read on first use.

    `dg.EnvVar` would resolve it before any step starts, so a missing variable would end the launch with a page of
    configuration errors instead of failing the step that needs MongoDB with one clear line.
    """
    raw_database: str = RAW_DATABASE
    """Name of the database with the raw telemetry."""
    analytics_database: str = ANALYTICS_DATABASE
    """Name of the database with the computed documents."""

    _client: MongoClient[Document] | None = PrivateAttr(default=None)

    @property
    def server(self) -> str:
        """The effective connection string, with its secrets: for connecting only, never to be shown."""
        return (self.uri or os.environ.get("MONGO_URI", "")).strip()

    @property
    def client(self) -> MongoClient[Document]:
        """This process's client, created on first use."""
        if self._client is None:
            self._client = connect(self.server)
        return self._client

    @property
    def raw(self) -> Database[Document]:
        """The database with raw telemetry and hiscores snapshots."""
        return self.client[self.raw_database]

    @property
    def analytics(self) -> Database[Document]:
        """The database with days, reports, images and gains."""
        return self.client[self.analytics_database]

    def close(self) -> None:
        """Close the client, if one was created."""
        if self._client is not None:
            self._client.close()
            self._client = None

    def get_resource_definition(self) -> dg.ResourceDefinition:  # type: ignore[override]
        """Return the definition (Dagster calls this): each step gets its own resource, closed after the step.

        Its config has no fields, so Dagster rejects a URI or a database name in run config before it creates a run;
        otherwise a password typed there would be stored with the run.
        """

        @contextmanager
        def opened(_: dg.InitResourceContext) -> Iterator["MongoResource"]:
            # A copy of the model would share, and close, a client that is already open.
            with MongoResource(**self.model_dump()).open() as mongo:
                yield mongo

        return dg.ResourceDefinition(opened, config_schema={}, description=self.__doc__)

    @contextmanager
    def open(self) -> Iterator["MongoResource"]:
        """Use the resource outside Dagster; MongoDB errors become one clear line.

        Raises:
            MongoUnavailable: the server cannot be reached, rejects us, or fails an operation.
        """
        try:
            yield self
        except PyMongoError as error:
            raise MongoUnavailable(describe_error(error, self.server)) from None
        finally:
            self.close()


def is_passing(error: PyMongoError) -> bool:
    """Return whether an error is that of a server that was just there: a connection that was cut, or an election.

    A server that cannot be found is none: the driver has already waited for it.
    """
    if isinstance(error, BulkWriteError):
        codes = _codes(error)
        return bool(codes) and _NO_LONGER_PRIMARY.issuperset(codes)
    if isinstance(error, ServerSelectionTimeoutError):
        return False
    return isinstance(error, AutoReconnect | CursorNotFound) or getattr(error, "code", None) in _NO_LONGER_PRIMARY


def _may_retry() -> bool:
    """Return whether we are in a step that has not been retried too often."""
    try:
        return dg.OpExecutionContext.get().retry_number < _RETRIES
    except dg.DagsterInvariantViolationError:
        return False


@contextmanager
def clear_errors(mongo: MongoResource) -> Iterator[None]:
    """Turn a MongoDB error or an invalid setting inside a step into a one-line `dagster.Failure` without secrets.

    If MongoDB went away in the middle of a step, as in an election, the step is started again: every write is
    idempotent, and what a step has written is no longer owed.

    Raises:
        dagster.Failure: the block raised a MongoDB error, or a setting (MONGO_URI or any other) is missing or invalid.
        dagster.RetryRequested: MongoDB went away, up to three times in a step.
    """
    try:
        yield
    except SettingsError as error:
        raise dg.Failure(str(error), allow_retries=False) from None
    except MongoUnavailable as error:
        raise dg.Failure(str(error)) from None
    except PyMongoError as error:
        message = describe_error(error, mongo.server)
        if is_passing(error) and _may_retry():
            dg.OpExecutionContext.get().log.warning(f"started again, as the server went away: {message}")
            raise dg.RetryRequested(_RETRIES, _RETRY_SECONDS) from None
        raise dg.Failure(message) from None
