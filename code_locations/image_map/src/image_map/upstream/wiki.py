"""Asking the wiki and the price service: tables, files, pages, downloads.

One method per question; what the answers mean for a subject is `domain`'s business, in which order they are
asked `work`'s. Every method raises the typed errors of `wrapped_shared.http` for what came instead.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, TypeVar
from urllib.parse import unquote, urlsplit

from wrapped_shared.http import Answer, Blocked, FormatChanged, NotFound, PoliteClient, Unavailable, read_json
from wrapped_shared.http.answers import retry_after_seconds

from image_map.domain.answers import FileInfo, PageInfo
from image_map.domain.bucket import FEWEST_FIELDS, FIELDS, WikiRow, bucket_query, parse_mapping_row, parse_row
from image_map.domain.sprites import MAX_BYTES, MAX_PIXELS, SPRITE_PIXELS, BadImage, Sprite, normalise
from image_map.domain.titles import answer_titles, file_title

T = TypeVar("T")

PAGE_SIZES: Final = (5_000, 2_000, 500)
"""Rows asked for at once: the most that the API gives, and less where a query takes the wiki too long."""
DEFAULT_PAGE: Final = 500
MAX_ROWS: Final = 200_000
MAX_CONTINUES: Final = 20
TRANSIENT_CODES: Final = ("maxlag", "ratelimited", "readonly", "internal_api_error", "timeout", "dbquery")
IMAGE_TYPES: Final = frozenset({"image/png", "image/webp", "image/gif", "image/jpeg"})
RENDERED_PIXELS: Final = 2 * SPRITE_PIXELS
"""Longest side of the renderings that the wiki is asked for: enough for a sprite whose borders are cut off."""


class QueryRefused(FormatChanged):
    """The Bucket API answered `{"error": …}`: a query that takes too long, or a field that is gone."""


_PAGE: Final = re.compile(rb"<(?:!doctype\s+)?html\b", re.IGNORECASE)
"""What tells the page of a site in maintenance from a file of text between angle brackets."""


class NoPicture(FormatChanged):
    """A file that will not give a picture, however often it is fetched: 404, empty, undecodable or too big."""

    outcome = "no_picture"


class Wiki:
    """The wiki's API and files, through one polite client."""

    def __init__(self, client: PoliteClient) -> None:
        """Ask through `client`; whoever made it closes it."""
        self.client = client
        self._page_size = 0
        self.downloads = 0
        """Requests for files so far, retries included; every other request of the client was one to the API."""

    def rows(self, table: str) -> list[WikiRow]:
        """Return all rows of a Bucket table, in the wiki's order, page by page.

        The API tells no end: a page shorter than asked for is the last one, unless it is as long as the API's
        own default (then the limit was ignored, and one more page is asked for). A query that takes the wiki too
        long is asked in smaller pieces; one that it refuses at any size, once more with the fewest fields.

        Raises:
            UpstreamError: the table could not be read to its end.
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
                return limit, self.client.get("/api.php", _read_bucket, params=query)
            except QueryRefused:
                if limit == PAGE_SIZES[-1]:
                    raise
        raise AssertionError("unreachable: the last size raises or returns")

    def file_batch(self, titles: Sequence[str]) -> dict[str, FileInfo | None]:
        """Return what the wiki knows of each `File:` title of one request: None = there is no such file.

        A title on which the answer is silent or unsound is left out.

        Raises:
            UpstreamError: the request failed.
        """
        wanted = {
            "prop": "imageinfo",
            "iiprop": "url|size|mime|sha1|timestamp",
            "iiurlwidth": str(RENDERED_PIXELS),
            "iiurlheight": str(RENDERED_PIXELS),
        }
        return _by_asked(titles, self._query(titles, wanted), lambda page, _: _file_info(page))

    def page_batch(self, titles: Sequence[str]) -> dict[str, PageInfo | None]:
        """Return what the wiki has under each page title of one request: None = no such page.

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
        return _by_asked(titles, self._query(titles, wanted), _page_info)

    def download(self, info: FileInfo) -> Sprite:
        """Fetch a file and return its sprite.

        The path is asked of the configured origin whatever host the wiki names, and no other host is followed.

        Raises:
            NoPicture: the file is not there, or its bytes are no picture that we take.
            UpstreamError: nothing sound came, which says nothing of the file.
        """
        before = self.client.stats.requests
        try:
            return self.client.get(info.fetch, _read_sprite, max_bytes=MAX_BYTES)
        except (NotFound, FormatChanged) as error:
            raise NoPicture(str(error)) from None
        finally:
            self.downloads += self.client.stats.requests - before

    def _query(self, titles: Sequence[str], wanted: Mapping[str, str]) -> dict[str, Any]:
        """Ask `action=query`, following the API's own continuation, and return the joined `query` object."""
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
            answer = self.client.get("/api.php", _read_query, params={**params, **more})
            query = answer["query"]
            for name in ("normalized", "redirects"):
                joined.setdefault(name, []).extend(query.get(name) or [])
            for page in query["pages"]:
                if isinstance(page, dict) and isinstance(page.get("title"), str):
                    joined["pages"].setdefault(page["title"], {}).update(page)
            more = {str(name): str(value) for name, value in (answer.get("continue") or {}).items()}
            if not more:
                return joined
        raise FormatChanged("the API's answer never ends")


def mapping(client: PoliteClient) -> list[WikiRow]:
    """Return the price service's list of items as rows.

    Raises:
        UpstreamError: the list did not come.
    """
    return client.get("/api/v1/osrs/mapping", _read_mapping)


def _by_asked(
    titles: Sequence[str], query: Mapping[str, Any], read: Callable[[dict[str, Any], str | None], T | None]
) -> dict[str, T | None]:
    found: dict[str, T | None] = {}
    for asked, (final, section) in answer_titles(titles, query).items():
        page = query["pages"].get(final) if final is not None else {"missing": True}
        if page is None:
            continue
        if page.get("missing") or page.get("invalid"):
            found[asked] = None
        elif (value := read(page, section)) is not None:
            found[asked] = value
    return found


def _file_info(page: dict[str, Any], _section: str | None = None) -> FileInfo | None:
    infos = page.get("imageinfo")
    info = infos[0] if isinstance(infos, list) and infos else None
    if not isinstance(info, dict):
        return None
    url, sha1, stamp = info.get("url"), info.get("sha1"), info.get("timestamp")
    title = file_title(page["title"])
    if not (isinstance(url, str) and isinstance(sha1, str) and sha1 and isinstance(stamp, str) and title):
        return None
    thumb = info.get("thumburl")
    parts = urlsplit(thumb if isinstance(thumb, str) and thumb else url)
    return FileInfo(
        title=title,
        url=urlsplit(url)._replace(query="", fragment="").geturl(),
        fetch="/" + parts._replace(scheme="", netloc="", fragment="").geturl().lstrip("/"),
        sha1=sha1,
        timestamp=stamp,
        usable=_usable(info, rendered=parts.path != urlsplit(url).path),
    )


def _usable(info: Mapping[str, Any], *, rendered: bool) -> bool:
    """Whether the file, or the rendering that the wiki makes of it, is a picture within our bounds."""
    if rendered:  # of whatever the wiki can draw: SVG and files of any size too
        width, height = _number(info.get("thumbwidth")), _number(info.get("thumbheight"))
        return str(info.get("mime")).startswith("image/") and width * height <= MAX_PIXELS
    size, width, height = (_number(info.get(name)) for name in ("size", "width", "height"))
    return info.get("mime") in IMAGE_TYPES and 0 < size <= MAX_BYTES and 0 < width * height <= MAX_PIXELS


def _number(value: object) -> int:
    return value if isinstance(value, int) and value > 0 else 0


def _page_info(page: dict[str, Any], section: str | None) -> PageInfo:
    props, categories = page.get("pageprops"), page.get("categories")
    is_list = (
        (isinstance(props, dict) and "disambiguation" in props)
        or any("isambiguation" in str(entry) for entry in categories or [])
        or "(disambiguation)" in page["title"]
    )
    name = page.get("pageimage")
    if not isinstance(name, str) and isinstance(page.get("original"), dict):
        name = unquote(urlsplit(str(page["original"].get("source", ""))).path.rpartition("/")[2])
    return PageInfo(title=page["title"], section=section, image=None if is_list else file_title(name))


def _read_api(answer: Answer) -> dict[str, Any]:
    """JSON of the API; its errors come with status 200 and are told apart by their code."""
    data = read_json(answer)
    if not isinstance(data, dict):
        raise FormatChanged("the API answered something other than an object")
    error = data.get("error")
    if isinstance(error, dict):
        code = str(error.get("code", "unknown"))[:60]
        if code.lower().startswith(TRANSIENT_CODES):
            wait = retry_after_seconds(answer.headers.get("retry-after"))
            raise Unavailable(f"the API says {code}", retry_after=wait)
        raise FormatChanged(f"the API says {code}")
    return data


def _read_bucket(answer: Answer) -> list[Any]:
    data = _read_api(answer)
    rows = data.get("bucket")
    if isinstance(rows, list):
        return rows
    if "error" in data:
        raise QueryRefused(f"the Bucket API says: {str(data['error'])[:120]}")
    raise FormatChanged("the Bucket API answered without rows")


def _read_query(answer: Answer) -> dict[str, Any]:
    data = _read_api(answer)
    query = data.get("query")
    if not isinstance(query, dict) or not isinstance(query.get("pages"), list):
        raise FormatChanged("the API answered without pages")
    return data


def _read_mapping(answer: Answer) -> list[WikiRow]:
    data = read_json(answer)
    if not isinstance(data, list):
        raise FormatChanged("the price service answered something other than a list")
    return [row for entry in data if (row := parse_mapping_row(entry)) is not None]


def _read_sprite(answer: Answer) -> Sprite:
    if answer.is_challenge:
        raise Blocked("a challenge page instead of a picture")
    if answer.is_html and _PAGE.search(answer.body[:1024]):
        raise Unavailable("an HTML page instead of a picture")
    try:
        return normalise(answer.body)
    except BadImage as error:
        raise FormatChanged(str(error)) from None
