"""Players with a report, and which of them somebody may have meant who mistyped a name."""

from typing import Any, Final

from pymongo.database import Database
from wrapped_shared.collections import WRAPPED_REPORTS
from wrapped_shared.names import player_key

from wrapped_cli.text import nearest

MOST_PLAYERS: Final = 1000
NO_REPORTS: Final = "there are no reports yet (wrapped run computes them)"


def players(analytics: Database[Any]) -> dict[str, str]:
    """Return the names of players with a report, by key."""
    found = analytics[WRAPPED_REPORTS].find({"period": "all"}, {"player_key": 1, "player": 1}).limit(MOST_PLAYERS)
    return {str(d["player_key"]): str(d.get("player", d["player_key"])) for d in found}


def suggestion(analytics: Database[Any], name: str) -> str:
    """Return a few players with a report in words, those with similar names first."""
    known = players(analytics)
    return f"known players include {nearest(player_key(name) or '', known.values())}" if known else NO_REPORTS


def unknown(analytics: Database[Any], name: str) -> str:
    """Return a hint about a name without a report, in words; "" if it has one."""
    known = players(analytics)
    if not known or player_key(name) in known or len(known) >= MOST_PLAYERS:
        return ""
    return f"no report for {name!r} yet: known players include {nearest(player_key(name) or '', known.values())}"
