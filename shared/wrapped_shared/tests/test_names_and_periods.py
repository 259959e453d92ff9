"""Names of players, days, periods and settings."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from wrapped_shared.names import player_key
from wrapped_shared.periods import (
    day_of_ms,
    day_start_ms,
    days_between,
    next_day,
    period_bounds,
    periods_of_day,
    previous_day,
)
from wrapped_shared.settings import first_day


@pytest.mark.parametrize("form", ["Iron_Bob", "iron bob", "IRON-BOB", "iron\u00a0bob", "  Iron Bob ", "_iron_bob_"])
def test_every_form_of_a_name_is_one_player(form: str) -> None:
    assert player_key(form) == "iron bob"


def test_inner_double_spaces_are_part_of_a_name() -> None:
    assert player_key("a  b") == "a  b" != player_key("a b")


@pytest.mark.parametrize("nobody", [None, 7, True, [], {}, "", " ", "_-\u00a0", b"bob"])
def test_a_value_that_is_not_a_name_has_no_key(nobody: object) -> None:
    assert player_key(nobody) is None


@given(st.text())
def test_a_key_is_its_own_key(name: str) -> None:
    key = player_key(name)
    assert key is None or player_key(key) == key


@given(st.integers(0, 253_402_300_799_999))
def test_a_timestamp_lies_in_its_day(at: int) -> None:
    day = day_of_ms(at)
    assert day_start_ms(day) <= at < day_start_ms(next_day(day)) if day < "9999-12-31" else at >= day_start_ms(day)


def test_days_and_periods_are_half_open_calendar_units() -> None:
    assert day_of_ms(1_704_067_199_999) == "2023-12-31"
    assert periods_of_day("2024-01-01") == ("2024", "all")
    assert period_bounds("2024") == ("2024-01-01", "2025-01-01")
    assert previous_day("2024-03-01") == "2024-02-29"
    assert list(days_between("2024-02-28", "2024-03-01")) == ["2024-02-28", "2024-02-29", "2024-03-01"]
    assert list(days_between("2024-03-02", "2024-03-01")) == []


@pytest.mark.parametrize("period", ["24", "2024-01", "year", "", "²024"])
def test_a_period_is_a_year_or_all(period: str) -> None:
    with pytest.raises(ValueError, match="a period must be a year"):
        period_bounds(period)


def test_the_first_day_is_read_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("WRAPPED_FIRST_DAY", raising=False)
    assert first_day() == "2023-01-01"
    monkeypatch.setenv("WRAPPED_FIRST_DAY", "2024-02-29")
    assert first_day() == "2024-02-29"


@pytest.mark.parametrize("value", ["soon", "2024-02-30", "20240229", "1969-12-31"])
def test_an_invalid_first_day_says_what_to_set(value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WRAPPED_FIRST_DAY", value)
    with pytest.raises(ValueError, match="WRAPPED_FIRST_DAY must be a day such as"):
        first_day()
