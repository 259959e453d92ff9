"""Reading `forgotten_players`. Who is forgotten on which days is decided in `wrapped_shared.forgotten`."""

from typing import Any

from pymongo.database import Database

from wrapped_shared.collections import FORGOTTEN_PLAYERS
from wrapped_shared.forgotten import Forgotten


def read_forgotten(analytics: Database[Any]) -> Forgotten:
    """Return the players who are forgotten by now.

    Whoever computes from events calls it after taking a turn, so that no player forgotten before is missed.
    """
    return Forgotten(analytics[FORGOTTEN_PLAYERS].find())
