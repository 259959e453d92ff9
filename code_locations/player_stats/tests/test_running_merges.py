"""Running merges equal a full merge, in whatever order telemetry arrives, disappears and is read."""

from collections.abc import Iterator

import pytest
from merging_walk import killed_report, report, walk
from merging_world import MergingWorld
from player_stats.store.reports import make_owed_reports, refreshable
from player_stats.store.stored_days import all_months
from player_stats.store.turns import end_dead_turns
from scheduling import Program
from wrapped_shared import collections as names
from wrapped_shared.mongo import MongoResource

WRITTEN = (names.PLAYER_DAYS, names.PLAYER_MONTHS, names.PLAYER_MERGES, names.WRAPPED_REPORTS, names.REPORT_REQUESTS)


@pytest.fixture
def world(mongo: MongoResource) -> MergingWorld:
    return MergingWorld(mongo)


@pytest.fixture
def reporter(mongo: MongoResource) -> Iterator[Program]:
    made = Program(mongo.uri, mongo.analytics_database)
    yield made
    made.close()


def history(world: MergingWorld, player: str = "bob") -> None:
    """Three years: a day in each of several months, several days of the last month, several hours of the last day."""
    for hour in ("2021-03-05T10", "2021-12-31T23", "2022-06-01T08", "2023-01-01T00", "2023-11-30T12", "2023-12-02T09",
                 "2023-12-30T20", "2023-12-31T03", "2023-12-31T05"):  # fmt: skip
        world.play(player, hour, xp=1_000 + len(world.owed))
    world.read_all()
    report(world)
    world.play(player, "2023-12-31T06", xp=2_000)
    world.read_all()
    report(world)


def test_a_refresh_reads_the_four_merges_and_the_open_parts(world: MergingWorld) -> None:
    history(world)
    world.check()
    world.play("bob", "2023-12-31T06", start=60_000)
    world.read_all()
    assert report(world).summaries_read == 5
    world.check()
    world.play("bob", "2023-12-31T07")
    world.read_all()
    assert report(world).summaries_read == 6
    world.check()


LATE = {
    "the open hour": ("2023-12-31T06", 4 + 1),
    "a closed hour": ("2023-12-31T04", 4 + 4),  # the four merges, and all hours of the day
    "a closed day": ("2023-12-30T20", 4 + 1 + 3),  # its hour, and all days of the month
    "a day without play": ("2023-12-10T20", 4 + 4),
    "a closed month": ("2023-11-30T12", 4 + 1 + 1 + 2 + 1),  # its hour, its day, the year's months, the latest day
    "a month without play": ("2023-08-03T00", 4 + 1 + 3 + 1),
    # its hour, its day, all months of closed years, the latest day
    "a closed year": ("2021-03-05T10", 4 + 1 + 1 + 3 + 1),
    "a year before all": ("2021-01-01T10", 4 + 1 + 4 + 1),
}


@pytest.mark.slow
@pytest.mark.parametrize("where", LATE)
def test_a_late_event_rebuilds_only_the_merges_that_cover_it(
    world: MergingWorld, where: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in ("player_stats.store.years_before", "merging_world"):
        monkeypatch.setattr(f"{module}.this_year", lambda: 2021)  # later years, which are compared with it, come on top
    history(world)
    hour, summaries = LATE[where]
    world.play("bob", hour, start=90_000)
    world.read_all()
    assert report(world).summaries_read == summaries
    world.check()


@pytest.mark.slow
@pytest.mark.parametrize(
    "label", ["2023-12-31T06", "2023-12-31T03", "2023-12-31", "2023-12-30", "2023-11-30", "2021-12-31"]
)
def test_removed_events_are_removed_from_the_merges(world: MergingWorld, label: str) -> None:
    history(world)
    world.forget("bob", label)
    world.read_all()
    report(world)
    world.check()


def test_nothing_is_left_of_a_player_whose_events_were_all_removed(world: MergingWorld) -> None:
    history(world)
    for day in sorted({day["day"] for day in world.analytics[names.PLAYER_DAYS].find()}):
        world.forget("bob", day)
    world.read_all()
    report(world)
    world.check()
    assert world.analytics[names.PLAYER_MERGES].count_documents({}) == 0


@pytest.mark.slow
@pytest.mark.parametrize("hour", ["2024-01-01T00", "2024-02-10T10", "2025-03-01T00"])
def test_a_player_returns_after_the_end_of_a_month_or_year_or_much_later(world: MergingWorld, hour: str) -> None:
    history(world)
    world.play("bob", hour)
    world.read_all()
    report(world)
    world.check()
    world.play("bob", hour[:10] + "T23")
    world.read_all()
    report(world)
    world.check()


def test_reading_a_whole_day_invalidates_the_merge_of_its_hours(world: MergingWorld) -> None:
    history(world)
    world.forget("bob", "2023-12-31T03")
    world.read("2023-12-31", whole=True)
    world.play("bob", "2023-12-31T07")
    world.read_all()
    report(world)
    world.check()
    world.stop_keeping("2023-12-31")
    world.play("bob", "2023-12-31T04")
    world.read_all()
    world.play("bob", "2023-12-31T08")
    world.read_all()
    report(world)
    world.check()


def test_a_report_refreshed_twice_stays_as_it_is(world: MergingWorld) -> None:
    history(world)
    before = list(world.analytics[names.WRAPPED_REPORTS].find().sort("_id"))
    for also in (refreshable(world.analytics), refreshable(world.analytics), all_months(world.analytics, None)):
        changes = make_owed_reports(world.analytics, also=also)
        assert (changes.written, changes.unchanged) == (0, len(before))
        after = list(world.analytics[names.WRAPPED_REPORTS].find().sort("_id"))
        assert [{**one, "revision": 0} for one in after] == [{**one, "revision": 0} for one in before]
        world.check()


@pytest.mark.slow
@pytest.mark.parametrize("level", ["hours", "days", "months", "years", None])
@pytest.mark.parametrize("how", ["lost", "of another form"])
def test_a_merge_that_is_missing_or_of_another_version_is_rebuilt(
    world: MergingWorld, level: str | None, how: str
) -> None:
    history(world)
    merges, query = world.analytics[names.PLAYER_MERGES], {} if level is None else {"level": level}
    if how == "lost":
        merges.delete_many(query)
    else:
        merges.update_many(query, {"$set": {"schema_version": 1, "play": {"old": True}}})
    world.play("bob", "2024-01-01T07")
    world.play("bob", "2023-12-31T08")
    world.read_all()
    report(world)
    world.check()


@pytest.mark.slow
@pytest.mark.parametrize("next_hour", ["2023-12-31T07", "2024-01-01T00"])
def test_a_reporter_killed_after_any_command_leaves_everything_owed_and_nothing_counted_twice(
    world: MergingWorld, reporter: Program, next_hour: str
) -> None:
    history(world)
    for hour in (next_hour, "2023-12-31T06", "2023-12-02T11", "2022-06-01T09"):
        world.play("bob", hour, start=90_000)
    world.read_all()
    before = {name: list(world.analytics[name].find()) for name in WRITTEN}
    commands, died = 0, True
    while died:
        commands += 1
        for name, documents in before.items():
            world.analytics[name].delete_many({})
            if documents:
                world.analytics[name].insert_many(documents)
        died = killed_report(reporter, commands)
        end_dead_turns(world.analytics, patience=0)
        report(world)
        world.check()
    assert commands > 15


@pytest.mark.slow
def test_merges_equal_a_rebuild_after_any_arrivals_removals_and_kills(world: MergingWorld, reporter: Program) -> None:
    walk(world, reporter, seed=1, rounds=4)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(2, 10))
def test_merges_equal_a_rebuild_over_years(world: MergingWorld, reporter: Program, seed: int) -> None:
    walk(world, reporter, seed, rounds=12)
