"""The stand-in wiki responds like the real one, including quirks and faults."""

import hashlib
import io
import json
from collections.abc import Iterator
from datetime import datetime
from http.client import HTTPConnection
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from PIL import Image
from wrapped_devkit.osrs_server import FaultPlan, StandInServer, parse_fault, wiki_facts
from wrapped_devkit.osrs_server.prices import Prices
from wrapped_devkit.osrs_server.wiki import Wiki
from wrapped_devkit.osrs_server.wiki_bestiary import Bestiary
from wrapped_devkit.osrs_server.wiki_draw import STAND_IN, draw
from wrapped_devkit.osrs_server.wiki_glyphs import glyph_of

AGENT = "wrapped-tests/1 (+tests@example.org)"


class Site:
    """A started stand-in and how a test queries it."""

    def __init__(self, server: StandInServer, bestiary: Bestiary) -> None:
        self.server, self.bestiary = server, bestiary

    def get(self, path: str, **headers: str) -> tuple[int, bytes, dict[str, str]]:
        connection = HTTPConnection("127.0.0.1", int(self.server.url.rpartition(":")[2]), timeout=10)
        try:
            connection.request("GET", path, headers={"User-Agent": AGENT, **headers})
            response = connection.getresponse()
            found = {name.lower(): value for name, value in response.getheaders()}
            return response.status, response.read(), found
        finally:
            connection.close()

    def api(self, **params: str) -> dict[str, Any]:
        status, body, _ = self.get("/api.php?" + urlencode({"format": "json", "formatversion": "2", **params}))
        assert status == 200
        answer: dict[str, Any] = json.loads(body)
        return answer

    def bucket(self, query: str) -> dict[str, Any]:
        return self.api(action="bucket", query=query)

    def info(self, *titles: str) -> dict[str, Any]:
        return self.api(action="query", prop="imageinfo", redirects="1", titles="|".join(titles))["query"]

    def fault(self, *faults: str) -> None:
        self.server.faults = FaultPlan([parse_fault(fault) for fault in faults])


@pytest.fixture
def site() -> Iterator[Site]:
    bestiary = Bestiary(extra_mobs=20, seed=3)
    with StandInServer([Wiki(bestiary), Prices(bestiary)]) as server:
        yield Site(server, bestiary)


def test_tables_are_paged_sorted_and_without_empty_fields(site: Site) -> None:
    select = "bucket('infobox_monster').select('page_name','page_name_sub','id','combat_level')"
    first = site.bucket(select + ".limit(10).offset(0).orderBy('page_name_sub','asc').run()")
    second = site.bucket(select + ".limit(10).offset(10).orderBy('page_name_sub','asc').run()")
    subs = [row.get("page_name_sub", "") for row in first["bucket"] + second["bucket"]]
    assert subs == sorted(subs)
    assert {} in first["bucket"]
    assert any(isinstance(row.get("id"), str) for row in second["bucket"] + first["bucket"]) or len(subs) == 20


@pytest.mark.parametrize(
    "query",
    [
        "bucket('infobox_spell').select('page_name').run()",
        "bucket('infobox_item').select('page_name','prices').run()",
        "bucket('infobox_item').select('page_name').limit(5001).run()",
        "bucket('infobox_item').select('page_name').orderBy('item_id','asc').run()",
        "bucket('infobox_item').select('page_name')",
        "bucket('infobox_item').run()",
        "nonsense",
    ],
)
def test_a_wrong_query_is_an_error_with_status_200_and_no_rows(site: Site, query: str) -> None:
    answer = site.bucket(query)
    assert "bucket" not in answer
    assert answer["error"]


def test_titles_are_normalised_then_redirected_and_returned_in_another_order(site: Site) -> None:
    query = site.info("File:cow.png", "File:Old_cow.png", "File:Nothing.png")
    assert {"fromencoded": False, "from": "File:cow.png", "to": "File:Cow.png"} in query["normalized"]
    assert {"from": "File:Old cow.png", "to": "File:Cow.png"} in query["redirects"]
    assert {page["title"]: "missing" in page for page in query["pages"]} == {
        "File:Nothing.png": True,
        "File:Cow.png": False,
    }


def test_at_most_fifty_titles_are_accepted(site: Site) -> None:
    answer = site.api(action="query", prop="imageinfo", titles="|".join(f"File:{n}.png" for n in range(51)))
    assert answer["error"]["code"] == "toomanyvalues"


def test_imageinfo_matches_the_file(site: Site) -> None:
    (page,) = site.info("File:Gnome guard, off duty.png")["pages"]
    info = page["imageinfo"][0]
    status, body, headers = site.get(info["url"].removeprefix(site.server.url))
    assert status == 200
    assert hashlib.sha1(body, usedforsecurity=False).hexdigest() == info["sha1"]
    assert (len(body), headers["content-type"]) == (info["size"], info["mime"])
    assert Image.open(io.BytesIO(body)).size == (info["width"], info["height"])
    assert info["url"].rpartition("?")[2] == info["sha1"][:5]
    status, body, _ = site.get(info["url"].removeprefix(site.server.url), **{"If-None-Match": headers["etag"]})
    assert (status, body) == (304, b"")


def sized(site: Site, name: str, width: int) -> dict[str, Any]:
    query = {"titles": f"File:{name}", "iiurlwidth": str(width), "iiurlheight": str(width)}
    (page,) = site.api(action="query", prop="imageinfo", **query)["query"]["pages"]
    info: dict[str, Any] = page["imageinfo"][0]
    return info


def test_large_files_and_svg_get_bounded_renderings(site: Site) -> None:
    site.bestiary.add_file("Sign.svg", "icon")
    site.bestiary.upload("Broken.png", b"no picture", (900, 10))
    for name, width in (("Cow.png", 50), ("Boo!.webp", 60), ("Sign.svg", 300)):
        info = sized(site, name, width)
        status, body, headers = site.get(info["thumburl"].removeprefix(site.server.url))
        assert (status, headers["content-type"]) == (200, "image/png")
        assert Image.open(io.BytesIO(body)).size == (info["thumbwidth"], info["thumbheight"])
        assert max(info["thumbwidth"], info["thumbheight"]) == width
    assert sized(site, "Cow.png", 5_000)["thumburl"] == sized(site, "Cow.png", 5_000)["url"]
    broken = sized(site, "Broken.png", 90)["thumburl"]
    assert site.get(broken.removeprefix(site.server.url))[:2] == (200, b"")


def test_a_short_table_keeps_a_fifth_of_its_rows(site: Site) -> None:
    query = "bucket('infobox_monster').select('page_name').limit(5000).run()"
    whole = len(site.bucket(query)["bucket"])
    prices = len(json.loads(site.get("/api/v1/osrs/mapping")[1]))
    site.fault("short-table")
    assert len(site.bucket(query)["bucket"]) == whole // 5
    assert len(json.loads(site.get("/api/v1/osrs/mapping")[1])) == prices // 5


def test_a_new_upload_changes_hash_time_and_url(site: Site) -> None:
    (before,) = site.info("File:Cow.png")["pages"][0]["imageinfo"]
    site.bestiary.touch("Cow.png")
    (after,) = site.info("File:Cow.png")["pages"][0]["imageinfo"]
    assert all(before[name] != after[name] for name in ("sha1", "timestamp", "url"))


def test_a_page_moved_twice_is_found_after_both_redirects(site: Site) -> None:
    site.bestiary.move_page("Cow", "Cow (animal)")
    site.bestiary.move_page("Cow (animal)", "Dairy cow")
    query = site.api(action="query", prop="pageimages", redirects="1", titles="cow")["query"]
    assert [step["to"] for step in query["redirects"]] == ["Cow (animal)", "Dairy cow"]
    assert query["pages"][0]["pageimage"] == "Cow.png"


def test_disambiguations_are_marked_and_still_have_an_image(site: Site) -> None:
    (page,) = site.api(action="query", prop="pageimages|pageprops|categories", titles="Guard")["query"]["pages"]
    assert "disambiguation" in page["pageprops"]
    assert page["pageimage"]


@pytest.mark.parametrize("agent", ["python-requests/2.32", "curl/8.5", "Java/21", "python-httpx/0.28", ""])
def test_default_agents_are_rejected(site: Site, agent: str) -> None:
    assert site.get("/api.php?action=query", **{"User-Agent": agent})[0] == 403


def test_faults_of_the_wiki(site: Site) -> None:
    path = "/images/" + quote("Cow.png")
    whole = site.get(path)[1]
    site.fault("wrong-magic")
    assert not site.get(path)[1].startswith(b"\x89PNG")
    site.fault("truncated-image")
    assert whole.startswith(site.get(path)[1])
    site.fault("huge-image")
    huge = site.get(path)[1]
    assert len(huge) < 200_000
    assert int.from_bytes(huge[16:20], "big") == 20_000
    site.fault("maxlag")
    assert site.api(action="query", titles="Cow")["error"]["code"] == "maxlag"
    site.fault("error-200")
    assert "error" in site.api(action="query", titles="Cow")
    assert "error" in site.bucket("bucket('infobox_item').select('page_name').run()")


def test_the_price_service_lists_items_that_the_wiki_lacks(site: Site) -> None:
    status, body, _ = site.get("/api/v1/osrs/mapping")
    assert status == 200
    assert {"id": 31_901, "name": "Sextant of the deep"}.items() <= json.loads(body)[-1].items()


def day_of_prices(site: Site, day: str, version: str = "v1") -> dict[str, Any]:
    seconds = int(datetime.fromisoformat(f"{day}T00:00:00+00:00").timestamp())
    status, body, _ = site.get(f"/api/{version}/osrs/24h?timestamp={seconds}")
    answer: dict[str, Any] = json.loads(body)
    assert (status, answer["timestamp"]) == (200, seconds)
    return answer["data"]  # type: ignore[no-any-return]


def test_prices_of_a_day_are_always_the_same_and_drift_from_day_to_day(site: Site) -> None:
    first, next_day, later = (day_of_prices(site, day) for day in ("2024-08-09", "2024-08-10", "2024-09-08"))
    assert first == day_of_prices(site, "2024-08-09", "v2")
    assert first.keys() == next_day.keys() == {str(item["id"]) for item in site.bestiary.prices} - {"995"}
    both = [item for item in first if all(day[item]["avgLowPrice"] for day in (first, next_day, later))]
    steps = [next_day[item]["avgLowPrice"] / first[item]["avgLowPrice"] for item in both]
    assert all(0.5 < step < 1.5 for step in steps)
    assert sum(later[item] != first[item] for item in both) > len(both) / 2
    assert day_of_prices(site, "2999-01-01") == {}


def test_prices_have_one_sided_untraded_and_absurd_rows(site: Site) -> None:
    rows = [row for day in range(1, 29) for row in day_of_prices(site, f"2024-02-{day:02d}").values()]
    assert any(row["avgHighPrice"] is None for row in rows)
    assert any(row["avgLowPrice"] is None and row["highPriceVolume"] > 1 for row in rows)
    assert any(row["highPriceVolume"] == row["lowPriceVolume"] == 0 for row in rows)
    usual = day_of_prices(site, "2024-02-01")
    trades = [day_of_prices(site, f"2024-02-{day:02d}") for day in range(2, 29)]
    assert any(
        (day[item]["avgHighPrice"] or 0) > 300 * usual[item]["avgLowPrice"]
        for day in trades
        for item in usual
        if usual[item]["avgLowPrice"]
    )


def test_faults_make_a_day_of_prices_short_or_odd(site: Site) -> None:
    whole = day_of_prices(site, "2024-08-09")
    site.fault("short-table")
    assert len(day_of_prices(site, "2024-08-09")) == len(whole) // 5
    site.fault("odd-prices")
    odd = day_of_prices(site, "2024-08-09")
    assert odd.keys() == whole.keys()
    assert 0 < sum(odd[item] != whole[item] for item in whole) <= len(whole) / 3 + 1


def test_pictures_and_bestiaries_are_the_same_for_the_same_seed() -> None:
    assert draw("Cow.png", "mob") == draw("Cow.png", "mob")
    assert draw("Cow.png", "mob").sha1 != draw("Cow.png", "mob", 1).sha1
    first, second = Bestiary(extra_mobs=50, seed=7), Bestiary(extra_mobs=50, seed=7)
    assert first.mobs() == second.mobs()
    assert len(first.mobs()) > 130
    assert first.mobs() != Bestiary(extra_mobs=50, seed=8).mobs()


@pytest.mark.parametrize(
    ("file", "theme", "like", "unlike"),
    [
        ("Rune scimitar.png", "item", "Attack icon.png", "Shark.png"),
        ("Bones.png", "item", "Big bones.png", "Coins 1.png"),
        ("Zombie (Level 24, 1).png", "mob", "Vet'ion.png", "Cow.png"),
        ("Herblore icon.png", "icon", "Limpwurt root.png", "Slayer icon.png"),
    ],
)
def test_a_picture_shows_the_kind_of_thing_that_its_file_is_named_for(
    file: str, theme: str, like: str, unlike: str
) -> None:
    def shape(name: str, of_theme: str = theme) -> bytes:
        with Image.open(io.BytesIO(draw(name, of_theme).data)) as image:
            return image.getchannel("A").tobytes()

    assert shape(file) == shape(like)
    assert shape(file) != shape(unlike)
    assert draw(file, theme).sha1 != draw(like, theme).sha1, "each has its own colours"


def test_every_skill_and_slot_has_a_drawing_of_its_own() -> None:
    skills = [glyph_of(f"{skill} icon.png", creature=None) for skill in wiki_facts.SKILLS]
    assert None not in skills
    assert len({glyph.rows for glyph in skills if glyph}) == len(skills)
    assert None not in [glyph_of(icon, creature=None) for icon in wiki_facts.ICONS]


@pytest.mark.parametrize("name", ["Cow.png", "Goblin Champion.gif", "Barrows.jpg"])
def test_pictures_say_in_their_metadata_that_they_are_stand_ins(name: str) -> None:
    with Image.open(io.BytesIO(draw(name, "mob").data)) as image:
        mark = image.info.get("Comment") or image.info["comment"].decode()
    assert mark == STAND_IN
