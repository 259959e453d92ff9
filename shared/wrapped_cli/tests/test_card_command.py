"""`wrapped report --card`, with a real server: the picture, its sizes, and errors in one line."""

from pathlib import Path

import pytest
from PIL import Image
from preview_world import full_report, hostile_report, store
from wrapped_card.content import card_content
from wrapped_card.drawing import draw_card
from wrapped_cli.commands import run
from wrapped_cli.preview.card import card_png, card_uri
from wrapped_shared import collections as names
from wrapped_shared.mongo import MongoResource

DROP = {"item_id": 9_999, "name": "Elysian sigil", "quantity": 1, "value": 700_000_000, "mob": "Corporeal beast"}


@pytest.fixture
def analytics(contract_mongo: MongoResource, monkeypatch: pytest.MonkeyPatch) -> MongoResource:
    monkeypatch.setenv("MONGO_URI", contract_mongo.uri)
    report = full_report()
    report["loot"] |= {"value": 45_600_000_000, "best_drop": {**DROP, "combat_level": 785, "month": "2024-03"}}
    store(contract_mongo, report, hostile_report())
    return contract_mongo


def test_a_card_is_an_upright_picture_unless_another_size_is_named(
    analytics: MongoResource, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    upright, lying = tmp_path / "new" / "me.png", tmp_path / "wide.png"
    assert run(["report", "iron_heron", "--period", "2024", "--card", str(upright)]) == 0
    assert "1080 × 1920 pixels" in capsys.readouterr().out
    assert run(["report", "iron_heron", "--card", str(lying), "--card-size", "1200x630"]) == 0
    for path, size in ((upright, (1080, 1920)), (lying, (1200, 630))):
        with Image.open(path) as card:
            assert (card.format, card.size) == ("PNG", size)


def test_a_card_shows_the_pictures_of_the_report(analytics: MongoResource) -> None:
    database = analytics.analytics
    report = database[names.WRAPPED_REPORTS].find_one({"_id": "2024/iron heron"})
    assert report is not None
    bare = draw_card(card_content(report), "1200x630", {})
    with_mob = card_png(database, report, "1200x630")
    assert with_mob != bare
    database[names.ITEMS].insert_one(
        {"_id": 9_999, "name": "Elysian sigil", "base_id": 4_001, "source": "wiki"}, bypass_document_validation=True
    )
    assert card_png(database, report, "1200x630") not in (bare, with_mob)  # the drop has its base item's picture
    database[f"{names.SPRITES_BUCKET}.chunks"].delete_many({})
    assert card_png(database, report, "1200x630") == bare
    assert card_uri(database, report).startswith("data:image/png;base64,iVBOR")


def test_a_stand_in_with_initials_is_no_picture_on_a_card(analytics: MongoResource) -> None:
    database = analytics.analytics
    report = database[names.WRAPPED_REPORTS].find_one({"_id": "2024/iron heron"})
    assert report is not None
    bare = draw_card(card_content(report), "1200x630", {})
    assert card_png(database, report, "1200x630") != bare
    for document in list(database[names.STAT_IMAGES].find()):
        document["status"] = "fallback"
        database[names.STAT_IMAGES].replace_one({"_id": document["_id"]}, document)
    assert card_png(database, report, "1200x630") == bare


def test_hostile_names_give_a_card(analytics: MongoResource, tmp_path: Path) -> None:
    assert run(["report", "hostile key</script>", "--card", str(tmp_path / "card.png")]) == 0


@pytest.mark.slow
@pytest.mark.parametrize(
    ("arguments", "advice"),
    [
        (["--card", "c.png"], "name a player"),
        (["iron heron", "--card", "c.png", "--json"], "use one of them"),
        (["iron heron", "--card", "c.png", "--html", "h.html"], "use one of them"),
        (["iron heron", "--card", "c.png", "--card-size", "5x5"], "1080x1920 or 1200x630"),
        (["iron heron", "--card", "."], "is a folder"),
        (["iron heron", "--card", "/proc/none/c.png"], "choose another place"),
        (["nobody", "--card", "c.png"], "no report for 'nobody'"),
    ],
)
def test_wrong_use_is_one_line(
    analytics: MongoResource, arguments: list[str], advice: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["report", *arguments]) != 0
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert advice in said
