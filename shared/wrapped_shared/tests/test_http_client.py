"""The polite client over loopback, with a clock that the tests control."""

import itertools
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from wrapped_devkit.osrs_server import Request, Response, Route, StandInServer
from wrapped_shared.http import (
    Answer,
    Blocked,
    BreakerOpen,
    ContactMissing,
    FormatChanged,
    NotFound,
    PoliteClient,
    Unavailable,
    read_html,
    read_json,
)
from wrapped_shared.http.answers import retry_after_seconds
from wrapped_shared.settings import SettingsError


class Upstream:
    """Answers `/thing` as the test scripts it; the last response repeats."""

    name = "scripted"

    def __init__(self) -> None:
        self.script: list[Response] = [Response.json({"a": 1})]
        self.seen: list[Request] = []

    def routes(self) -> list[Route]:
        return [Route("/thing", self.answer), Route("/other", lambda _: Response.json("other"))]

    def answer(self, request: Request) -> Response:
        self.seen.append(request)
        return self.script.pop(0) if len(self.script) > 1 else self.script[0]


class Time:
    """A clock that only moves by sleeping."""

    def __init__(self) -> None:
        self.now = 100.0
        self.slept: list[float] = []

    def clock(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


@pytest.fixture
def upstream() -> Iterator[tuple[Upstream, StandInServer]]:
    part = Upstream()
    with StandInServer([part]) as server:
        yield part, server


Make = Callable[..., PoliteClient]


@pytest.fixture
def make(upstream: tuple[Upstream, StandInServer]) -> Iterator[tuple[Make, Time]]:
    time = Time()
    made: list[PoliteClient] = []

    def client(**changes: Any) -> PoliteClient:
        settings: dict[str, Any] = {
            "contact": "me@example.org",
            "product": "wrapped-test/0",
            "requests_per_second": 0,
            "clock": time.clock,
            "sleep": time.sleep,
        }
        made.append(PoliteClient(upstream[1].url, **{**settings, **changes}))
        return made[-1]

    yield client, time
    for one in made:
        one.close()


def test_the_user_agent_says_who_we_are_and_how_to_reach_us(
    upstream: tuple[Upstream, StandInServer], make: tuple[Make, Time]
) -> None:
    assert make[0]().get("/thing", read_json, params={"player": "iron bob"}) == {"a": 1}
    assert upstream[0].seen[0].headers["user-agent"] == "wrapped-test/0 (+me@example.org)"
    assert upstream[0].seen[0].query == {"player": "iron bob"}


@pytest.mark.parametrize("contact", ["", "  "])
def test_without_a_contact_there_is_no_client(make: tuple[Make, Time], contact: str) -> None:
    with pytest.raises(ContactMissing, match="WRAPPED_CONTACT is not set"):
        make[0](contact=contact)


@pytest.mark.parametrize("contact", ["a\r\nX-Evil: 1", "grüße"])
def test_a_contact_that_does_not_fit_in_a_header_is_rejected(make: tuple[Make, Time], contact: str) -> None:
    with pytest.raises(SettingsError, match="printable ASCII"):
        make[0](contact=contact)


def test_requests_are_an_interval_apart_and_the_first_waits_too(make: tuple[Make, Time]) -> None:
    client, time = make
    polite = client(requests_per_second=2, jitter=0.5)
    starts = []
    for _ in range(5):
        polite.get("/thing", lambda answer: starts.append(time.now))
    assert starts[0] == 100.5
    gaps = [b - a for a, b in itertools.pairwise(starts)]
    assert all(0.5 <= gap <= 0.75 for gap in gaps)
    assert len(set(gaps)) > 1


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (Response(404, b"x"), NotFound),
        (Response(403, b"x"), Blocked),
        (Response(429, b"x"), Blocked),
        (Response(503, b"x"), Unavailable),
        (Response(418, b"x"), Unavailable),
        (Response(302, b"", headers={"Location": "http://192.0.2.1/"}), Unavailable),
        (Response(302, b""), Unavailable),
        (Response(200, b""), Unavailable),
        (Response(200, b"\xef\xbb\xbf  <!DOCTYPE html>Unavailable"), Unavailable),
        (Response(200, b"<html>_Incapsula_Resource</html>"), Blocked),
        (Response(200, b'{"a": [1, 2'), Unavailable),
        (Response(200, b"[" * 100_000), Unavailable),
    ],
)
def test_every_response_without_data_has_its_outcome(
    upstream: tuple[Upstream, StandInServer], make: tuple[Make, Time], answer: Response, error: type[Exception]
) -> None:
    upstream[0].script = [answer]
    client = make[0]()
    with pytest.raises(error):
        client.get("/thing", read_json)
    assert client.stats.requests == (1 if error is NotFound else 3)


def test_failures_are_retried_with_growing_waits_and_the_valid_response_counts(
    upstream: tuple[Upstream, StandInServer], make: tuple[Make, Time]
) -> None:
    upstream[0].script = [Response(503), Response(200, b""), Response.json(7)]
    client, time = make
    assert client(requests_per_second=1).get("/thing", read_json) == 7
    backoffs = [pause for pause in time.slept if pause > 2]
    assert 30 <= backoffs[0] <= 45
    assert 60 <= backoffs[1] <= 90


def test_a_retry_after_is_waited_for_even_without_a_limit(
    upstream: tuple[Upstream, StandInServer], make: tuple[Make, Time]
) -> None:
    upstream[0].script = [Response(429, headers={"Retry-After": "17"}), Response.json(7)]
    client, time = make
    assert client().get("/thing", read_json) == 7
    assert time.slept == [17.0]


def test_a_retry_after_beyond_the_limit_opens_the_breaker(
    upstream: tuple[Upstream, StandInServer], make: tuple[Make, Time]
) -> None:
    upstream[0].script = [Response(503, headers={"Retry-After": "86400"})]
    client = make[0]()
    with pytest.raises(Unavailable):
        client.get("/thing", read_json)
    with pytest.raises(BreakerOpen, match="86400"):
        client.get("/thing", read_json)
    assert client.stats.requests == 1


def test_eight_failures_in_a_row_open_the_breaker_unless_a_valid_response_comes_in_between(
    upstream: tuple[Upstream, StandInServer], make: tuple[Make, Time]
) -> None:
    bad, missing = Response(503), Response(404)
    upstream[0].script = [*[bad] * 6, missing, bad]
    client = make[0]()
    for error in (Unavailable, Unavailable, NotFound, Unavailable, Unavailable, Unavailable):
        with pytest.raises(error):
            client.get("/thing", read_json)
    assert client.breaker.is_open
    assert client.stats.requests == 6 + 1 + 8
    with pytest.raises(BreakerOpen, match="8 responses in a row"):
        client.get("/thing", read_json)


def test_an_unreachable_host_is_distinguished_from_a_failing_one_and_waited_for_less(make: tuple[Make, Time]) -> None:
    time = make[1]
    with (
        PoliteClient("http://127.0.0.1:9", contact="a@b", product="p", clock=time.clock, sleep=time.sleep) as polite,
        pytest.raises(Unavailable, match=r"no connection to 127\.0\.0\.1"),
    ):
        polite.get("/", read_json)
    assert max(time.slept) < 12


def test_responses_are_limited_in_size(upstream: tuple[Upstream, StandInServer], make: tuple[Make, Time]) -> None:
    upstream[0].script = [Response.json("x" * 5_000)]
    with pytest.raises(FormatChanged, match="1000"):
        make[0](max_bytes=1_000).get("/thing", read_json)


def test_only_allowed_hosts_are_called_including_redirects(
    upstream: tuple[Upstream, StandInServer], make: tuple[Make, Time]
) -> None:
    client = make[0]()
    with pytest.raises(SettingsError, match="is not the allowed host"):
        client.get("http://example.org/x", read_json)
    upstream[0].script = [Response(302, headers={"Location": "/other"})]
    assert client.get("/thing", read_json) == "other"
    upstream[0].script = [Response(302, headers={"Location": "/thing"})]
    with pytest.raises(Unavailable, match="too many redirects"):
        client.get("/thing", read_json)


def test_the_readers_error_is_the_outcome_and_an_unknown_format_is_not_retried(
    make: tuple[Make, Time],
) -> None:
    def strange(_: Answer) -> None:
        raise FormatChanged("strange")

    client = make[0]()
    with pytest.raises(FormatChanged):
        client.get("/thing", strange)
    assert client.stats.outcomes == {"format_changed": 1}


@pytest.mark.parametrize("url", ["", "ftp://x", "runescape.com", "http://"])
def test_an_invalid_base_url_is_rejected_in_one_line(url: str) -> None:
    with pytest.raises(SettingsError):
        PoliteClient(url, contact="a@b", product="p")


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        (None, None),
        ("120", 120.0),
        (" 5 ", 5.0),
        ("soon", None),
        ("-3", None),
        ("Sun, 01 Mar 2026 00:02:00 GMT", 120.0),
        ("Sun, 01 Mar 2020 00:00:00 GMT", 0.0),
    ],
)
def test_retry_after_is_seconds_or_a_date(value: str | None, seconds: float | None) -> None:
    assert retry_after_seconds(value, datetime(2026, 3, 1, tzinfo=UTC)) == seconds


def test_a_page_that_is_not_utf8_is_still_read() -> None:
    assert read_html(Answer(200, "u", {}, b"<p>caf\xe9</p>")) == "<p>caf\ufffd</p>"
