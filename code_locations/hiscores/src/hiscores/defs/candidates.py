"""The asset `name_candidates`: names that may be one player's.

What belongs here: reporting how many there are; names stay in MongoDB. What does not: finding them (`work.candidates`).
"""

import dagster as dg
from wrapped_shared.asset_keys import HISCORES_GAINS_KEY, HISCORES_PLAYERS_KEY, NAME_CANDIDATES_KEY
from wrapped_shared.definitions import Materialized
from wrapped_shared.models.hiscores import NameCandidate
from wrapped_shared.mongo import MongoResource, clear_errors

from hiscores.defs.common import asset
from hiscores.work.candidates import refresh


@asset(
    NAME_CANDIDATES_KEY,
    "Pairs of names that may be one player's: one that the hiscores no longer list, and one first seen "
    "afterwards whose rows are all at least as high. Nothing applies them: a person links names with "
    "`wrapped rename`.",
    [HISCORES_GAINS_KEY, HISCORES_PLAYERS_KEY],
    NameCandidate,
)
def name_candidates(mongo: MongoResource) -> Materialized:
    """Find the candidates and replace the stored ones."""
    with clear_errors(mongo):
        found = refresh(mongo)
    return dg.MaterializeResult(metadata={"candidates": found})
