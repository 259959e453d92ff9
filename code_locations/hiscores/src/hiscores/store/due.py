"""Whether the job has something to do: the quick queries that `wrapped run` makes before it starts a run.

What belongs here: queries over few documents. What does not: exactly whom to look up (`domain.planner`).
"""

from datetime import UTC, datetime
from typing import Final

from pymongo.database import Database
from wrapped_shared import collections as names
from wrapped_shared.documents import Document
from wrapped_shared.forgotten_players import read_forgotten
from wrapped_shared.mongo import MongoResource
from wrapped_shared.periods import today
from wrapped_shared.run_notes import read_note, write_note

from hiscores.domain.chains import behind
from hiscores.domain.roster import Names, activity_from, merge_roster
from hiscores.settings import HiscoresSettings
from hiscores.store.gains import linked_gains, players_behind
from hiscores.store.names import load_holders, load_tenures
from hiscores.store.players import looked_up
from hiscores.store.roster import group_members, kept_out, load_roster, recent_activity, telemetry_names

_GAINS: Final = "gains"


def due(mongo: MongoResource) -> str | None:
    """Return why a run has something to do, or None; without a contact, no player is due."""
    analytics, now = mongo.analytics, datetime.now(UTC)
    settings = HiscoresSettings.load()
    why = _roster_behind(mongo, settings, now)
    if why is not None:
        return why
    if settings.contact:
        slot = now.replace(minute=0, second=0, microsecond=0)
        if analytics[names.HISCORES_PLAYERS].find_one({"next_due": {"$lte": slot}}, {"_id": 1}):
            return "players are due"
        if load_roster(analytics).keys() - looked_up(analytics):
            return "players were never looked up"
    if read_note(analytics, _GAINS).get("snapshots", 0) != count_snapshots(mongo.raw):
        return "snapshots are newer than the gains"
    tenures, _ = load_tenures(analytics)
    if behind(linked_gains(analytics, tenures.names), tenures):
        return "links of names are newer than the gains"
    return "gains have an older format" if players_behind(analytics, tenures, read_forgotten(analytics)) else None


def count_snapshots(raw: Database[Document]) -> int:
    """Return how many snapshots of any format there are, by the server's own count."""
    return raw[names.HISCORES].estimated_document_count()


def note_gains(analytics: Database[Document], snapshots: int) -> None:
    """Store from how many snapshots everybody's gains were computed."""
    write_note(analytics, _GAINS, snapshots=snapshots)


def _roster_behind(mongo: MongoResource, settings: HiscoresSettings, now: datetime) -> str | None:
    """Return why the roster needs an update.

    Names in telemetry are those in reports while every day is computed, plus those of late events; otherwise all.
    """
    analytics = mongo.analytics
    roster = load_roster(analytics)
    in_telemetry = _reported(analytics) if _all_computed(analytics) else telemetry_names(mongo.raw)
    sources = Names(
        frozenset(in_telemetry),
        recent_activity(mongo.raw, activity_from(roster, now), now),
        frozenset(group_members(analytics)),
        tuple(settings.roster_names()),
    )
    holders = load_holders(mongo.raw, analytics, roster, sources.forms, today())
    merged, _ = merge_roster(roster, sources, now, kept_out(analytics), holders)
    if merged.keys() - roster.keys():
        return "there are new names"
    if any(holders.now(key) != key for key in roster):
        return "players have left their names"
    played = any(entry.last_telemetry != roster[key].last_telemetry for key, entry in merged.items())
    return "players have played" if played else None


def _all_computed(analytics: Database[Document]) -> bool:
    ledger = analytics[names.DAY_LEDGER]
    of_now = {"owed": True, "day": {"$lte": today()}}  # future days wait for their time
    return ledger.find_one({}, {"_id": 1}) is not None and ledger.find_one(of_now, {"_id": 1}) is None


def _reported(analytics: Database[Document]) -> set[str]:
    reports = analytics[names.WRAPPED_REPORTS].find({"period": "all"}, {"player_key": 1})
    return {report["player_key"] for report in reports}
