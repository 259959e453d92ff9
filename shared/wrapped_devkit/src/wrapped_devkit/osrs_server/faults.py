"""The faults that the stand-in injects on command, into all requests or a share of them.

What belongs here: naming, parsing and choosing faults, and the responses for those that any upstream can have.
What does not: faults that change the *content* of a response (an added row, a renamed player): the part injects
those, according to `Request.fault` or `FaultPlan.meets_player`.
"""

import hashlib
import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

T = TypeVar("T")

TRANSPORT_FAULTS = (
    "html-200",
    "challenge",
    "empty",
    "truncated",
    "403",
    "404",
    "429",
    "503",
    "slow",
    "drip",
    "drip-body",
    "reset",
)
"""Injected by the server itself, for every part."""
PAYLOAD_FAULTS = ("added-row", "moved-row", "removed-row", "broken-row", "other-json")
"""Injected by the hiscores part into the chosen requests: the rows of a response change."""
PLAYER_FAULTS = ("renamed", "de-ironed", "unranked")
"""Injected by the hiscores part for the chosen *players*: 0.3 is three players in ten, always the same ones."""
SHORT_SHARE = 5
"""A short table keeps one row of this many."""
WIKI_FAULTS = (
    "wrong-magic",
    "truncated-image",
    "huge-image",
    "elsewhere",
    "error-200",
    "short-table",
    "maxlag",
    "ratelimited",
)
"""Injected by the wiki part: bad pictures, a redirect to another host, the API's errors with status 200, and tables
(including the price service's lists) with only a fifth of their rows."""
PRICE_FAULTS = ("odd-prices",)
"""Injected by the prices part: a day of prices with invalid values in every third row."""
FAULTS = TRANSPORT_FAULTS + PAYLOAD_FAULTS + PLAYER_FAULTS + WIKI_FAULTS + PRICE_FAULTS


@dataclass(frozen=True)
class Fault:
    """A fault, for a share (0..1) of the requests whose path begins with `prefix`."""

    name: str
    share: float = 1.0
    prefix: str = ""


def parse_fault(text: str) -> Fault:
    """Read `NAME[:SHARE][@PATH-PREFIX]`, such as `503:0.3` or `html-200@/m=hiscore_oldschool/`.

    Raises:
        ValueError: unknown name, or a share that is not a number above 0 and at most 1; the message says which.
    """
    head, _, prefix = text.partition("@")
    name, colon, share_text = head.partition(":")
    if name not in FAULTS:
        raise ValueError(f"unknown fault {name!r}; choose from {', '.join(FAULTS)}")
    try:
        share = float(share_text) if colon else 1.0
    except ValueError:
        share = 0.0
    if not 0.0 < share <= 1.0:
        raise ValueError(f"the share of {text!r} must be a number above 0 and at most 1")
    return Fault(name, share, prefix)


class FaultPlan:
    """Which fault applies to which request: drawn by seed and request number, at most one per request."""

    def __init__(self, faults: Iterable[Fault] = (), *, seed: int = 0) -> None:
        """Take the faults to inject; if shares sum to more than 1, later ones lose out."""
        self.faults = tuple(faults)
        self._seed = seed

    def choose(self, number: int, path: str) -> str:
        """The fault's name for the request with this number and path; empty for none."""
        draw = random.Random(f"{self._seed}/{number}").random()
        edge = 0.0
        for fault in self.faults:
            if fault.name in PLAYER_FAULTS or not path.startswith(fault.prefix):
                continue
            edge += fault.share
            if draw < edge:
                return fault.name
        return ""

    def meets_player(self, name: str, player: str) -> bool:
        """Whether a player fault (in `PLAYER_FAULTS`) applies to this player, by their name alone."""
        digest = hashlib.sha256(f"{self._seed}/{name}/{player}".encode()).digest()
        draw = int.from_bytes(digest[:6], "big") / 2**48
        return any(fault.name == name and draw < fault.share for fault in self.faults)


def rows_left(rows: Sequence[T], fault: str) -> Sequence[T]:
    """The rows of a table in a response under this fault: all, or the first fifth for a short table."""
    return rows[: len(rows) // SHORT_SHARE] if fault == "short-table" else rows


MAINTENANCE_PAGE = (
    b"<!DOCTYPE html>\n<html><head><title>Unavailable</title></head>"
    b"<body><h1>Unavailable</h1><p>This service is down for maintenance.</p></body></html>\n"
)
CHALLENGE_PAGE = (
    b"<html><head><META NAME='robots' CONTENT='noindex'></head><body>"
    b"<iframe src='/_Incapsula_Resource?incident_id=1'>"
    b"Request unsuccessful. Incapsula incident ID: 1</iframe>"
    b"</body></html>\n"
)
NOT_FOUND_PAGE = (
    b"<!DOCTYPE html>\n<html><head><title>404 - Page not found</title></head><body>Page not found</body></html>\n"
)
