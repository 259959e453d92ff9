"""Requests to the wiki: all rows, all redirects, and the right error for every upstream fault."""

from dataclasses import replace

import pytest
from image_map.domain.answers import FileInfo
from image_map.upstream import wiki as upstream
from image_map.upstream.prices import PriceService
from image_map.upstream.reading import file_info
from image_map.upstream.settings import UpstreamSettings
from image_map.upstream.wiki import RENDERED_PIXELS, NoPicture, Wiki
from image_map_world import World, encoded
from PIL import Image
from wrapped_devkit.osrs_server import wiki as stand_in
from wrapped_shared.http import Blocked, BreakerOpen, FormatChanged, Unavailable, UpstreamError
from wrapped_shared.settings import SettingsError


def test_tables_are_read_completely_page_by_page(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(upstream, "PAGE_SIZES", (40, 7))
    with world.wiki() as wiki:
        rows = wiki.rows("infobox_monster")
    named = [row for row in world.bestiary.tables["infobox_monster"] if row]
    assert len(rows) == len(named)
    assert len(world.requested("/api.php")) == len(named) // 40 + 1


def test_a_server_that_gives_fewer_rows_than_requested_is_queried_further(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(upstream, "DEFAULT_PAGE", 10)
    monkeypatch.setattr("wrapped_devkit.osrs_server.wiki.MAX_ROWS", 10**6)
    rows = world.bestiary.tables["infobox_monster"]
    monkeypatch.setattr(upstream, "bucket_query", lambda table, limit, offset, fields: _requests(table, offset))
    with world.wiki() as wiki:
        assert len(wiki.rows("infobox_monster")) == len([row for row in rows if row])


def _requests(table: str, offset: int) -> str:
    page = f"limit(10).offset({offset}).orderBy('page_name_sub','asc')"
    return f"bucket('{table}').select('page_name','page_name_sub').{page}.run()"


def test_a_query_that_takes_too_long_is_repeated_in_smaller_pages(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(upstream, "PAGE_SIZES", (6_000, 500))  # the API rejects more than 5,000
    with world.wiki() as wiki:
        assert len(wiki.rows("infobox_item")) == len(world.bestiary.tables["infobox_item"])


def test_a_field_that_the_wiki_no_longer_has_does_not_cost_the_table(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(stand_in.FIELDS, "infobox_npc", {"page_name", "page_name_sub", "npc_id"})
    with world.wiki() as wiki:
        rows = {row.page: row for row in wiki.rows("infobox_npc")}
    assert (rows["Hans"].name, rows["Hans"].ids) == ("Hans", (3105,))


def test_a_rejected_query_is_not_an_empty_table(world: World) -> None:
    world.faults("error-200")
    with world.wiki() as wiki, pytest.raises(FormatChanged, match="took too long"):
        wiki.rows("infobox_monster")


def test_files_are_returned_under_the_requested_title(world: World) -> None:
    requested = ["File:cow.png", "File:Old cow.png", "File:Zulrah_(magma).png", "File:Nowhere.png", "File:Boo!.webp"]
    with world.wiki() as wiki:
        found = wiki.file_batch(requested)
    titles = {name: info.title if info else None for name, info in found.items()}
    assert titles == {
        "File:cow.png": "File:Cow.png",
        "File:Old cow.png": "File:Cow.png",
        "File:Zulrah_(magma).png": "File:Zulrah (magma).png",
        "File:Nowhere.png": None,
        "File:Boo!.webp": "File:Boo!.webp",
    }
    cow = found["File:cow.png"]
    assert cow is not None
    assert "?" not in cow.url
    assert cow.fetch == f"/images/Cow.png?{cow.sha1[:5]}"


def test_pages_are_found_after_two_moves_and_loops_end(world: World) -> None:
    with world.wiki() as wiki:
        found = wiki.page_batch(["Sand crab warden", "Reborn Vet'ion", "Ouroboros", "Guard", "Nobody"])
    moved, section = found["Sand crab warden"], found["Reborn Vet'ion"]
    assert moved is not None
    assert (moved.title, moved.image) == ("Elder sand crab", "File:Elder sand crab.png")
    assert section is not None
    assert (section.title, section.section) == ("Vet'ion", "Reborn")
    assert found["Guard"] is not None
    assert found["Guard"].image is None
    assert found["Nobody"] is None
    assert found["Ouroboros"] is None


@pytest.mark.parametrize(
    "name", ["50% Luke.png", "Boo!.webp", "Gnome guard, off duty.png", "Big frog → Giant frog.png", "Kree'arra.png"]
)
def test_files_with_odd_names_are_fetched(world: World, name: str) -> None:
    with world.wiki() as wiki:
        info = wiki.file_batch([f"File:{name}"])[f"File:{name}"]
        assert info is not None
        assert wiki.download(info).full.width > 0


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        ("html-200", Unavailable),
        ("challenge", Blocked),
        ("empty", NoPicture),
        ("truncated", NoPicture),
        ("404", NoPicture),
        ("403", Blocked),
        ("429", Blocked),
        ("503", Unavailable),
        ("reset", Unavailable),
        ("wrong-magic", NoPicture),
        ("truncated-image", NoPicture),
        ("huge-image", NoPicture),
        ("elsewhere", Unavailable),
    ],
)
def test_a_fault_is_never_mistaken_for_a_picture(world: World, fault: str, error: type[UpstreamError]) -> None:
    with world.wiki() as wiki:
        info = wiki.file_batch(["File:Cow.png"])["File:Cow.png"]
        assert info is not None
        world.faults(fault)
        with pytest.raises(error):
            wiki.download(info)


def test_large_files_and_vector_files_are_fetched_as_bounded_renderings(world: World) -> None:
    world.bestiary.upload("Vast.png", encoded(Image.new("RGB", (3_000, 1_500), "navy")))
    world.bestiary.upload("Tall.jpg", encoded(Image.new("RGB", (200, 4_000), "navy"), "JPEG"))
    world.bestiary.add_file("Sign.svg", "icon")
    with world.wiki() as wiki:
        for name, size in (("Vast.png", (512, 256)), ("Tall.jpg", (26, 512)), ("Sign.svg", (512, 512))):
            info = wiki.file_batch([f"File:{name}"])[f"File:{name}"]
            assert info is not None
            assert info.url.endswith(f"/images/{name}")
            sprite = wiki.download(info).full
            assert max(sprite.width, sprite.height) == 512
            assert name == "Sign.svg" or (sprite.width, sprite.height) == size
    queries = [entry.query for entry in world.server.log.entries("wiki") if "titles" in entry.query]
    assert {query["iiurlwidth"] for query in queries} == {str(RENDERED_PIXELS)}
    assert all(path.startswith("/images/thumb/") for path in world.downloads())


@pytest.mark.slow
def test_a_file_beyond_our_limits_is_fetched_as_the_wiki_renders_it(world: World) -> None:
    world.bestiary.upload("Map.png", encoded(Image.new("1", (6_000, 5_000), 1)))
    with world.wiki() as wiki:
        info = wiki.file_batch(["File:Map.png"])["File:Map.png"]
        assert info is not None
        assert info.usable
        assert (wiki.download(info).full.width, wiki.download(info).full.height) == (512, 427)


def test_without_a_rendering_the_file_itself_is_fetched_if_it_is_within_limits(world: World) -> None:
    world.part.renders = False
    world.bestiary.upload("Vast.png", encoded(Image.new("RGB", (3_000, 1_500), "navy")))
    world.bestiary.upload("Map.png", encoded(Image.new("1", (6_000, 5_000), 1)))
    world.bestiary.add_file("Sign.svg", "icon")
    with world.wiki() as wiki:
        found = wiki.file_batch(["File:Vast.png", "File:Map.png", "File:Sign.svg"])
        usable = {title for title, info in found.items() if info is not None and info.usable}
        assert usable == {"File:Vast.png"}
        vast = found["File:Vast.png"]
        assert vast is not None
        assert wiki.download(vast).full.width == 512
    assert world.downloads() == ["/images/Vast.png"]


@pytest.mark.parametrize("fault", ["maxlag", "ratelimited"])
def test_the_apis_please_wait_error_is_retried(world: World, fault: str) -> None:
    world.faults(fault)
    with world.settings.client(world.server.url) as client:
        client._pause = lambda seconds: world.faults()  # type: ignore[method-assign]
        assert Wiki(client).file_batch(["File:Cow.png"])["File:Cow.png"] is not None
        assert client.stats.retries == 1


def test_only_the_configured_host_is_called_no_matter_which_the_wiki_names(world: World) -> None:
    elsewhere = "http://169.254.169.254/images/Cow.png"
    answer = {"url": elsewhere, "sha1": "0", "timestamp": "", "mime": "image/png", "size": 9, "width": 9, "height": 9}
    for named in ({}, {"thumburl": elsewhere}, {"thumburl": "https://w//169.254.169.254/images/Cow.png"}):
        info = file_info({"title": "File:Cow.png", "imageinfo": [answer | named]})
        assert info is not None
        assert info.fetch in ("/images/Cow.png", "/169.254.169.254/images/Cow.png")
    for unsound in ({"url": "http://["}, {"thumburl": "http://["}, {"url": 3}, {"sha1": None}):
        assert file_info({"title": "File:Cow.png", "imageinfo": [answer | unsound]}) is None
    with world.wiki() as wiki:
        assert wiki.download(replace(info, fetch="/images/Cow.png")).full.width > 0
    assert world.downloads() == ["/images/Cow.png"]


def test_a_redirect_to_another_host_is_not_followed(world: World) -> None:
    world.faults("elsewhere")
    info = FileInfo("File:Cow.png", f"{world.server.url}/images/Cow.png", "/images/Cow.png", "0", "", usable=True)
    with world.wiki() as wiki, pytest.raises(Unavailable, match=r"127\.0\.0\.2"):
        wiki.download(info)


def test_the_price_services_list_is_read(world: World) -> None:
    with world.settings.client(world.server.url) as client:
        assert any(row.name == "Sextant of the deep" for row in PriceService(client).mapping())


def test_an_honest_agent_with_a_contact_is_sent(world: World) -> None:
    with world.wiki() as wiki:
        wiki.file_batch(["File:Cow.png"])
    agents = {entry.user_agent for entry in world.server.log.entries()}
    assert agents == {"wrapped-imagemap/0.1 (+tests@example.org)"}


def test_the_minimum_rows_for_a_first_table_are_read_when_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WRAPPED_CONTACT", "tests@example.org")
    for text, rows in (("", 1_000), ("0", 0), ("-1", -1), (" 250 ", 250)):
        monkeypatch.setenv("WIKI_LEAST_ROWS", text)
        assert UpstreamSettings.load().least_rows == rows
    monkeypatch.setenv("WIKI_LEAST_ROWS", "some")
    with pytest.raises(SettingsError, match="WIKI_LEAST_ROWS is not valid"):
        UpstreamSettings.load()


def test_the_price_services_settings_are_read_when_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PRICES_LEAST_ROWS", "250")
    monkeypatch.setenv("PRICES_API_VERSION", "v2")
    settings = UpstreamSettings.load()
    assert (settings.least_prices, settings.prices_version) == (250, "v2")
    monkeypatch.setenv("PRICES_API_VERSION", "3")
    with pytest.raises(SettingsError, match="PRICES_API_VERSION is not valid"):
        UpstreamSettings.load()


def test_an_invalid_rate_is_one_clear_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WRAPPED_CONTACT", "tests@example.org")
    monkeypatch.setenv("WIKI_REQUESTS_PER_SECOND", "often")
    with pytest.raises(SettingsError, match="WIKI_REQUESTS_PER_SECOND is not valid"):
        UpstreamSettings.load()


def test_an_open_breaker_sends_nothing(world: World) -> None:
    world.faults("503")
    with world.wiki() as wiki:
        for _ in range(5):
            with pytest.raises(UpstreamError):
                wiki.file_batch(["File:Cow.png"])
        requested = len(world.requested())
        with pytest.raises(BreakerOpen):
            wiki.file_batch(["File:Cow.png"])
        assert len(world.requested()) == requested == 8
