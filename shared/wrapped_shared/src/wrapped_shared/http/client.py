"""The polite client itself.

What belongs here: one request with its retries. What does not: which requests to send, and in which order.
"""

import asyncio
import functools
import random
import time
from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Self, TypeVar

import httpx
import tenacity
from pymongo.errors import PyMongoError

from wrapped_shared.holds import HoldKeeper
from wrapped_shared.http.answers import Answer, check_status, retry_after_seconds
from wrapped_shared.http.errors import (
    Blocked,
    BreakerOpen,
    ContactMissing,
    FormatChanged,
    Unavailable,
    UpstreamError,
)
from wrapped_shared.http.origin import LOOPBACK, read_origin, same_origin
from wrapped_shared.http.pace import Breaker, Pace
from wrapped_shared.settings import SettingsError

T = TypeVar("T")

MAX_REDIRECTS = 3
MAX_TRIES = 3
"""Attempts per request, including the first."""
BACKOFF_SECONDS = 30.0
"""The wait before the second attempt; it doubles with each further one. A tenth of it if no connection was made."""
LONGEST_WAIT_SECONDS = 300.0
"""A longer Retry-After opens the breaker instead of being waited for."""
BREAKER_AFTER = 8
"""This many unavailable or blocked responses in a row open the breaker."""
_ssl_context = functools.cache(httpx.create_ssl_context)  # reading the certificate authorities takes 30 ms


@dataclass
class ClientStats:
    """What a client has done so far, for metadata."""

    requests: int = 0
    """Requests sent, including retries."""
    retries: int = 0
    outcomes: Counter[str] = field(default_factory=Counter)
    """Responses by outcome (`ok`, `not_found`, ...), one for each request sent."""


class PoliteClient:
    """Calls one upstream: rate-limited, with retries, and not at all once the breaker is open.

    A hold outlives the client: if one is in force when the client is created, no requests are sent; one is set when a
    Retry-After arrives or the breaker opens, and lifted by the first valid response after it ended. Use the client as
    a context manager, in one thread only and without a running event loop.
    """

    def __init__(
        self,
        base_url: str,
        *,
        contact: str,
        product: str,
        requests_per_second: float = 1.0,
        timeout_seconds: float = 15.0,
        max_bytes: int = 4 * 2**20,
        hold: HoldKeeper | None = None,
        jitter: float = 0.1,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """Create a client; nothing is sent yet.

        Args:
            base_url: origin of the upstream, such as `https://secure.runescape.com`.
            contact: an e-mail address or web page for the User-Agent; required.
            product: what we are, such as `wrapped-hiscores/0.1`.
            requests_per_second: the rate; 0 means no limit and no waiting between attempts, except for a Retry-After.
            timeout_seconds: for one whole exchange: DNS, connection, TLS, headers, body, and all redirects.
            max_bytes: the largest body that is accepted.
            hold: the upstream's hold; with None, nothing outlives this client.
            jitter: random extra wait, as a share of the interval.
            clock: monotonic seconds.
            sleep: waits.

        Raises:
            ContactMissing: the contact is empty.
            SettingsError: the contact or the base URL is invalid.
        """
        if not contact.strip():
            raise ContactMissing
        if not (contact.isascii() and contact.isprintable()):
            raise SettingsError("WRAPPED_CONTACT must be printable ASCII: an e-mail address or a web page")
        self._base = read_origin(base_url)
        self._max_bytes = max_bytes
        self._timeout = timeout_seconds
        self._backoff = BACKOFF_SECONDS if requests_per_second > 0 else 0.0
        self._clock = clock
        self._sleep = sleep
        self._pace = Pace(requests_per_second, jitter=jitter, clock=clock, sleep=sleep)
        self._hold = hold
        self.breaker = Breaker(BREAKER_AFTER)
        if hold is not None and hold.at_creation is not None:
            self.breaker.trip(str(hold.at_creation))
        self.stats = ClientStats()
        # Only a task can be cancelled at a deadline: socket timeouts restart with every byte that trickles in.
        self._loop = asyncio.Runner(loop_factory=asyncio.new_event_loop)
        trust_env = self._base.host not in LOOPBACK
        self._http = httpx.AsyncClient(
            headers={
                "User-Agent": f"{product} (+{contact.strip()})",
                "Accept-Encoding": "gzip, deflate",
            },
            timeout=None,  # noqa: S113 - the deadline over the whole exchange is kept in _send
            follow_redirects=False,
            trust_env=trust_env,
            verify=_ssl_context(trust_env=trust_env),
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections, and count what was sent."""
        with self._loop:
            self._loop.run(self._http.aclose())
        if self._hold is not None:
            refused = self.stats.outcomes[Blocked.outcome] + self.stats.outcomes[Unavailable.outcome]
            with suppress(PyMongoError):  # a count is not worth a run
                self._hold.count(self.stats.requests, refused)

    @property
    def held(self) -> bool:
        """Whether a hold was in force at creation, so that no requests are sent at all."""
        return self._hold is not None and self._hold.at_creation is not None

    def get(
        self,
        path: str,
        read: Callable[[Answer], T],
        *,
        params: Mapping[str, str] | None = None,
        max_bytes: int | None = None,
        tries: int = MAX_TRIES,
    ) -> T:
        """Send one request and read the response, retrying where that may help.

        Args:
            path: a path below the base URL, or a full URL with the same origin.
            read: converts a 2xx response into the result; an error it raises is the outcome.
            params: the query parameters.
            max_bytes: a different size limit for this request.
            tries: the maximum number of attempts, including the first.

        Raises:
            NotFound, Unavailable, Blocked, FormatChanged: the outcome of the last attempt.
            BreakerOpen: no request was sent.
        """
        retrying = tenacity.Retrying(
            retry=tenacity.retry_if_exception(self._worth_another),
            stop=tenacity.stop_after_attempt(tries),
            wait=self._wait_before,
            sleep=self._pause,
            reraise=True,
        )
        url = self._url(path)
        return retrying(lambda: self._try(url, read, params, max_bytes or self._max_bytes))

    def _try(
        self,
        url: httpx.URL,
        read: Callable[[Answer], T],
        params: Mapping[str, str] | None,
        max_bytes: int,
    ) -> T:
        if self.breaker.is_open:
            raise BreakerOpen(self.breaker.reason)
        wait = None
        try:
            answer = self._send(url, params, max_bytes)
            wait = retry_after_seconds(answer.headers.get("retry-after"))
            check_status(answer)
            value = read(answer)
        except (Unavailable, Blocked) as error:
            self.stats.outcomes[error.outcome] += 1
            self._failed(str(error), wait or 0.0)
            raise
        except UpstreamError as error:
            self._answered(error.outcome)
            raise
        self._answered("ok")
        return value

    def _send(self, url: httpx.URL, params: Mapping[str, str] | None, max_bytes: int) -> Answer:
        left = self._timeout
        for _ in range(MAX_REDIRECTS + 1):
            self._pace.wait()
            self.stats.requests += 1
            began = self._clock()
            try:
                answer = self._loop.run(asyncio.wait_for(self._exchange(url, params, max_bytes), left))
            except httpx.ConnectError:
                raise Unavailable(f"no connection to {url.host}", reached=False) from None
            except TimeoutError:
                raise Unavailable(f"no complete response within {self._timeout:g} s") from None
            except httpx.HTTPError as error:
                raise Unavailable(f"the connection broke ({type(error).__name__})") from None
            finally:
                self._pace.finished()
            left -= self._clock() - began
            target = answer.headers.get("location")
            if answer.status not in (301, 302, 303, 307, 308) or not target:
                return answer
            try:
                url, params = url.join(target), None
            except httpx.InvalidURL:
                raise Unavailable("a redirect without a target") from None
            if not same_origin(url, self._base):
                raise Unavailable(f"a redirect to {url.host}, which is not allowed")
        raise Unavailable("too many redirects")

    async def _exchange(self, url: httpx.URL, params: Mapping[str, str] | None, max_bytes: int) -> Answer:
        async with self._http.stream("GET", url, params=params) as response:
            length = response.headers.get("content-length", "")
            if length.isdigit() and int(length) > max_bytes:
                raise FormatChanged(f"a response of {length} bytes, more than the {max_bytes} allowed")
            body = bytearray()
            async for chunk in response.aiter_bytes():
                body += chunk
                if len(body) > max_bytes:
                    raise FormatChanged(f"a response of more than the {max_bytes} bytes allowed")
            headers = {name.lower(): value for name, value in response.headers.items()}
            return Answer(response.status_code, str(response.url), headers, bytes(body))

    def _worth_another(self, error: BaseException) -> bool:
        return isinstance(error, Unavailable | Blocked) and not self.breaker.is_open

    def _wait_before(self, state: tenacity.RetryCallState) -> float:
        self.stats.retries += 1
        error = state.outcome.exception() if state.outcome else None
        base = self._backoff / 10 if isinstance(error, Unavailable) and not error.reached else self._backoff
        spread = 1.0 + random.random() / 2  # noqa: S311 - for spreading load, not for security
        return float(base * 2 ** (state.attempt_number - 1) * spread)

    def _pause(self, seconds: float) -> None:
        if seconds > 0:
            self._sleep(seconds)

    def _answered(self, outcome: str) -> None:
        """A valid response arrived, found or not."""
        self.stats.outcomes[outcome] += 1
        self.breaker.answered()
        if self._hold is not None:
            self._hold.answered()

    def _failed(self, why: str, wait: float) -> None:
        """A response was unavailable or blocked; `wait` is the requested Retry-After in seconds, 0 if there is none."""
        opened = self.breaker.failed(why)
        if wait > LONGEST_WAIT_SECONDS:
            self.breaker.trip(f"{why}, with a Retry-After of {wait:.0f} s")
        elif wait > 0:
            self._pace.hold(wait)
        if self._hold is None:
            return
        if wait > 0:
            self._hold.keep_retry_after(wait, why)
        if opened:
            self._hold.breaker_opened(self.breaker.reason)

    def _url(self, path: str) -> httpx.URL:
        try:
            url = self._base.join(path)
        except httpx.InvalidURL:
            raise SettingsError(f"{path[:80]!r} is not a path or URL") from None
        if not same_origin(url, self._base):
            raise SettingsError(f"{url.host} is not the allowed host")
        return url
