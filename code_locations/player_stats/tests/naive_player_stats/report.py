"""Whole reports: chooses the events of a player and period, and combines the families."""

from collections import Counter
from collections.abc import Mapping
from typing import Any

from naive_player_stats import combat, growth, ticks
from naive_player_stats.chains import Links, holder_of, owned_by
from naive_player_stats.events import (
    COLLECTIONS,
    DEATHS,
    HITSPLATS,
    LOOT,
    OFFERS,
    STATS,
    TICKS,
    Documents,
    Event,
    envelope_reason,
    valid_events,
    valid_timestamp,
    without_duplicates,
)
from naive_player_stats.fields import family_reasons
from naive_player_stats.values import day_of, name_key


def in_period(day: str, period: str) -> bool:
    """Whether a day is in a period: a calendar year, or all time."""
    return period == "all" or day[:4] == period


def naive_report(
    documents: Documents,
    player: str,
    period: str,
    *,
    first_day: str,
    today: str,
    region_names: Mapping[int, str],
    links: Links = (),
    prices: combat.MonthPrices | None = None,
    bases: Mapping[int, int] | None = None,
) -> dict[str, Any] | None:
    """The report of one player and period.

    Args:
        documents: all raw documents of each collection, as decoded by pymongo.
        player: any form of the player's name.
        period: `YYYY` or `all`.
        first_day: the first day that counts, `YYYY-MM-DD`.
        today: the current UTC day; events of later days wait.
        region_names: names of places by region.
        links: changes of names; `player` is then the name that the player held last.
        prices: coins by month and item id; coins and platinum tokens have their price without.
        bases: the item whose price counts, by the id of its note, placeholder or worn form.

    Returns:
        The report without hiscores, ranks, slides, `_id`, `generated_at` and `schema_version`; None if the
        player has no valid event in the period.
    """
    key = name_key(player)
    events: dict[str, list[Event]] = {}
    for collection in COLLECTIONS:
        valid = valid_events(collection, documents, first_day=first_day, today=today)
        in_time = [event for event in valid if in_period(event.day, period)]
        mine = [owned for event in in_time if (owned := owned_by(event, key, links)) is not None]
        events[collection] = without_duplicates(mine)
    everything = [event for collection in COLLECTIONS for event in events[collection]]
    if key is None or not everything:
        return None
    days = sorted({event.day for event in everything})
    return {
        "player": display_name(everything),
        "player_key": key,
        "period": period,
        "coverage": {"first_day": days[0], "last_day": days[-1], "days_tracked": len(days)},
        "play": ticks.play(events[TICKS]),
        "movement": ticks.movement(events[TICKS]),
        "prayer": ticks.prayer(events[TICKS]),
        "places": ticks.places(events[TICKS], region_names),
        "equipment": ticks.equipment(events[TICKS]),
        "loot": combat.loot(events[LOOT], prices or {}, bases or {}),
        "experience": growth.experience(events[STATS]),
        "deaths": combat.deaths(events[DEATHS], region_names),
        "damage": combat.damage(events[HITSPLATS]),
        "exchange": growth.exchange(events[OFFERS]),
        "quality": player_quality(documents, everything, first_day=first_day, today=today),
    }


def naive_reports(
    documents: Documents,
    period: str,
    *,
    first_day: str,
    today: str,
    region_names: Mapping[int, str],
    links: Links = (),
    prices: combat.MonthPrices | None = None,
    bases: Mapping[int, int] | None = None,
) -> dict[str, dict[str, Any]]:
    """The reports of all players with a valid event in the period, by player key."""
    keys = set()
    for collection in COLLECTIONS:
        for event in valid_events(collection, documents, first_day=first_day, today=today):
            holder = holder_of(event.player_key, event.day, links)
            if holder is not None:
                keys.add(holder[0])
    reports = {}
    for key in sorted(keys):
        report = naive_report(
            documents,
            key,
            period,
            first_day=first_day,
            today=today,
            region_names=region_names,
            links=links,
            prices=prices,
            bases=bases,
        )
        if report is not None:
            reports[key] = report
    return reports


def display_name(events: list[Event]) -> str:
    """The username of the latest event that counts, by (timestamp, tickCount); ties go to the smaller name.

    Duplicates do not count.
    """
    latest = max((event.timestamp, event.tick) for event in events)
    return min(event.username for event in events if (event.timestamp, event.tick) == latest)


def player_quality(documents: Documents, kept: list[Event], *, first_day: str, today: str) -> dict[str, Any]:
    """The number of the player's documents on days with a valid event under that name, and why some were left out.

    Documents without a valid timestamp belong to no day and no player. Duplicates are read and not left out. Family
    reasons are those of the events that count.
    """
    days = {(event.player_key, event.day) for event in kept}
    read = 0
    left_out: Counter[str] = Counter()
    for collection in COLLECTIONS:
        for document in documents.get(collection, ()):
            timestamp = valid_timestamp(document, first_day)
            if timestamp is None or (name_key(document.get("username")), day_of(timestamp)) not in days:
                continue
            read += 1
            reason = envelope_reason(document, first_day=first_day, today=today)
            if reason is not None:
                left_out[reason] += 1
    for event in kept:
        left_out.update(family_reasons(event.collection, event.data))
    return {"events_read": read, "events_left_out": dict(left_out)}
