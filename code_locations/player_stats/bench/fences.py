"""The cost of a fence: replaces that take effect only if no later turn wrote, compared with plain replaces."""

import time
from collections.abc import Callable
from typing import Any

from player_stats.store.turns import Turn, take_turn
from pymongo import ReplaceOne
from pymongo.database import Database
from wrapped_shared import collections as names

from bench.world import database

DOCUMENTS = 1_000
CHUNK = 500
TRIES = 6


def run() -> None:
    """Print the ratio for existing documents, the best of several alternating tries."""
    documents = [{"_id": f"player {number}|2024-01-01", "play": ["x" * 50] * 20} for number in range(DOCUMENTS)]
    with database() as mongo, take_turn(mongo.analytics) as turn:
        base = mongo.client["bench"]
        turn.analytics = base
        base[names.PLAYER_MONTHS].insert_many(documents)
        turn.replace(names.PLAYER_DAYS, documents)
        plain, fenced = float("inf"), float("inf")
        for number in range(TRIES):
            for document in documents:
                document["number"] = number
            plain = min(plain, _seconds(lambda: _replace(base, documents)))
            fenced = min(fenced, _seconds(lambda: _replace_fenced(turn, documents)))
    print(f"fenced replaces of {DOCUMENTS:,} documents / plain ones = {fenced / plain:.2f} (bound 1.3)")


def _replace(base: Database[dict[str, Any]], documents: list[dict[str, Any]]) -> None:
    for start in range(0, len(documents), CHUNK):
        writes = [ReplaceOne({"_id": one["_id"]}, one, upsert=True) for one in documents[start : start + CHUNK]]
        base[names.PLAYER_MONTHS].bulk_write(writes, ordered=False)


def _replace_fenced(turn: Turn, documents: list[dict[str, Any]]) -> None:
    took = turn.replace(names.PLAYER_DAYS, documents)
    assert took == len(documents)  # noqa: S101


def _seconds(work: Callable[[], None]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started
