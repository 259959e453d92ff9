"""Who is forgotten, and up to when."""

import hashlib

from wrapped_shared.forgotten import Forgotten, forgotten_id


def forgotten(*entries: tuple[str, str | None]) -> Forgotten:
    return Forgotten({"_id": forgotten_id(name, until), "until": until} for name, until in entries)


def test_a_forgotten_name_is_stored_as_its_hash_and_day() -> None:
    hashed = hashlib.sha256(b"iron bob").hexdigest()
    assert forgotten_id("iron bob", None) == f"{hashed}|*"
    assert forgotten_id("iron bob", "2024-02-01") == f"{hashed}|2024-02-01"


def test_a_last_name_is_forgotten_for_ever_and_an_older_one_up_to_the_day_it_was_left() -> None:
    found = forgotten(("old", "2024-02-01"), ("now", None))
    assert [found.covers("old", day) for day in ("2023-01-01", "2024-02-01", "2024-02-02")] == [True, True, False]
    assert found.covers("now", "9999-12-31")
    assert not found.covers("other", "2024-02-01")
    assert (found.last_day("old"), found.last_day("now"), found.last_day("other")) == ("2024-02-01", None, "")


def test_of_several_entries_of_a_name_the_longest_counts_in_any_order() -> None:
    entries: list[tuple[str, str | None]] = [("a", "2024-01-01"), ("a", None), ("a", "2024-03-01")]
    assert forgotten(*entries).covers("a", "2030-01-01")
    assert forgotten(*reversed(entries)).covers("a", "2030-01-01")
    assert forgotten(*entries[::2]).last_day("a") == "2024-03-01"


def test_nobody_is_forgotten_without_entries() -> None:
    assert not forgotten()
    assert forgotten(("a", None))
