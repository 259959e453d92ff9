"""The pages at every size, on paper and in motion: layout, counting, playing by itself, time zones, the index."""

import io
from pathlib import Path
from typing import Any

import pytest
from browser_pages import opened
from page_layout import layout_faults
from playwright.sync_api import Browser
from preview_world import full_report, store
from wrapped_cli.preview.pages import render
from wrapped_cli.preview.site import Line, group_page, player_page, source
from wrapped_shared.models.player_stats import GroupReport
from wrapped_shared.mongo import MongoResource

LONG = {
    "Abyssal demon": "Thermonuclear smoke devil",
    "Grand Exchange": "Woodcutting Guild",
    "Vorkath": "Phosani's Nightmare",
}
SIZES = [(320, 568), (390, 844), (844, 390), (1440, 900)]


def largest_report() -> dict[str, Any]:
    """A report with long names and the largest numbers there are."""
    report = full_report("Wwwwwwwwwwww", name=lambda text: LONG.get(text, f"{text} (Construction)"))
    report["exchange"] |= {"spent": 2**62, "earned": 2**63 - 1}
    report["damage"] |= {"dealt": 2**62, "taken": 2**61}
    report["play"] |= {"seconds": 31_536_000.0, "ticks": 52_560_000}
    report["loot"]["value"] = 2**63 - 1
    report["movement"] |= {"tiles": 2**62, "tiles_run": 2**62 - 5, "tiles_walked": 5}
    return report


def a_group(mongo: MongoResource, reports: list[dict[str, Any]]) -> str:
    members = [source.read_report(report) for report in reports]
    top = [{"player": member.player, "value": member.loot.value} for member in reversed(members)]
    leaders = [{"stat": stat, "top": top} for stat in ("loot.value", "kills:Zulrah", "xp:SLAYER")]
    group = {
        "_id": "2024/birds", "schema_version": 2, "group": "Marsh birds", "period": "2024",
        "members": [member.player_key for member in members], "totals": {"loot.value": 2.0**63}, "leaders": leaders,
    }  # fmt: skip
    pictures = source.pictures(mongo.analytics, ["skill:SLAYER", "npc:Zulrah#725"], [])
    return group_page(GroupReport.model_validate(group), members, {}, pictures, "index.html")


@pytest.fixture(scope="module")
def pages(mongo_server: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Pages of two players, a group and an index of 500."""
    folder = tmp_path_factory.mktemp("layout")
    resource = MongoResource(uri=mongo_server, raw_database="raw-layout", analytics_database="analytics-layout")
    reports = {"full": full_report(), "largest": largest_report()}
    with resource.open() as mongo:
        store(mongo, *reports.values())
        try:
            for name, report in reports.items():
                (folder / f"{name}.html").write_text(player_page(mongo.analytics, report, "index.html", with_card=True))
            (folder / "group.html").write_text(a_group(mongo, list(reports.values())))
        finally:
            mongo.client.drop_database("analytics-layout")
    lines = [
        Line(f"Player {n}", "1 h played", float(n % 7), n, [("2024", "full.html"), ("All time", "full.html")])
        for n in range(500)
    ]
    (folder / "index.html").write_text(
        render("index.html.j2", {"lead": "500 players.", "players": lines, "groups": []}, script="index.js")
    )
    return folder


@pytest.mark.slow
@pytest.mark.parametrize(("width", "height"), SIZES)
@pytest.mark.parametrize("name", ["full", "largest", "group", "index"])
def test_nothing_is_cut_broken_or_covered_at_any_size(
    browser: Browser, pages: Path, name: str, width: int, height: int
) -> None:
    context, watched = opened(browser, pages / f"{name}.html", viewport={"width": width, "height": height})
    assert layout_faults(watched.page) == []
    assert (watched.errors, watched.outside()) == ([], [])
    context.close()


@pytest.mark.slow
def test_print_keeps_the_bars_and_leaves_out_the_controls(browser: Browser, pages: Path) -> None:
    context, watched = opened(browser, pages / "full.html", color_scheme="dark")
    bars = watched.page.locator("#favourite_mob .track i").first
    colour = bars.evaluate("bar => getComputedStyle(bar).backgroundColor")
    watched.page.emulate_media(media="print")
    assert bars.evaluate("bar => getComputedStyle(bar).printColorAdjust") == "exact"
    assert bars.evaluate("bar => bar.getBoundingClientRect().width") > 20
    assert bars.evaluate("bar => getComputedStyle(bar).backgroundColor") not in (colour, "rgba(0, 0, 0, 0)")
    assert not watched.page.locator(".controls").is_visible()
    assert layout_faults(watched.page) == []
    pdf = watched.page.pdf(format="A4", print_background=False)
    assert pdf.count(b"/Type /Page\n") > 5
    assert len(io.BytesIO(pdf).getvalue()) < 2_000_000
    context.close()


@pytest.mark.slow
def test_numbers_count_up_to_the_value_that_is_there_without_scripts(browser: Browser, pages: Path) -> None:
    plain, without = opened(browser, pages / "full.html", java_script_enabled=False)
    expected = without.page.locator("#exchange .text").text_content()
    plain.close()
    context, watched = opened(browser, pages / "full.html", reduced_motion="no-preference")
    watched.page.evaluate(
        "() => { const text = document.querySelector('#exchange .text'); window.seen = [];"
        "const see = () => window.seen.push(text.textContent);"
        "new MutationObserver(see).observe(text, { subtree: true, childList: true }); }"
    )
    watched.page.locator(".segments a[href='#exchange']").click()
    watched.page.wait_for_function("() => window.seen.length > 1 && !document.querySelector('#exchange .counting')")
    assert watched.page.locator("#exchange .text").text_content() == expected
    assert len(set(watched.page.evaluate("window.seen"))) > 1
    context.close()


@pytest.mark.slow
def test_hours_are_in_the_viewer_s_time_and_without_scripts_in_utc(browser: Browser, pages: Path) -> None:
    zones = {}
    for zone in ("Europe/Berlin", "Asia/Kolkata", "America/St_Johns"):
        context, watched = opened(browser, pages / "full.html", timezone_id=zone)
        ring = watched.page.locator("#best_month .ring")
        turned = ring.locator("g").get_attribute("transform")
        noon = ring.locator("[data-hour='12'] title").text_content() or ""
        zones[zone] = (turned, noon.partition(": ")[0], ring.locator("[data-zone]").inner_text().partition(" (")[2])
        context.close()
    assert zones["Europe/Berlin"] in (
        ("rotate(15)", "13:00 to 14:00", "UTC+01:00)"), ("rotate(30)", "14:00 to 15:00", "UTC+02:00)"),
    )  # fmt: skip
    assert zones["Asia/Kolkata"] == ("rotate(82.5)", "17:30 to 18:30", "UTC+05:30)")  # half an hour, half a sector
    assert zones["America/St_Johns"][1] in ("08:30 to 09:30", "09:30 to 10:30")
    context, watched = opened(browser, pages / "full.html", java_script_enabled=False)
    assert watched.page.locator("[data-zone]").inner_text() == "Hours in UTC"
    context.close()


@pytest.mark.slow
def test_a_deck_plays_by_itself_until_somebody_does_something(browser: Browser, pages: Path) -> None:
    context = browser.new_context(reduced_motion="no-preference", has_touch=True)
    page = context.new_page()
    page.clock.install(time=0)
    page.clock.pause_at(1_000)  # no time passes but what the test lets pass
    page.goto((pages / "full.html").as_uri())
    button = page.locator("[data-play]")
    assert button.get_attribute("aria-label") == "Pause"
    assert page.locator("[data-hint]").is_visible()
    page.clock.run_for(7_000)
    assert page.locator(".slide.current").get_attribute("id") == "play_time"
    page.keyboard.press(" ")
    page.clock.run_for(30_000)
    assert button.get_attribute("aria-label") == "Play"
    assert page.locator(".slide.current").get_attribute("id") == "play_time"
    page.keyboard.press(" ")
    page.clock.run_for(300_000)  # stops at the end
    assert page.locator(".slide.current").get_attribute("id") == "closing"
    assert button.get_attribute("aria-label") == "Play"
    context.close()


@pytest.mark.slow
def test_the_sides_of_a_slide_are_tap_zones_and_reduced_motion_does_not_play(browser: Browser, pages: Path) -> None:
    size = {"width": 390, "height": 844}
    context, watched = opened(browser, pages / "full.html", has_touch=True, viewport=size)
    page = watched.page
    assert page.locator("[data-play]").get_attribute("aria-label") == "Play"
    page.touchscreen.tap(370, 400)
    assert page.locator(".slide.current").get_attribute("id") == "play_time"
    assert not page.locator("[data-hint]").is_visible()
    page.touchscreen.tap(195, 400)  # the middle does nothing
    page.touchscreen.tap(20, 400)
    assert page.locator(".slide.current").get_attribute("id") == "cover"
    page.reload()
    assert not page.locator("[data-hint]").is_visible()  # once
    context.close()


@pytest.mark.slow
def test_the_index_searches_and_sorts_and_is_a_list_without_scripts(browser: Browser, pages: Path) -> None:
    context, watched = opened(browser, pages / "index.html")
    page = watched.page
    shown = page.locator("[data-players] li:visible .name bdi")
    page.get_by_label("Search").fill("PLAYER_49")
    found = [f"Player {n}" for n in range(500) if "49" in str(n)]
    assert shown.all_inner_texts() == found
    assert page.get_by_role("status").inner_text() == f"{len(found)} of 500 players"
    page.get_by_label("Sort by").select_option("worth")
    assert shown.first.inner_text() == "Player 499"
    page.get_by_label("Sort by").select_option("name")
    page.get_by_label("Search").fill("")
    assert shown.first.inner_text() == "Player 0"
    context.close()
    context, watched = opened(browser, pages / "index.html", java_script_enabled=False)
    assert watched.page.locator("[data-players] li").count() == 500
    assert not watched.page.locator(".tools").is_visible()
    context.close()
