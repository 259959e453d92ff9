"""The asset `tracked_players`: the players to scrape.

What belongs here: reading the sources and writing the roster. What does not: when a player is due.
"""

from datetime import UTC, datetime, timedelta

import dagster as dg
from wrapped_shared.asset_keys import HISCORES, TRACKED_PLAYERS_KEY
from wrapped_shared.collections import HISCORES_ROSTER
from wrapped_shared.definitions import Materialized
from wrapped_shared.forgotten_players import read_forgotten
from wrapped_shared.indexes import ensure_indexes
from wrapped_shared.models.hiscores import RosterEntry
from wrapped_shared.mongo import MongoResource, clear_errors
from wrapped_shared.periods import day_of

from hiscores.defs.common import asset
from hiscores.domain.roster import Names, activity_from, merge_roster
from hiscores.domain.snapshots import whole_milliseconds
from hiscores.settings import HiscoresSettings
from hiscores.store.names import load_holders
from hiscores.store.roster import (
    forget_entries,
    group_members,
    keep_out,
    kept_out,
    load_roster,
    recent_activity,
    removed_by_hand,
    save_roster,
    telemetry_names,
)


@asset(
    TRACKED_PLAYERS_KEY,
    "Who is tracked: the names in telemetry, `player_groups` and HISCORES_ROSTER, normalised, without "
    "names that the game does not allow, names that their player left, forgotten players and players who were "
    "removed by hand. Written to `hiscores_roster`.",
    [],
    RosterEntry,
    stored=HISCORES_ROSTER,
)
def tracked_players(mongo: MongoResource) -> Materialized:
    """Refresh the roster."""
    with clear_errors(mongo):
        settings = HiscoresSettings.load()
        missing = ensure_indexes(mongo.raw, mongo.analytics, HISCORES).missing
        now = whole_milliseconds(datetime.now(UTC))
        tomorrow = now.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
        known = load_roster(mongo.analytics)
        names = Names(
            frozenset(telemetry_names(mongo.raw)),
            recent_activity(mongo.raw, activity_from(known, now), tomorrow),
            frozenset(group_members(mongo.analytics)),
            tuple(settings.roster_names()),
        )
        out = kept_out(mongo.analytics)
        holders = load_holders(mongo.raw, mongo.analytics, known, names.forms, day_of(now))
        roster, impossible = merge_roster(known, names, now, out, holders)
        # If no document is left, the whole collection was dropped to be rebuilt.
        removed = removed_by_hand(mongo.analytics, roster.keys() - known.keys()) if known or out else set()
        keep_out(mongo.analytics, [roster.pop(key) for key in sorted(removed)])
        written = save_roster(mongo.analytics, known, roster)
        forget_entries(mongo.analytics, read_forgotten(mongo.analytics), roster, day_of(now))
    return dg.MaterializeResult(
        metadata={
            "players": len(roster),
            "newcomers": len(roster.keys() - known.keys()),
            "impossible_names": impossible,
            "taken_out_by_hand": len(out) + len(removed),
            "documents_written": written,
            "indexes_missing": ", ".join(missing) or "none",
        }
    )
