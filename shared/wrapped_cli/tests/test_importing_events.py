"""How an importer treats a single row: its collection, its `_id`, its day, or the reason it is left out."""

import pytest
from bson import Int64, ObjectId
from wrapped_cli.importers.events import collection_of_event, collection_of_name, derived_id, touched_day
from wrapped_cli.importers.json_row import parse_row
from wrapped_cli.importers.rows import NOT_AN_OBJECT, NOT_JSON, TOO_DEEP, InvalidRowError

MS = 1_703_466_436_826
TICK = {"timestamp": MS, "username": "Zezima", "event": "game-tick", "tickCount": 7, "data": {"energy": 1}}


@pytest.mark.parametrize(
    ("event", "collection"),
    [
        ("game-tick", "game_ticks"),
        ("game_tick", "game_ticks"),
        ("game_ticks", "game_ticks"),
        ("GameTick", "game_ticks"),
        ("stat-changed", "stat_changed"),
        ("loot_received", "loot_received"),
        ("actor-death", "actor_death"),
        ("hitsplat-applied", "hitsplat_applied"),
        ("grand-exchange-offer-changed", "grand_exchange_offer_changed"),
        ("hiscores", None),
        ("chat-message", None),
        (None, None),
        (7, None),
        ({}, None),
    ],
)
def test_an_event_name_in_any_spelling_gives_the_collection(event: object, collection: str | None) -> None:
    assert collection_of_event(event) == collection


def test_a_file_name_may_carry_its_database() -> None:
    assert collection_of_name("runelite-wrapped-raw.loot_received") == "loot_received"
    assert collection_of_name("hiscores") == "hiscores"
    assert collection_of_name("session") is None


def test_a_derived_id_begins_with_the_second_of_the_event_and_depends_only_on_the_content() -> None:
    found = derived_id("game_ticks", TICK)
    assert int(found.generation_time.timestamp()) == MS // 1000
    shuffled = {**dict(reversed(TICK.items())), "tickCount": 7.0, "data": {"energy": Int64(1)}}
    assert derived_id("game_ticks", shuffled) == found
    assert derived_id("game_ticks", {**TICK, "_id": None}) == found
    assert derived_id("stat_changed", TICK) != found
    assert derived_id("game_ticks", {**TICK, "tickCount": 8}) != found
    assert derived_id("game_ticks", {**TICK, "tickCount": True}) != derived_id("game_ticks", {**TICK, "tickCount": 1})


@pytest.mark.parametrize("timestamp", [None, "soon", -5, 2**70, 1.5, True, float("inf"), float("nan")])
def test_an_event_without_a_usable_time_gets_an_id_too(timestamp: object) -> None:
    found = derived_id("game_ticks", {**TICK, "timestamp": timestamp})
    assert found.generation_time.year == 1970


def test_the_day_of_an_event_is_its_utc_day_unless_it_does_not_count() -> None:
    assert touched_day("game_ticks", TICK, "2023-01-01") == "2023-12-25"
    assert touched_day("game_ticks", {"timestamp": float(MS)}, "2023-01-01") == "2023-12-25"
    assert touched_day("game_ticks", TICK, "2024-01-01") is None
    assert touched_day("hiscores", TICK, "2023-01-01") is None
    for unsound in (None, "x", True, MS + 0.5, 2**60, -(2**52)):
        assert touched_day("game_ticks", {"timestamp": unsound}, "2023-01-01") is None


def test_extended_json_becomes_the_value_it_represents_and_integers_stay_integers() -> None:
    row = parse_row(
        '{"_id": {"$oid": "6588d5c48799307968a006be"}, "timestamp": {"$numberLong": "1703466436826"},'
        ' "a": {"$numberInt": "5"}, "b": {"$numberDouble": "1.0"}, "c": 9007199254740993, "d": {"$x": 1},'
        ' "at": {"$date": "2023-12-25T00:00:00Z"}}'
    )
    assert row["_id"] == ObjectId("6588d5c48799307968a006be")
    assert row["timestamp"] == MS
    assert row["a"] == 5
    assert isinstance(row["b"], float)
    assert row["c"] == 9007199254740993
    assert row["d"] == {"$x": 1}
    assert row["at"].isoformat() == "2023-12-25T00:00:00+00:00"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", NOT_JSON),
        ("{", NOT_JSON),
        (b"\xff\xfe{}", NOT_JSON),
        ('{"a": NaN}', NOT_JSON),
        ('{"a": {"$oid": "short"}}', NOT_JSON),
        ('{"a": {"$date": "someday"}}', NOT_JSON),
        ("9" * 5000, NOT_JSON),
        (None, NOT_JSON),
        (5, NOT_JSON),
        ("[1]", NOT_AN_OBJECT),
        ('"text"', NOT_AN_OBJECT),
        ('{"$oid": "6588d5c48799307968a006be"}', NOT_AN_OBJECT),
        ('{"a":' * 200 + "1" + "}" * 200, TOO_DEEP),
        ("[" * 100_000, TOO_DEEP),
    ],
)
def test_a_bad_row_has_a_reason(text: object, reason: str) -> None:
    with pytest.raises(InvalidRowError, match=f"^{reason}$"):
        parse_row(text)
