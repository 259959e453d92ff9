"""The card in a player's page, in a real browser: saved as a file, and handed to the share sheet where there is one."""

from pathlib import Path

import pytest
from browser_pages import opened
from PIL import Image
from playwright.sync_api import Browser
from preview_world import full_report, hostile_report, store
from wrapped_cli.preview.site import player_page
from wrapped_shared.mongo import MongoResource

TWO_MIB = 2 * 1024 * 1024
CARD = "wrapped-iron-heron-2024.png"
CAN_SHARE = "navigator.canShare = (data) => data.files.every((file) => file.type === 'image/png');"
CANNOT_SHARE = "navigator.canShare = () => false;"
SHARE = "navigator.share = async (data) => { window.shared = [...data.files]; };"


def refusing(error: str) -> str:
    return f"navigator.share = async () => {{ throw new DOMException('no', '{error}'); }};"


@pytest.fixture(scope="module")
def pages(mongo_server: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The pages of a full and a hostile report, with their cards."""
    folder = tmp_path_factory.mktemp("sharing")
    resource = MongoResource(uri=mongo_server, raw_database="raw-sharing", analytics_database="analytics-sharing")
    with resource.open() as mongo:
        store(mongo, full_report())
        try:
            for name, report in (("full", full_report()), ("hostile", hostile_report())):
                (folder / f"{name}.html").write_text(player_page(mongo.analytics, report, with_card=True))
        finally:
            mongo.client.drop_database("analytics-sharing")
    return folder


@pytest.mark.slow
@pytest.mark.parametrize("scripts", [True, False])
def test_the_card_is_saved_from_the_last_slide_even_without_scripts(
    browser: Browser, pages: Path, tmp_path: Path, scripts: bool
) -> None:
    context, watched = opened(browser, pages / "full.html", script=CANNOT_SHARE, java_script_enabled=scripts)
    watched.page.goto(watched.page.url + "#closing")
    with watched.page.expect_download() as started:
        watched.page.get_by_role("link", name="Save picture").click()
    started.value.save_as(tmp_path / "card.png")
    assert started.value.suggested_filename == CARD
    with Image.open(tmp_path / "card.png") as card:
        assert (card.format, card.size) == ("PNG", (1080, 1920))
    assert not watched.page.locator("[data-share]").is_visible()
    assert (watched.errors, watched.outside()) == ([], [])
    assert (pages / "full.html").stat().st_size < TWO_MIB
    context.close()


@pytest.mark.slow
def test_the_card_is_shared_as_a_file_where_the_browser_can(browser: Browser, pages: Path) -> None:
    context, watched = opened(browser, pages / "full.html", script=CAN_SHARE + SHARE)
    page = watched.page
    page.keyboard.press("End")
    page.get_by_role("button", name="Share").click()
    page.wait_for_function("() => window.shared")
    assert page.evaluate("shared.map((file) => [file.name, file.type])") == [[CARD, "image/png"]]
    width = "createImageBitmap(shared[0]).then((picture) => [picture.width, picture.height])"
    assert page.evaluate(width) == [1080, 1920]
    assert page.locator(".slide.current").get_attribute("id") == "closing"
    assert (watched.errors, watched.outside()) == ([], [])
    context.close()


@pytest.mark.slow
def test_who_closes_the_share_sheet_is_left_alone_and_a_failed_share_saves(browser: Browser, pages: Path) -> None:
    downloads = {}
    for error in ("AbortError", "NotAllowedError"):
        context, watched = opened(browser, pages / "full.html", script=CAN_SHARE + refusing(error))
        saved: list[str] = []
        watched.page.on("download", lambda download, saved=saved: saved.append(download.suggested_filename))
        watched.page.keyboard.press("End")
        watched.page.get_by_role("button", name="Share").click()
        watched.page.wait_for_timeout(500)
        downloads[error] = saved
        assert watched.errors == []
        context.close()
    assert downloads == {"AbortError": [], "NotAllowedError": [CARD]}


@pytest.mark.slow
def test_a_hostile_name_gives_a_plain_file_name(browser: Browser, pages: Path) -> None:
    context, watched = opened(browser, pages / "hostile.html")
    name = watched.page.locator("[data-save]").get_attribute("download") or ""
    assert name.startswith("wrapped-hostile-key-script-")
    assert name.endswith("-2024.png")
    assert (watched.dialogs, watched.errors) == ([], [])
    context.close()
