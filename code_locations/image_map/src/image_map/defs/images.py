"""The asset `stat_images`: the map itself."""

from datetime import UTC, datetime
from typing import Any

import dagster as dg
from wrapped_shared import markdown
from wrapped_shared.asset_keys import ITEMS_KEY, STAT_IMAGES_KEY, STAT_SUBJECTS_KEY, WIKI_ROWS_KEY
from wrapped_shared.definitions import Materialized
from wrapped_shared.holds import HOLD_MEANING, WIKI, hold_check
from wrapped_shared.models.image_map import StatImage
from wrapped_shared.mongo import MongoResource, clear_errors
from wrapped_shared.run_config import ChosenPlayers

from image_map.defs.common import (
    ANSWERS_CHECK,
    DRAWN_KINDS,
    HOLD_CHECK,
    POOL,
    BuildConfig,
    Progress,
    answers_check,
    asset,
    chosen_players,
    may_call,
    open_upstream,
)
from image_map.work.build import Build, BuildReport

OUTCOME_TAG = "image_map/outcome"
SHOWN = 30


@asset(
    STAT_IMAGES_KEY,
    "The stat → image map: for every subject a clean sprite (PNG, at most 512 px) and a 96 px thumbnail in "
    "the GridFS bucket `sprites`, with source and attribution. Found by NPC or item id, then name and combat "
    "level, name, our alias table, the page's image; drawn if the wiki has none. Upstream failures do not "
    f"fail the step: existing pictures stay, the rest are drawn for now, and the check `{ANSWERS_CHECK}` and "
    f"the run's tag `{OUTCOME_TAG}` report them. A found picture is kept as long as its file exists, even if "
    "the tables lose its row; a file that gives no usable picture is skipped for 7 days.",
    [STAT_SUBJECTS_KEY, WIKI_ROWS_KEY, ITEMS_KEY],
    StatImage,
    kinds=DRAWN_KINDS,
    checks={
        ANSWERS_CHECK: "Passes if the wiki answered every request.",
        HOLD_CHECK: HOLD_MEANING,
    },
    pool=POOL,
)
def stat_images(
    context: dg.AssetExecutionContext, config: BuildConfig, mongo: MongoResource, players: ChosenPlayers
) -> Materialized:
    """Resolve, query the wiki, fetch what is new or changed, draw the rest."""
    with clear_errors(mongo), open_upstream(context, mongo) as upstream:
        now = datetime.now(UTC)
        choice = config.choice(chosen_players(context, players, mongo))
        progress = Progress(context, "files fetched").tell
        build = Build(mongo.analytics, upstream.wiki, choice, now, redownload=config.redownload, progress=progress)
        report = build.run()
        hold = hold_check(mongo.analytics, HOLD_CHECK, WIKI)
    problems = report.problems or ([upstream.why_not] if upstream.why_not else [])
    for line in [*report.problems[:SHOWN], *report.broken[:SHOWN]]:
        context.log.warning(line)
    if problems:
        outcome = "upstream_in_trouble" if may_call(upstream.wiki) else "nothing_asked"
        context.instance.add_run_tags(context.run.run_id, {OUTCOME_TAG: outcome})
    return dg.MaterializeResult(
        metadata={**_metadata(report), "hold": str(hold.description)},
        check_results=[answers_check(problems, requested=may_call(upstream.wiki)), hold],
    )


def _metadata(report: BuildReport) -> dict[str, Any]:
    drawn = "\n".join(f"- {markdown.escaped(_id)}" for _id in report.fallbacks[:SHOWN])
    more = f"\n- and {len(report.fallbacks) - SHOWN} more" if len(report.fallbacks) > SHOWN else ""
    return {
        "subjects": report.subjects,
        "resolved_by": dg.MetadataValue.md(markdown.table(("step", "subjects"), report.steps.most_common())),
        "drawn": dg.MetadataValue.md(f"{drawn}{more}" or "none"),
        "api_requests": report.api_requests,
        "kept_though_the_wiki_gave_none": report.kept,
        "broken_files": len(report.broken),
        "downloads": report.downloads,
        "entries_written": report.entries_written,
        "files_written": report.files_written,
        "files_removed": report.files_removed,
        "problems": len(report.problems),
    }
