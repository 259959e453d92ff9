"""Kinds of rows, drift of the list, and the ranking page."""

import pytest
from hiscores.domain.catalogue import catalogue_rows, compare, kind_lookup, kinds_of
from hiscores.domain.ranking_page import PageError, read_ranking_page
from hypothesis import given
from hypothesis import strategies as st
from wrapped_shared.hiscores_rows import BOSSES, CLUES, MINIGAMES, POINTS

SITE = [*POINTS, *MINIGAMES[:4], *CLUES, *MINIGAMES[4:], *BOSSES]
PAGE = """
<html><body><a href="overall?table=9">elsewhere</a><div id="contentCategory">
 <a href="overall?table=0#headerHiscores" class="    Overall    ">
   Overall
 </a>
 <span>----</span>
 <a href="overall?category_type=1&table=3#headerHiscores" class="activity-link bountyhunterhunter">Bounty
   Hunter - Hunter</a>
 <a href="overall?category_type=1&amp;table=7&user=lynx+titan"
   class="activity-link cluescrollsall">Clue\ufffdScrolls (all)</a>
 <a href="overall?category_type=1&table=88" class="activity-link vetion">Vet'ion</a>
 <a class="activity-link nothing">no link</a>
</div></body></html>
"""


def with_row(name: str, before: str) -> list[str]:
    place = SITE.index(before)
    return [*SITE[:place], name, *SITE[place:]]


@pytest.mark.parametrize(
    ("name", "before", "kind"),
    [
        ("Bandosian Wyrm", "Barrows Chests", "boss"),
        ("Aardwolf", "Abyssal Sire", "boss"),
        ("Trials Completed", "Abyssal Sire", "minigame"),
        ("Castle Wars", "Soul Wars Zeal", "minigame"),
        ("Clue Scrolls (grandmaster)", "LMS - Rank", "clue"),
        ("Sea Points", "Grid Points", "points"),
    ],
)
def test_a_new_row_gets_the_kind_of_its_neighbours(name: str, before: str, kind: str) -> None:
    assert kinds_of(with_row(name, before))[name] == kind


def test_a_new_row_without_a_link_on_the_page_belongs_to_another_mode() -> None:
    linked = {name: "slug" for name in SITE if name not in POINTS}
    assert kinds_of(with_row("Moon Points", "Bounty Hunter - Hunter"), linked)["Moon Points"] == "points"


def test_known_rows_keep_their_kind_in_any_position() -> None:
    kinds = kinds_of(list(reversed(SITE)))
    assert kinds["Zulrah"] == "boss"
    assert kinds["Clue Scrolls (hard)"] == "clue"
    assert kinds["Rifts closed"] == "minigame"


def test_drift_names_rows_that_appeared_vanished_or_moved_but_not_shifted_ones() -> None:
    moved = [name for name in with_row("New Boss", "Kraken") if name not in ("Obor", "Zulrah")]
    moved.insert(5, "Zulrah")
    drift = compare(SITE, moved)
    assert (drift.appeared, drift.vanished, drift.moved) == (("New Boss",), ("Obor",), ("Zulrah",))
    assert drift.describe() == "appeared: New Boss; vanished: Obor; moved: Zulrah"


@given(st.permutations(range(8)), st.sets(st.integers(0, 7)))
def test_without_the_moved_rows_the_others_are_in_their_old_order(order: list[int], gone: set[int]) -> None:
    after = [str(n) for n in order if n not in gone]
    drift = compare([str(n) for n in range(8)], after)
    rest = [name for name in after if name not in drift.moved]
    assert rest == sorted(rest)
    assert set(drift.vanished) == {str(n) for n in gone}
    assert bool(drift) == (after != [str(n) for n in range(8)])


def test_the_ranking_page_is_read_by_its_links() -> None:
    assert read_ranking_page(PAGE) == {
        "Bounty Hunter - Hunter": "bountyhunterhunter",
        "Clue Scrolls (all)": "cluescrollsall",
        "Vet'ion": "vetion",
    }


@pytest.mark.parametrize("html", ["", "<html>Unavailable</html>", '<div id="contentCategory"></div>', "{}"])
def test_a_different_page_is_not_mistaken_for_a_ranking_page(html: str) -> None:
    with pytest.raises(PageError):
        read_ranking_page(html)


def test_the_last_good_catalogue_stays_while_there_is_neither_scrape_nor_page() -> None:
    page = read_ranking_page(PAGE)
    observed = {"skills": ["Overall"], "activities": ["Bounty Hunter - Hunter", "Odd One", "Vet'ion"]}
    rows = catalogue_rows([], observed, page)
    assert {row["name"]: row["kind"] for row in rows} == {
        "Overall": "skill",
        "Bounty Hunter - Hunter": "minigame",
        "Odd One": "points",
        "Vet'ion": "boss",
    }
    assert catalogue_rows(rows, None, None) == rows
    assert kind_lookup(rows)("Odd One") == "points"
    assert kind_lookup(rows)("never seen") is None
