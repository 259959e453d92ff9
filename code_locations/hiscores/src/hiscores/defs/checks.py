"""Checks of the gains as stored in MongoDB; they call no upstream and can be run on their own at any time."""

from collections import Counter
from collections.abc import Iterator
from typing import Final

import dagster as dg
from wrapped_shared.asset_keys import HISCORES_GAINS_KEY
from wrapped_shared.definitions import check_spec, warning
from wrapped_shared.mongo import MongoResource, clear_errors
from wrapped_shared.words import counted

from hiscores.domain.plausibility import disagrees, faults
from hiscores.store.gains import sample_of_gains

MOST_DISAGREEING: Final = 0.05
"""The share of players whose skills may have gained more than `Overall`: rows that were first seen late."""


@dg.multi_asset_check(
    name="gains_checks",
    specs=[
        check_spec(
            "gains_are_valid",
            asset=HISCORES_GAINS_KEY,
            description="Passes if no gain is below 0, no period ends before it begins, and the points of the curve "
            "are in order within it: in the all-time gains of up to 1,000 players. Fails, because reports show these "
            "figures.",
        ),
        check_spec(
            "skills_agree_with_overall",
            asset=HISCORES_GAINS_KEY,
            description="Passes if at most 5% of these players gained clearly more in their skills than in `Overall`. "
            "Only warns: rows that the hiscores list late can explain it.",
        ),
    ],
)
def gains_checks(mongo: MongoResource) -> Iterator[dg.AssetCheckResult]:
    """Look at a bounded part of the all-time gains."""
    with clear_errors(mongo):
        gains = sample_of_gains(mongo.analytics)
    wrong = Counter(what for one in gains for what in faults(one))
    yield dg.AssetCheckResult(
        asset_key=HISCORES_GAINS_KEY,
        check_name="gains_are_valid",
        passed=not wrong,
        description="; ".join(f"{what}: {count}" for what, count in sorted(wrong.items())) or f"all {len(gains)} valid",
        metadata={"players": len(gains), "wrong": dg.MetadataValue.json(dict(sorted(wrong.items())))},
    )
    disagreeing = sum(map(disagrees, gains))
    yield warning(
        asset_key=HISCORES_GAINS_KEY,
        check_name="skills_agree_with_overall",
        passed=disagreeing <= MOST_DISAGREEING * len(gains),
        description=f"{disagreeing} of {counted(len(gains), 'player')}",
        metadata={"players": len(gains), "disagreeing": disagreeing},
    )
