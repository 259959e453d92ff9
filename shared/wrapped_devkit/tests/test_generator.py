"""The generator's stream: the same every time, in time order, in proportion, and like real telemetry."""

from collections import defaultdict
from itertools import islice, pairwise
from typing import Any

import bson
import pytest
from wrapped_devkit.generator import generate
from wrapped_devkit.generator.catalogue import ENERGY_CHANGE_MS, OFFSET_CHANGE_MS
from wrapped_shared.names import player_key
from wrapped_shared.periods import day_of_ms

RUN: dict[str, Any] = {"players": 5, "days": 6, "ticks": 900, "seed": 11, "start": "2024-08-12"}
Stream = list[tuple[str, dict[str, Any]]]


@pytest.fixture(scope="module")
def stream() -> Stream:
    return list(generate(**RUN))


@pytest.fixture(scope="module")
def collections(stream: Stream) -> dict[str, list[dict[str, Any]]]:
    found = defaultdict(list)
    for collection, document in stream:
        found[collection].append(document)
    return found


def encoded(pairs: Any) -> list[tuple[str, bytes]]:
    return [(collection, bson.encode(document)) for collection, document in pairs]


@pytest.mark.parametrize("hostile", [False, True])
def test_the_same_arguments_give_the_same_bytes(hostile: bool) -> None:
    small = {**RUN, "players": 2, "days": 2, "ticks": 300, "hostile": hostile}
    assert encoded(generate(**small)) == encoded(generate(**small))
    assert encoded(generate(**small)) != encoded(generate(**{**small, "seed": 12}))


def test_more_days_and_players_contain_the_smaller_run(stream: Stream) -> None:
    small = encoded(generate(**{**RUN, "players": 2, "days": 3}))
    assert set(small) < set(encoded(stream))


def test_a_hostile_run_contains_the_plain_one() -> None:
    small = {**RUN, "players": 2, "days": 2, "ticks": 300}
    assert set(encoded(generate(**small))) < set(encoded(generate(**small, hostile=True)))


def test_ids_are_unique_and_follow_the_time_of_the_event(stream: Stream) -> None:
    documents = [document for _, document in stream]
    assert len({document["_id"] for document in documents}) == len(documents)
    for document in documents:
        written = document["_id"].generation_time.timestamp() * 1000
        assert -1000 < written - document["timestamp"] <= 10_000


def test_documents_come_in_time_order(stream: Stream) -> None:
    times = [document["timestamp"] for _, document in stream]
    assert times == sorted(times)


def test_every_player_has_their_ticks_on_every_day(collections: dict[str, list[dict[str, Any]]]) -> None:
    seen = defaultdict(set)
    for document in collections["game_ticks"]:
        day = day_of_ms(document["timestamp"])
        seen[player_key(document["username"]), day].add((document["sessionId"], document["tickCount"]))
    assert {len(ticks) for ticks in seen.values()} == {900}
    assert len(seen) == 5 * 6


def test_other_events_are_a_seventh_of_the_ticks(collections: dict[str, list[dict[str, Any]]]) -> None:
    ticks = len(collections["game_ticks"])
    others = sum(len(documents) for name, documents in collections.items() if name != "game_ticks")
    assert len(collections) == 6
    assert 0.10 < others / ticks < 0.16


def test_players_walk_run_teleport_and_visit_instances(collections: dict[str, list[dict[str, Any]]]) -> None:
    steps: dict[int, int] = defaultdict(int)
    for events in by_session(collections["game_ticks"]):
        for one, two in pairwise(document["data"]["location"] for document in events):
            steps[max(abs(one["x"] - two["x"]), abs(one["y"] - two["y"]))] += 1
    assert steps[0] > steps[2] > steps[1] > 100
    assert any(step > 1000 for step in steps)
    regions = {document["data"]["location"]["regionId"] for document in collections["game_ticks"]}
    assert {12850, 12598} <= regions  # Lumbridge and the Grand Exchange
    assert any(document["data"]["location"]["x"] >= 6400 for document in collections["game_ticks"])


def test_worn_items_are_sent_with_the_offset_of_their_time(
    collections: dict[str, list[dict[str, Any]]],
) -> None:
    capes = {
        (document["timestamp"] >= OFFSET_CHANGE_MS, document["data"]["equipmentIds"][1])
        for document in collections["game_ticks"]
    }
    fire_capes = {(False, 6570 + 512), (True, 6570 + 2048)}
    assert fire_capes < capes
    assert not {(True, 6570 + 512), (False, 6570 + 2048)} & capes
    assert all(len(document["data"]["equipmentIds"]) == 12 for document in collections["game_ticks"])


def test_energy_comes_in_both_units(collections: dict[str, list[dict[str, Any]]]) -> None:
    highest: dict[str | None, int] = defaultdict(int)
    for document in collections["game_ticks"]:
        key = player_key(document["username"])
        highest[key] = max(highest[key], document["data"]["energy"])
    assert min(highest.values()) <= 100
    assert 9_000 < max(highest.values()) <= 10_000
    before = generate(players=1, days=1, ticks=200, seed=1, start="2022-12-06")
    assert all(
        document["data"]["energy"] <= 100
        for collection, document in before
        if collection == "game_ticks" and document["timestamp"] < ENERGY_CHANGE_MS
    )


def by_session(documents: list[dict[str, Any]]) -> list[list[dict[str, Any]]]:
    sessions = defaultdict(list)
    for document in documents:
        sessions[player_key(document["username"]), document["sessionId"]].append(document)
    return list(sessions.values())


def test_sessions_cross_midnight_and_some_hop_within(collections: dict[str, list[dict[str, Any]]]) -> None:
    crossing = pausing = 0
    for events in by_session(collections["game_ticks"]):
        for one, two in pairwise(events):
            apart = two["timestamp"] - one["timestamp"]
            crossing += day_of_ms(one["timestamp"]) != day_of_ms(two["timestamp"]) and apart < 5_000
            pausing += apart > 300_000
    assert crossing > 0
    assert pausing > 0


def test_a_login_sends_all_skills_and_false_empties(collections: dict[str, list[dict[str, Any]]]) -> None:
    first = collections["stat_changed"][:23]
    assert len({document["data"]["skill"] for document in first}) == 23
    slots = defaultdict(list)
    for document in collections["grand_exchange_offer_changed"]:
        slots[document["username"], document["data"]["slot"]].append(document)
    false_empties = sum(
        before["data"]["offer"]["state"] == "BUYING"
        and empty["data"]["offer"]["state"] == "EMPTY"
        and after["data"]["offer"]["itemId"] == before["data"]["offer"]["itemId"]
        for events in slots.values()
        for before, empty, after in zip(events, islice(events, 1, None), islice(events, 2, None), strict=False)
    )
    assert false_empties > 0


def test_offers_fill_over_several_days(collections: dict[str, list[dict[str, Any]]]) -> None:
    days = defaultdict(set)
    for document in collections["grand_exchange_offer_changed"]:
        offer = document["data"]["offer"]
        if offer["state"] in ("BUYING", "BOUGHT"):
            key = player_key(document["username"])
            offered = (key, document["data"]["slot"], offer["itemId"], offer["totalQuantity"])
            days[offered].add(day_of_ms(document["timestamp"]))
    assert max(len(seen) for seen in days.values()) >= 3
    states = {document["data"]["offer"]["state"] for document in collections["grand_exchange_offer_changed"]}
    assert states >= {"EMPTY", "BUYING", "BOUGHT", "SELLING", "SOLD"}


def test_events_are_sent_again_under_a_later_id(stream: Stream) -> None:
    seen: dict[bytes, int] = defaultdict(int)
    for collection, document in stream:
        seen[collection.encode() + bson.encode({**document, "_id": None})] += 1
    assert 20 < sum(times - 1 for times in seen.values()) < len(stream) / 50


def test_mobs_share_names_and_bosses_have_forms(collections: dict[str, list[dict[str, Any]]]) -> None:
    levels, forms = defaultdict(set), defaultdict(set)
    for collection, document in generate(players=4, days=8, ticks=5000, seed=1, start="2024-01-01"):
        if collection == "loot_received":
            actor = document["data"]["actor"]
            levels[actor["name"]].add(actor["combatLevel"])
            forms[actor["name"]].add(actor["id"])
    assert levels["Guard"] == {19, 21}
    assert forms["Zulrah"] == {2042, 2043, 2044}
    assert forms["Vet'ion"] == {6611, 6612}


def test_own_and_others_hitsplats_and_deaths(collections: dict[str, list[dict[str, Any]]]) -> None:
    splats = [document["data"] for document in collections["hitsplat_applied"]]
    assert any(data["hitsplat"]["mine"] and data["actor"]["type"] == 1 for data in splats)
    assert any(data["hitsplat"]["mine"] and data["actor"]["type"] == 2 for data in splats)
    assert any(data["hitsplat"]["others"] for data in splats)
    assert {6, 60, 4} <= {data["hitsplat"]["hitsplatType"] for data in splats}


def test_a_players_own_death_is_sent_twice_within_ten_ticks() -> None:
    own = [
        document
        for collection, document in generate(players=3, days=6, ticks=5000, seed=3, start="2024-01-01")
        if collection == "actor_death" and document["data"]["name"] == document["username"]
    ]
    close = sum(0 < two["tickCount"] - one["tickCount"] < 10 for one, two in pairwise(own))
    assert close > 0
    assert all(document["data"]["type"] == 2 for document in own)


def test_names_take_several_forms_of_one_player(collections: dict[str, list[dict[str, Any]]]) -> None:
    names = {document["username"] for document in collections["game_ticks"]}
    assert len(names) > len({player_key(name) for name in names}) == 5
    assert any("\u00a0" in name for name in names)


def test_experience_jumps_with_the_type_of_world() -> None:
    skills = defaultdict(list)
    for collection, document in generate(players=3, days=10, ticks=400, seed=2, start="2024-01-01"):
        if collection == "stat_changed":
            skills[player_key(document["username"]), document["data"]["skill"]].append(document["data"]["xp"])
    jumps = [two - one for values in skills.values() for one, two in pairwise(values) if one]
    assert max(jumps) > 1_000_000
    assert min(jumps) < -1_000_000


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"players": 0}, "players must be between 1 and"),
        ({"days": 0}, "days must be between 1 and"),
        ({"ticks": 140_001}, "ticks .* must be between 1 and 140000"),
        ({"start": "yesterday"}, "start must be a day such as"),
        ({"start": "1812-01-01"}, "start must be between"),
    ],
)
def test_arguments_out_of_range_are_rejected_at_once(wrong: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        generate(**{**RUN, **wrong})


def test_the_longest_and_the_shortest_day_are_possible() -> None:
    for ticks in (1, 2, 140_000):
        times = [
            document["timestamp"]
            for collection, document in islice(
                generate(players=1, days=2, ticks=ticks, seed=5, start="2024-01-01"), 150_000
            )
        ]
        assert times == sorted(times)
        assert {day_of_ms(time) for time in times} <= {"2024-01-01", "2024-01-02"}
