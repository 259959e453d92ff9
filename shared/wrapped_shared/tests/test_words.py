"""Numbers, durations and places as words."""

import pytest
from wrapped_shared.words import counted, duration, ordinal, plain


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "0 s"),
        (0.6, "less than a second"),
        (45, "45 s"),
        (720, "12 min"),
        (9000, "2 h 30 min"),
        (7200, "2 h"),
        (4_334_399.0, "1,203 h 59 min"),
    ],
)
def test_durations_name_their_two_greatest_units(seconds: float, text: str) -> None:
    assert duration(seconds) == text


def test_places_are_ordinals() -> None:
    written = [ordinal(number) for number in (1, 2, 3, 4, 10, 11, 12, 13, 21, 22, 23, 101, 111)]
    expected = "1st 2nd 3rd 4th 10th 11th 12th 13th 21st 22nd 23rd 101st 111th"
    assert written == expected.split()


def test_only_one_is_singular() -> None:
    assert [counted(number, "day") for number in (0, 1, 1735)] == ["0 days", "1 day", "1,735 days"]
    assert counted(2, "boss", "bosses") == "2 bosses"


def test_an_enum_name_without_letters_stays_visible() -> None:
    assert [plain(name) for name in ("HITPOINTS", "LEAGUE_POINTS", "__")] == ["Hitpoints", "League points", "__"]
