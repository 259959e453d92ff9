"""What the hiscores refuse or what is overdue, for the location's alerts: quick queries only."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Final

from wrapped_shared.alerts import Fault
from wrapped_shared.collections import HISCORES_PLAYERS
from wrapped_shared.mongo import MongoResource
from wrapped_shared.words import counted

from hiscores.settings import HiscoresSettings

OVERDUE_FOR: Final = timedelta(hours=2)
_MOST: Final = 1_000
"""Players are counted up to this number."""


def faults(mongo: MongoResource) -> Iterator[Fault]:
    """Yield that lookups of players were blocked, and that players have been due for long if they can be looked up."""
    states = mongo.analytics[HISCORES_PLAYERS]
    if blocked := states.count_documents({"status": "blocked"}, limit=_MOST):
        yield Fault("data/blocked", f"the hiscores blocked lookups of {_players(blocked)}", "wrapped doctor")
    due = datetime.now(UTC) - OVERDUE_FOR
    if HiscoresSettings.load().contact and (late := states.count_documents({"next_due": {"$lt": due}}, limit=_MOST)):
        text = f"{_players(late)} should have been looked up by {due:%Y-%m-%d %H:%M} UTC"
        yield Fault("data/overdue", text, "/jobs/hiscores_scrape")


def _players(number: int) -> str:
    return f"{number:,} players or more" if number == _MOST else counted(number, "player")
