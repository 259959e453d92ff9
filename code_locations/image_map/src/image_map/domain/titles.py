"""Page and file titles on the wiki: cleaning, batching, and matching responses to them.

Only MediaWiki's own rules for titles belong here; which title shows which subject belongs to `resolution`.
"""

import html
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

FILE_PREFIX: Final = "File:"
TITLES_PER_REQUEST: Final = 50
"""The maximum number of titles that the API accepts from an anonymous client in one request."""
CHARACTERS_PER_REQUEST: Final = 5_000
"""Maximum length of a request's titles, percent-encoded: servers reject URLs above 8 KiB."""
MAX_TITLE_BYTES: Final = 240
"""MediaWiki's own limit for a title is 255 bytes."""

_MARKER: Final = re.compile("(?:\x7f?'\"`UNIQ-.*?-QINU`\"'\x7f?)", re.DOTALL)
_TAG: Final = re.compile(r"<[^<>]*>")
_FILE_LINK: Final = re.compile(r"\[\[\s*(?:File|Image)\s*:\s*([^|\]]+)[^\]]*\]\]", re.IGNORECASE)
_FILE_WORD: Final = re.compile(r"^\s*(?:File|Image)\s*:\s*", re.IGNORECASE)
_SPACES: Final = re.compile(r"[\s_]+")
_FORBIDDEN: Final = re.compile(r"[#<>\[\]{}|\x00-\x1f\x7f\ufffd]")


def clean_text(text: object) -> str:
    """Return a value from the wiki or the game as plain text: no markers, tags, entities or double spaces.

    The parser leaves markers (`'"`UNIQ--…-QINU`"'`) in place of references, and the game colours names with
    `<col=ff0000>` tags, HTML-escaped in some sources. Anything but a string or number gives "".
    """
    if isinstance(text, bool) or not isinstance(text, str | int | float):
        return ""
    plain = _TAG.sub("", html.unescape(_MARKER.sub("", str(text))))
    return _SPACES.sub(" ", plain).strip()


def fold(name: str) -> str:
    """Return the form used to compare names: white space and `_` as one space, case folded."""
    return _SPACES.sub(" ", name).strip().casefold()


def page_title(name: object) -> str | None:
    """Return `name` as the wiki writes a title (spaces, first letter upper case), or None if it cannot be one.

    A title must not contain `# < > [ ] { } |` or control characters; `|` could even smuggle further titles into a
    request. It must not be relative (`.`, `..`) or longer than MediaWiki allows.
    """
    title = clean_text(name)
    if not title or _FORBIDDEN.search(title) or title.startswith(":"):
        return None
    if title in {".", ".."} or title.startswith(("./", "../")) or "/../" in title:
        return None
    if len(title.encode("utf-8", "replace")) > MAX_TITLE_BYTES:
        return None
    return title[0].upper() + title[1:]


def file_title(value: object) -> str | None:
    """Return the canonical `File:Name.ext` named by a Bucket value or link, or None.

    Accepts `File:Goblin.png`, `Goblin.png` and `[[File:Goblin.png|200px]]`.
    """
    if not isinstance(value, str):
        return None
    text = _MARKER.sub("", value)
    link = _FILE_LINK.search(text)
    name = page_title(_FILE_WORD.sub("", link.group(1) if link else text))
    if name is None or "." not in name or "/" in name:
        return None
    return FILE_PREFIX + name


def file_titles(value: object) -> list[str]:
    """Return the file titles in a Bucket field, which may be one string, several links in one string, or a list."""
    values = value if isinstance(value, list | tuple) else [value]
    found: list[str] = []
    for one in values:
        links = _FILE_LINK.findall(one) if isinstance(one, str) else []
        for title in map(file_title, links or [one]):
            if title is not None and title not in found:
                found.append(title)
    return found


def title_batches(titles: Iterable[str]) -> Iterator[list[str]]:
    """Split titles into batches for single requests, each within the API's limit and a safe length."""
    batch: list[str] = []
    length = 0
    for title in titles:
        # At worst a byte becomes three characters; plain letters and digits stay as they are.
        cost = 3 + sum(1 if char.isascii() and char.isalnum() else 3 * len(char.encode()) for char in title)
        if batch and (len(batch) == TITLES_PER_REQUEST or length + cost > CHARACTERS_PER_REQUEST):
            yield batch
            batch, length = [], 0
        batch.append(title)
        length += cost
    if batch:
        yield batch


def answer_titles(requested: Sequence[str], query: Mapping[str, Any]) -> dict[str, tuple[str | None, str | None]]:
    """Return for each requested title the title under which the API responded, and the section it points to.

    The API first normalises (`a_b` → `A b`), then follows redirects (two in a row for a page moved twice); results come
    back under the last title, in any order. A redirect loop leads to no page: None.

    Args:
        requested: the titles in the request.
        query: the `query` object of the response, `formatversion=2`.
    """
    normalised = _steps(query.get("normalized"))
    redirects = _steps(query.get("redirects"))
    found: dict[str, tuple[str | None, str | None]] = {}
    for title in requested:
        final, section = normalised.get(title, (title, None))
        seen = {final}
        while final in redirects and redirects[final][0] not in seen:
            final, section = redirects[final]
            seen.add(final)
        found[title] = (None, None) if final in redirects else (final, section)
    return found


def _steps(entries: object) -> dict[str, tuple[str, str | None]]:
    steps: dict[str, tuple[str, str | None]] = {}
    for entry in entries if isinstance(entries, list) else []:
        if isinstance(entry, dict) and isinstance(entry.get("from"), str) and isinstance(entry.get("to"), str):
            section = entry.get("tofragment")
            steps[entry["from"]] = (entry["to"], section if isinstance(section, str) else None)
    return steps
