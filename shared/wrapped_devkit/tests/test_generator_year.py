"""The demo's year: unequal players, one of whom leads, with a story that the reports can tell."""

from collections import Counter, defaultdict
from itertools import islice
from typing import Any

import bson
import pytest
from wrapped_devkit.generator.profiles import FIRST_DAY, LAST_DAY, PROFILES, RARE_DROP, YEAR
from wrapped_devkit.generator.year import last_snapshot_id, year_of_days
from wrapped_shared.models.hiscores import HiscoresSnapshot
from wrapped_shared.names import player_key
from wrapped_shared.periods import day_of_ms

HOUR_OF_TICKS = 6_000
LEADER = player_key(PROFILES[0].last_name)
RENAMED = next(profile for profile in PROFILES if profile.renamed)
CHAIN = {player_key(profile.name): player_key(profile.last_name) for profile in PROFILES}
Documents = list[dict[str, Any]]


@pytest.fixture(scope="module")
def year() -> dict[str, Documents]:
    found = defaultdict(list)
    for _, documents in year_of_days():
        for collection, document in documents:
            found[collection].append(document)
    return found


def holder(document: dict[str, Any]) -> str:
    """Who sent an event, by the last name."""
    key = player_key(document["username"])
    assert key is not None
    return CHAIN.get(key) or key


def ranking(documents: Documents) -> list[str]:
    return [name for name, _ in Counter(map(holder, documents)).most_common()]


def test_it_is_the_same_every_time() -> None:
    first, again = (
        [bson.encode(document) for _, documents in islice(year_of_days(), 1) for _, document in documents]
        for _ in range(2)
    )
    assert first == again


def test_it_is_a_whole_year_and_the_month_before_in_few_documents(year: dict[str, Documents]) -> None:
    days = {day_of_ms(tick["timestamp"]) for tick in year["game_ticks"]}
    assert FIRST_DAY <= min(days) < max(days) <= LAST_DAY
    assert len({day[:7] for day in days}) == 13
    assert 130 < len(days) < 180
    assert 40_000 < sum(map(len, year.values())) < 70_000


def test_all_but_those_who_rarely_play_have_an_hour_in_the_year_so_that_their_reports_have_slides(
    year: dict[str, Documents],
) -> None:
    ticks = Counter(holder(tick) for tick in year["game_ticks"] if day_of_ms(tick["timestamp"]) >= f"{YEAR}-01-01")
    played = {name for name, number in ticks.items() if number > HOUR_OF_TICKS}
    assert {player_key(profile.last_name) for profile in PROFILES} - played == {"quiet yew", "mossy chompy"}


def test_one_player_leads_and_others_are_strong_in_one_thing(year: dict[str, Documents]) -> None:
    for collection in ("game_ticks", "stat_changed", "loot_received", "hitsplat_applied", "actor_death"):
        assert ranking(year[collection])[0] == LEADER
    days = {(holder(tick), day_of_ms(tick["timestamp"])) for tick in year["game_ticks"]}
    played = Counter(name for name, _ in days)
    assert played.most_common(1)[0][0] == LEADER
    assert played["mossy chompy"] < 40 < played["lunar kebbit"]
    zulrah = [drop for drop in year["loot_received"] if drop["data"]["actor"]["name"] == "Zulrah"]
    assert ranking(zulrah)[0] == "magma dragon"
    assert gained(year["stat_changed"], "MINING").most_common(1)[0][0] == "amber miner"
    offers = [(holder(event), *event["data"]["offer"].values()) for event in year["grand_exchange_offer_changed"]]
    sold = Counter(name for name, state, *_ in set(offers) if state == "SOLD")
    assert sold.most_common(1)[0][0] == "sandy lobster"


def gained(stats: Documents, skill: str) -> Counter[str]:
    """Experience from actions, by player: small rises between values."""
    gains, before = Counter[str](), dict[str, int]()
    for stat in stats:
        if stat["data"]["skill"] == skill:
            rise = stat["data"]["xp"] - before.get(holder(stat), stat["data"]["xp"])
            gains[holder(stat)] += rise if 0 < rise < 1_000 else 0
            before[holder(stat)] = stat["data"]["xp"]
    return gains


def test_there_are_streaks_and_gaps(year: dict[str, Documents]) -> None:
    days = defaultdict(set)
    for tick in year["game_ticks"]:
        days[holder(tick)].add(day_of_ms(tick["timestamp"]))
    first, last = PROFILES[0].streak
    assert len([day for day in days[LEADER or ""] if first <= day <= last]) == 35
    assert not [day for day in days["quiet yew"] if day[:4] == "2024" and day[5:7] not in ("05", "06", "07", "08")]


def test_the_rare_item_drops_once(year: dict[str, Documents]) -> None:
    item, day, _ = RARE_DROP
    drops = [drop for drop in year["loot_received"] if any(one["id"] == item for one in drop["data"]["items"])]
    assert len({drop["timestamp"] for drop in drops}) == 1
    assert day_of_ms(drops[0]["timestamp"]) >= day


def test_one_player_changes_their_name_and_sends_no_event_under_both_on_a_day(year: dict[str, Documents]) -> None:
    assert RENAMED.renamed is not None
    now, from_day = RENAMED.renamed
    for tick in year["game_ticks"]:
        key, later = player_key(tick["username"]), day_of_ms(tick["timestamp"]) >= from_day
        assert key != player_key(RENAMED.name if later else now)


def test_snapshots_of_every_month_rise_with_the_telemetry(year: dict[str, Documents]) -> None:
    curves = defaultdict(list)
    for document in year["hiscores"]:
        snapshot = HiscoresSnapshot.model_validate(document)
        curves[CHAIN.get(snapshot.player_key, snapshot.player_key)].append(snapshot.skills["Overall"].experience)
    assert len(curves) == len(PROFILES)
    for curve in curves.values():
        assert len(curve) == 13
        assert curve == sorted(curve)
        assert curve[0] < curve[-1]
    assert {last_snapshot_id(profile) for profile in PROFILES} < {document["_id"] for document in year["hiscores"]}
