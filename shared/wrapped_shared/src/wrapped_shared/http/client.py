"""The polite client itself.

What belongs here: one request with its retries. What does not: which requests to make, and in which order.
"""

import random
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self, TypeVar

import httpx
import tenacity

from wrapped_shared.http.answers import Answer, check_status
from wrapped_shared.http.errors import (
    Blocked,
    BreakerOpen,
    ContactMissing,
    FormatChanged,
    SettingsError,
    Unavailable,
    UpstreamError,
)
from wrapped_shared.http.pace import Breaker, Pace
from wrapped_shared.masking import masked, user_and_password

T = TypeVar("T")

MAX_REDIRECTS = 3
MAX_TRIES = 3
"""Tries for one thing, the first included."""
BACKOFF_SECONDS = 30.0
"""The wait before the second try; it doubles with each further one. A tenth of it where nobody was reached."""
LONGEST_WAIT_SECONDS = 300.0
"""A Retry-After beyond it opens the breaker instead of being waited for."""
BREAKER_AFTER = 8
"""So many unavailable or blocked answers in a row open the breaker."""
LOOPBACK = ("127.0.0.1", "localhost", "::1")


@dataclass
class ClientStats:
    """What a client did so far, for metadata."""

    requests: int = 0
    """Requests sent, retries included."""
    retries: int = 0
    outcomes: Counter[str] = field(default_factory=Counter)
    """Answers by outcome (`ok`, `not_found`, ...), one for each request sent."""


class PoliteClient:
    """Asks one upstream: within the rate, with retries, and no longer once the breaker is open.

    Use it as a context manager; one client serves one thread.
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
        jitter: float = 0.1,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """Make a client; nothing is sent yet.

        Args:
            base_url: origin of the upstream, such as `https://secure.runescape.com`.
            contact: an address or page for the User-Agent; required.
            product: what we are, such as `wrapped-hiscores/0.1`.
            requests_per_second: the rate; 0 means no limit and no waiting between tries, save what a
                Retry-After asks.
            timeout_seconds: for connecting, for each read, and (twice this) for a whole answer.
            max_bytes: the largest body that is taken.
            jitter: share of the interval that is added at random.
            clock: monotonic seconds.
            sleep: waits.

        Raises:
            ContactMissing: the contact is empty.
            SettingsError: the contact or the base URL cannot be used.
        """
        if not contact.strip():
            raise ContactMissing
        if not (contact.isascii() and contact.isprintable()):
            raise SettingsError("WRAPPED_CONTACT must be printable ASCII: an e-mail address or a web page")
        self._base = _origin(base_url)
        self._max_bytes = max_bytes
        self._total_seconds = 2 * timeout_seconds
        self._backoff = BACKOFF_SECONDS if requests_per_second > 0 else 0.0
        self._clock = clock
        self._sleep = sleep
        self._pace = Pace(requests_per_second, jitter=jitter, clock=clock, sleep=sleep)
        self.breaker = Breaker(BREAKER_AFTER)
        self.stats = ClientStats()
        self._http = httpx.Client(
            headers={
                "User-Agent": f"{product} (+{contact.strip()})",
                "Accept-Encoding": "gzip, deflate",
            },
            timeout=timeout_seconds,
            follow_redirects=False,
            trust_env=self._base.host not in LOOPBACK,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def get(
        self,
        path: str,
        read: Callable[[Answer], T],
        *,
        params: Mapping[str, str] | None = None,
        max_bytes: int | None = None,
    ) -> T:
        """Ask for one thing and read the answer, trying again where that may help.

        Args:
            path: a path below the base URL, or a whole URL of the same origin.
            read: turns a 2xx answer into what is wanted; what it raises counts as the outcome.
            params: the query.
            max_bytes: another limit of size for this one.

        Raises:
            NotFound, Unavailable, Blocked, FormatChanged: the outcome of the last try.
            BreakerOpen: nothing was asked.
        """
        url = self._url(path)

        def attempt() -> T:
            return self._try(url, read, params, max_bytes or self._max_bytes)

        retrying = tenacity.Retrying(
            retry=tenacity.retry_if_exception(self._worth_another),
            stop=tenacity.stop_after_attempt(MAX_TRIES),
            wait=self._wait_before,
            sleep=self._pause,
            reraise=True,
        )
        return retrying(attempt)

    def _try(
        self,
        url: httpx.URL,
        read: Callable[[Answer], T],
        params: Mapping[str, str] | None,
        max_bytes: int,
    ) -> T:
        if self.breaker.is_open:
            raise BreakerOpen(self.breaker.reason)
        try:
            answer = self._ask(url, params, max_bytes)
            check_status(answer)
            value = read(answer)
        except (Unavailable, Blocked) as error:
            self.stats.outcomes[error.outcome] += 1
            self.breaker.bad(str(error))
            self._heed(error.retry_after)
            raise
        except UpstreamError as error:
            self.stats.outcomes[error.outcome] += 1
            self.breaker.good()
            raise
        self.stats.outcomes["ok"] += 1
        self.breaker.good()
        return value

    def _ask(self, url: httpx.URL, params: Mapping[str, str] | None, max_bytes: int) -> Answer:
        for _ in range(MAX_REDIRECTS + 1):
            self._pace.wait()
            self.stats.requests += 1
            try:
                answer = self._exchange(url, params, max_bytes)
            except httpx.ConnectError:
                raise Unavailable(f"no connection to {url.host}", reached=False) from None
            except httpx.TimeoutException:
                raise Unavailable("no answer in time") from None
            except httpx.HTTPError as error:
                raise Unavailable(f"the connection broke ({type(error).__name__})") from None
            finally:
                self._pace.finished()
            target = answer.headers.get("location")
            if answer.status not in (301, 302, 303, 307, 308) or not target:
                return answer
            try:
                url, params = url.join(target), None
            except httpx.InvalidURL:
                raise Unavailable("a redirect that leads nowhere") from None
            if _key(url) != _key(self._base):
                raise Unavailable(f"a redirect to {url.host}, which may not be asked")
        raise Unavailable("too many redirects")

    def _exchange(self, url: httpx.URL, params: Mapping[str, str] | None, max_bytes: int) -> Answer:
        end = self._clock() + self._total_seconds
        with self._http.stream("GET", url, params=params) as response:
            length = response.headers.get("content-length", "")
            if length.isdigit() and int(length) > max_bytes:
                raise FormatChanged(f"an answer of {length} bytes, more than the {max_bytes} allowed")
            body = bytearray()
            for chunk in response.iter_bytes():
                body += chunk
                if len(body) > max_bytes:
                    raise FormatChanged(f"an answer of more than the {max_bytes} bytes allowed")
                if self._clock() > end:
                    raise Unavailable("an answer that trickles")
            headers = {name.lower(): value for name, value in response.headers.items()}
            return Answer(response.status_code, str(response.url), headers, bytes(body))

    def _worth_another(self, error: BaseException) -> bool:
        return isinstance(error, Unavailable | Blocked) and not self.breaker.is_open

    def _wait_before(self, state: tenacity.RetryCallState) -> float:
        self.stats.retries += 1
        error = state.outcome.exception() if state.outcome else None
        base = self._backoff / 10 if isinstance(error, Unavailable) and not error.reached else self._backoff
        spread = 1.0 + random.random() / 2  # noqa: S311 - spreading load, no secret
        return float(base * 2 ** (state.attempt_number - 1) * spread)

    def _pause(self, seconds: float) -> None:
        if seconds > 0:
            self._sleep(seconds)

    def _heed(self, retry_after: float | None) -> None:
        if retry_after is None:
            return
        if retry_after > LONGEST_WAIT_SECONDS:
            self.breaker.trip(f"the upstream asks to be left alone for {retry_after:.0f} s")
        else:
            self._pace.hold(retry_after)

    def _url(self, path: str) -> httpx.URL:
        try:
            url = self._base.join(path)
        except httpx.InvalidURL:
            raise SettingsError(f"{path[:80]!r} is no path or URL") from None
        if _key(url) != _key(self._base):
            raise SettingsError(f"{url.host} is not the host that may be asked")
        return url


def _origin(text: str) -> httpx.URL:
    try:
        url = httpx.URL(text.strip().rstrip("/") + "/")
    except httpx.InvalidURL:
        url = httpx.URL("")
    if url.scheme not in ("http", "https") or not url.host or user_and_password(text):
        shown = masked(text.strip())[:80]
        raise SettingsError(f"{shown!r} is no http:// or https:// origin: scheme, host and port")
    return url


def _key(url: httpx.URL) -> tuple[str, str, int]:
    return url.scheme, url.host, url.port or (443 if url.scheme == "https" else 80)
