"""Documents as dicts: a TypedDict for each model of `models.forgotten`, which says what it means.

`<Model>Fields` has some of the fields: what an update sets, or a document while it is made. This module is made by
`python -m wrapped_devkit.contract`; change the models instead.
"""

from datetime import datetime
from typing import NotRequired, TypedDict


class ForgottenPlayer(TypedDict):
    _id: str
    until: str | None
    since: NotRequired[str | None]
    at: datetime
    player: NotRequired[str | None]
    ticket: NotRequired[int]
    removed: NotRequired[bool]


class ForgottenPlayerFields(TypedDict, total=False):
    _id: str
    until: str | None
    since: str | None
    at: datetime
    player: str | None
    ticket: int
    removed: bool
