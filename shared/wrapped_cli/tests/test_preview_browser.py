"""The preview in a real browser: keyboard, errors, requests, accessibility, widths and themes."""

from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from browser_pages import Watched
from playwright.sync_api import Browser
from preview_world import full_report, hostile_report, store, thin_report
from wrapped_cli.preview.site import INDEX, page_name, write_site
from wrapped_shared import collections as names
from wrapped_shared.mongo import MongoResource

SLIDES = [
    "cover", "play_time", "best_month", "favourite_mob", "favourite_place", "favourite_gear",
    "favourite_skill", "tiles", "deaths", "loot", "best_drop", "damage", "exchange", "hiscores", "rank", "closing",
]  # fmt: skip
FULL = page_name("player", "2024", "iron heron")
HOSTILE = page_name("player", "2024", hostile_report()["player_key"])


@pytest.fixture(scope="module")
def pages(mongo_server: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The pages of a full, a thin and a hostile report and of a group, on disk; after that MongoDB is not needed."""
    folder = tmp_path_factory.mktemp("preview")
    resource = MongoResource(uri=mongo_server, raw_database="raw-pages", analytics_database="analytics-pages")
    with resource.open() as mongo:
        store(mongo, full_report(), thin_report(), hostile_report())
        group = {
            "_id": "2024/Marsh </script> birds", "schema_version": 1, "group": "Marsh </script> birds",
            "period": "2024", "members": ["iron heron", "new wren", "nobody"],
            "totals": {"play.seconds": 594_000.0, "loot.kills": 3531.0, "deaths.count": 23.0, "kills:Zulrah": 268.0},
            "leaders": [{"stat": "play.seconds", "top": [{"player": "Iron Heron", "value": 593_460.0},
                                                         {"player": "New Wren", "value": 540.0}]},
                        {"stat": "kills:Zulrah", "top": [{"player": "Iron Heron", "value": 268.0}]},
                        {"stat": "xp:SLAYER", "top": [{"player": "Iron Heron", "value": 4_000_017.0}]}],
        }  # fmt: skip
        mongo.analytics[names.GROUP_REPORTS].insert_one(group)
        try:
            write_site(mongo.analytics, folder)
        finally:
            mongo.client.drop_database("analytics-pages")
    return folder


def serious(page: Watched) -> list[str]:
    found = Axe().run(page.page).response["violations"]
    return [
        f"{fault['id']}: {node['html'][:160]} {node.get('failureSummary', '')}"
        for fault in found
        if fault["impact"] in ("serious", "critical")
        for node in fault["nodes"]
    ]


@pytest.mark.slow
@pytest.mark.parametrize("scheme", ["dark", "light"])
@pytest.mark.parametrize("width", [390, 1440])
def test_every_slide_is_reachable_by_keyboard_and_accessible(
    browser: Browser, pages: Path, width: int, scheme: str
) -> None:
    context = browser.new_context(
        viewport={"width": width, "height": 844}, color_scheme=scheme, reduced_motion="reduce"
    )
    watched = Watched(context.new_page())
    page = watched.page
    page.goto((pages / FULL).as_uri())
    seen = [page.evaluate("document.querySelector('.slide.current').id")]
    for _ in SLIDES[1:]:
        page.keyboard.press("ArrowRight")
        seen.append(page.evaluate("document.activeElement.id"))
        page.wait_for_function(
            "id => Math.abs(document.getElementById(id).getBoundingClientRect().left) < 2", arg=seen[-1]
        )
    assert seen == SLIDES
    page.keyboard.press("ArrowRight")  # there is no slide after the last
    assert page.evaluate("document.activeElement.id") == SLIDES[-1]
    page.keyboard.press("Home")
    assert page.evaluate("document.activeElement.id") == SLIDES[0]
    wide = page.evaluate(
        "[...document.querySelectorAll('.slide')].filter(s => s.scrollWidth > s.clientWidth).map(s => s.id)"
    )
    assert wide == []
    assert serious(watched) == []
    assert watched.errors == []
    assert watched.outside() == []
    context.close()


@pytest.mark.slow
def test_what_a_figure_means_is_one_tap_away(browser: Browser, pages: Path) -> None:
    context = browser.new_context(viewport={"width": 390, "height": 844}, has_touch=True, reduced_motion="reduce")
    page = context.new_page()
    page.goto((pages / FULL).as_uri() + "#tiles")
    meaning = page.locator("#tiles .meaning")
    assert not meaning.locator("p").first.is_visible()
    meaning.locator("summary").tap()
    text = meaning.inner_text()
    assert "one tile is walking" in text
    assert "241 of 366 days of 2024 tracked" in text
    page.keyboard.press("Escape")
    assert not meaning.locator("p").first.is_visible()
    page.get_by_role("button", name="Next slide").tap()
    assert page.locator(".slide.current").get_attribute("id") == "deaths"
    context.close()


@pytest.mark.slow
def test_motion_is_only_for_those_who_want_it(browser: Browser, pages: Path) -> None:
    moving = {}
    for motion in ("reduce", "no-preference"):
        context = browser.new_context(reduced_motion=motion)
        page = context.new_page()
        page.goto((pages / FULL).as_uri())
        page.keyboard.press("ArrowRight")
        moving[motion] = page.evaluate("document.getAnimations().length")
        context.close()
    assert moving["reduce"] == 0
    assert moving["no-preference"] > 0


@pytest.mark.slow
def test_hostile_names_are_text_and_nothing_else(browser: Browser, pages: Path) -> None:
    context = browser.new_context(reduced_motion="reduce")
    watched = Watched(context.new_page())
    for name in (HOSTILE, INDEX):
        watched.page.goto((pages / name).as_uri())
        assert "<script>alert(1)</script>" in watched.page.inner_text("body")
        assert watched.page.locator("script").count() == 1
        assert watched.page.locator("img[src='x']").count() == 0
        assert "49" not in watched.page.inner_text("h1")  # {{7*7}} is not evaluated
        assert (
            watched.page.evaluate("/[\\u202a-\\u202e\\u2066-\\u2069]/.test(document.documentElement.outerHTML)")
            is False
        )
    assert (watched.dialogs, watched.errors, watched.outside()) == ([], [], [])
    context.close()


@pytest.mark.slow
@pytest.mark.parametrize("scheme", ["dark", "light"])
def test_index_and_group_link_to_every_page_and_are_accessible(browser: Browser, pages: Path, scheme: str) -> None:
    context = browser.new_context(viewport={"width": 390, "height": 844}, color_scheme=scheme)
    watched = Watched(context.new_page())
    watched.page.goto((pages / INDEX).as_uri())
    linked = watched.page.eval_on_selector_all(".links a", "links => links.map(link => link.getAttribute('href'))")
    assert sorted([*linked, INDEX]) == sorted(path.name for path in pages.iterdir())
    assert serious(watched) == []
    watched.page.get_by_role("link", name="2024 of Marsh").click()
    assert watched.page.inner_text("h1") == "Marsh </script> birds"
    assert watched.page.locator("tbody tr").count() == 3
    assert watched.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert serious(watched) == []
    assert (watched.errors, watched.outside()) == ([], [])
    context.close()


@pytest.mark.slow
def test_a_thin_report_is_a_cover_and_play_time(browser: Browser, pages: Path) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto((pages / page_name("player", "2024", "new wren")).as_uri())
    assert [slide.get_attribute("id") for slide in page.locator(".slide").all()] == ["cover", "play_time"]
    assert "9\u00a0min" in page.inner_text("#play_time")  # readable without any script
    context.close()
