"""Writing reports: builds them from merged periods and writes those whose digest differs from the stored one."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Final

import bson
from wrapped_shared import collections as names
from wrapped_shared.bulk import find_by_id
from wrapped_shared.documents import Document

from player_stats.domain.ranks import with_current_values
from player_stats.domain.report import Report, build_report, item_ids, report_id
from player_stats.domain.slides import build_slides, with_rank_slide
from player_stats.store.encoding import digest_of
from player_stats.store.enrichment import RANK_IMAGE, Enrichment
from player_stats.store.merges import ReportChanges
from player_stats.store.months import Periods
from player_stats.store.ranks import request_ranks
from player_stats.store.sizes import LARGEST_DOCUMENT, fits
from player_stats.store.turns import Turn
from player_stats.store.years_before import add_years_before, request_years_after

_RANK_SLIDE: Final = "rank"
_NOT_IN_DIGEST: Final = ("generated_at", "revision", "digest", "ranks")
_COMPARED: Final = {"digest": 1, "ranks": 1, "generated_at": 1}


def write_reports(turn: Turn, merged: Periods, enrichment: Enrichment, changes: ReportChanges) -> None:
    """Write the reports that differ from what is stored, remove those without days, and add what changed to `changes`.

    No earlier turn may be open, because reports that are already up to date are skipped.
    """
    changed: list[Report] = []
    now = datetime.now(UTC)
    wanted = {report_id(*owner): owner for owner, summary in merged.items() if summary is not None}
    ids = [report_id(*owner) for owner in merged]
    stored = {found["_id"]: found for found in find_by_id(turn.analytics[names.WRAPPED_REPORTS], ids, _COMPARED)}
    reports = _built(turn, merged, stored, enrichment)
    older = _older_digests(turn, stored, enrichment)
    for report in reports:
        before = stored.get(report["_id"])
        digest, size = _digest(report, enrichment)
        if size > LARGEST_DOCUMENT // 2 and not fits(report):
            changes.too_large += 1
        elif (
            before is None
            or before["ranks"] != report["ranks"]
            or digest != (before.get("digest") or older[report["_id"]])
        ):
            changes.written += 1
            changed.append({**report, "digest": digest, "generated_at": now})
        else:
            changes.unchanged += 1
            if report["_id"] in older:
                changed.append({**report, "digest": digest, "generated_at": before["generated_at"]})
    gone = sorted(set(ids) - wanted.keys())
    removed = [owner for owner, summary in merged.items() if summary is None and report_id(*owner) in stored]
    changes.removed += len(removed)
    if changed or gone:
        request_ranks(turn.analytics, {period for period, _ in merged})
        written = [(report["period"], report["player_key"]) for report in changed]
        request_years_after(turn.analytics, [*written, *removed], merged)
    turn.replace(names.WRAPPED_REPORTS, changed, wanted.keys() - stored.keys())
    turn.remove(names.WRAPPED_REPORTS, gone)


def _built(turn: Turn, merged: Periods, stored: Mapping[str, Document], enrichment: Enrichment) -> list[Report]:
    """Build reports from merges, with names, gains, the year before and pictures."""
    wanted = {owner: summary for owner, summary in merged.items() if summary is not None}
    different = {id(summary): summary for summary in wanted.values()}
    enrichment.load_items(turn.analytics, set[int]().union(*map(item_ids, different.values())))
    enrichment.load_gains(turn.analytics, [report_id(*owner) for owner in wanted])
    built: list[Report] = []
    first: dict[int, Report] = {}
    for (period, key), summary in wanted.items():
        if twin := first.get(id(summary)):  # a player's only year and all time are one summary
            report: Report = {**twin, "_id": report_id(period, key), "period": period}
        else:
            report = first[id(summary)] = build_report(key, period, summary, enrichment.item_names)
        report["hiscores"] = enrichment.gains.get(report["_id"])
        # Ranks depend on all players: until the next ranking, keep the places of the last one, with new values.
        report["ranks"] = with_current_values(stored.get(report["_id"], {}).get("ranks", ()), report)
        if twin and twin["hiscores"] == report["hiscores"]:
            report["slides"] = with_rank_slide(twin["slides"], report["ranks"], report["play"]["seconds"])
        else:
            report["slides"] = build_slides(report)
        built.append(report)
    add_years_before(turn.analytics, built, merged)
    enrichment.load_images(turn.analytics, (slide for report in built for slide in report["slides"]))
    for report in built:
        report["slides"] = enrichment.with_images(report["slides"])
    return built


def _digest(report: Report, enrichment: Enrichment) -> tuple[str, int]:
    """Return the digest of the parts that a ranking doesn't write, and their size in bytes.

    It includes the picture of the rank slide, so that a picture found later gets into the report.
    """
    content = {name: value for name, value in report.items() if name not in _NOT_IN_DIGEST}
    content["slides"] = [slide for slide in report["slides"] if slide["stat"] != _RANK_SLIDE]
    encoded = bson.encode({**content, "rank_image": enrichment.images.get(RANK_IMAGE)})
    return digest_of(encoded), len(encoded)


def _older_digests(turn: Turn, stored: Mapping[str, Document], enrichment: Enrichment) -> dict[str, str]:
    """Return the digests of stored reports of an earlier version, which lack one, by `_id`."""
    older = [identity for identity, found in stored.items() if "digest" not in found]
    found = find_by_id(turn.analytics[names.WRAPPED_REPORTS], older)
    return {report["_id"]: _digest(report, enrichment)[0] for report in found}
