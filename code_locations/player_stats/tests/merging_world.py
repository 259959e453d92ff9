"""Telemetry that arrives, disappears and is read, and the days, months, merges and reports that must result."""

import random
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from bson import ObjectId
from engine_harness import engine_days, engine_reports, read_between, valued_months
from naive_player_stats import naive_before
from player_stats.domain.cells import Cut
from player_stats.domain.days import CellSummaries, merged_days, summarise_cells
from player_stats.domain.prices import Prices
from player_stats.domain.running_merges import SUMMARY_FIELDS
from player_stats.domain.summaries import Summary, merge_all
from player_stats.store.days import write_days
from player_stats.store.hours import write_hours
from player_stats.store.price_changes import request_revalued
from player_stats.store.scopes import time_scope
from player_stats.store.turns import take_turn
from player_stats.store.years_before import this_year
from wrapped_shared import collections as names
from wrapped_shared.documents import Document
from wrapped_shared.indexes import ensure_indexes
from wrapped_shared.mongo import MongoResource
from wrapped_shared.periods import day_start_ms, next_day

FIRST_DAY, LAST_DAY = "2021-01-01", "2025-12-31"
HOUR_MS = 3_600_000
BONES = 526


class MergingWorld:
    """Raw events in memory, from which hours and days are written in turns, as by a reader of raw events."""

    def __init__(self, mongo: MongoResource) -> None:
        ensure_indexes(mongo.raw, mongo.analytics)
        self.mongo, self.analytics = mongo, mongo.analytics
        self.documents: dict[str, list[Document]] = {
            names.GAME_TICKS: [],
            names.STAT_CHANGED: [],
            names.ACTOR_DEATH: [],
            names.LOOT_RECEIVED: [],
        }
        self.kept: set[str] = set()
        """Days that are kept in hours."""
        self.owed: set[str] = set()
        """Hours that were touched since they were read."""
        self.lost: set[str] = set()
        """Running merges that were lost, which are rebuilt when their players have news."""
        self.prices = Prices({}, {})
        """The prices that loot has once its months were requested and valued again."""
        self.as_set: dict[str, Any] = {}
        """The same prices, as the reference takes them."""

    def play(
        self, player: str, hour: str, ticks: int = 3, xp: int = 1_000, start: int = 0, session: str | None = None
    ) -> None:
        """A player's few ticks, an experience drop and a loot drop, in an hour "<day>T<HH>"."""
        at = day_start_ms(hour[:10]) + int(hour[11:]) * HOUR_MS + start
        common = {"username": player, "sessionId": session or f"session {player}"}
        for number in range(ticks):
            data = {"energy": 10_000 - number, "prayer": 99 - number % 50, "location": {"x": 3200 + number, "y": 3200}}
            tick = {
                "_id": ObjectId(),
                "timestamp": at + 600 * number,
                "tickCount": at // 600 % 10**9 + number,
                "data": data,
            }
            self.documents[names.GAME_TICKS].append({**common, **tick})
        stat = {"skill": "ATTACK", "xp": xp, "level": 1, "boostedLevel": 1}
        drop = {"_id": ObjectId(), "timestamp": at, "tickCount": 1, "data": stat}
        self.documents[names.STAT_CHANGED].append({**common, **drop})
        self.drop(player, hour, ((BONES + at // HOUR_MS % 3, 1 + at // HOUR_MS % 7),), start)

    def drop(self, player: str, hour: str, items: Iterable[tuple[int, int]], start: int = 0) -> None:
        """A goblin's drop for a player in an hour: pairs of item and quantity."""
        actor = {"name": "Goblin", "combatLevel": 2, "id": 1, "type": 1}
        self.documents[names.LOOT_RECEIVED].append({
            "_id": ObjectId(), "timestamp": day_start_ms(hour[:10]) + int(hour[11:]) * HOUR_MS + start,
            "username": player, "sessionId": f"session {player}", "tickCount": 1,
            "data": {"actor": actor, "items": [{"id": item, "quantity": count} for item, count in items]},
        })  # fmt: skip
        self.owed.add(hour)

    def set_prices(self, months: dict[str, dict[int, int]], bases: dict[int, int] | None = None) -> None:
        """Replace all month prices and base items, as `image_map` stores them."""
        stored = {month: {str(item): price for item, price in found.items()} for month, found in months.items()}
        for name in (names.ITEM_MONTH_PRICES, names.ITEMS):
            self.analytics[name].delete_many({})
        for month, found in stored.items():
            self.analytics[names.ITEM_MONTH_PRICES].insert_one({"_id": month, "days": 1, "prices": found})
        for item, base in (bases or {}).items():
            one = {"_id": item, "schema_version": 2, "name": "", "base_id": base, "source": "wiki"}
            self.analytics[names.ITEMS].insert_one(one)
        self.as_set = {"prices": months, "bases": bases or {}}
        self.prices = Prices(stored, {str(item): base for item, base in (bases or {}).items()})

    def plan_prices(self) -> None:
        """Request the reports whose prices changed, as a plan does."""
        request_revalued(self.analytics, FIRST_DAY, datetime(2025, 12, 31, tzinfo=UTC))

    def forget(self, player: str, label: str) -> None:
        """Remove all of a player's events of a day or hour."""
        start = day_start_ms(label[:10]) + (int(label[11:]) * HOUR_MS if len(label) > 10 else 0)
        end = start + (HOUR_MS if len(label) > 10 else 24 * HOUR_MS)
        for name, found in self.documents.items():
            left = [one for one in found if one["username"] != player or not start <= one["timestamp"] < end]
            gone = {one["timestamp"] // HOUR_MS % 24 for one in found if one not in left}
            self.owed |= {f"{label[:10]}T{hour:02}" for hour in gone}
            self.documents[name] = left

    def cells(self, day: str) -> CellSummaries:
        """The hours of a day, as they are now."""
        span = day_start_ms(day), day_start_ms(next_day(day))
        return summarise_cells(read_between(self.documents, *span, FIRST_DAY, cut=Cut(hourly=True)))

    def read(self, day: str, *, whole: bool = False, kept: bool = True) -> None:
        """Read the owed parts of a day, or the whole day; unless it is `kept`, its hours are not written."""
        cells = self.cells(day)
        scope = time_scope((day_start_ms(day), day_start_ms(next_day(day))))
        hours = {hour for hour in self.owed if hour[:10] == day}
        with take_turn(self.analytics, scope=scope) as turn:
            if whole or day not in self.kept:
                if kept or day in self.kept:
                    write_hours(turn, day, cells, None)
                    self.kept.add(day)
                write_days(turn, {day: merged_days(cells).get(day, {})})
            else:
                labels = frozenset(hour[11:] for hour in hours)
                some = {cell: found for cell, found in cells.items() if cell.hour in labels}
                write_hours(turn, day, some, labels)
        self.owed -= hours

    def read_all(self, **how: bool) -> None:
        for day in sorted({hour[:10] for hour in self.owed}):
            self.read(day, **how)

    def stop_keeping(self, day: str) -> None:
        """Remove the hours of a day that is too old."""
        self.analytics[names.PLAYER_HOURS].delete_many({"day": day})
        self.kept.discard(day)

    def days(self) -> dict[str, dict[str, Summary]]:
        return engine_days(self.documents, FIRST_DAY, LAST_DAY)

    def check(self) -> None:
        """Check that days, months, merges and reports are those of the existing events."""
        days = self.days()
        by_player: dict[str, dict[str, Summary]] = {}
        for day, found in days.items():
            for key, summary in found.items():
                by_player.setdefault(key, {})[day] = summary
        assert self._stored(names.PLAYER_DAYS, "day") == {
            (key, day): summary for key, of_player in by_player.items() for day, summary in of_player.items()
        }
        months = {
            (key, month): whole(of_player, lambda day, month=month: day[:7] == month)
            for key, of_player in by_player.items()
            for month in {day[:7] for day in of_player}
        }
        closed = {owner: found for owner, found in months.items() if owner[1] != max(by_player[owner[0]])[:7]}
        assert self._stored(names.PLAYER_MONTHS, "month") == closed
        self._check_merges(by_player)
        self._check_reports(days)

    def _stored(self, collection: str, label: str) -> dict[tuple[str, str], Summary]:
        found = self.analytics[collection].find()
        return {(one["player_key"], one[label]): {name: one[name] for name in SUMMARY_FIELDS} for one in found}

    def _parts(self, key: str, days: dict[str, Summary], level: str, of: str, before: str) -> list[Summary]:
        """The parts that a running merge of a player merges: days, or valued months."""
        if level == "days":
            return [days[day] for day in sorted(days) if day[:7] == of and day < before]
        months = valued_months({day: {key: found} for day, found in days.items()}, self.prices)
        return [found for (month, _), found in sorted(months.items()) if of in (month[:4], "all") and month < before]

    def _check_merges(self, by_player: dict[str, dict[str, Summary]]) -> None:
        found = {one["_id"]: one for one in self.analytics[names.PLAYER_MERGES].find()}
        for key, days in by_player.items():
            latest = max(days)
            for level, of in (("days", latest[:7]), ("months", latest[:4]), ("years", "all")):
                if f"{key}|{level}" in self.lost - found.keys():
                    continue
                merge = found.pop(f"{key}|{level}")
                assert merge["of"] == of
                parts = self._parts(key, days, level, of, merge["before"])
                assert summary_in(merge) == (merge_all(parts) if parts else None)
                newest = latest[: {"days": 10, "months": 7, "years": 4}[level]]
                assert merge["before"] == newest or (level == "days" and merge["before"] > newest)
        for merge in found.values():
            assert merge["level"] == "hours", "a merge of a player without days"
            hours = self.cells(merge["of"])
            parts = [
                hours[cell][merge["player_key"]]
                for cell in sorted(hours)
                if f"{cell.day}T{cell.hour}" < merge["before"] and merge["player_key"] in hours[cell]
            ]
            assert summary_in(merge) == (merge_all(parts) if parts else None)

    def _check_reports(self, days: dict[str, dict[str, Summary]]) -> None:
        wanted = {f"{period}/{key}": report for (period, key), report in engine_reports(days, self.prices).items()}
        found = {one["_id"]: one for one in self.analytics[names.WRAPPED_REPORTS].find()}
        assert found.keys() == wanted.keys()
        for identity, report in wanted.items():
            assert {name: found[identity][name] for name in report} == report
            period, key = identity.split("/")
            earlier = None if period == "all" else wanted.get(f"{int(period) - 1}/{key}")
            assert found[identity]["before"] == naive_before(period, report, earlier, this_year())
        assert self.analytics[names.REPORT_REQUESTS].find_one() is None


def whole(days: dict[str, Summary], chosen: Any) -> Summary:
    return merge_all(days[day] for day in sorted(days) if chosen(day))


def summary_in(merge: Document) -> Summary | None:
    return {name: merge[name] for name in SUMMARY_FIELDS} if "days" in merge else None


def some(chance: random.Random, things: Iterable[Any], at_most: int) -> list[Any]:
    found = sorted(things)
    return chance.sample(found, min(len(found), chance.randint(1, at_most)))
