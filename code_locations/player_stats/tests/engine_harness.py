"""Runs the engine over documents in memory, cut into days and batches as a test wants."""

from collections.abc import Callable, Iterator
from typing import Any

from player_stats.domain.days import quality_documents, summarise_day
from player_stats.domain.kinds import KINDS
from player_stats.domain.report import build_report
from player_stats.domain.stretch import Reading, read_stretch
from player_stats.domain.summaries import Summary, merge
from player_stats.domain.values import whole
from player_stats.store.ids import id_key
from wrapped_shared.periods import day_of_ms, day_start_ms, next_day, periods_of_day

Documents = dict[str, list[dict[str, Any]]]
Cut = Callable[[list[dict[str, Any]]], Iterator[list[dict[str, Any]]]]


def one_batch(documents: list[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    yield documents


def batches_of(size: int) -> Cut:
    return lambda documents: (documents[at : at + size] for at in range(0, len(documents), size))


def _numeric(document: dict[str, Any]) -> float | None:
    """The timestamp where a range query on it would find the document."""
    value = document.get("timestamp")
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return value if value == value else None


def read_between(
    documents: Documents,
    start_ms: int,
    end_ms: int,
    first_day: str,
    cut: Cut = one_batch,
    wanted: Callable[[str], bool] | None = None,
) -> dict[str, Reading]:
    """Read all collections over [start, end) as the store does: by time range, in time order."""
    readings = {}
    for collection, kind in KINDS.items():
        found = [
            document
            for document in documents.get(collection, [])
            if (at := _numeric(document)) is not None and start_ms <= at < end_ms
        ]
        found.sort(key=lambda document: document["timestamp"])
        readings[collection] = read_stretch(kind, cut(found), id_key, day_start_ms(first_day), wanted)
    return readings


def engine_days(
    documents: Documents, first_day: str, today: str, cut: Cut = one_batch
) -> dict[str, dict[str, Summary]]:
    """Return the summaries of every day with events, by day and player key."""
    stamps = [whole(document.get("timestamp")) for found in documents.values() for document in found]
    days = sorted({day_of_ms(at) for at in stamps if at is not None and 0 <= at < 2**52})
    return {
        day: summarise_day(
            read_between(documents, day_start_ms(day), day_start_ms(next_day(day)), first_day, cut).values(), day
        )
        for day in days
        if first_day <= day <= today
    }


def engine_quality(documents: Documents, day: str, first_day: str, cut: Cut = one_batch) -> dict[str, dict[str, Any]]:
    readings = read_between(documents, day_start_ms(day), day_start_ms(next_day(day)), first_day, cut)
    return {document["collection"]: document for document in quality_documents(readings, day)}


def engine_reports(days: dict[str, dict[str, Summary]]) -> dict[tuple[str, str], dict[str, Any]]:
    """Merge days into reports by (period, player key)."""
    merged: dict[tuple[str, str], Summary] = {}
    for day in sorted(days):
        for key, summary in days[day].items():
            for period in periods_of_day(day):
                known = merged.get((period, key))
                merged[period, key] = summary if known is None else merge(known, summary)
    return {(period, key): build_report(key, period, summary, {}) for (period, key), summary in merged.items()}
