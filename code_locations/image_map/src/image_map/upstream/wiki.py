"""Requests to the wiki: tables, files, pages, downloads.

One method per kind of request; `reading` parses the responses, `domain` decides what they mean for a subject, `work` in
which order to send requests. Every method raises the typed errors of `wrapped_shared.http` if there is no valid
response.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, TypeVar

from wrapped_shared.http import FormatChanged, NotFound, PoliteClient

from image_map.domain.answers import FileInfo, PageInfo
from image_map.domain.bucket import FEWEST_FIELDS, FIELDS, WikiRow, bucket_query, parse_row
from image_map.domain.sprites import MAX_BYTES, SPRITE_PIXELS, Sprite
from image_map.domain.titles import answer_titles
from image_map.upstream.reading import (
    QueryRefused,
    file_info,
    page_info,
    read_bucket,
    read_query,
    read_sprite,
)

T = TypeVar("T")

PAGE_SIZES: Final = (5_000, 2_000, 500)
"""Rows per request: the API's maximum, and less if a query takes the wiki too long."""
DEFAULT_PAGE: Final = 500
MAX_ROWS: Final = 200_000
MAX_CONTINUES: Final = 20
RENDERED_PIXELS: Final = 2 * SPRITE_PIXELS
"""Longest side of the requested renderings: enough for a sprite even after its borders are trimmed."""


class NoPicture(FormatChanged):
    """A file that cannot give a picture, no matter how often it is fetched: 404, empty, undecodable or too big."""

    outcome = "no_picture"


class Wiki:
    """The wiki's API and files, through one polite client."""

    def __init__(self, client: PoliteClient) -> None:
        """Use `client`; the caller closes it."""
        self.client = client
        self._page_size = 0
        self.downloads = 0
        """Requests for files so far, including retries; all other requests of the client went to the API."""

    def rows(self, table: str) -> list[WikiRow]:
        """Return all rows of a Bucket table, in the wiki's order, page by page.

        The API does not mark the end: a page shorter than requested is the last one, unless it is as long as the API's
        own default (then the limit was ignored, and another page is requested). A query that takes the wiki too long is
        repeated in smaller pages; one that it rejects at any size, once more with the minimum fields.

        Raises:
            UpstreamError: the table could not be read completely.
        """
        try:
            return self._rows(table, FIELDS[table])
        except QueryRefused:
            self._page_size = 0
            return self._rows(table, FEWEST_FIELDS[table])

    def _rows(self, table: str, fields: Sequence[str]) -> list[WikiRow]:
        rows: list[WikiRow] = []
        offset = 0
        last: object = None
        while offset < MAX_ROWS:
            limit, page = self._page_of_rows(table, fields, offset)
            if page == last and page:
                raise FormatChanged(f"{table}: the wiki ignores the offset")
            rows += [row for entry in page if (row := parse_row(entry)) is not None]
            offset += len(page)
            if not page or (len(page) < limit and len(page) % DEFAULT_PAGE):
                break
            last = page
        return rows

    def _page_of_rows(self, table: str, fields: Sequence[str], offset: int) -> tuple[int, list[Any]]:
        for turn, limit in enumerate(PAGE_SIZES[self._page_size :], start=self._page_size):
            self._page_size = turn
            query = {"action": "bucket", "format": "json", "query": bucket_query(table, limit, offset, fields)}
            try:
                return limit, self.client.get("/api.php", read_bucket, params=query)
            except QueryRefused:
                if limit == PAGE_SIZES[-1]:
                    raise
        raise AssertionError("unreachable: the last size raises or returns")

    def file_batch(self, titles: Sequence[str]) -> dict[str, FileInfo | None]:
        """Return what the wiki knows about each `File:` title of one request: None = the file does not exist.

        A title that is missing or invalid in the response is left out.

        Raises:
            UpstreamError: the request failed.
        """
        wanted = {
            "prop": "imageinfo",
            "iiprop": "url|size|mime|sha1|timestamp",
            "iiurlwidth": str(RENDERED_PIXELS),
            "iiurlheight": str(RENDERED_PIXELS),
        }
        return _by_requested(titles, self._query(titles, wanted), lambda page, _: file_info(page))

    def page_batch(self, titles: Sequence[str]) -> dict[str, PageInfo | None]:
        """Return what the wiki has under each page title of one request: None = the page does not exist.

        Raises:
            UpstreamError: the request failed.
        """
        wanted = {
            "prop": "pageimages|pageprops|categories",
            "piprop": "name|original",
            "pilimit": "50",
            "ppprop": "disambiguation",
            "clcategories": "Category:Disambiguation|Category:Disambiguation pages",
            "cllimit": "max",
        }
        return _by_requested(titles, self._query(titles, wanted), page_info)

    def download(self, info: FileInfo) -> Sprite:
        """Fetch a file and return its sprite.

        The path is requested from the configured origin, regardless of the host that the wiki names, and redirects to
        other hosts are not followed.

        Raises:
            NoPicture: the file does not exist, or its bytes are not an acceptable picture.
            UpstreamError: there was no valid response, which says nothing about the file.
        """
        before = self.client.stats.requests
        try:
            return self.client.get(info.fetch, read_sprite, max_bytes=MAX_BYTES)
        except (NotFound, FormatChanged) as error:
            raise NoPicture(str(error)) from None
        finally:
            self.downloads += self.client.stats.requests - before

    def _query(self, titles: Sequence[str], wanted: Mapping[str, str]) -> dict[str, Any]:
        """Request `action=query`, following the API's continuation, and return the merged `query` object."""
        params = {
            "action": "query",
            "format": "json",
            "formatversion": "2",
            "redirects": "1",
            "maxlag": "5",
            "titles": "|".join(titles),
            **wanted,
        }
        joined: dict[str, Any] = {"pages": {}}
        more: dict[str, str] = {}
        for _ in range(MAX_CONTINUES):
            answer = self.client.get("/api.php", read_query, params={**params, **more})
            query = answer["query"]
            for name in ("normalized", "redirects"):
                joined.setdefault(name, []).extend(query.get(name) or [])
            for page in query["pages"]:
                if isinstance(page, dict) and isinstance(page.get("title"), str):
                    joined["pages"].setdefault(page["title"], {}).update(page)
            more = {str(name): str(value) for name, value in (answer.get("continue") or {}).items()}
            if not more:
                return joined
        raise FormatChanged("the API's continuation never ends")


def _by_requested(
    titles: Sequence[str], query: Mapping[str, Any], read: Callable[[dict[str, Any], str | None], T | None]
) -> dict[str, T | None]:
    found: dict[str, T | None] = {}
    for requested, (final, section) in answer_titles(titles, query).items():
        page = query["pages"].get(final) if final is not None else {"missing": True}
        if page is None:
            continue
        if page.get("missing") or page.get("invalid"):
            found[requested] = None
        elif (value := read(page, section)) is not None:
            found[requested] = value
    return found
