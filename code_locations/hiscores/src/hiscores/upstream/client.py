"""The location's client for the hiscores.

What belongs here: the paths, and which outcome a response is. What does not: whom to look up (`planner`), what a
payload means (`domain`), rate limits and retries (`wrapped_shared.http`).
"""

from typing import Final, Self
from urllib.parse import quote

from wrapped_shared.holds import HoldKeeper
from wrapped_shared.http import Answer, FormatChanged, NotFound, PoliteClient, Unavailable, read_html, read_json
from wrapped_shared.vocabulary import AccountType

from hiscores.domain.account_type import MODE_OF
from hiscores.domain.payload import Payload, PayloadError, read_payload
from hiscores.domain.ranking_page import PageError, read_ranking_page
from hiscores.settings import HiscoresSettings

PRODUCT: Final = "runelite-wrapped-hiscores/0.1"
PAYLOAD_BYTES: Final = 256 * 1024
PAGE_BYTES: Final = 2 * 1024 * 1024


class HiscoresClient(PoliteClient):
    """Requests players from the tables, and the site's ranking page."""

    @classmethod
    def from_settings(cls, settings: HiscoresSettings, hold: HoldKeeper) -> Self:
        """Create a client from the settings; while the hold lasts it sends nothing.

        Raises:
            ContactMissing: there is no contact.
            SettingsError: another setting is invalid.
        """
        return cls(
            settings.base_url,
            contact=settings.contact,
            product=PRODUCT,
            requests_per_second=settings.requests_per_second,
            timeout_seconds=settings.timeout_seconds,
            max_bytes=PAYLOAD_BYTES,
            hold=hold,
        )

    def player(self, key: str, account_type: AccountType) -> Payload | None:
        """Return what a type's table says about a player; None if it does not have them.

        Raises:
            Unavailable, Blocked, FormatChanged, BreakerOpen: there is no valid response.
        """
        path = f"/m={MODE_OF[account_type]}/index_lite.json?player={quote(key, safe='')}"
        try:
            return self.get(path, _payload)
        except NotFound:
            return None

    def ranking_page(self) -> dict[str, str]:
        """Return the slugs of the activities on the main ranking page, by name.

        It is requested once: it is often rejected, and nothing depends on it.

        Raises:
            UpstreamError: the page was rejected, is missing, or is a different page.
        """
        return self.get(f"/m={MODE_OF['regular']}/overall?table=0", _page, max_bytes=PAGE_BYTES, tries=1)


def _payload(answer: Answer) -> Payload:
    value = read_json(answer)
    try:
        return read_payload(value)
    except PayloadError as error:
        raise FormatChanged(str(error)) from None


def _page(answer: Answer) -> dict[str, str]:
    html = read_html(answer)
    try:
        return read_ranking_page(html)
    except PageError as error:
        if "unavailable" in html[:4000].lower():
            raise Unavailable("the maintenance page") from None
        raise FormatChanged(str(error)) from None
