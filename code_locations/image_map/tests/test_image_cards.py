"""Share cards: which reports get them, when they are drawn again, and that nothing stays behind. GridFS is real."""

import io
import json
from datetime import UTC, datetime, timedelta
from importlib import resources
from typing import Any

import dagster as dg
import pytest
from bson import ObjectId
from gridfs import GridFSBucket
from image_map.definitions import defs
from image_map.defs.automation import card_requests_sensor
from image_map.defs.cards import cards_complete
from image_map.domain.sprites import encode
from image_map.store.sprites import SpriteStore
from image_map.work.cards import cards_owed, update_cards
from image_map.work.due import due
from image_map_world import WriteCounter
from PIL import Image
from wrapped_shared import collections as names
from wrapped_shared.indexes import ensure_indexes
from wrapped_shared.mongo import MongoResource

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
FILES, CHUNKS = f"{names.SHARE_CARDS}.files", f"{names.SHARE_CARDS}.chunks"


@pytest.fixture
def mongo(contract_mongo: MongoResource) -> MongoResource:
    ensure_indexes(contract_mongo.raw, contract_mongo.analytics)  # with the contract's validators in force
    return contract_mongo


def report(player: str = "Wise_Otter", period: str = "2025", at: datetime = NOW - timedelta(days=1)) -> dict[str, Any]:
    text = (resources.files("wrapped_devkit.contract") / "sample_report.json").read_text("utf-8")
    document: dict[str, Any] = json.loads(text)
    key = player.lower().replace("_", " ")
    slides = [{**slide, "image": None} for slide in document["slides"]]
    return {**document, "_id": f"{period}/{key}", "player": player, "player_key": key, "period": period,
            "generated_at": at, "slides": slides, "hiscores": None}  # fmt: skip


def store(mongo: MongoResource, *reports: dict[str, Any]) -> None:
    for document in reports:
        mongo.analytics[names.WRAPPED_REPORTS].replace_one({"_id": document["_id"]}, document, upsert=True)


def change(mongo: MongoResource, _id: str, at: datetime = NOW, **fields: Any) -> None:
    mongo.analytics[names.WRAPPED_REPORTS].update_one({"_id": _id}, {"$set": {**fields, "generated_at": at}})


def picture(mongo: MongoResource, _id: str, colour: tuple[int, ...], status: str = "found") -> ObjectId:
    stored = SpriteStore(mongo.analytics).put([encode(Image.new("RGBA", (32, 32), colour))], {"attribution": "x"})[0]
    entry = {"sprite": stored, "status": status, "attribution": f"File:{_id}, © somebody"}
    mongo.analytics[names.STAT_IMAGES].update_one({"_id": _id}, {"$set": entry}, upsert=True)
    found: ObjectId = stored["file_id"]
    return found


def cards(mongo: MongoResource) -> dict[str, dict[str, Any]]:
    return {card["_id"]: card for card in mongo.analytics[names.SHARE_CARDS].find()}


def png(mongo: MongoResource, card: dict[str, Any]) -> bytes:
    return GridFSBucket(mongo.analytics, names.SHARE_CARDS).open_download_stream(card["file_id"]).read()


def counts(mongo: MongoResource) -> tuple[int, int, int]:
    return tuple(mongo.analytics[name].count_documents({}) for name in (names.SHARE_CARDS, FILES, CHUNKS))  # type: ignore[return-value]


def test_every_report_of_a_finished_year_gets_a_card_in_each_size(mongo: MongoResource) -> None:
    store(mongo, report(), report(period="2026"), report(period="all"), report("Ann", "2024"))
    result = update_cards(mongo.analytics, NOW)
    assert cards(mongo).keys() == {
        f"{_id}/{size}" for _id in ("2025/wise otter", "2024/ann") for size in ("1080x1920", "1200x630")
    }
    assert (result.drawn, result.unchanged) == (4, 0)
    for card in cards(mongo).values():
        with Image.open(io.BytesIO(png(mongo, card))) as image:
            assert (image.format, image.size) == ("PNG", (card["width"], card["height"]))
            assert f"{image.width}x{image.height}" == card["size"]
        assert card["bytes"] == len(png(mongo, card))


def test_an_unchanged_report_is_not_drawn_again_and_nothing_is_written(mongo: MongoResource) -> None:
    store(mongo, report(at=NOW - timedelta(days=3)), report("Ann"))
    update_cards(mongo.analytics, NOW)
    before = cards(mongo)
    assert not cards_owed(mongo.analytics, NOW)
    change(mongo, "2025/ann", ranks=[])  # not on the card
    assert not cards_owed(mongo.analytics, NOW)
    again = update_cards(mongo.analytics, NOW)
    assert (again.reports, again.drawn, again.unchanged) == (1, 0, 2)
    assert cards(mongo) == before
    assert not cards_owed(mongo.analytics, NOW)


def test_a_figure_that_changed_is_drawn_again_and_the_old_picture_goes(mongo: MongoResource) -> None:
    store(mongo, report(), report("Ann"))
    update_cards(mongo.analytics, NOW)
    before = cards(mongo)
    change(mongo, "2025/ann", **{"loot.kills": 743})
    assert update_cards(mongo.analytics, NOW).drawn == 2
    after = cards(mongo)
    changed = {_id for _id in after if after[_id]["digest"] != before[_id]["digest"]}
    assert changed == {"2025/ann/1080x1920", "2025/ann/1200x630"}
    assert counts(mongo)[:2] == (4, 4)
    assert all(png(mongo, card) for card in after.values())


def test_a_new_picture_of_the_drop_or_mob_is_drawn(mongo: MongoResource) -> None:
    store(mongo, report())
    mongo.analytics.drop_collection(names.STAT_IMAGES)  # the entries here are short
    update_cards(mongo.analytics, NOW)
    bare = cards(mongo)
    drawn = {"_id": "npc:Abyssal demon#124"}
    picture(mongo, drawn["_id"], (1, 2, 3, 255), status="fallback")
    change(mongo, "2025/wise otter")
    assert update_cards(mongo.analytics, NOW).drawn == 0  # a drawn picture is not a real one
    mongo.analytics[names.ITEMS].insert_one(
        {"_id": 4151, "name": "Abyssal whip", "base_id": 4152, "source": "wiki", "schema_version": 2}
    )
    file_id = picture(mongo, "item:4152", (9, 200, 9, 255))
    chunks = mongo.analytics[f"{names.SPRITES_BUCKET}.chunks"]
    lost = list(chunks.find({"files_id": file_id}))
    chunks.delete_many({"files_id": file_id})
    change(mongo, "2025/wise otter")
    assert update_cards(mongo.analytics, NOW).drawn == 0  # a picture that cannot be read is none
    assert cards(mongo) == bare
    chunks.insert_many(lost)
    change(mongo, "2025/wise otter")
    assert update_cards(mongo.analytics, NOW).drawn == 2
    assert {tuple(card["attributions"]) for card in cards(mongo).values()} == {("File:item:4152, © somebody",)}


def test_a_request_is_served_and_then_removed(mongo: MongoResource) -> None:
    store(mongo, report(period="2026"), report(period="all"))
    update_cards(mongo.analytics, NOW)
    assert cards(mongo) == {}
    mongo.analytics[names.CARD_REQUESTS].insert_many([{"_id": "2026/wise otter"}, {"_id": "2026/nobody"}])
    assert cards_owed(mongo.analytics, NOW)
    result = update_cards(mongo.analytics, NOW)
    assert (result.requests, result.without_report, result.drawn) == (2, 1, 2)
    assert {card["period"] for card in cards(mongo).values()} == {"2026"}
    assert mongo.analytics[names.CARD_REQUESTS].count_documents({}) == 0
    change(mongo, "2026/wise otter", player="Wise Otter")
    assert update_cards(mongo.analytics, NOW).drawn == 2  # once requested, it is kept up to date


def test_a_request_stays_if_its_card_was_not_written(mongo: MongoResource, monkeypatch: pytest.MonkeyPatch) -> None:
    store(mongo, report(period="2026"))
    mongo.analytics[names.CARD_REQUESTS].insert_one({"_id": "2026/wise otter"})

    def killed(*_: Any, **__: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(GridFSBucket, "upload_from_stream_with_id", killed)
        with pytest.raises(KeyboardInterrupt):
            update_cards(mongo.analytics, NOW)
    assert mongo.analytics[names.CARD_REQUESTS].count_documents({}) == 1
    update_cards(mongo.analytics, NOW)
    assert counts(mongo)[:2] == (2, 2)


def test_what_a_killed_run_left_is_completed_or_removed(mongo: MongoResource) -> None:
    store(mongo, report())
    update_cards(mongo.analytics, NOW)
    card = cards(mongo)["2025/wise otter/1200x630"]
    mongo.analytics[names.SHARE_CARDS].delete_one({"_id": card["_id"]})  # killed between the file and its card
    change(mongo, "2025/wise otter")
    GridFSBucket(mongo.analytics, names.SHARE_CARDS).upload_from_stream("left.png", b"left")
    result = update_cards(mongo.analytics, NOW)
    assert (result.drawn, result.files_removed) == (1, 1)
    assert cards(mongo)[card["_id"]] == card
    assert counts(mongo)[:2] == (2, 2)
    assert png(mongo, card).startswith(b"\x89PNG")


def test_a_card_goes_with_its_report(mongo: MongoResource) -> None:
    store(mongo, report(), report("Old_Name"))
    update_cards(mongo.analytics, NOW)
    mongo.analytics[names.WRAPPED_REPORTS].delete_one({"_id": "2025/old name"})  # forgotten, or renamed
    assert update_cards(mongo.analytics, NOW).removed == 2
    assert {card["player_key"] for card in cards(mongo).values()} == {"wise otter"}
    assert counts(mongo)[:2] == (2, 2)


def test_a_card_drawn_while_its_report_is_removed_does_not_stay(
    mongo: MongoResource, monkeypatch: pytest.MonkeyPatch
) -> None:
    store(mongo, report())
    upload = GridFSBucket.upload_from_stream_with_id

    def forgotten_meanwhile(self: Any, *arguments: Any, **options: Any) -> None:
        mongo.analytics[names.WRAPPED_REPORTS].delete_many({})
        upload(self, *arguments, **options)

    monkeypatch.setattr(GridFSBucket, "upload_from_stream_with_id", forgotten_meanwhile)
    update_cards(mongo.analytics, NOW)
    assert counts(mongo) == (0, 0, 0)


def test_a_year_that_ends_and_a_new_design_bring_cards_without_a_change_of_the_reports(
    mongo: MongoResource, monkeypatch: pytest.MonkeyPatch
) -> None:
    store(mongo, report(period="2026"))
    assert update_cards(mongo.analytics, NOW).drawn == 0
    new_year = datetime(2027, 1, 1, 7, tzinfo=UTC)
    assert cards_owed(mongo.analytics, new_year)
    assert update_cards(mongo.analytics, new_year).drawn == 2
    assert not cards_owed(mongo.analytics, new_year)
    monkeypatch.setattr("image_map.domain.cards.DESIGN", 99)
    monkeypatch.setattr("wrapped_card.content.DESIGN", 99)
    assert cards_owed(mongo.analytics, new_year)
    assert update_cards(mongo.analytics, new_year).drawn == 2


def test_a_report_that_breaks_the_contract_is_counted_and_stops_nothing(mongo: MongoResource) -> None:
    store(mongo, report("Ann"))
    broken = {"_id": "2025/bob", "player_key": "bob", "period": "2025", "generated_at": NOW}
    mongo.analytics.get_collection(names.WRAPPED_REPORTS).database.command(
        {"insert": names.WRAPPED_REPORTS, "documents": [broken], "bypassDocumentValidation": True}
    )
    result = update_cards(mongo.analytics, NOW)
    assert (result.unreadable, result.drawn) == (1, 2)


@pytest.mark.slow
def test_the_asset_its_check_and_the_sensor(mongo: MongoResource, monkeypatch: pytest.MonkeyPatch) -> None:
    store(mongo, report(), report(period="2026"))
    resources_ = {"mongo": mongo}
    with dg.DagsterInstance.ephemeral() as instance:
        with dg.build_sensor_context(instance=instance, resources=resources_) as context:
            assert isinstance(next(iter(card_requests_sensor(context))), dg.SkipReason)  # type: ignore[call-overload]
            mongo.analytics[names.CARD_REQUESTS].insert_one({"_id": "2026/wise otter"})
            request = next(iter(card_requests_sensor(context)))  # type: ignore[call-overload]
        assert isinstance(request, dg.RunRequest)
        assert "otter" not in str(request.run_key)
        job = defs.resolve_job_def("image_map_cards")
        result = job.execute_in_process(instance=instance, resources=resources_)
        (event,) = result.get_asset_materialization_events()
        found = {name: value.value for name, value in event.materialization.metadata.items()}
        assert (found["cards_drawn"], found["requests_served"]) == (4, 1)
    assert cards_complete(mongo).passed
    mongo.analytics[FILES].delete_one({})
    verdict = cards_complete(mongo)
    assert not verdict.passed
    assert "1 card without a file" in str(verdict.description)


def test_a_day_without_changes_costs_a_few_queries_and_no_write(mongo: MongoResource, mongo_server: str) -> None:
    from pymongo import MongoClient, monitoring

    store(mongo, *(report(f"Player {number}", "2026") for number in range(30)))
    update_cards(mongo.analytics, NOW)

    class Commands(WriteCounter):
        def started(self, event: monitoring.CommandStartedEvent) -> None:
            self.commands.append(event.command_name)

    sent = Commands()
    with MongoClient[Any](mongo_server, event_listeners=[sent], tz_aware=True) as client:
        update_cards(client[mongo.analytics.name], NOW)
    assert set(sent.commands) <= {"find", "endSessions"}
    assert len(sent.commands) <= 9


def test_owed_cards_are_a_reason_for_a_run(mongo: MongoResource, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("WRAPPED_CONTACT", raising=False)
    monkeypatch.setattr("image_map.work.due._named_by_reports", lambda analytics: False)
    monkeypatch.setattr("image_map.work.due._named_by_gains", lambda analytics: False)
    assert due(mongo) is None
    store(mongo, report())
    assert due(mongo) == "some share cards are out of date"
    update_cards(mongo.analytics, datetime.now(UTC))
    assert due(mongo) is None
