"""Checks before `wrapped run` starts a job: whether there is anything to do, and which days chosen players need.

The answers come from MongoDB alone. The jobs do the work.
"""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Final

from pymongo.database import Database
from wrapped_shared import collections as names
from wrapped_shared.documents import Document
from wrapped_shared.links import links_changed
from wrapped_shared.mongo import MongoResource
from wrapped_shared.periods import day_of_ms
from wrapped_shared.seal import first_open_day
from wrapped_shared.settings import first_day

from player_stats.domain.cells import span_of_days
from player_stats.store.counting import by_day
from player_stats.store.ledger import NEVER_READ
from player_stats.store.linked_names import chosen_names
from player_stats.store.plan_state import groups_owed
from player_stats.store.price_changes import request_revalued
from player_stats.store.requests import requested_days
from player_stats.work.plan import anything_due, make_plan

_NEVER: Final = timedelta(days=36_500)
"""No rescan for documents that appear later than others with a greater `_id`: making the plan scans for them."""


def due(mongo: MongoResource) -> str | None:
    """Return why `wrapped_news` has something to do, or None if it has not.

    A few quick queries come first; only if they find nothing is the whole plan made, which marks what is owed.
    """
    now, first = datetime.now(UTC), first_day()
    why = anything_due(mongo, first, now, _NEVER) or _owed_at_once(mongo.analytics)
    if why is not None:
        return why
    make_plan(mongo, first, now, thorough=True)
    request_revalued(mongo.analytics, first, now)
    return anything_due(mongo, first, now, _NEVER)


def days_of(mongo: MongoResource, players: Iterable[str]) -> list[str]:
    """Return the days to compute for chosen players: days with events, and all owed days.

    Args:
        mongo: the opened resource.
        players: player keys; the days of all names of theirs count.
    """
    now, first, analytics = datetime.now(UTC), first_day(), mongo.analytics
    make_plan(mongo, first, now)
    from_day = first_open_day(analytics, first)
    today = now.date().isoformat()
    found = {*requested_days(analytics, from_day, today)}
    within = {"day": {"$gte": from_day, "$lte": today}}
    ledgers = analytics[names.DAY_LEDGER].find({"owed": True, **within}, {"why": 1})
    owed = {ledger["_id"]: ledger.get("why") for ledger in ledgers}
    never_read = sorted(day for day, why in owed.items() if why == NEVER_READ)
    found |= owed.keys() - set(never_read)
    if never_read:  # at the first start every day since the first is owed, but those without events need no work
        span = span_of_days(never_read[0], never_read[-1])
        found |= {day_of_ms(at) for name in names.RAW_EVENT_COLLECTIONS for at in by_day(mongo.raw[name], *span)}
    found |= {
        quality["day"] for quality in analytics[names.DATA_QUALITY].find({"read": {"$gt": 0}, **within}, {"day": 1})
    }
    for key in chosen_names(analytics, players):
        found |= {day["day"] for day in analytics[names.PLAYER_DAYS].find({"player_key": key, **within}, {"day": 1})}
    return sorted(found)


def _owed_at_once(analytics: Database[Document]) -> str | None:
    """Return why links, ranks or groups are owed, even if they were compared less than an hour ago; None if not."""
    if links_changed(analytics):
        return "names were linked"
    if analytics[names.RANK_REQUESTS].find_one({}, {"_id": 1}):
        return "ranks are owed"
    groups = groups_owed(analytics)
    return "group reports are owed" if groups.everything or groups.periods else None
