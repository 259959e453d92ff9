"""Each location works as its own MongoDB user, and none can touch what is another's."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import dagster as dg
import pytest
from hiscores_world import World as HiscoresWorld
from hiscores_world import failure_of
from image_map.definitions import defs as image_map_defs
from mongo_access import PASSWORDS, enforced, guarded_server, uri_of
from pymongo.errors import OperationFailure
from stats_world import definitions, generated, news
from wrapped_devkit.osrs_server.serve import StandIn, build, upstream_settings
from wrapped_shared import collections as names
from wrapped_shared.asset_keys import HISCORES, IMAGE_MAP, LOCATION_NAMES, PLAYER_STATS
from wrapped_shared.indexes import ANALYTICS_INDEXES, INDEXED_RAW_COLLECTIONS
from wrapped_shared.models import VALIDATED_MODELS
from wrapped_shared.mongo import MongoResource
from wrapped_shared.mongo_users import for_mongosh, main, passwords_of
from wrapped_shared.rights import BUILD, KEEP, RIGHTS, may_build


def test_everything_with_an_index_or_a_validator_is_created_by_some_location() -> None:
    for collection in {*ANALYTICS_INDEXES, *VALIDATED_MODELS, *INDEXED_RAW_COLLECTIONS}:
        assert any(may_build(location, collection) for location in LOCATION_NAMES), collection


def test_no_two_locations_write_the_same_collection_save_notes_holds_and_what_alerts_need() -> None:
    writers: dict[str, list[str]] = {}
    for location in LOCATION_NAMES:
        for collection, actions in [*RIGHTS[location].raw.items(), *RIGHTS[location].analytics.items()]:
            if actions & (KEEP - {"find"}):
                writers.setdefault(collection, []).append(location)
    shared = {collection for collection, who in writers.items() if len(who) > 1}
    assert shared == {names.RUN_NOTES, names.UPSTREAM_HOLDS, names.UPSTREAM_REQUESTS, names.ALERTS}
    assert not {*names.RAW_EVENT_COLLECTIONS} & writers.keys()


def test_the_roles_for_mongosh_have_no_right_to_drop_anything_or_to_manage_users() -> None:
    text = for_mongosh()
    granted = {action for actions in re.findall(r'"actions": \[([^]]*)\]', text) for action in actions.split(", ")}
    assert granted == {f'"{action}"' for action in KEEP | BUILD | {"listCollections", "listIndexes"}}
    assert len(re.findall(r"createRole\(", text)) == len(RIGHTS)


def test_only_users_with_a_password_in_the_environment_are_made() -> None:
    given = {"MONGO_PASSWORD_PLAYER_STATS": "a", "MONGO_PASSWORD_WEB": "", "MONGO_PASSWORD_ROOT": "b"}
    assert passwords_of(given) == {"player_stats": "a"}


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with guarded_server(tmp_path_factory.mktemp("guarded")) as address:
        yield address


@pytest.fixture(scope="module")
def upstream() -> Iterator[StandIn]:
    stand_in = build(players=8)
    with stand_in.server:
        yield stand_in


@pytest.fixture
def settings(upstream: StandIn, monkeypatch: pytest.MonkeyPatch) -> StandIn:
    for name, value in upstream_settings(upstream.server.url).items():
        monkeypatch.setenv(name, value)
    return upstream


def run_player_stats(mongo: MongoResource) -> None:
    result = news(mongo)
    assert result.success, result.all_events
    refreshed = definitions(mongo).resolve_job_def("make_reports").execute_in_process(raise_on_error=False)
    assert refreshed.success


def run_hiscores(mongo: MongoResource, upstream: StandIn) -> None:
    result = HiscoresWorld(upstream, mongo).materialize()
    assert result.success, failure_of(result)


def run_image_map(mongo: MongoResource) -> None:
    found = image_map_defs() if callable(image_map_defs) else image_map_defs
    own = dg.Definitions(
        assets=list(found.assets or ()),
        asset_checks=list(found.asset_checks or ()),
        jobs=list(found.jobs or ()),
        resources={**(found.resources or {}), "mongo": MongoResource(uri=mongo.uri)},
    )
    result = own.resolve_job_def("image_map_regeneration").execute_in_process(raise_on_error=False)
    assert result.success, failure_of(result)


@pytest.mark.slow
def test_each_location_does_its_work_as_its_own_user(guarded: str, settings: StandIn) -> None:
    start = (datetime.now(UTC) - timedelta(days=2)).date().isoformat()
    with enforced(guarded, "ingestor") as (mongo, enforcer, _):
        for collection, documents in generated(players=2, days=2, ticks=60, seed=3, start=start, hostile=True).items():
            mongo.raw[collection].insert_many(documents)
        assert enforcer.refused == []
    with enforced(guarded, "web_editor") as (mongo, _, _):
        mongo.analytics[names.PLAYER_GROUPS].insert_one({"_id": "all of them", "members": ["Player 1"]})
    for _ in range(2):  # the second time, each location reads what the others made
        for location in LOCATION_NAMES:
            with enforced(guarded, location) as (mongo, enforcer, _):
                work(location, mongo, settings)
                assert enforcer.refused == []
    with enforced(guarded, "web") as (mongo, enforcer, _):
        report = mongo.analytics[names.WRAPPED_REPORTS].find_one({"period": "all", "play.ticks": {"$gt": 0}})
        assert report is not None
        assert mongo.analytics[f"{names.SPRITES_BUCKET}.files"].count_documents({}) > 0
        assert mongo.analytics[names.GROUP_REPORTS].count_documents({"group": "all of them"}) > 0


def work(location: str, mongo: MongoResource, upstream: StandIn) -> None:
    if location == PLAYER_STATS:
        run_player_stats(mongo)
    elif location == HISCORES:
        run_hiscores(mongo, upstream)
    else:
        assert location == IMAGE_MAP
        run_image_map(mongo)


REFUSED = [
    (HISCORES, "analytics", names.WRAPPED_REPORTS, "delete"),
    (HISCORES, "raw", names.GAME_TICKS, "insert"),
    (IMAGE_MAP, "analytics", names.HISCORES_GAINS, "insert"),
    (PLAYER_STATS, "raw", names.GAME_TICKS, "delete"),
    (PLAYER_STATS, "analytics", names.STAT_IMAGES, "insert"),
    (PLAYER_STATS, "analytics", names.HISCORES_ROSTER, "find"),
    ("web", "analytics", names.HISCORES_ROSTER, "find"),
    ("web_editor", "analytics", names.WRAPPED_REPORTS, "insert"),
]
BY_THE_SERVER_TOO = [
    (IMAGE_MAP, "raw", names.GAME_TICKS, "find"),
    (IMAGE_MAP, "raw", names.HISCORES, "delete"),
    ("ingestor", "raw", names.GAME_TICKS, "find"),
    ("ingestor", "raw", names.GAME_TICKS, "delete"),
    ("ingestor", "analytics", names.WRAPPED_REPORTS, "insert"),
    ("web", "analytics", names.WRAPPED_REPORTS, "insert"),
    ("web", "raw", names.GAME_TICKS, "find"),
    *((user, "analytics", names.WRAPPED_REPORTS, "drop") for user in ("operator", PLAYER_STATS)),
]


def attempt(mongo: MongoResource, database: str, collection: str, command: str) -> None:
    found = (mongo.raw if database == "raw" else mongo.analytics)[collection]
    if command == "find":
        found.find_one({})
    elif command == "insert":
        found.insert_one({"_id": "not allowed"})
    elif command == "drop":
        mongo.analytics.command("drop", collection)
    else:
        found.delete_many({})


@pytest.mark.slow
def test_no_user_touches_what_is_another_s(guarded: str) -> None:
    for user, *what in [*REFUSED, *BY_THE_SERVER_TOO]:
        with enforced(guarded, user) as (mongo, _, _), pytest.raises(OperationFailure, match="not authorized"):
            attempt(mongo, *what)
    for user, *what in BY_THE_SERVER_TOO:  # without the relay: the server itself refuses
        with MongoResource(uri=uri_of(guarded, user)).open() as mongo, pytest.raises(OperationFailure) as refused:
            attempt(mongo, *what)
        assert refused.value.code == 13, (user, what)


@pytest.mark.slow
def test_a_location_with_another_s_user_fails_in_one_line_without_its_password(guarded: str, settings: StandIn) -> None:
    with enforced(guarded, IMAGE_MAP) as (mongo, _, _):
        result = HiscoresWorld(settings, mongo).materialize()
        message = failure_of(result)
    assert "not authorized" in message
    assert "\n" not in message.strip()
    assert PASSWORDS[IMAGE_MAP] not in message


@pytest.mark.slow
def test_users_are_made_again_with_new_passwords(
    guarded: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("MONGO_URI", uri_of(guarded, "root"))
    monkeypatch.setenv("MONGO_PASSWORD_WEB", "changed")
    assert main([]) == 0
    assert "users: web;" in capsys.readouterr().out
    with MongoResource(uri=uri_of(guarded, "web")).open() as mongo, pytest.raises(OperationFailure, match="auth"):
        mongo.analytics[names.WRAPPED_REPORTS].find_one({})
    monkeypatch.setenv("MONGO_PASSWORD_WEB", PASSWORDS["web"])
    assert main([]) == 0
    with MongoResource(uri=uri_of(guarded, "web")).open() as mongo:
        mongo.analytics[names.WRAPPED_REPORTS].find_one({})
    monkeypatch.setenv("MONGO_URI", uri_of(guarded, HISCORES))
    assert main([]) == 1
    assert capsys.readouterr().err.count("\n") == 1
