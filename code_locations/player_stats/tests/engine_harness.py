"""Runs the engine over documents in memory, cut into cells and batches as a test wants."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from bson import ObjectId
from player_stats.domain.cells import Cut
from player_stats.domain.days import merged_days, quality_document, summarise_cells
from player_stats.domain.prices import Prices
from player_stats.domain.quality import total
from player_stats.domain.report import build_report
from player_stats.domain.span_reader import Reading, SpanReader
from player_stats.domain.summaries import Summary, merge, valued
from player_stats.domain.values import Ints
from player_stats.store.ids import id_key
from wrapped_shared.collections import RAW_EVENT_COLLECTIONS
from wrapped_shared.periods import day_start_ms, next_day, periods_of_day

Documents = dict[str, list[dict[str, Any]]]
Batches = Callable[[list[dict[str, Any]]], Iterator[list[dict[str, Any]]]]
DAYS = Cut()
WATERMARK = ObjectId("7" + "0" * 23)


@dataclass(frozen=True)
class OneCell(Cut):
    """All time in one cell, under the first day."""

    def codes(self, at: Ints) -> Ints:
        return np.full(len(at), day_start_ms("2023-01-01") * 3, dtype=np.int64)


def is_above(identity: Any) -> bool:
    return isinstance(identity, ObjectId) and identity > WATERMARK


def one_batch(documents: list[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    yield documents


def batches_of(size: int) -> Batches:
    return lambda documents: (documents[at : at + size] for at in range(0, len(documents), size))


def _numeric(document: dict[str, Any]) -> float | None:
    """The timestamp, if a range query would find the document by it."""
    value = document.get("timestamp")
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return value if value == value else None


def read_between(
    documents: Documents, start_ms: int, end_ms: int, first_day: str, batches: Batches = one_batch, cut: Cut = DAYS
) -> dict[str, Reading]:
    """Read all collections over [start, end) as the store does: by time range, in time order."""
    readings = {}
    for collection in RAW_EVENT_COLLECTIONS:
        found = [
            document
            for document in documents.get(collection, [])
            if (at := _numeric(document)) is not None and start_ms <= at < end_ms
        ]
        found.sort(key=lambda document: document["timestamp"])
        reader = SpanReader(collection, id_key, day_start_ms(first_day), cut, is_above)
        readings[collection] = reader.read(batches(found))
    return readings


def summary_between(
    documents: Documents, start_ms: int, end_ms: int, first_day: str, batches: Batches = one_batch
) -> dict[str, Summary]:
    """Return the summary of every player with a valid event in [start, end), as one span."""
    found = merged_days(summarise_cells(read_between(documents, start_ms, end_ms, first_day, batches, OneCell())))
    return next(iter(found.values()), {})


def engine_days(
    documents: Documents, first_day: str, today: str, batches: Batches = one_batch, cut: Cut = DAYS
) -> dict[str, dict[str, Summary]]:
    """Return the summaries of every day with events, by day and player key."""
    end = day_start_ms(next_day(today))
    readings = read_between(documents, day_start_ms(first_day), end, first_day, batches, cut)
    return merged_days(summarise_cells(readings))


def engine_quality(
    documents: Documents, day: str, first_day: str, batches: Batches = one_batch, cut: Cut = DAYS
) -> dict[str, dict[str, Any]]:
    """Return what became of a day's documents, by collection."""
    readings = read_between(documents, day_start_ms(day), day_start_ms(next_day(day)), first_day, batches, cut)
    tallies = {collection: total(reading.tallies.values()) for collection, reading in readings.items()}
    return {name: quality_document(name, day, tally) for name, tally in tallies.items() if tally.read}


NO_PRICES = Prices({}, {})


def valued_months(days: dict[str, dict[str, Summary]], prices: Prices = NO_PRICES) -> dict[tuple[str, str], Summary]:
    """Merge days into months by (month, player key), and value them."""
    months: dict[tuple[str, str], Summary] = {}
    for day in sorted(days):
        for key, summary in days[day].items():
            known = months.get((day[:7], key))
            months[day[:7], key] = summary if known is None else merge(known, summary)
    return {(month, key): valued(summary, month, prices) for (month, key), summary in months.items()}


def engine_reports(
    days: dict[str, dict[str, Summary]], prices: Prices = NO_PRICES
) -> dict[tuple[str, str], dict[str, Any]]:
    """Merge days into reports by (period, player key)."""
    merged: dict[tuple[str, str], Summary] = {}
    for (month, key), summary in sorted(valued_months(days, prices).items()):
        for period in periods_of_day(f"{month}-01"):
            known = merged.get((period, key))
            merged[period, key] = summary if known is None else merge(known, summary)
    return {(period, key): build_report(key, period, summary, {}) for (period, key), summary in merged.items()}
