"""Documents as dicts: a TypedDict for each model of `models.holds`, which says what it means.

Made by `python -m wrapped_devkit.contract`; change the models instead.
"""

from datetime import datetime
from typing import NotRequired, TypedDict


class UpstreamHold(TypedDict):
    """See `holds.UpstreamHold`."""

    schema_version: NotRequired[int]
    _id: str
    not_before: datetime
    reason: str
    breaker_seconds: NotRequired[int]


class UpstreamHoldFields(TypedDict, total=False):
    """Some fields of `UpstreamHold`."""

    schema_version: int
    _id: str
    not_before: datetime
    reason: str
    breaker_seconds: int
