"""What a scrape reports: its outcome, metadata and check results.

What belongs here: turning a tally into what a person reads in the UI. What does not: scraping.
"""

from datetime import datetime
from typing import Any, Final, Literal, get_args

import dagster as dg
from wrapped_shared.http import ClientStats
from wrapped_shared.vocabulary import ScrapeOutcome

from hiscores.domain.planner import Plan
from hiscores.domain.snapshots import slot_text
from hiscores.scrape import Tally

WARN_SHARE: Final = 0.02
ERROR_SHARE: Final = 0.25
REASONS: Final = 10
Outcome = Literal["nothing_due", "complete", "partial", "upstream_on_hold", "upstream_trouble", "upstream_unreachable"]


def outcome_of(tally: Tally, players: int) -> Outcome:
    """Return a scrape's outcome.

    `upstream_on_hold`: a hold was in force and no requests were sent; `upstream_unreachable`: no player got a valid
    response; `upstream_trouble`: the breaker ended the scrape after some did; `partial`: time ran out, or some players
    got none; `nothing_due`, `complete`: as the names say.
    """
    answered = sum(tally.outcomes[word] for word in ("ok", "not_found", "unranked")) + tally.resumed
    if players == 0:
        return "nothing_due"
    if tally.ended == "hold":
        return "upstream_on_hold"
    if answered == 0 and tally.failures:
        return "upstream_unreachable"
    if tally.ended == "breaker":
        return "upstream_trouble"
    return "partial" if tally.ended or tally.failures else "complete"


def snapshot_metadata(
    tally: Tally,
    planned: Plan | None,
    stats: ClientStats,
    *,
    slot: datetime,
    outcome: Outcome,
    players: int,
    impossible: int,
) -> dict[str, Any]:
    """Return the materialisation's metadata: numbers and reasons, never a player's name."""
    metadata: dict[str, Any] = {
        "slot": slot_text(slot),
        "outcome": outcome,
        "players": players,
        **{word: tally.outcomes[word] for word in get_args(ScrapeOutcome)},
        "name_changed": tally.name_changed,
        "stored_before": tally.resumed,
        "not_asked": players - tally.looked_up - tally.resumed,
        "impossible_names": impossible,
        "requests": stats.requests,
        "retries": stats.retries,
    }
    if tally.reason:
        metadata[tally.ended] = tally.reason
    if planned is not None:
        metadata["due"] = planned.due
        metadata["never_asked"] = planned.never_asked
        metadata["left_for_later_runs"] = planned.left
        metadata["most_overdue_hours"] = round(planned.most_overdue_seconds / 3_600, 1)
    if tally.reasons:
        metadata["reasons"] = dict(tally.reasons.most_common(REASONS))
    return metadata


def snapshot_checks(tally: Tally) -> list[dg.AssetCheckResult]:
    """Return the results of the two checks of a scrape."""
    share = tally.failures / tally.looked_up if tally.looked_up else 0.0
    return [
        dg.AssetCheckResult(
            check_name="share_of_failures",
            passed=share < WARN_SHARE,
            severity=dg.AssetCheckSeverity.ERROR if share >= ERROR_SHARE else dg.AssetCheckSeverity.WARN,
            metadata={"share": share, "failures": tally.failures, "looked_up": tally.looked_up},
        ),
        dg.AssetCheckResult(
            check_name="upstream_answers",
            passed=tally.ended != "breaker",
            description=tally.reason or "every request got a response",
        ),
    ]
