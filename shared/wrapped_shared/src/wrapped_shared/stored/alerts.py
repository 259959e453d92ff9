"""Documents as dicts: a TypedDict for each model of `models.alerts`, which says what it means.

Made by `python -m wrapped_devkit.contract`; change the models instead.
"""

from datetime import datetime
from typing import NotRequired, TypedDict


class KnownFault(TypedDict):
    """See `alerts.KnownFault`."""

    fault: str
    since: datetime
    delivered_at: NotRequired[datetime | None]
    attempts: NotRequired[int]


class LocationAlerts(TypedDict):
    """See `alerts.LocationAlerts`."""

    schema_version: int
    _id: str
    looked_at: datetime
    faults: list[KnownFault]


class LocationAlertsFields(TypedDict, total=False):
    """Some fields of `LocationAlerts`."""

    schema_version: int
    _id: str
    looked_at: datetime
    faults: list[KnownFault]


class UpstreamRequests(TypedDict):
    """See `alerts.UpstreamRequests`."""

    schema_version: int
    _id: str
    requests: int
    refusals: int


class UpstreamRequestsFields(TypedDict, total=False):
    """Some fields of `UpstreamRequests`."""

    schema_version: int
    _id: str
    requests: int
    refusals: int
