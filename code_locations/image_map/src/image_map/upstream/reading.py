"""Parses responses from the wiki and the price service: facts, rows and pictures, or the actual error.

Which request to send belongs to `wiki`, what a response means for a subject to `domain`.
"""

import re
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import unquote, urlsplit

from wrapped_shared.http import Answer, Blocked, FormatChanged, Unavailable, read_json

from image_map.domain.answers import FileInfo, PageInfo
from image_map.domain.bucket import WikiRow, parse_mapping_row
from image_map.domain.sprites import MAX_BYTES, MAX_PIXELS, BadImage, Sprite, normalise
from image_map.domain.titles import file_title

TRANSIENT_CODES: Final = ("maxlag", "ratelimited", "readonly", "internal_api_error", "timeout", "dbquery")
IMAGE_TYPES: Final = frozenset({"image/png", "image/webp", "image/gif", "image/jpeg"})
_PAGE: Final = re.compile(rb"<(?:!doctype\s+)?html\b", re.IGNORECASE)
"""Distinguishes a maintenance page from a file that is markup itself."""


class PageInstead(Unavailable):
    """An HTML page with status 200 instead of a file."""


class QueryRefused(FormatChanged):
    """The Bucket API responded `{"error": …}`: a query that takes too long, or a field that no longer exists."""


def file_info(page: Mapping[str, Any]) -> FileInfo | None:
    """Return what `imageinfo` says about a file that exists, or None if it is invalid."""
    infos = page.get("imageinfo")
    info = infos[0] if isinstance(infos, list) and infos else None
    if not isinstance(info, dict):
        return None
    url, sha1, stamp = info.get("url"), info.get("sha1"), info.get("timestamp")
    title = file_title(page["title"])
    if not (isinstance(url, str) and isinstance(sha1, str) and sha1 and isinstance(stamp, str) and title):
        return None
    thumb = info.get("thumburl")
    try:
        whole, fetched = urlsplit(url), urlsplit(thumb if isinstance(thumb, str) and thumb else url)
    except ValueError:
        return None
    return FileInfo(
        title=title,
        url=whole._replace(query="", fragment="").geturl(),
        fetch="/" + fetched._replace(scheme="", netloc="", fragment="").geturl().lstrip("/"),
        sha1=sha1,
        timestamp=stamp,
        usable=_usable(info, rendered=fetched.path != whole.path),
    )


def _usable(info: Mapping[str, Any], *, rendered: bool) -> bool:
    """Return whether the file, or the wiki's rendering of it, is a picture within our limits."""
    if rendered:  # of anything the wiki can render: SVG and files of any size too
        width, height = _number(info.get("thumbwidth")), _number(info.get("thumbheight"))
        return str(info.get("mime")).startswith("image/") and width * height <= MAX_PIXELS
    size, width, height = (_number(info.get(name)) for name in ("size", "width", "height"))
    return info.get("mime") in IMAGE_TYPES and 0 < size <= MAX_BYTES and 0 < width * height <= MAX_PIXELS


def _number(value: object) -> int:
    return value if isinstance(value, int) and value > 0 else 0


def page_info(page: Mapping[str, Any], section: str | None) -> PageInfo:
    """Return what the wiki has under a page title; `section`: where the last redirect to it points."""
    props, categories = page.get("pageprops"), page.get("categories")
    is_list = (
        (isinstance(props, dict) and "disambiguation" in props)
        or any("isambiguation" in str(entry) for entry in categories or [])
        or "(disambiguation)" in page["title"]
    )
    name = page.get("pageimage")
    if not isinstance(name, str) and isinstance(page.get("original"), dict):
        address = str(page["original"].get("source", ""))
        name = unquote(address.partition("?")[0].rpartition("/")[2])
    return PageInfo(title=page["title"], section=section, image=None if is_list else file_title(name))


def _read_api(answer: Answer) -> dict[str, Any]:
    """JSON from the API; its errors have status 200 and are distinguished by their code."""
    data = read_json(answer)
    if not isinstance(data, dict):
        raise FormatChanged("the API response is not an object")
    error = data.get("error")
    if isinstance(error, dict):
        code = str(error.get("code", "unknown"))[:60]
        if code.lower().startswith(TRANSIENT_CODES):
            raise Unavailable(f"the API says {code}")
        raise FormatChanged(f"the API says {code}")
    return data


def read_bucket(answer: Answer) -> list[Any]:
    """Return the rows of one page of a table.

    Raises:
        QueryRefused: the API rejects the query.
        UpstreamError: there was no valid response.
    """
    data = _read_api(answer)
    rows = data.get("bucket")
    if isinstance(rows, list):
        return rows
    if "error" in data:
        raise QueryRefused(f"the Bucket API says: {str(data['error'])[:120]}")
    raise FormatChanged("the Bucket API response has no rows")


def read_query(answer: Answer) -> dict[str, Any]:
    """Return a response to `action=query`, which has a `query` with a list of `pages`.

    Raises:
        UpstreamError: there was no valid response.
    """
    data = _read_api(answer)
    query = data.get("query")
    if not isinstance(query, dict) or not isinstance(query.get("pages"), list):
        raise FormatChanged("the API response has no pages")
    return data


def read_mapping(answer: Answer) -> list[WikiRow]:
    """Return the price service's item list.

    Raises:
        UpstreamError: there was no valid response.
    """
    data = read_json(answer)
    if not isinstance(data, list):
        raise FormatChanged("the price service's response is not a list")
    return [row for entry in data if (row := parse_mapping_row(entry)) is not None]


def read_sprite(answer: Answer) -> Sprite:
    """Return the sprite of a fetched file.

    Raises:
        FormatChanged: the bytes are not an acceptable picture.
        PageInstead: it is a page, because of maintenance or because the file no longer exists.
        Blocked: a challenge page.
    """
    if answer.is_challenge:
        raise Blocked("a challenge page instead of a picture")
    if answer.is_html and _PAGE.search(answer.body[:1024]):
        raise PageInstead("an HTML page instead of a picture")
    try:
        return normalise(answer.body)
    except BadImage as error:
        raise FormatChanged(str(error)) from None
