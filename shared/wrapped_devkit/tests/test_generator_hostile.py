"""Hostile telemetry: every kind of bad document that the data contract names is included, and can be stored."""

import math
from collections import defaultdict
from collections.abc import Callable
from typing import Any

import bson
import pytest
from bson import Decimal128, Int64
from wrapped_devkit.generator import generate
from wrapped_devkit.generator.hostile import MISSING, VARIANTS, Spoiler
from wrapped_shared.names import player_key
from wrapped_shared.periods import day_of_ms, day_start_ms

TICKS, STATS, LOOT = "game_ticks", "stat_changed", "loot_received"
DEATHS, HITS, OFFERS = "actor_death", "hitsplat_applied", "grand_exchange_offer_changed"
TODAY_AT_THE_LATEST = day_start_ms("2090-01-01")


@pytest.fixture(scope="module")
def spoiled() -> dict[str, list[dict[str, Any]]]:
    """One bad document of every kind for every collection, as MongoDB returns it."""
    good: dict[str, dict[str, Any]] = {}
    for collection, document in generate(players=3, days=4, ticks=3000, seed=1, start="2024-03-01"):
        if collection != LOOT or document["data"]["actor"]["type"] == 1:
            good.setdefault(collection, document)
    spoiler = Spoiler(0, "test")
    found = defaultdict(list)
    for collection, document in good.items():
        item = (document["timestamp"], 0, 0, collection, document)
        for _ in VARIANTS[collection]:
            found[collection].append(bson.decode(bson.encode(spoiler.spoiled(item)[4])))
    return found


def at(document: Any, path: str) -> Any:
    for key in path.split("."):
        if isinstance(document, list) and key.isdigit() and int(key) < len(document):
            document = document[int(key)]
        elif isinstance(document, dict) and key in document:
            document = document[key]
        else:
            return MISSING
    return document


NOT_INTEGERS: dict[str, Callable[[Any], bool]] = {
    "missing": lambda value: value is MISSING,
    "null": lambda value: value is None,
    "boolean": lambda value: value is True,
    "text": lambda value: isinstance(value, str),
    "fraction": lambda value: isinstance(value, float) and math.isfinite(value) and value % 1 != 0,
    "NaN": lambda value: isinstance(value, float) and math.isnan(value),
    "infinite": lambda value: isinstance(value, float) and math.isinf(value),
    "Decimal128": lambda value: isinstance(value, Decimal128),
    "array": lambda value: isinstance(value, list),
    "object": lambda value: isinstance(value, dict),
    "huge double": lambda value: isinstance(value, float) and value > 2**53,
    "huge int": lambda value: isinstance(value, int) and value > 2**53,
}
INTEGERS = [
    (TICKS, "tickCount"),
    (TICKS, "data.location.x"),
    (TICKS, "data.location.y"),
    (TICKS, "data.energy"),
    (STATS, "data.xp"),
    (LOOT, "data.actor.type"),
    (LOOT, "data.actor.combatLevel"),
    (LOOT, "data.actor.id"),
    (HITS, "data.hitsplat.amount"),
    (HITS, "data.hitsplat.hitsplatType"),
    (OFFERS, "data.slot"),
    (OFFERS, "data.offer.itemId"),
    (OFFERS, "data.offer.price"),
    (OFFERS, "data.offer.totalQuantity"),
    (OFFERS, "data.offer.quantitySold"),
    (OFFERS, "data.offer.spent"),
]


@pytest.mark.parametrize(("collection", "path"), INTEGERS)
def test_every_integer_is_spoiled_in_every_way(
    spoiled: dict[str, list[dict[str, Any]]], collection: str, path: str
) -> None:
    values = [at(document, path) for document in spoiled[collection]]
    lacking = [kind for kind, is_it in NOT_INTEGERS.items() if not any(map(is_it, values))]
    assert lacking == []


@pytest.mark.parametrize("collection", [TICKS, STATS, LOOT, DEATHS, HITS, OFFERS])
def test_every_collection_has_every_bad_envelope(spoiled: dict[str, list[dict[str, Any]]], collection: str) -> None:
    documents = spoiled[collection]
    assert sum(player_key(document.get("username")) is None for document in documents) >= 7
    times = [document.get("timestamp", MISSING) for document in documents]
    assert {type(time) for time in times} >= {object, type(None), bool, str, float, int, list, dict, Decimal128}
    numbers = [time for time in times if isinstance(time, (int, float)) and time == time]
    assert any(isinstance(time, float) and 10**9 < time < 10**10 for time in numbers)  # seconds
    assert any(isinstance(time, float) and time % 1 and time > 10**12 for time in numbers)
    assert any(10**12 < time < day_start_ms("2013-01-01") for time in numbers)
    assert any(TODAY_AT_THE_LATEST < time < day_start_ms("2200-01-01") for time in numbers)
    assert any(time == [] for time in times)
    assert any(isinstance(time, list) and time for time in times)
    assert any(at(document, "tickCount") == -1 for document in documents)
    sessions = [document.get("sessionId", MISSING) for document in documents]
    assert {type(session) for session in sessions} >= {object, type(None), int, bool, list, dict, str}
    assert "" in sessions
    assert {type(document.get("data", MISSING)) for document in documents} >= {object, type(None), list, str, int}
    assert any(isinstance(document["_id"], str) for document in documents)
    assert any("garbage" in document for document in documents)
    names = {name for document in documents if isinstance(name := document.get("username"), str)}
    assert {"$where", "a.b.c", "🐉 wyrm 🐉"} < names
    assert any("[/]" in name for name in names)
    assert any("|" in name for name in names)
    assert any("a.b" in document["data"] for document in documents if isinstance(document.get("data"), dict))


def test_every_collection_has_equal_events_in_another_shape(spoiled: dict[str, list[dict[str, Any]]]) -> None:
    for documents in spoiled.values():
        assert any(
            isinstance(document.get("timestamp"), (float, Int64))
            and list(document)[:2] == ["_id", "data"]
            and isinstance(document["data"], dict)
            for document in documents
        )


def test_family_fields_are_spoiled(spoiled: dict[str, list[dict[str, Any]]]) -> None:
    def values(collection: str, path: str) -> list[Any]:
        return [at(document, path) for document in spoiled[collection]]

    objects = [(TICKS, "location"), (LOOT, "actor"), (HITS, "actor"), (HITS, "hitsplat"), (OFFERS, "offer")]
    for collection, field in objects:
        assert {type(value) for value in values(collection, f"data.{field}")} >= {object, type(None), list, str}
    assert 16384 in values(TICKS, "data.location.x")
    assert 10_001 in values(TICKS, "data.energy")
    worn = values(TICKS, "data.equipmentIds")
    assert {type(value) for value in worn} >= {object, type(None), str, dict, int, list}
    assert any(isinstance(value, list) and len(value) > 12 for value in worn)
    assert any(value == [] for value in worn)
    assert {type(value) for value in values(TICKS, "data.equipmentIds.3")} >= {bool, str, float, Decimal128, list}
    skills = values(STATS, "data.skill")
    assert {"", "Attack", "A" * 25, "ATTACK\n", "SAILING", None, 5} <= {s for s in skills if not isinstance(s, list)}
    assert {0, 200_000_000, 200_000_001} <= {xp for xp in values(STATS, "data.xp") if type(xp) is int}
    items = values(LOOT, "data.items")
    assert {type(value) for value in items} >= {object, type(None), dict, str, list}
    assert [None] in items
    assert [] in items
    assert [{"id": 1}] in items
    mobs = [name for name in values(LOOT, "data.actor.name") if isinstance(name, str)]
    assert {"", "$where", "nul\x00inside"} < set(mobs)
    assert {type(name) for name in values(DEATHS, "data.name")} >= {object, type(None), int, list, dict, str}
    assert {2, "2", None} < {kind for kind in values(DEATHS, "data.type") if kind is not True}
    assert {1, "true", None} <= {mine for mine in values(HITS, "data.hitsplat.mine") if type(mine) is not bool}
    states = [state for state in values(OFFERS, "data.offer.state") if isinstance(state, (str, int))]
    assert {"", "buying", "EXPIRED", 5} <= set(states)


def test_a_stream_takes_the_kinds_in_turn_and_spreads_them() -> None:
    run: dict[str, Any] = {"players": 4, "days": 5, "ticks": 1500, "seed": 1, "start": "2024-03-01"}
    plain = {document["_id"] for _, document in generate(**run)}
    added = [pair for pair in generate(**run, hostile=True) if pair[1]["_id"] not in plain]
    assert 0.04 < len(added) / len(plain) < 0.12
    counts: dict[str, int] = defaultdict(int)
    for collection, _ in added:
        counts[collection] += 1
    assert set(counts) == set(VARIANTS)
    assert counts[TICKS] > len(VARIANTS[TICKS])
    assert len({document["_id"] for _, document in added}) == len(added)
    dated = [d for _, d in added if type(d.get("timestamp")) is int and 1.6e12 < d["timestamp"] < 2e12]
    assert {day_of_ms(d["timestamp"]) for d in dated} == {f"2024-03-0{day}" for day in range(1, 6)}
