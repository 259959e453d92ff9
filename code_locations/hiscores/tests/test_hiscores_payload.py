"""The JSON response, well-formed or not, and snapshot documents."""

import copy
from datetime import UTC, datetime
from typing import Any

import pytest
from hiscores.domain.account_type import TableEntry
from hiscores.domain.payload import PayloadError, read_payload
from hiscores.domain.snapshots import build_document, read_snapshot

PAYLOAD: dict[str, Any] = {
    "skills": [
        {"id": 0, "name": "Overall", "rank": 12, "level": 2277, "xp": 4_600_000_000},
        {"id": 1, "name": "aTTack", "rank": 3, "level": 99, "xp": 200_000_000},
        {"id": 2, "name": "Herding", "rank": 9, "level": 3, "xp": 250},
        {"id": 3, "name": "Mining", "rank": -1, "level": 1, "xp": -1},
    ],
    "activities": [
        {"id": 0, "name": "Grid Points", "rank": -1, "score": -1},
        {"id": 1, "name": "zulrah", "rank": 7, "score": 1_000},
        {"id": 2, "name": "LMS - Rank", "rank": -1, "score": 600},
        {"id": 3, "name": "Great New Boss", "rank": 1, "score": 5},
    ],
}


def changed(path: str, value: Any) -> dict[str, Any]:
    """The payload with one value changed, or removed if the value is ...: `skills/1/xp`."""
    payload = copy.deepcopy(PAYLOAD)
    *way, last = [int(step) if step.isdigit() else step for step in path.split("/")]
    target: Any = payload
    for step in way:
        target = target[step]
    if value is ...:
        del target[last]
    else:
        target[last] = value
    return payload


def test_rows_are_matched_by_name_ignoring_case_and_unknown_ones_keep_their_name() -> None:
    payload = read_payload(PAYLOAD)
    assert {name: row.experience for name, row in payload.skills.items()} == {
        "Overall": 4_600_000_000,
        "Attack": 200_000_000,
        "Herding": 250,
    }
    assert {name: row.score for name, row in payload.activities.items()} == {
        "Zulrah": 1_000,
        "LMS - Rank": 600,
        "Great New Boss": 5,
    }
    assert payload.activity_names == ("Grid Points", "Zulrah", "LMS - Rank", "Great New Boss")


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("skills/0/level", -1),
        ("skills/0/level", "99"),
        ("skills/0/level", None),
        ("skills/0/id", ...),
        ("activities", []),
        ("skills/1/xp", 2**63 - 1),
        ("skills/1/xp", 5.0),
        ("news", {"any": "thing"}),
    ],
)
def test_irrelevant_fields_are_ignored(path: str, value: Any) -> None:
    assert read_payload(changed(path, value)).skills["Overall"].experience == 4_600_000_000


def test_one_skill_is_enough() -> None:
    payload = read_payload({"skills": [{"name": "Magic", "rank": 1, "level": 1, "xp": 5}], "activities": []})
    assert payload.skills["Magic"].experience == 5


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("skills", ...),
        ("activities", ...),
        ("skills", []),
        ("skills", {}),
        ("activities", None),
        ("skills/0/name", ...),
        ("skills/0/name", " "),
        ("skills/0/name", 4),
        ("skills/0/name", "$where"),
        ("skills/0/name", "a\x00b"),
        ("skills/0/name", "x" * 81),
        ("skills/1/xp", ...),
        ("skills/1/xp", "200000000"),
        ("skills/1/xp", 2**63),
        ("skills/1/xp", 1.5),
        ("skills/1/xp", float("nan")),
        ("skills/1/xp", True),
        ("skills/1/rank", None),
        ("activities/1/score", ...),
        ("activities/1/rank", ...),
        ("activities/1", "zulrah"),
    ],
)
def test_a_missing_list_or_a_row_without_name_or_numbers_is_an_unknown_format(path: str, value: Any) -> None:
    with pytest.raises(PayloadError):
        read_payload(changed(path, value))


@pytest.mark.parametrize("value", [None, [], "x", 3, {}])
def test_anything_but_an_object_is_an_unknown_format(value: Any) -> None:
    with pytest.raises(PayloadError):
        read_payload(value)


@pytest.mark.parametrize(("xp", "level"), [(0, 0), (-1, 1)])
def test_overall_of_an_unranked_player_is_unknown_not_zero(xp: int, level: int) -> None:
    payload = read_payload(changed("skills/0", {"name": "Overall", "rank": -1, "level": level, "xp": xp}))
    assert payload.overall is None


def test_a_document_lists_only_ranked_rows_and_reads_back_as_the_same_snapshot() -> None:
    at = datetime(2026, 3, 1, 10, 5, tzinfo=UTC)
    slot = datetime(2026, 3, 1, 10, tzinfo=UTC)
    entry = TableEntry("ironman", read_payload(PAYLOAD))
    document = build_document("iron bob", "Iron_Bob", slot, at, entry, lambda n: "minigame" if "LMS" in n else "boss")
    assert document["_id"] == "iron bob|2026-03-01T10:00:00Z"
    assert (document["mode"], document["account_type"]) == ("hiscore_oldschool_ironman", "ironman")
    assert document["skills"]["Attack"] == {"rank": 3, "level": 99, "experience": 200_000_000}
    assert set(document["skills"]) == {"Overall", "Attack", "Herding"}
    assert document["bosses"] == {"Zulrah": {"rank": 7, "kills": 1_000}, "Great New Boss": {"rank": 1, "kills": 5}}
    assert document["activities"] == {"LMS - Rank": {"rank": -1, "score": 600}}
    snapshot = read_snapshot(document)
    assert snapshot is not None
    assert (snapshot.key, snapshot.at, snapshot.complete) == ("iron bob", at, True)
    assert snapshot.activities == {"Zulrah": 1_000, "Great New Boss": 5, "LMS - Rank": 600}


@pytest.mark.parametrize(
    "document",
    [
        {},
        {"username": "bob", "timestamp": "yesterday", "skills": {"Attack": {"experience": 1}}},
        {"username": "bob", "timestamp": float("inf"), "skills": {"Attack": {"experience": 1}}},
        {"username": "bob", "timestamp": 1.0, "skills": []},
        {"username": None, "timestamp": 1.0, "skills": {"Attack": {"experience": 1}}},
        {"slot": 5, "player_key": "bob", "skills": {"Attack": {"experience": 1}}},
        {"username": "bob", "timestamp": 1e30, "bosses": {"Zulrah": {"kills": "many"}}},
    ],
)
def test_a_document_that_is_not_a_snapshot_is_skipped(document: dict[str, Any]) -> None:
    assert read_snapshot(document) is None
