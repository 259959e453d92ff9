"""Documents as dicts: a TypedDict for each model of `models.forgotten`, which says what it means.

Made by `python -m wrapped_devkit.contract`; change the models instead.
"""

from datetime import datetime
from typing import NotRequired, TypedDict


class ForgottenPlayer(TypedDict):
    """See `forgotten.ForgottenPlayer`."""

    _id: str
    until: str | None
    since: NotRequired[str | None]
    at: datetime
    player: NotRequired[str | None]
    ticket: NotRequired[int]
    removed: NotRequired[bool]
