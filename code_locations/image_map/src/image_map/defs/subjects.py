"""The asset `stat_subjects`: what needs a picture."""

import dagster as dg
from wrapped_shared import markdown
from wrapped_shared.asset_keys import HISCORES_GAINS_KEY, IMAGE_MAP, STAT_SUBJECTS_KEY, WRAPPED_REPORTS_KEY
from wrapped_shared.definitions import Materialized
from wrapped_shared.indexes import ensure_indexes
from wrapped_shared.models.image_map import StatSubject
from wrapped_shared.mongo import MongoResource, clear_errors
from wrapped_shared.run_config import ChosenPlayers

from image_map.defs.common import SubjectsConfig, asset, chosen_players
from image_map.work.gather import gather


@asset(
    STAT_SUBJECTS_KEY,
    "One document for each thing that needs a picture: the mobs (by name and combat level, with their "
    "ids), items, places and slides that `wrapped_reports` name, the bosses in `hiscores_gains`, and all "
    "skills, equipment slots and slides. The day documents are not read: their fields are private to "
    "player_stats, and every day is included in a report.",
    [WRAPPED_REPORTS_KEY, HISCORES_GAINS_KEY],
    StatSubject,
)
def stat_subjects(
    context: dg.AssetExecutionContext, config: SubjectsConfig, mongo: MongoResource, players: ChosenPlayers
) -> Materialized:
    """Read what the reports name: everything, or what run config selects."""
    since = config.since_time()
    with clear_errors(mongo):
        chosen = chosen_players(context, players, mongo)
        choice = config.choice(chosen)
        missing = ensure_indexes(mongo.raw, mongo.analytics, IMAGE_MAP).missing
        found = gather(mongo.analytics, choice, since)
    if found.crowded_out:
        context.log.warning(f"{found.crowded_out} subjects exceed the limit for their kind and get no picture")
    return dg.MaterializeResult(
        metadata={
            "subjects": sum(found.by_kind.values()),
            "by_kind": dg.MetadataValue.md(markdown.table(("kind", "subjects"), sorted(found.by_kind.items()))),
            "reports_read": found.reports,
            "documents_written": found.written,
            "crowded_out": found.crowded_out,
            **chosen.metadata,
            "indexes_missing": ", ".join(missing) or "none",
        }
    )
