"""What the plan remembers of things that are done once in a while: ranking at most hourly, some counts daily."""

from datetime import UTC, datetime, timedelta
from typing import Any, Final, TypeAlias

from pymongo.database import Database
from wrapped_shared import collections as names

Document: TypeAlias = dict[str, Any]

RANK_EVERY: Final = timedelta(hours=1)
"""Ranks change for everybody whenever anybody plays: what is written for them stays bounded."""
_STATE: Final = {"_id": "plan"}


def ranking_due(analytics: Database[Document], now: datetime) -> bool:
    """Whether a ranking is owed and the last one is long enough ago."""
    ranked_at = _state(analytics).get("ranked_at")
    late = ranked_at is None or now - ranked_at >= RANK_EVERY
    return late and analytics[names.RANK_REQUESTS].find_one({}, {"_id": 1}) is not None


def note_ranking(analytics: Database[Document], now: datetime) -> None:
    """Remember when ranks were computed."""
    analytics[names.PLAN_STATE].update_one(_STATE, {"$set": {"ranked_at": now}})


def undated_due(analytics: Database[Document], now: datetime) -> bool:
    """Whether documents without a sound timestamp have not been counted today (UTC)."""
    return bool(_state(analytics).get("undated") != now.astimezone(UTC).date().isoformat())


def note_undated(analytics: Database[Document], now: datetime) -> None:
    """Remember that documents without a sound timestamp were counted."""
    day = now.astimezone(UTC).date().isoformat()
    analytics[names.PLAN_STATE].update_one(_STATE, {"$set": {"undated": day}})


def _state(analytics: Database[Document]) -> Document:
    return analytics[names.PLAN_STATE].find_one(_STATE) or {}
