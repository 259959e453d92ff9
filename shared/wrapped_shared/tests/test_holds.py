"""Holds in MongoDB: how long they last, which of two wins, and that a client on hold sends nothing."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import dagster as dg
import pytest
from pymongo.errors import WriteError
from test_http_client import Upstream
from wrapped_devkit.osrs_server import Response, StandInServer
from wrapped_shared.collections import UPSTREAM_HOLDS, UPSTREAM_REQUESTS
from wrapped_shared.holds import WIKI, HoldKeeper, hold_check, holds_in_force
from wrapped_shared.http import Blocked, BreakerOpen, NotFound, PoliteClient, Unavailable, UpstreamError, read_json
from wrapped_shared.indexes import ensure_indexes
from wrapped_shared.mongo import MongoResource

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


class World:
    """An upstream, a MongoDB with the contract's validators, and one clock for clients and holds."""

    def __init__(self, upstream: Upstream, url: str, mongo: MongoResource) -> None:
        self.upstream = upstream
        self.url = url
        self.mongo = mongo
        self.seconds = 0.0

    def now(self) -> datetime:
        return NOON + timedelta(seconds=self.seconds)

    def sleep(self, seconds: float) -> None:
        self.seconds += seconds

    def keeper(self) -> HoldKeeper:
        return HoldKeeper(self.mongo.analytics, WIKI, self.now)

    def client(self) -> PoliteClient:
        return PoliteClient(
            self.url,
            contact="me@example.org",
            product="wrapped-test/0",
            requests_per_second=0,
            hold=self.keeper(),
            clock=lambda: self.seconds,
            sleep=self.sleep,
        )

    def run(self, requests: int = 1) -> list[object]:
        """Send this many requests with a new client, as one run does; returns the results, including errors."""
        came: list[object] = []
        with self.client() as client:
            for _ in range(requests):
                try:
                    came.append(client.get("/thing", read_json))
                except UpstreamError as error:
                    came.append(type(error))
        return came

    def stored(self) -> dict[str, Any] | None:
        return self.mongo.analytics[UPSTREAM_HOLDS].find_one({"_id": WIKI})

    def held_seconds(self) -> float:
        stored = self.stored()
        return 0.0 if stored is None else (stored["not_before"] - self.now()).total_seconds()


@pytest.fixture
def world(mongo: MongoResource) -> Iterator[World]:
    ensure_indexes(mongo.raw, mongo.analytics)
    upstream = Upstream()
    upstream.script = [Response.json(7)]
    with StandInServer([upstream]) as server:
        yield World(upstream, server.url, mongo)


def test_requests_and_refusals_are_counted_over_all_runs(world: World) -> None:
    refused, absent = Response(503), Response(404)
    world.upstream.script = [refused, Response.json(7), absent, Response(429), Response.json(7)]
    assert world.run(3) == [7, NotFound, 7]
    world.run(0)
    world.run(2)
    counts = world.mongo.analytics[UPSTREAM_REQUESTS].find_one({"_id": WIKI})
    assert counts == {"_id": WIKI, "schema_version": 1, "requests": 7, "refusals": 2}


@pytest.mark.parametrize("status", [429, 503, 200])
def test_a_long_retry_after_outlives_the_run_and_nothing_is_sent_before_it_ends(world: World, status: int) -> None:
    world.upstream.script = [Response(status, b"<html>Unavailable</html>", headers={"Retry-After": "7200"})]
    assert world.run(2) == [Blocked if status == 429 else Unavailable, BreakerOpen]
    assert world.held_seconds() == 7200
    world.seconds += 7199
    assert world.run() == [BreakerOpen]
    assert len(world.upstream.seen) == 1
    world.upstream.script = [Response.json(7)]
    world.seconds += 1
    assert world.run() == [7]
    assert world.stored() is None


def test_a_retry_after_of_weeks_or_as_a_date_holds_for_a_day_at_most(world: World) -> None:
    world.upstream.script = [Response(503, headers={"Retry-After": "Sun, 01 Mar 2099 00:00:00 GMT"})]
    world.run()
    assert world.held_seconds() == 86_400


def test_a_short_retry_after_is_waited_for_and_held_meanwhile(world: World) -> None:
    world.upstream.script = [Response(503, headers={"Retry-After": "20"}), Response.json(7)]
    held: list[float] = []
    sleep = world.sleep

    def sleep_and_look(seconds: float) -> None:
        held.append(world.held_seconds())
        sleep(seconds)

    world.sleep = sleep_and_look  # type: ignore[method-assign]
    assert world.run() == [7]
    assert held == [20]
    assert world.stored() is None


@pytest.mark.parametrize("answer", [Response(403), Response(503), Response(429, headers={"Retry-After": "0"})])
def test_a_single_rejection_sets_no_hold(world: World, answer: Response) -> None:
    world.upstream.script = [answer, Response.json(7)]
    assert world.run() == [7]
    assert world.stored() is None


def test_an_opened_breaker_holds_for_15_minutes_and_twice_as_long_each_time_up_to_a_day(world: World) -> None:
    world.upstream.script = [Response(503)]
    lengths = []
    for _ in range(9):
        world.run(8)
        lengths.append(world.held_seconds() / 60)
        world.seconds += world.held_seconds()
    assert lengths == [15, 30, 60, 120, 240, 480, 960, 1440, 1440]
    assert len(world.upstream.seen) == 9 * 8
    world.upstream.script = [Response(404)]
    assert world.run() == [NotFound]
    world.upstream.script = [Response(503)]
    world.run(8)
    assert world.held_seconds() == 15 * 60


def test_a_retry_after_in_between_does_not_make_the_breakers_hold_shorter(world: World) -> None:
    world.upstream.script = [Response(503)]
    world.run(8)
    world.seconds += 900
    world.upstream.script = [Response(503, headers={"Retry-After": "600"})]
    world.run()
    world.seconds += 600
    world.upstream.script = [Response(503)]
    world.run(8)
    assert world.held_seconds() == 1800


def test_of_two_concurrent_runs_the_later_time_wins_and_one_outage_is_not_doubled(world: World) -> None:
    one, other, third = world.keeper(), world.keeper(), world.keeper()
    one.keep_retry_after(7200, "HTTP 429")
    other.keep_retry_after(60, "HTTP 503")
    assert world.held_seconds() == 7200
    assert "7200" in world.stored()["reason"]  # type: ignore[index]
    other.answered()
    assert world.held_seconds() == 7200, "another run's hold is not lifted before its time"
    world.mongo.analytics[UPSTREAM_HOLDS].delete_many({})
    other.breaker_opened("8 answers")
    third.breaker_opened("8 answers")
    assert world.held_seconds() == 900


def test_a_hold_inserted_by_hand_holds_too(world: World) -> None:
    hold = {"_id": WIKI, "not_before": NOON + timedelta(hours=1), "reason": "they wrote to us"}
    world.mongo.analytics[UPSTREAM_HOLDS].insert_one(hold)
    with world.client() as client, pytest.raises(BreakerOpen, match="on hold until 2026-03-01 13:00:00 UTC: they"):
        client.get("/thing", read_json)
    assert len(world.upstream.seen) == 0
    with pytest.raises(WriteError):
        world.mongo.analytics[UPSTREAM_HOLDS].insert_one({"_id": "prices", "not_before": "soon", "reason": "x"})


def test_the_check_says_which_upstream_until_when_and_why(mongo: MongoResource) -> None:
    assert hold_check(mongo.analytics, "upstream_hold", WIKI).passed
    HoldKeeper(mongo.analytics, WIKI).keep_retry_after(7200, "HTTP 429")
    HoldKeeper(mongo.analytics, "prices").keep_retry_after(7200, "HTTP 503")
    (hold,) = holds_in_force(mongo.analytics, WIKI)
    check = hold_check(mongo.analytics, "upstream_hold", WIKI)
    assert not check.passed
    assert check.severity == dg.AssetCheckSeverity.WARN
    said = f"wiki is on hold until {hold.not_before:%Y-%m-%d %H:%M:%S} UTC: HTTP 429, with a Retry-After of 7200 s"
    assert check.description == said
