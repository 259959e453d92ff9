"""The asset `hiscores_gains`: what each player gained between their snapshots.

What belongs here: choosing players, reading, computing, writing. What does not: what a gain is
(`domain.gains`).
"""

from collections.abc import Iterator

import dagster as dg
from wrapped_shared.asset_keys import HISCORES_GAINS_KEY, SNAPSHOTS_KEY
from wrapped_shared.definitions import Materialized
from wrapped_shared.documents import Document
from wrapped_shared.models.hiscores import HiscoresGains
from wrapped_shared.mongo import MongoResource, clear_errors

from hiscores.defs.common import GainsConfig, spec
from hiscores.domain.catalogue import kind_lookup
from hiscores.domain.gains import gains_by_period
from hiscores.domain.snapshots import read_snapshot
from hiscores.store.catalogue import load_rows
from hiscores.store.due import count_snapshots, note_gains
from hiscores.store.gains import players_behind, save_gains
from hiscores.store.snapshots import everyone, of_player, old_forms


@dg.multi_asset(
    name=HISCORES_GAINS_KEY.to_python_identifier(),
    specs=[
        spec(
            HISCORES_GAINS_KEY,
            "For each player and each calendar year (UTC) and `all`: experience (XP), kills and scores gained, as "
            "the highest known value in the period minus the one before it; ratings, one point a day for a curve of "
            "total experience, and flags.",
            [SNAPSHOTS_KEY],
            HiscoresGains,
        )
    ],
)
def hiscores_gains(context: dg.AssetExecutionContext, config: GainsConfig, mongo: MongoResource) -> Materialized:
    """Compute the gains of all players, those with new snapshots, or those named."""
    players = documents = unreadable = written = 0
    flags: dict[str, int] = {}
    with clear_errors(mongo):
        kind_of = kind_lookup(load_rows(mongo.analytics))
        there = count_snapshots(mongo.raw)  # counted before reading: snapshots that arrive meanwhile count as new
        for key, stored in _chosen(config, mongo):
            snapshots = [snapshot for document in stored if (snapshot := read_snapshot(document))]
            players += 1
            documents += len(stored)
            unreadable += len(stored) - len(snapshots)
            periods = gains_by_period(snapshots, kind_of)
            written += save_gains(mongo.analytics, key, periods)
            for flag in periods["all"].flags if periods else ():
                flags[flag] = flags.get(flag, 0) + 1
        if not config.players and not config.changed_only:
            note_gains(mongo.analytics, there)
    if unreadable:
        context.log.warning(f"{unreadable} documents in `hiscores` are not valid snapshots and were skipped")
    return dg.MaterializeResult(
        metadata={
            "players": players,
            "snapshots_read": documents,
            "unreadable": unreadable,
            "documents_written": written,
            "flags": dg.MetadataValue.json(dict(sorted(flags.items()))),
        }
    )


def _chosen(config: GainsConfig, mongo: MongoResource) -> Iterator[tuple[str, list[Document]]]:
    old = old_forms(mongo.raw)
    named = config.player_keys()
    if named is None and not config.changed_only:
        yield from everyone(mongo.raw, old)
        return
    for key in sorted(named) if named is not None else players_behind(mongo.analytics):
        stored = list(of_player(mongo.raw, key, old.get(key, ())))
        if stored:
            yield key, stored
