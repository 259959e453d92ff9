"""Who is tracked."""

from datetime import UTC, datetime, timedelta

from hiscores.domain.roster import Names, Tracked, merge_roster, possible_key

NOW = datetime(2026, 3, 1, tzinfo=UTC)
NOBODY = Names(frozenset(), {}, frozenset(), ())


def test_the_forms_of_a_name_are_one_player_shown_as_last_seen() -> None:
    names = Names(
        frozenset({"iron bob", "Iron_Bob", "IRON\u00a0BOB"}),
        {"iron bob": NOW - timedelta(hours=2), "Iron_Bob": NOW - timedelta(hours=1)},
        frozenset({"iron-bob"}),
        (),
    )
    roster, impossible = merge_roster({}, names, NOW)
    assert roster == {
        "iron bob": Tracked("iron bob", "Iron_Bob", ("groups", "telemetry"), NOW, NOW - timedelta(hours=1))
    }
    assert impossible == 0


def test_names_that_the_game_does_not_allow_are_left_out_and_counted() -> None:
    hostile = {"", "   ", "thirteen chars", "drop;table", "näme", "[bold]", "a/../b", "<b>", "x\x00"}
    roster, impossible = merge_roster({}, Names(frozenset(hostile), {}, frozenset(), ()), NOW)
    assert roster == {}
    assert impossible == len(hostile)


def test_inner_double_spaces_are_part_of_a_name() -> None:
    assert possible_key("a__b") == "a  b"


def test_a_player_named_in_telemetry_stays_and_one_removed_from_the_settings_goes() -> None:
    names = Names(frozenset({"ann"}), {}, frozenset({"bob"}), ("cat", "ann"))
    roster, _ = merge_roster({}, names, NOW)
    assert {key: entry.sources for key, entry in roster.items()} == {
        "ann": ("settings", "telemetry"),
        "bob": ("groups",),
        "cat": ("settings",),
    }
    later, _ = merge_roster(roster, NOBODY, NOW + timedelta(days=1))
    assert later == {"ann": Tracked("ann", "ann", ("telemetry",), NOW)}
