"""The Mongo resource: lazy, closed after use, never showing secrets."""

import dagster as dg
import pytest
from wrapped_shared.mongo import MongoResource, MongoUnavailable, clear_errors, connect

SECRET = "mongodb://me:sesame%21@127.0.0.1:1/?serverSelectionTimeoutMS=200&tlsCertificateKeyFilePassword=sesame"


def test_creating_a_resource_connects_to_nothing() -> None:
    resource = MongoResource(uri=SECRET)
    assert resource.raw.name == "runelite-wrapped-raw"
    assert resource.analytics.name == "runelite-wrapped-analytics"
    resource.close()


def test_an_unreachable_server_is_one_line_without_secrets() -> None:
    with pytest.raises(MongoUnavailable) as caught, MongoResource(uri=SECRET).open() as mongo:
        mongo.raw.command("ping")
    assert "127.0.0.1:1" in str(caught.value)
    assert "sesame" not in str(caught.value)
    assert "\n" not in str(caught.value)
    assert caught.value.__suppress_context__


@pytest.mark.parametrize(
    "uri",
    [
        "",
        "http://host",
        "mongodb://",
        "mongodb://@h",
        "mongodb://u:sesame@h:port/",
        "mongodb://u:sesame@h,,i",
        "mongodb://u:sesame@[::1",
        "mongodb://u:sesame@h/a$b",
        "mongodb://u:sesame@h/?w",
        "mongodb://u:sesame@h/?w=1&&",
        "mongodb://u:sesame@h/?authSource=",
        "mongodb://u:sesame@h/?tls=true&ssl=false",
        "mongodb+srv://u:sesame@h.a.b:1",
        "mongodb://u:sesame@h/?tls=true&tlsCertificateKeyFile=/none",
        "mongodb://u:sesame@h/?socketTimeoutMS=soon",
        "mongodb://u:sesame@h/?authMechanism=MONGODB-OIDC",
        "mongodb://u:ses/ame/sesame@h",
        "mongodb://u:ses@sesame@h",
        "mongodb://u:ses:sesame@h",
        "mongodb://u:sesame%zz@h",
        "mongodb://u:12/sesame@h",
        "mongodb://u:1?w=sesame@h",
        "mongodb://u:sesame%07@h",
        "mongodb://u:sesame\udcff@h",
        "mongodb://h/?authMechanismProperties=sesame:1",
        "mongodb://h/?authMechanism=MONGODB-OIDC&authMechanismProperties=ENVIRONMENT:azure,TOKEN_RESOURCE:sesame:,b:c",
    ],
)
def test_an_invalid_uri_says_what_to_set(uri: str) -> None:
    with pytest.raises(MongoUnavailable, match="MONGO_URI") as caught:
        connect(uri)
    assert "sesame" not in str(caught.value)
    assert "\n" not in str(caught.value)


def test_white_space_around_mongo_uri_is_ignored(monkeypatch: pytest.MonkeyPatch, mongo_server: str) -> None:
    monkeypatch.setenv("MONGO_URI", f" {mongo_server}\n")
    with MongoResource().open() as mongo:
        assert mongo.client.admin.command("ping")["ok"] == 1


def test_options_in_the_uri_take_precedence(mongo_server: str) -> None:
    joint = "&" if "?" in mongo_server else "/?"
    with connect(f"{mongo_server}{joint}appname=mine&w=1") as client:
        assert client.options.pool_options.appname == "mine"
        assert client.write_concern.document == {"w": 1}
    with connect(mongo_server) as client:
        assert client.write_concern.document == {"w": "majority"}
        assert client.options.retry_writes
        assert client.options.retry_reads


def test_an_error_inside_a_step_becomes_a_clear_failure() -> None:
    mongo = MongoResource(uri=SECRET)
    with pytest.raises(dg.Failure) as caught, clear_errors(mongo):
        mongo.raw.command("ping")
    assert "sesame" not in (caught.value.description or "")
    mongo.close()


def test_a_step_gets_an_open_client_and_leaves_it_closed(mongo: MongoResource) -> None:
    seen = []

    @dg.asset
    def looks(mongo: MongoResource) -> None:
        mongo.raw["things"].insert_one({"_id": 1})
        seen.append(mongo.client)

    own = MongoResource(uri=mongo.uri, raw_database=mongo.raw_database, analytics_database=mongo.analytics_database)
    assert dg.materialize([looks], resources={"mongo": own}).success
    assert mongo.raw["things"].count_documents({}) == 1
    with pytest.raises(Exception, match="after close"):
        seen[0].admin.command("ping")
