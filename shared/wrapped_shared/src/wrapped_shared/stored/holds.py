"""Documents as dicts: a TypedDict for each model of `models.holds`, which says what it means.

`<Model>Fields` has some of the fields: what an update sets, or a document while it is made. This module is made by
`python -m wrapped_devkit.contract`; change the models instead.
"""

from datetime import datetime
from typing import NotRequired, TypedDict


class UpstreamHold(TypedDict):
    schema_version: NotRequired[int]
    _id: str
    not_before: datetime
    reason: str
    breaker_seconds: NotRequired[int]


class UpstreamHoldFields(TypedDict, total=False):
    schema_version: int
    _id: str
    not_before: datetime
    reason: str
    breaker_seconds: int
