"""What a person's run asks before it starts anything: is there something to do, and which days do chosen players need.

The answers are MongoDB's alone. Doing it is the jobs' business.
"""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any, Final, TypeAlias

from pymongo.database import Database
from wrapped_shared import collections as names
from wrapped_shared.mongo import MongoResource
from wrapped_shared.periods import ALL_TIME, day_of_ms, day_start_ms, is_day, next_day
from wrapped_shared.settings import first_day

from player_stats.domain.groups import members_of
from player_stats.store.counting import by_day
from player_stats.store.ledger import NEVER_READ
from player_stats.store.requests import requested_days
from player_stats.store.seal import first_open_day
from player_stats.work.plan import anything_due, make_plan

Document: TypeAlias = dict[str, Any]

_NEVER: Final = timedelta(days=36_500)
"""Documents that come later than others with a greater `_id` are looked for by the plan, whenever it is made."""


def due(mongo: MongoResource) -> str | None:
    """Return why `wrapped_news` has something to do, None where it has not.

    A few quick questions first; only where they find nothing is the whole plan made, which notes what is owed.
    """
    now, first = datetime.now(UTC), first_day()
    why = anything_due(mongo, first, now, _NEVER) or _follows(mongo.analytics)
    if why is not None:
        return why
    make_plan(mongo, first, now, thorough=True)
    return anything_due(mongo, first, now, _NEVER)


def days_of(mongo: MongoResource, players: Iterable[str]) -> list[str]:
    """Return the days that chosen players need: those with events, and all that are owed.

    Args:
        mongo: the opened resource.
        players: player keys.
    """
    now, first, analytics = datetime.now(UTC), first_day(), mongo.analytics
    make_plan(mongo, first, now)
    from_day = first_open_day(analytics, first)
    today = now.date().isoformat()
    found = {*requested_days(analytics, from_day, today)}
    due = {"owed": True, "day": {"$gte": from_day, "$lte": today}}
    owed = {day["_id"]: day.get("why") for day in analytics[names.DAY_LEDGER].find(due, {"why": 1})}
    never_read = sorted(day for day, why in owed.items() if why == NEVER_READ)
    found |= owed.keys() - set(never_read)
    if never_read:  # on a first start all days since the first that counts: those without events need nothing
        span = day_start_ms(never_read[0]), day_start_ms(next_day(never_read[-1]))
        found |= {day_of_ms(at) for name in names.RAW_EVENT_COLLECTIONS for at in by_day(mongo.raw[name], *span)}
    found |= {quality["day"] for quality in analytics[names.DATA_QUALITY].find({"read": {"$gt": 0}}, {"day": 1})}
    for key in players:
        found |= {day["day"] for day in analytics[names.PLAYER_DAYS].find({"player_key": key}, {"day": 1})}
    return sorted(day for day in found if is_day(day) and from_day <= day <= today)


def _follows(analytics: Database[Document]) -> str | None:
    """Why something is to be made from days that are written."""
    if analytics[names.REPORT_REQUESTS].find_one({}, {"_id": 1}):
        return "reports are owed"
    if analytics[names.RANK_REQUESTS].find_one({}, {"_id": 1}):
        return "ranks are owed"
    groups = analytics[names.PLAYER_GROUPS].find({}, {"members": 1})
    wanted = {f"{ALL_TIME}/{group['_id']}": members_of(group) for group in groups if isinstance(group["_id"], str)}
    stored = analytics[names.GROUP_REPORTS].find({"period": ALL_TIME}, {"members": 1})
    return None if wanted == {report["_id"]: report["members"] for report in stored} else "groups changed"
