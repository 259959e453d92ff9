"""Documents as dicts: a TypedDict for each model of `models.alerts`, which says what it means.

`<Model>Fields` has some of the fields: what an update sets, or a document while it is made. This module is made by
`python -m wrapped_devkit.contract`; change the models instead.
"""

from datetime import datetime
from typing import NotRequired, TypedDict


class KnownFault(TypedDict):
    fault: str
    since: datetime
    delivered_at: NotRequired[datetime | None]
    attempts: NotRequired[int]


class LocationAlerts(TypedDict):
    schema_version: int
    _id: str
    looked_at: datetime
    faults: list[KnownFault]


class LocationAlertsFields(TypedDict, total=False):
    schema_version: int
    _id: str
    looked_at: datetime
    faults: list[KnownFault]


class UpstreamRequests(TypedDict):
    schema_version: int
    _id: str
    requests: int
    refusals: int


class UpstreamRequestsFields(TypedDict, total=False):
    schema_version: int
    _id: str
    requests: int
    refusals: int
