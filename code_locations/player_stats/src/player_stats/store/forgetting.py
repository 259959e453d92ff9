"""Removing what is stored about forgotten players: raw events, bookkeeping, summaries, reports and group members.

The names to remove are found in MongoDB by their hashes, so a removal that was interrupted is finished by the next one.
`player_stats.work.forget` says in which order.
"""

from collections.abc import Callable, Collection
from typing import Any, Final

from pymongo import UpdateOne
from pymongo.database import Database
from wrapped_shared import collections as names
from wrapped_shared.bulk import write_all
from wrapped_shared.documents import Document
from wrapped_shared.forgotten import Forgotten
from wrapped_shared.names import player_key
from wrapped_shared.periods import day_start_ms, next_day
from wrapped_shared.usernames import usernames_with_keys

from player_stats.domain.cells import END_OF_TIME_MS, spans
from player_stats.domain.events import comparable
from player_stats.store.days import owner_of, write_merged_days
from player_stats.store.extents import Extent
from player_stats.store.hours import HOURS_OF_DAY
from player_stats.store.ranks import request_ranks
from player_stats.store.reading import Forms, Span
from player_stats.store.removing import remove_found
from player_stats.store.report_requests import request_reports
from player_stats.store.turns import Turn

_OF_DAYS: Final = (names.PLAYER_DAYS, names.PLAYER_HOURS)
_DERIVED: Final = (names.PLAYER_MONTHS, names.PLAYER_MERGES, names.WRAPPED_REPORTS)


def forms_of(raw: Database[Document], forgotten: Forgotten) -> dict[str, list[str]]:
    """Return the forms of forgotten players' names found in each raw collection."""
    return {
        collection: sorted(form for form, key in usernames_with_keys(raw[collection]) if forgotten.spans(key))
        for collection in names.RAW_EVENT_COLLECTIONS
    }


def forms_under(forms: Forms, wanted: Callable[[str], bool]) -> dict[str, list[str]]:
    """Return the forms of those names whose player keys are wanted."""
    return {name: [form for form in some if wanted(player_key(form) or "")] for name, some in forms.items()}


def next_event(raw: Database[Document], forms: Forms, from_ms: int) -> int | None:
    """Return the time of the first event under some forms of names from a time on, or None if there are none."""
    found = [
        event["timestamp"]
        for collection, some in forms.items()
        for form in some
        for event in raw[collection]
        .find({"username": form, "timestamp": {"$gte": from_ms, "$lt": END_OF_TIME_MS}}, {"timestamp": 1})
        .sort("timestamp", 1)
        .limit(1)
    ]
    return min((max(from_ms, int(comparable(at))) for at in found), default=None)


def remove_events(raw: Database[Document], analytics: Database[Document], forms: Forms, condition: Document) -> int:
    """Remove the events under some forms of names, in batches; return how many.

    Args:
        raw: the database with raw telemetry.
        analytics: the database with the watermarks, whose counts are lowered.
        forms: the forms, by collection.
        condition: a condition on the timestamp; empty for all events.
    """
    return sum(
        gone
        for collection, some in forms.items()
        for form in some
        for gone in remove_found(raw, analytics, collection, {"username": form, **condition})
    )


def count_above(raw: Database[Document], forms: Forms, collection: str, span: Span, mark: Any) -> int:
    """Return how many events under some forms of names in a span have an `_id` above a watermark."""
    times = {"$gte": span[0], "$lt": span[1]}
    return sum(
        raw[collection].count_documents({"username": form, "timestamp": times, "_id": {"$gt": mark}})
        for form in forms.get(collection, ())
    )


def span_of(day: str, label: str) -> Span:
    """Return the time of a day's hour or five minutes, in ms."""
    return spans(day, [label])[0]


def newest_of_others(raw: Database[Document], forms: Forms, collection: str, span: Span, upto: Any) -> Any:
    """Return the greatest `_id` up to a given one in a span, except under some forms of names; None without any."""
    match = {"timestamp": {"$gte": span[0], "$lt": span[1]}, "username": {"$nin": list(forms.get(collection, ()))}}
    pipeline: list[Document] = [{"$match": {**match, "_id": {"$lte": upto}}}]
    found = list(raw[collection].aggregate([*pipeline, {"$group": {"_id": None, "newest": {"$max": "$_id"}}}]))
    return found[0]["newest"] if found else None


def remove_day(turn: Turn, keys: Collection[str], day: str) -> None:
    """Remove some names' summaries of a day, stored or about to be stored by an earlier turn."""
    write_merged_days(turn, {(key, day): None for key in keys})
    turn.remove(names.PLAYER_HOURS, [f"{key}|{day}T{hour}" for key in keys for hour in HOURS_OF_DAY])


def stored_keys(analytics: Database[Document], forgotten: Forgotten) -> list[str]:
    """Return the forgotten names of which summaries, reports or requests are stored."""
    found: set[str] = set()
    for collection in (*_OF_DAYS, *_DERIVED, names.REPORT_REQUESTS):
        keys = analytics[collection].aggregate([{"$group": {"_id": "$player_key"}}])
        found |= {row["_id"] for row in keys if isinstance(row["_id"], str)}
    found |= {key for key, _ in _too_large(analytics)}
    return sorted(key for key in found if forgotten.spans(key))


def _too_large(analytics: Database[Document]) -> set[tuple[str, str]]:
    """Return the (player key, day) of days that are named as too large to store."""
    qualities = analytics[names.DATA_QUALITY].find({"collection": names.PLAYER_DAYS}, {"examples": 1})
    return {owner_of(example["id"]) for quality in qualities for example in quality["examples"]}


def remove_results(turn: Turn, key: str, forgotten: Forgotten) -> bool:
    """Remove a forgotten name's summaries and reports; return whether nothing of the name is left.

    Days on which somebody else held the name stay, and their reports are requested.
    """
    analytics = turn.analytics
    covered = sorted(day for day in _days_of(analytics, key) if forgotten.covers(key, day))
    for_ever = forgotten.spans(key) == [("", None)]
    if not for_ever:
        request_reports(analytics, months=((key, day[:7]) for day in covered))
    for day in covered:
        remove_day(turn, [key], day)
    if not for_ever and _days_of(analytics, key):
        return False
    own = Extent("player_key", [key])
    request_ranks(analytics, analytics[names.WRAPPED_REPORTS].distinct("period", {"player_key": key}))
    # Of a name that another player may hold by now, an earlier turn may be writing that player's days.
    for collection in (*_OF_DAYS, *_DERIVED) if for_ever else _DERIVED:
        turn.remove_all(collection, own)
    if for_ever or turn.is_first:
        analytics[names.REPORT_REQUESTS].delete_many({"player_key": key})
    return True


def _days_of(analytics: Database[Document], key: str) -> set[str]:
    named = {day for owner, day in _too_large(analytics) if owner == key}
    return named | {
        found["day"]
        for collection in _OF_DAYS
        for found in analytics[collection].find({"player_key": key}, {"_id": 0, "day": 1})
    }


def remove_members(analytics: Database[Document], forgotten: Forgotten, held_again: Collection[str]) -> int:
    """Remove forgotten players from all groups; return how many groups changed.

    Args:
        analytics: the database of groups.
        forgotten: the forgotten players.
        held_again: forgotten names that another player holds now.
    """
    updates = []
    for group in analytics[names.PLAYER_GROUPS].find({}, {"members": 1}):
        members = group.get("members")
        gone = [one for one in members if _is_forgotten(one, forgotten, held_again)] if type(members) is list else []
        if gone:
            updates.append(UpdateOne({"_id": group["_id"]}, {"$pull": {"members": {"$in": gone}}}))
    return write_all(analytics[names.PLAYER_GROUPS], updates)


def _is_forgotten(member: Any, forgotten: Forgotten, held_again: Collection[str]) -> bool:
    key = player_key(member)
    return key is not None and key not in held_again and bool(forgotten.spans(key))


def boundaries(forgotten: Forgotten, forms: Forms) -> list[int]:
    """Return the times (ms) at which names begin or cease to be forgotten, ascending."""
    found = set()
    for since, until in (span for key in keys_of(forms) for span in forgotten.spans(key)):
        found |= {day_start_ms(since)} if since else set()
        found |= {day_start_ms(next_day(until))} if until is not None else set()
    return sorted(found)


def keys_of(forms: Forms) -> list[str]:
    """Return the player keys of forms of names, sorted."""
    return sorted({player_key(form) or "" for some in forms.values() for form in some})
