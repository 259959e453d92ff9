"""The preview's texts, shapes, sizes and files, without a browser."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from preview_world import days_of, full_report, hostile_report, store, thin_report
from wrapped_cli.commands import run
from wrapped_cli.errors import CommandError
from wrapped_cli.preview import charts
from wrapped_cli.preview.deck import days_in
from wrapped_cli.preview.group_page import group_page
from wrapped_cli.preview.site import page_name, player_page, write_site
from wrapped_cli.preview.source import Pictures, read_report
from wrapped_cli.preview.subjects import most_killed
from wrapped_shared import collections as names
from wrapped_shared.models.player_stats import GroupReport
from wrapped_shared.mongo import MongoResource
from wrapped_shared.words import short

TWO_MIB = 2 * 1024 * 1024


@pytest.mark.parametrize(
    ("number", "text"),
    [(0, "0"), (9_842, "9,842"), (12_399, "12.3K"), (999_999, "999K"), (2_988_744_136, "2.98B"), (16.7, "16.7")],
)
def test_numbers_are_short_and_never_rounded_up(number: float, text: str) -> None:
    assert short(number) == text


def test_a_calendar_has_every_day_of_its_year_once_and_colours_days_with_play() -> None:
    (year,) = charts.calendar_years({"2024-02-29": 1000, "2024-12-31": 10, "2023-05-05": 0})
    cells = [(half, cell) for half in year.halves for cell in half.cells]
    assert len(cells) == 366
    assert len({(id(half), cell.x, cell.y) for half, cell in cells}) == 366
    assert sorted(cell.level for _, cell in cells if cell.level) == [1, 5]
    assert [cell.title for _, cell in cells if cell.level == 5] == ["29 February: 10 min"]


def test_calendars_show_the_newest_years() -> None:
    assert [year.year for year in charts.calendar_years({f"{y}-06-01": 5 for y in range(2019, 2026)})] == [
        2025,
        2024,
        2023,
    ]


def test_a_curve_needs_two_points_in_time() -> None:
    now = datetime(2024, 1, 1, tzinfo=UTC)
    assert charts.curve([(now, 5)]) is None
    assert charts.curve([(now, 5), (now, 6)]) is None
    line = charts.curve([(now + timedelta(days=1), 7), (now, 5)])
    assert line is not None
    assert line.path == "M6.0 188.0L594.0 16.0"


def test_a_year_counts_its_days_and_all_time_the_days_in_between() -> None:
    assert days_in("2024", "2024-03-01", "2024-04-01") == 366
    assert days_in("all", "2024-03-01", "2024-03-10") == 10


def test_page_names_are_safe_and_unique() -> None:
    keys = ["iron heron", "iron-heron", "../../etc/passwd", "a</script>", "a script", "", "\u00fc", "x" * 300]
    made = [page_name("player", "2024", key) for key in keys]
    assert len(set(made)) == len(keys)
    assert all(re.fullmatch(r"[a-z0-9-]{1,80}\.html", name) for name in made)


def test_a_page_carries_everything_and_stays_below_its_size(mongo: MongoResource) -> None:
    report = full_report()
    store(mongo, report)
    page = player_page(mongo.analytics, report)
    assert len(page.encode()) < TWO_MIB
    assert page.count("data:image/png;base64,") > 60
    assert "for nothing but tests." in page  # the pictures' attribution
    assert not re.findall(r"(?:src|href)=\"(?!data:|#|index)", page)
    days = len(days_of(report))
    assert f"play on {days} days" in page


def test_the_slides_are_the_reports_own_with_its_titles_and_texts(mongo: MongoResource) -> None:
    report = full_report()
    page = player_page(mongo.analytics, report).replace("\u00a0", " ")
    page = re.sub(r'<span class="n">(.*?)</span>', r"\1", page)
    shown = re.findall(r'<h2 id="([a-z_]+)-title">(.*?)</h2>\s*<p class="text[^>]*><bdi>(.*?)</bdi>', page)
    shown = [(stat, re.sub("<img[^>]*>", "", title), text) for stat, title, text in shown]
    expected = [(slide["stat"], slide["title"], slide["text"]) for slide in report["slides"]]
    assert shown == expected
    assert all(page.count(text) == 2 for _, _, text in expected[:-1])  # on its slide and in the closing one


def test_ranks_are_places_among_few_players_and_percentages_among_many(mongo: MongoResource) -> None:
    report = full_report()
    report["ranks"] = [{"stat": "deaths.count", "value": 23, "top_percent": 33.4, "of_players": 6}]
    assert '<p class="place">2nd of 6</p><p class="name"><bdi>Deaths</bdi>' in player_page(mongo.analytics, report)
    report["ranks"][0] |= {"joint": True}
    assert ">Joint 2nd of 6</p>" in player_page(mongo.analytics, report)
    report["ranks"][0] |= {"top_percent": 0.4, "of_players": 1204}
    assert ">Joint top 0.4%</p>" in player_page(mongo.analytics, report)


def test_mobs_are_listed_by_name_over_their_combat_levels(mongo: MongoResource) -> None:
    report = full_report()
    levels = [mob for mob in report["loot"]["mobs"] if mob["name"] == "Goblin"]
    report["loot"]["mobs"] += [{**levels[0], "combat_level": 5, "kills": 2_000}]
    goblin, demon = most_killed(read_report(report))[:2]
    assert (goblin.name, goblin.combat_level, goblin.kills) == ("Goblin", 5, 2_057)
    quantities = {item.item_id: item.quantity for item in goblin.items}
    assert quantities == {item["item_id"]: 2 * item["quantity"] for item in levels[0]["items"]}
    assert demon.name == "Abyssal demon"
    assert "2 levels" in player_page(mongo.analytics, report)


def test_large_pictures_become_thumbnails_and_a_full_page_shows_none(
    mongo: MongoResource, monkeypatch: pytest.MonkeyPatch
) -> None:
    report = full_report()
    store(mongo, report)
    monkeypatch.setattr("wrapped_cli.preview.source.BUDGET_BYTES", 4_000)
    page = player_page(mongo.analytics, report)
    assert sum(map(len, re.findall(r"data:image/png;base64,[^\"]+", page))) < 6_000


def test_a_report_without_days_pictures_and_names_still_gives_a_page(mongo: MongoResource) -> None:
    report = full_report()
    for part in (*report["equipment"], *report["exchange"]["items"]):
        part["name"] = None
    report["hiscores"] |= {"skills": {}, "bosses": {"Zulrah": 3}, "points": []}
    page = player_page(mongo.analytics, report)
    assert "Item 4000" in page
    assert "data:image/png" not in page
    assert 'class="panel calendar"' not in page


def test_an_invalid_report_is_one_line(mongo: MongoResource) -> None:
    report = full_report()
    del report["loot"]
    with pytest.raises(CommandError, match=r"its field loot is invalid: rebuild it with wrapped run"):
        player_page(mongo.analytics, report)


def test_the_site_has_the_pages_of_the_requested_period(mongo: MongoResource, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="there are no reports for 2031"):
        write_site(mongo.analytics, tmp_path, "2031")
    everyone = {**full_report(), "_id": "all/iron heron", "period": "all"}
    store(mongo, full_report(), everyone, hostile_report(), pictures=False)
    write_site(mongo.analytics, tmp_path / "all")
    write_site(mongo.analytics, tmp_path / "year", "2024")
    assert len(list((tmp_path / "all").iterdir())) == 4
    assert len(list((tmp_path / "year").iterdir())) == 3


def test_the_command_writes_pages_and_rejects_options_that_cannot_be_combined(
    contract_mongo: MongoResource, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("MONGO_URI", contract_mongo.uri)
    contract_mongo.analytics[names.WRAPPED_REPORTS].insert_one(thin_report())
    page = tmp_path / "out" / "wren.html"
    assert run(["report", "New_Wren", "--period", "2024", "--html", str(page)]) == 0
    assert "New Wren" in page.read_text()
    assert run(["report", "--all", "--html", str(tmp_path / "site")]) == 0
    assert (tmp_path / "site" / "index.html").is_file()
    assert str(tmp_path / "site" / "index.html") in capsys.readouterr().out
    wrong = [
        ["report"], ["report", "--all"], ["report", "x", "--all", "--html", "d"],
        ["report", "x", "--json", "--html", "f"], ["report", "x", "--html", str(tmp_path)],
        ["report", "--all", "--html", str(page)], ["report", "--all", "--html", "d", "--period", "soon"],
    ]  # fmt: skip
    for arguments in wrong:
        assert run(arguments) != 0
        error = capsys.readouterr().err
        assert len(error.strip().splitlines()) == 1
        assert "Traceback" not in error


@pytest.mark.parametrize(("worn", "slots"), [((), 9), (("BOOTS",), 9), (("ARMS", "HEAD"), 10)])
def test_parts_of_the_body_are_shown_only_where_something_is_worn(
    mongo: MongoResource, worn: tuple[str, ...], slots: int
) -> None:
    report = full_report()
    report["equipment"] = [{**report["equipment"][0], "slot": slot} for slot in worn]
    assert player_page(mongo.analytics, report).count('class="slot"') == slots


def test_who_has_none_of_a_stat_is_no_leader_of_it() -> None:
    def leader(stat: str, **values: int) -> dict[str, object]:
        return {"stat": stat, "top": [{"player": player, "value": value} for player, value in values.items()]}

    group = {
        "_id": "2024/birds", "schema_version": 2, "group": "Birds", "period": "2024", "members": [], "totals": {},
        "leaders": [leader("loot.kills", MarshTern=3, GreyPlover=0), leader("deaths.count", BlackCoot=0)],
    }  # fmt: skip
    page = group_page(GroupReport.model_validate(group), [], {}, Pictures({}, {}, {}), "index.html")
    assert [name in page for name in ("MarshTern", "GreyPlover", "BlackCoot")] == [True, False, False]
