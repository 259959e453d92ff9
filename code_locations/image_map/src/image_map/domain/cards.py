"""Which reports get share cards, and what identifies a card.

What belongs here: rules. What does not: what a card says and looks like (`wrapped_card`).
"""

import hashlib
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from wrapped_card.content import DESIGN

FILE_ID_LENGTH: Final = 24
"""Hex digits of an ObjectId."""


def last_finished_year(now: datetime) -> int:
    """Return the last year (UTC) that is over."""
    return now.year - 1


def is_finished(period: str, now: datetime) -> bool:
    """Return whether a period is a year that is over: its reports get cards unasked."""
    return period.isdigit() and int(period) <= last_finished_year(now)


def drawn_as(now: datetime) -> str:
    """Return what decides, in addition to reports, which cards there are: the design and the last finished year."""
    return f"{DESIGN}/{last_finished_year(now)}"


def card_id(report_id: str, size: str) -> str:
    """Return the `_id` of a report's card in a size."""
    return f"{report_id}/{size}"


def report_id(card: Mapping[str, Any]) -> str:
    """Return the `_id` of the report that a card belongs to."""
    return f"{card['period']}/{card['player_key']}"


def file_id(card: str, digest: str) -> str:
    """Return the id of a card's file, in hex: another content, another id."""
    return hashlib.sha256(f"{card}|{digest}".encode("utf-8", "replace")).hexdigest()[:FILE_ID_LENGTH]
