"""An account's type, and how many requests it takes to find it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hiscores.domain.account_type import decide
from hiscores.domain.lookup import Found, look_up
from hiscores.domain.payload import Payload, SkillRow
from hiscores.domain.snapshots import Snapshot
from hiscores.domain.states import PlayerState
from wrapped_shared.http import Unavailable
from wrapped_shared.vocabulary import AccountType

NOW = datetime(2026, 3, 1, tzinfo=UTC)
Tables = dict[AccountType, int | None]
"""Overall experience by table; a missing table lacks the player, None = Overall unranked there."""


def payload(overall: int | None, attack: int = 10, magic: int = 10) -> Payload:
    skills = {"Attack": SkillRow(1, 1, attack), "Magic": SkillRow(1, 1, magic)}
    if overall is not None:
        skills["Overall"] = SkillRow(1, 1, overall)
    return Payload(skills, {}, tuple(skills), ())


UNRANKED = Payload({}, {}, ("Attack", "Magic"), ())
NEW = PlayerState("bob", "bob")


class Recorder:
    """Answers from tables and records the requests."""

    def __init__(self, tables: dict[Any, Any], down: str = "") -> None:
        self.tables = tables
        self.down = down
        self.fetched: list[str] = []

    def __call__(self, account_type: AccountType) -> Payload | None:
        self.fetched.append(account_type)
        if account_type == self.down:
            raise Unavailable("down")
        value = self.tables.get(account_type, ...)
        return None if value is ... else value if isinstance(value, Payload) else payload(value)


@pytest.mark.parametrize(
    ("tables", "found", "requests"),
    [
        ({"regular": 100}, "regular", 2),
        ({}, None, 2),
        ({"regular": 100, "ironman": 100}, "ironman", 4),
        ({"regular": 100, "ironman": 101}, "ironman", 4),
        ({"regular": 100, "ironman": 99}, "regular", 2),
        ({"ironman": 100}, "ironman", 4),
        ({"regular": 100, "ironman": 100, "hardcore_ironman": 100}, "hardcore_ironman", 3),
        ({"regular": 100, "ironman": 100, "hardcore_ironman": 60}, "ironman", 4),
        ({"regular": 100, "ironman": 100, "ultimate_ironman": 100}, "ultimate_ironman", 4),
        ({"regular": 100, "ironman": 100, "ultimate_ironman": 60}, "ironman", 4),
        ({"regular": 200, "ironman": 100, "hardcore_ironman": 100}, "regular", 2),
        ({"regular": None, "ironman": 100}, "ironman", 4),
    ],
)
def test_the_type_is_decided_by_the_tables(tables: Tables, found: str | None, requests: int) -> None:
    fetch = Recorder(tables)
    entry = decide(fetch)
    assert (entry.account_type if entry else None) == found
    assert len(fetch.fetched) == requests


def test_without_overall_individual_skills_decide() -> None:
    frozen = payload(None, attack=5)
    entry = decide(Recorder({"regular": payload(None, attack=9), "ironman": frozen}))
    assert entry is not None
    assert entry.account_type == "regular"


def known(account_type: AccountType, *, days: float = 1.5) -> PlayerState:
    at = NOW - timedelta(days=days)
    return PlayerState("bob", "bob", "ok", account_type=account_type, type_checked_at=at, snapshot_at=at, checked_at=at)


def before(overall: int, attack: int = 10, magic: int = 10) -> Snapshot:
    skills = {"Overall": overall, "Attack": attack, "Magic": magic}
    return Snapshot("bob", NOW - timedelta(days=1), "1", skills, {}, frozenset(), True)


def run(
    fetch: Recorder, state: PlayerState, previous: Snapshot | None = None, *, active: bool = False
) -> tuple[Any, ...]:
    found = look_up(fetch, replace(state, last_telemetry=NOW) if active else state, previous, NOW)
    if not isinstance(found, Found):
        return (found,)
    return found.entry.account_type, found.type_checked, found.name_changed


def test_one_request_once_the_type_is_known() -> None:
    fetch = Recorder({"regular": 100, "ironman": 100, "hardcore_ironman": 100})
    assert run(fetch, known("hardcore_ironman"), before(90)) == ("hardcore_ironman", False, False)
    assert fetch.fetched == ["hardcore_ironman"]


def test_the_type_is_checked_again_after_a_week() -> None:
    fetch = Recorder({"regular": 100})
    assert run(fetch, known("regular", days=7)) == ("regular", True, False)
    assert fetch.fetched == ["regular", "ironman"]


def test_a_known_table_that_lacks_the_player_restarts_the_search_without_a_second_request() -> None:
    fetch = Recorder({"ironman": 100})
    assert run(fetch, known("regular")) == ("ironman", True, False)
    assert fetch.fetched == ["regular", "ironman", "hardcore_ironman", "ultimate_ironman"]


def test_one_false_response_does_not_turn_an_ironman_into_a_regular_player() -> None:
    class OnceMissing(Recorder):
        def __call__(self, account_type: AccountType) -> Payload | None:
            answer = super().__call__(account_type)
            return None if len(self.fetched) == 1 else answer

    assert run(OnceMissing({"regular": 100, "ironman": 100}), known("ironman")) == ("ironman", True, False)


def test_a_player_on_no_table_is_not_found() -> None:
    assert run(Recorder({}), known("ultimate_ironman")) == ("not_found",)


def test_a_table_that_lists_a_player_without_a_value_says_nothing_about_the_type() -> None:
    assert run(Recorder({"regular": 100, "ironman": UNRANKED}), NEW) == ("regular", True, False)
    assert run(Recorder({"regular": UNRANKED, "ironman": 100}), NEW) == ("ironman", True, False)


@pytest.mark.parametrize("state", [NEW, known("regular"), known("ironman", days=9)])
@pytest.mark.parametrize("listing", [["regular"], ["ironman"], ["regular", "ironman", "ultimate_ironman"]])
def test_a_player_without_a_value_anywhere_is_unranked(state: PlayerState, listing: list[str]) -> None:
    assert run(Recorder(dict.fromkeys(listing, UNRANKED)), state, before(100)) == ("unranked",)


def test_an_ironman_who_plays_while_their_table_does_not_move_is_found_to_have_left() -> None:
    fetch = Recorder({"regular": 150, "ironman": 100})
    assert run(fetch, known("ironman"), before(100), active=True) == ("regular", True, False)
    quiet = Recorder({"regular": 150, "ironman": 100})
    assert run(quiet, known("ironman"), before(100)) == ("ironman", False, False)


def test_a_logout_between_two_requests_does_not_turn_an_ironman_into_a_regular_player() -> None:
    class LoggingOut(Recorder):
        def __call__(self, account_type: AccountType) -> Payload | None:
            answer = super().__call__(account_type)
            self.tables = {"regular": 130, "ironman": 130}
            return answer

    fetch = LoggingOut({"regular": 100, "ironman": 100})
    assert run(fetch, known("ironman", days=8))[0] == "ironman"


def test_a_check_that_fails_half_way_keeps_the_valid_response_and_is_repeated_later() -> None:
    fetch = Recorder({"regular": 100}, down="ironman")
    assert run(fetch, known("regular", days=9), before(90)) == ("regular", False, False)


def test_an_unknown_type_is_never_guessed_from_half_of_the_responses() -> None:
    with pytest.raises(Unavailable):
        run(Recorder({"regular": 100}, down="ironman"), PlayerState("bob", "bob"))


def test_another_account_under_the_name_is_detected_and_its_type_found() -> None:
    fetch = Recorder({"regular": payload(20, 3, 4), "ironman": payload(20, 3, 4)})
    assert run(fetch, known("regular"), before(100)) == ("ironman", True, True)
