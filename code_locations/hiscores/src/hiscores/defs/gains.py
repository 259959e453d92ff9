"""The asset `hiscores_gains`: what each player gained between their snapshots.

What belongs here: choosing players, reading, computing, writing. What does not: what a gain is
(`domain.gains`).
"""

import dagster as dg
from wrapped_shared.asset_keys import HISCORES_GAINS_KEY, SNAPSHOTS_KEY
from wrapped_shared.definitions import Materialized, warning
from wrapped_shared.forgotten_players import read_forgotten
from wrapped_shared.models.hiscores import HiscoresGains
from wrapped_shared.mongo import MongoResource, clear_errors
from wrapped_shared.run_config import ChosenPlayers

from hiscores.defs.common import GainsConfig, asset
from hiscores.domain.catalogue import kind_lookup
from hiscores.store.catalogue import load_rows
from hiscores.store.due import count_snapshots, note_gains
from hiscores.store.gains import players_behind, remove_forgotten
from hiscores.work.gains import GainsWork


@asset(
    HISCORES_GAINS_KEY,
    "For each player and each calendar year (UTC) and `all`: experience (XP), kills and scores gained, as "
    "the highest known value in the period minus the one before it; ratings, one point a day for a curve of "
    "total experience, and flags. A player with linked names has one series, under the name they held last.",
    [SNAPSHOTS_KEY],
    HiscoresGains,
    checks={
        "valid_links": "Passes if every document of `player_names` is a link, and none contradicts another. Until "
        "then, gains follow the links by which reports were last made.",
    },
)
def hiscores_gains(
    context: dg.AssetExecutionContext, config: GainsConfig, mongo: MongoResource, players: ChosenPlayers
) -> Materialized:
    """Compute the gains of all players, those with new snapshots, or those named."""
    with clear_errors(mongo):
        remove_forgotten(mongo.analytics, read_forgotten(mongo.analytics))
        there = count_snapshots(mongo.raw)  # counted before reading: snapshots that arrive meanwhile count as new
        work = GainsWork(mongo, kind_lookup(load_rows(mongo.analytics)))
        named = players.chosen_keys()
        if named is not None:
            held = {work.tenures.resolve(key) for key in named}
            work.some([*work.behind_links, *sorted(named | held)])
        elif config.changed_only:
            work.some([*work.behind_links, *players_behind(mongo.analytics, work.tenures, work.forgotten)])
        else:
            work.everyone()
            note_gains(mongo.analytics, there)
        remove_forgotten(mongo.analytics, read_forgotten(mongo.analytics))  # those forgotten meanwhile
    tally = work.tally
    if tally.unreadable:
        context.log.warning(f"{tally.unreadable} documents in `hiscores` are not valid snapshots and were skipped")
    return dg.MaterializeResult(
        metadata={
            "players": tally.players,
            "snapshots_read": tally.documents,
            "unreadable": tally.unreadable,
            "documents_written": tally.written,
            "flags": dg.MetadataValue.json(dict(sorted(tally.flags.items()))),
        },
        check_results=[
            warning(
                check_name="valid_links",
                passed=work.links_valid,
            )
        ],
    )
