"""Chains and entries: what is requested next, what is remembered, and when something is new."""

from dataclasses import replace
from datetime import timedelta

from image_map.domain.answers import FileInfo, PageInfo
from image_map.domain.chains import Chain, next_files, next_pages
from image_map.domain.entries import attribution, fallback_entry, found_entry, known_sprites, remembered, to_write
from image_map.domain.resolution import Candidate, RowIndex
from image_map.domain.sprites import RENDER_VERSION
from image_map.domain.subjects import Subject, named
from image_map_world import NOW, WEEK

PICTURES = {"sprite": {"file_id": 1}, "thumbnail": {"file_id": 2}}


def info(title: str, *, usable: bool = True) -> FileInfo:
    return FileInfo(title, "https://w/images/x.png", "/images/x.png?abc", "5" * 40, "2024-01-01T00:00:00Z", usable)


def file(title: str) -> Candidate:
    return Candidate("npc_id", title, "Page")


def page(title: str) -> Candidate:
    return Candidate("page", None, title)


def place(name: str) -> Subject:
    subject = named("place", name)
    assert subject is not None
    return subject


def test_a_chain_continues_to_the_first_file_that_exists() -> None:
    chain = Chain(place("X"), [file("File:A.png"), file("File:B.png"), file("File:C.png")])
    assert next_files([chain]) == ["File:A.png"]
    chain.take_file(None)
    chain.take_file(info("File:B.png", usable=False))
    chain.take_file(info("File:C.png"))
    assert chain.found is not None
    assert chain.found[0].file == "File:C.png"
    assert chain.missing == ["File:A.png", "File:B.png"]
    assert not chain.open


def test_a_file_that_is_not_a_picture_is_skipped_and_remembered_like_a_missing_one() -> None:
    chain = Chain(place("X"), [file("File:A.png"), file("File:B.png")])
    chain.take_file(info("File:A.png"))
    chain.reject()
    assert chain.next_file == "File:B.png"
    chain.take_file(info("File:B.png"))
    assert chain.found is not None
    entry = found_entry(chain, "X", *chain.found, PICTURES)
    assert entry["missing"] == ["File:A.png"]
    again = Chain(place("X"), [file("File:A.png"), file("File:B.png")], remembered({**entry, "checked_at": NOW}, NOW))
    assert again.next_file == "File:B.png"


def test_a_page_puts_its_image_next() -> None:
    chain = Chain(place("X"), [page("X")])
    assert next_pages([chain, chain]) == ["X"]
    chain.take_page(PageInfo("Y", None, "File:Y.png"), RowIndex())
    assert chain.next_file == "File:Y.png"


def test_a_page_is_remembered_only_if_nothing_was_found() -> None:
    found = Chain(place("X"), [page("X")])
    found.take_page(PageInfo("X", None, "File:X.png"), RowIndex())
    found.take_file(info("File:X.png"))
    assert found.exhausted == []
    lost = Chain(place("X"), [page("X")])
    lost.take_page(PageInfo("X", None, "File:X.png"), RowIndex())
    lost.take_file(None)
    assert lost.exhausted == ["File:X.png", "page:X"]
    again = Chain(place("X"), [page("X")], frozenset(lost.exhausted))
    assert not again.open
    assert not again.requested


def test_the_memory_lasts_seven_days_and_an_open_request_is_not_remembered() -> None:
    entry = {"checked_at": NOW, "missing": ["File:A.png"]}
    assert remembered(entry, NOW + WEEK - timedelta(seconds=1)) == {"File:A.png"}
    assert remembered(entry, NOW + WEEK) == frozenset()
    chain = Chain(place("X"), [file("File:A.png")])
    chain.give_up()
    assert fallback_entry(chain, "X", PICTURES)["missing"] == []
    assert fallback_entry(chain, "X", PICTURES)["pending"] is True


def test_an_entry_is_written_only_if_it_has_something_new() -> None:
    chain = Chain(place("X"), [file("File:A.png")])
    chain.take_file(None)
    entry = fallback_entry(chain, "X", PICTURES)
    first = to_write(entry, None, NOW, resolved_again=True)
    assert first == {**entry, "checked_at": NOW}
    assert to_write(entry, first, NOW + timedelta(days=1), resolved_again=True) is None
    assert to_write(entry, first, NOW + WEEK, resolved_again=False) is None
    assert to_write(entry, first, NOW + WEEK, resolved_again=True) == {**entry, "checked_at": NOW + WEEK}
    assert to_write({**entry, "name": "Y"}, first, NOW, resolved_again=False) is not None


def test_only_complete_pictures_made_by_the_current_rules_are_reused() -> None:
    entry = {"source": {"sha1": "a"}, "render": RENDER_VERSION, **PICTURES}
    assert known_sprites([entry], {1, 2}) == {"a": PICTURES}
    assert known_sprites([entry], {1}) == {}
    assert known_sprites([{**entry, "render": 0}, {**entry, "source": None}, {**entry, "sprite": None}], {1, 2}) == {}


def test_a_picture_is_the_wikis_only_if_its_file_is_there() -> None:
    there = replace(info("File:Cow.png"), url="https://oldschool.runescape.wiki/images/Cow.png")
    assert attribution(there).startswith("File:Cow.png, Old School RuneScape Wiki; image © Jagex Limited.")
    elsewhere = attribution(replace(there, url="http://127.0.0.1:8080/images/Cow.png"))
    assert elsewhere.startswith("File:Cow.png, stand-in; from 127.0.0.1 in place of")
    assert "Jagex" not in elsewhere
    assert "stand-in" in attribution(replace(there, url="https://oldschool.runescape.wiki.example.org/images/Cow.png"))
