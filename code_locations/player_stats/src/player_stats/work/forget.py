"""Forgetting players: removes everything of them that this location stores, and their raw events.

The players are those in `forgotten_players`, written before; from then on no reader counts their events. The order: for
each day with events of theirs, their summaries, then the day's bookkeeping, then the events; at last what is stored
without events, the reports, group members, and the ranks and groups of everybody else. What is left after an
interruption is found by the next call.

**Nobody's events are read again.** What was seen and counted of a day is lowered by the removed documents. Where that
could be wrong, the hours concerned are marked as owed: if a turn that began about when the players were forgotten read
the day, if another reader claims it meanwhile, or if not all removed documents had been seen.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Final

from pymongo.database import Database
from wrapped_shared import collections as names
from wrapped_shared.documents import Document
from wrapped_shared.forgotten import Forgotten
from wrapped_shared.mongo import MongoResource
from wrapped_shared.periods import DAY_MS, day_of_ms, day_start_ms, next_day, today
from wrapped_shared.seal import first_open_day
from wrapped_shared.settings import first_day
from wrapped_shared.stored.bookkeeping import DayLedgerFields
from wrapped_shared.stored.forgotten import ForgottenPlayer, ForgottenPlayerFields

from player_stats.domain.cells import WHOLE_DAY, Cut
from player_stats.domain.lowering import Lowered, RemovedOfDay, lowered
from player_stats.store import forgetting
from player_stats.store.groups import make_groups
from player_stats.store.ids import id_key
from player_stats.store.ledger import EVERYTHING, mark_owed
from player_stats.store.linked_names import apply_links
from player_stats.store.order import THE_ORDER
from player_stats.store.outside_days import write_undated
from player_stats.store.quality import replace_quality
from player_stats.store.ranks import make_owed_ranks
from player_stats.store.reading import Forms, Span, day_range, read_span
from player_stats.store.report_requests import request_reports
from player_stats.store.scopes import time_scope
from player_stats.store.turns import Turn, end_dead_turns, take_turn

WHY: Final = "a player was forgotten"
_FINE: Final = Cut(hourly=True, fine_from_ms=0)
_CHUNK_DAYS: Final = 31


@dataclass
class Removed:
    """Result of removing forgotten players."""

    events: int = 0
    """Raw events."""
    names: set[str] = field(default_factory=set)
    """The names, as player keys, of which something was removed."""
    owed: set[str] = field(default_factory=set)
    """Days of which some hours must be read again."""


def forget(mongo: MongoResource, documents: Iterable[ForgottenPlayer]) -> Removed:
    """Forget players: add documents to `forgotten_players`, then remove everything stored about all forgotten players.

    Args:
        mongo: the opened resource.
        documents: documents of `forgotten_players`, from `wrapped_shared.forgotten.forgotten_documents`; none to
            remove only what was stored about forgotten players since.
    """
    ticket = _last_ended(mongo.analytics)
    for document in documents:
        change = {"$setOnInsert": {**document, **ForgottenPlayerFields(ticket=ticket, removed=False)}}
        mongo.analytics[names.FORGOTTEN_PLAYERS].update_one({"_id": document["_id"]}, change, upsert=True)
    return remove_forgotten(mongo)


def _last_ended(analytics: Database[Document]) -> int:
    """Return a ticket up to which all turns have ended."""
    turns = analytics[names.TURNS].find_one(THE_ORDER) or {"ticket": 0}
    return min((int(entry["ticket"]) - 1 for entry in turns.get("open", ())), default=int(turns["ticket"]))


def remove_forgotten(mongo: MongoResource) -> Removed:
    """Remove everything that is stored about forgotten players; return what was removed."""
    analytics, removed = mongo.analytics, Removed()
    bans = list(analytics[names.FORGOTTEN_PLAYERS].find())
    if not bans:
        return removed
    end_dead_turns(analytics)
    new, known = [ban for ban in bans if not ban.get("removed")], [ban for ban in bans if ban.get("removed")]
    for some, tallied in ((new, True), (known, False)):
        if some:
            ticket = min(int(ban.get("ticket", 0)) for ban in some)
            _EventRemoval(mongo, Forgotten(some), ticket, removed, tallied=tallied).remove()
    apply_links(analytics)  # those of forgotten names no longer apply
    forgotten = Forgotten(bans)
    held_again = _remove_results(analytics, forgotten, removed)
    forgetting.remove_members(analytics, forgotten, held_again)
    make_owed_ranks(analytics)
    make_groups(analytics, only_owed=True)
    if removed.events:
        write_undated(mongo.raw, analytics, first_day(), today())
    for ban in new:
        analytics[names.FORGOTTEN_PLAYERS].update_one(
            {"_id": ban["_id"]}, {"$set": ForgottenPlayerFields(removed=True)}
        )
    return removed


def _remove_results(analytics: Database[Document], forgotten: Forgotten, removed: Removed) -> set[str]:
    """Remove summaries and reports; return the forgotten names that another player holds now."""
    held_again = set()
    for key in forgetting.stored_keys(analytics, forgotten):
        with take_turn(analytics) as turn:
            if not forgetting.remove_results(turn, key, forgotten):
                held_again.add(key)
        removed.names.add(key)
    return held_again


class _EventRemoval:
    """Removes the raw events of some forgotten players, and what they contributed to days."""

    def __init__(
        self, mongo: MongoResource, forgotten: Forgotten, ticket: int, removed: Removed, *, tallied: bool
    ) -> None:
        """Prepare the removal.

        Args:
            mongo: the opened resource.
            forgotten: the players.
            ticket: later turns may have left the players out of what they read.
            removed: gets what was removed.
            tallied: whether the players were included in what earlier turns read.
        """
        self._raw, self._analytics = mongo.raw, mongo.analytics
        self._forgotten, self._ticket, self._removed, self._tallied = forgotten, ticket, removed, tallied
        self._forms = forgetting.forms_of(mongo.raw, forgotten)
        self._open_from = first_open_day(mongo.analytics, first_day())

    def remove(self) -> None:
        """Remove all events: those of days by the month, then those that belong to no day."""
        for span in self._spans():
            forgotten_now = partial(self._forgotten.covers, day=day_of_ms(span[0]))
            forms = forgetting.forms_under(self._forms, forgotten_now)
            if any(forms.values()):
                with take_turn(self._analytics, scope=time_scope(span)) as turn:
                    self._remove_span(turn, forms, span)
        self._remove_dateless()

    def _spans(self) -> Iterator[Span]:
        """Yield spans of whole days with events, within each of which the same names are forgotten."""
        bounds = forgetting.boundaries(self._forgotten, self._forms)
        at = forgetting.next_event(self._raw, self._forms, day_start_ms(first_day()))
        while at is not None:
            start = day_start_ms(day_of_ms(at))
            end = min([start + _CHUNK_DAYS * DAY_MS, *(bound for bound in bounds if bound > start)])
            yield start, end
            at = forgetting.next_event(self._raw, self._forms, end)

    def _remove_span(self, turn: Turn, forms: Forms, span: Span) -> None:
        keys = forgetting.keys_of(forms)
        self._removed.names.update(keys)
        for _, readings in read_span(self._raw, span, first_day(), _FINE, {}, forms=forms):
            days: dict[str, RemovedOfDay] = defaultdict(RemovedOfDay)
            for collection, reading in readings.items():
                for cell, seen in reading.seen.items():
                    days[cell.day].seen.setdefault(collection, {})[cell.label] = seen
                for cell, tally in reading.tallies.items():
                    days[cell.day].tallies.setdefault(collection, {})[cell.label] = tally
            for day, found in sorted(days.items()):
                self._remove_day(turn, keys, forms, day, found)

    def _remove_day(self, turn: Turn, keys: list[str], forms: Forms, day: str, found: RemovedOfDay) -> None:
        shared = [key for key in keys if self._forgotten.spans(key) != [("", None)]]
        request_reports(self._analytics, months=((key, day) for key in shared))
        forgetting.remove_day(turn, keys, day)
        again = self._lower(turn, forms, day, found)
        self._removed.events += forgetting.remove_events(
            self._raw, self._analytics, forms, {"timestamp": day_range(day)}
        )
        ledger = self._analytics[names.DAY_LEDGER].find_one({"_id": day}, {"claimed": 1})
        if ledger is not None and ledger["claimed"] != turn.number:  # another reader may have seen the events
            again |= found.hours
        if again and day >= self._open_from:
            self._removed.owed.add(day)
            mark_owed(self._analytics, {day: {EVERYTHING if label == WHOLE_DAY else label for label in again}}, WHY)

    def _lower(self, turn: Turn, forms: Forms, day: str, found: RemovedOfDay) -> set[str]:
        """Lower what is recorded of a day, so that no earlier turn can clear it; return the labels to read again."""
        while True:
            ledger = self._analytics[names.DAY_LEDGER].find_one({"_id": day})
            if ledger is None:
                return set()
            unclear = ledger["claimed"] > turn.number or (self._tallied and ledger["claimed"] > self._ticket)
            changes: DayLedgerFields = {"claimed": max(turn.number, ledger["claimed"])}
            low = None if unclear else self._lowered(forms, day, ledger, found)
            if low is not None:
                changes["seen"], changes["tallies"] = low.seen, low.tallies
                if ledger["revision"]:
                    changes["revision"] = turn.number
            same = {name: ledger[name] for name in ("_id", "claimed", "revision", "noted")}
            update = {"$set": changes, "$unset": {"division": ""}}
            if self._analytics[names.DAY_LEDGER].update_one(same, update).matched_count:
                break
        if low is None:
            return found.hours
        if self._tallied:
            replace_quality(turn, {day: low.tallies})
        return low.uncertain

    def _lowered(self, forms: Forms, day: str, ledger: Mapping[str, Any], found: RemovedOfDay) -> Lowered:
        def above(collection: str, label: str, mark: Any) -> int:
            return forgetting.count_above(self._raw, forms, collection, forgetting.span_of(day, label), mark)

        low = lowered(ledger.get("seen", {}), ledger.get("tallies", {}), found, above, id_key, tallied=self._tallied)
        for collection, label in low.newest_gone:
            part = low.seen[collection][label]
            span = forgetting.span_of(day, label)
            newest = forgetting.newest_of_others(self._raw, forms, collection, span, part["newest"])
            if newest is None:
                low.uncertain.add(label)
            else:
                part["newest"] = newest
        return low

    def _remove_dateless(self) -> None:
        """Remove events before the first day, and those without a valid timestamp unless the name was passed on."""
        for key in forgetting.keys_of(self._forms):
            own = forgetting.forms_under(self._forms, key.__eq__)
            until, since = self._forgotten.last_day(key), min(self._forgotten.spans(key))[0]
            when: Document = {}
            if until is not None and forgetting.next_event(self._raw, own, day_start_ms(next_day(until))) is not None:
                when = {"timestamp": {"$lt": day_start_ms(next_day(until))}}
            if not since:
                self._removed.events += forgetting.remove_events(self._raw, self._analytics, own, when)
