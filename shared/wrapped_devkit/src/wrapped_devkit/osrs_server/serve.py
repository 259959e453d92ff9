"""The complete stand-in: every part and the control endpoints on one port.

What belongs here: assembling the parts. What does not: the parts.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from wrapped_devkit.osrs_server.base import StandInServer
from wrapped_devkit.osrs_server.clock import StandInClock
from wrapped_devkit.osrs_server.control import Control
from wrapped_devkit.osrs_server.faults import FaultPlan, parse_fault
from wrapped_devkit.osrs_server.hiscores import Hiscores
from wrapped_devkit.osrs_server.hiscores_players import SeededPlayers
from wrapped_devkit.osrs_server.prices import Prices
from wrapped_devkit.osrs_server.wiki import Wiki
from wrapped_devkit.osrs_server.wiki_bestiary import Bestiary


@dataclass
class StandIn:
    """A stand-in with access to what tests control."""

    server: StandInServer
    hiscores: Hiscores
    players: SeededPlayers


def upstream_settings(url: str) -> dict[str, str]:
    """Return the environment with which locations call only a stand-in, at any rate and for any number of rows."""
    upstreams = ("HISCORES_BASE_URL", "WIKI_BASE_URL", "PRICES_BASE_URL")
    limits = ("HISCORES_REQUESTS_PER_SECOND", "WIKI_REQUESTS_PER_SECOND", "WIKI_LEAST_ROWS", "PRICES_LEAST_ROWS")
    return {**dict.fromkeys(upstreams, url), **dict.fromkeys(limits, "0"), "WRAPPED_CONTACT": "stand-in@localhost"}


def build(
    *,
    port: int = 0,
    seed: int = 0,
    players: int = 2_250,
    start: datetime | None = None,
    frozen: bool = False,
    faults: Iterable[str] = (),
    slow_seconds: float = 3.0,
    retry_after_seconds: int = 1,
) -> StandIn:
    """Create a stand-in for all upstreams (hiscores, wiki and prices) that is not started yet.

    Args:
        port: 0 for any free one.
        seed: for the players and the random faults.
        players: size of the seeded roster.
        start: its clock's start time; None means now.
        frozen: whether the clock only moves when set or advanced.
        faults: in the format of `--fault`.
        slow_seconds: delay of the fault `slow`.
        retry_after_seconds: Retry-After of the fault `429`.

    Raises:
        ValueError: an unknown fault.
        OSError: the port is taken.
    """
    seeded = SeededPlayers(seed=seed, count=players)
    hiscores = Hiscores(seeded)
    bestiary = Bestiary(seed=seed)
    server = StandInServer(
        [hiscores, Wiki(bestiary), Prices(bestiary)],
        port=port,
        clock=StandInClock(start, frozen=frozen),
        faults=FaultPlan([parse_fault(text) for text in faults], seed=seed),
        slow_seconds=slow_seconds,
        retry_after_seconds=retry_after_seconds,
    )
    hiscores.server = server
    server.add_part(Control(server, seed=seed))
    return StandIn(server, hiscores, seeded)
