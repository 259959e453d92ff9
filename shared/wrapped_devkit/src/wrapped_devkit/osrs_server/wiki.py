"""The stand-in for the OSRS Wiki: Bucket tables, `imageinfo`, page images, redirects, files.

What belongs here: serving requests as MediaWiki does, including its quirks, and the faults that change a response's
content. What exists belongs to `wiki_bestiary`, the look of a file to `wiki_draw`.
"""

import json
import re
import zlib
from typing import Any
from urllib.parse import quote

from wrapped_devkit.osrs_server.base import Request, Response, Route
from wrapped_devkit.osrs_server.faults import CHALLENGE_PAGE, rows_left
from wrapped_devkit.osrs_server.wiki_bestiary import Bestiary, File
from wrapped_devkit.osrs_server.wiki_draw import huge_png, rendered

MAX_TITLES = 50
MAX_ROWS = 5_000
DEFAULT_ROWS = 500
FIELDS = {
    "infobox_monster": {"page_name", "page_name_sub", "name", "id", "image", "combat_level", "hitpoints"},
    "infobox_npc": {"page_name", "page_name_sub", "name", "npc_id", "image"},
    "infobox_item": {"page_name", "page_name_sub", "item_name", "item_id", "image", "examine"},
}
REFUSED_AGENTS = (
    "python-requests",
    "python-urllib",
    "python-httpx",
    "curl",
    "java",
    "apache-httpclient",
    "restsharp",
)

_CALL = re.compile(r"\.(\w+)\(([^()]*)\)")
_STRING = re.compile(r"'([^']*)'")


class Wiki:
    """The part of the server that imitates the wiki."""

    name = "wiki"

    def __init__(self, bestiary: Bestiary | None = None) -> None:
        """Serve a bestiary; by default, a fresh one with facts only."""
        self.bestiary = bestiary or Bestiary()
        self.retry_after_seconds = 1
        """Retry-After of the faults `maxlag` and `ratelimited`."""
        self.renders = True
        """Whether it makes renderings of the requested size; not every wiki does."""

    def routes(self) -> list[Route]:
        """The API, the files, and the URL that redirects to a file."""
        return [
            Route(r"/api\.php", self._api),
            Route(r"/images/(?P<name>[^/]+)", self._image),
            Route(r"/images/thumb/(?P<name>[^/]+)/(?P<width>\d+)px-[^/]+", self._image),
            Route(r"/w/Special:File[Pp]ath/(?P<name>.+)", self._file_path),
        ]

    # --- the API ---

    def _api(self, request: Request) -> Response:
        if _refused(request):
            return Response(403, CHALLENGE_PAGE)
        if request.fault in ("maxlag", "ratelimited"):
            info = "Waiting for 10.0.0.1: 5.3 seconds lagged." if request.fault == "maxlag" else "Too fast."
            error = _error(request.fault, info)
            return Response(200, error.body, error.content_type, {"Retry-After": str(self.retry_after_seconds)})
        with self.bestiary.lock:
            action = request.query.get("action")
            if action == "bucket":
                return self._bucket(request)
            if request.fault == "error-200":
                return _error("internal_api_error_DBQueryError", "A database query error has occurred.")
            if action == "query":
                return self._query(request)
        return _error("badvalue", f"Unrecognized value for parameter action: {action}.")

    def _bucket(self, request: Request) -> Response:
        text = request.query.get("query", "")
        if request.fault == "error-200":
            return Response.json({"bucketQuery": text, "error": "Query took too long."})
        start = re.match(r"bucket\('(\w+)'\)", text)
        calls = dict(_CALL.findall(text))
        table = start.group(1) if start else ""
        fields = _STRING.findall(calls.get("select", ""))
        order = _STRING.findall(calls.get("orderBy", ""))
        limit = int(calls.get("limit") or DEFAULT_ROWS)
        wrong = (
            f"Bucket {table} not found." if table not in self.bestiary.tables
            else "No fields selected." if not fields
            else f"Field {unknown[0]} not found." if (unknown := [f for f in fields if f not in FIELDS[table]])
            else "orderBy field must be selected." if order and order[0] not in fields
            else f"limit must be at most {MAX_ROWS}." if not 0 < limit <= MAX_ROWS
            else "run() is missing." if "run" not in calls
            else ""
        )  # fmt: skip
        if wrong:
            return Response.json({"bucketQuery": text, "error": wrong})
        rows = list(rows_left(self.bestiary.tables[table], request.fault))
        if order:
            rows = sorted(rows, key=lambda row: str(row.get(order[0], "")), reverse=order[1:] == ["desc"])
        offset = int(calls.get("offset") or 0)
        page = [{name: row[name] for name in fields if name in row} for row in rows[offset : offset + limit]]
        return Response.json({"bucketQuery": text, "bucket": page})

    def _query(self, request: Request) -> Response:
        titles = [title for title in request.query.get("titles", "").split("|") if title]
        if len(titles) > MAX_TITLES:
            return _error("toomanyvalues", f"Too many values for parameter titles: the limit is {MAX_TITLES}.")
        props = set(request.query.get("prop", "").split("|"))
        answer: dict[str, Any] = {}
        finals = [self._final(title, answer, request.query.get("redirects", "0") != "0") for title in titles]
        pages = [self._page(title, props, request) for title in dict.fromkeys(finals)]
        # never in the requested order
        answer["pages"] = sorted(pages, key=lambda page: str(page["title"]), reverse=True)
        return Response.json({"batchcomplete": True, "query": answer})

    def _final(self, title: str, answer: dict[str, Any], follow: bool) -> str:
        normal = " ".join(title.replace("_", " ").split())
        head, colon, rest = normal.partition(":")
        space, name = ("File:", rest.strip()) if colon and head.lower() == "file" else ("", normal)
        normal = f"{space}{name[:1].upper()}{name[1:]}"
        if normal != title:
            _once(answer.setdefault("normalized", []), {"fromencoded": False, "from": title, "to": normal})
        seen = {normal}
        while follow and normal in self.bestiary.redirects:
            target, section = self.bestiary.redirects[normal]
            step = {"from": normal, "to": target} | ({"tofragment": section} if section else {})
            _once(answer.setdefault("redirects", []), step)
            normal = target
            if normal in seen:
                break
            seen.add(normal)
        return normal

    def _page(self, title: str, props: set[str], request: Request) -> dict[str, Any]:
        if title.startswith("File:"):
            file = self.bestiary.files.get(title.removeprefix("File:"))
            page: dict[str, Any] = {"ns": 6, "title": title}
            if file is None:
                return page | {"missing": True}
            return page | ({"imageinfo": [self._info(file, request)]} if "imageinfo" in props else {})
        known = self.bestiary.pages.get(title)
        if known is None:
            return {"ns": 0, "title": title, "missing": True}
        page = {"pageid": zlib.crc32(title.encode()), "ns": 0, "title": title}
        image = known.image if known.image in self.bestiary.files else None
        if "pageimages" in props and image:
            page |= {"pageimage": image.replace(" ", "_")}
        if "pageprops" in props and known.disambiguation:
            page |= {"pageprops": {"disambiguation": ""}}
        if "categories" in props and known.disambiguation:
            page |= {"categories": [{"ns": 14, "title": "Category:Disambiguation"}]}
        return page

    def _info(self, file: File, request: Request) -> dict[str, Any]:
        drawing = file.drawn()
        origin = f"http://{request.headers.get('host', '127.0.0.1')}"
        path = quote(file.name.replace(" ", "_"), safe="()!,'")
        info = {
            "timestamp": file.timestamp,
            "size": len(drawing.data),
            "width": drawing.width,
            "height": drawing.height,
            "url": f"{origin}/images/{path}?{drawing.sha1[:5]}",
            "descriptionurl": f"{origin}/w/File:{path}",
            "sha1": drawing.sha1,
            "mime": drawing.mime,
        }
        if self.renders and "iiurlwidth" in request.query:
            width, height = (int(request.query.get(side) or 10**6) for side in ("iiurlwidth", "iiurlheight"))
            small = rendered(drawing, (width, height))
            shown = small or drawing
            suffix = "" if shown.mime == drawing.mime else ".png"
            address = f"{origin}/images/thumb/{path}/{shown.width}px-{path}{suffix}?{drawing.sha1[:5]}"
            info |= {
                "thumburl": address if small else info["url"],
                "thumbwidth": shown.width,
                "thumbheight": shown.height,
            }
        return info

    # --- files ---

    def _image(self, request: Request) -> Response:
        if _refused(request):
            return Response(403, CHALLENGE_PAGE)
        with self.bestiary.lock:
            file = self.bestiary.files.get(request.match["name"].replace("_", " "))
            drawing = file.drawn() if file else None
        if drawing is not None and (width := request.match.groupdict().get("width")):
            drawing = rendered(drawing, (int(width), 10**6))
        if drawing is None:
            return Response.not_found()
        tag = f'"{drawing.sha1}"'
        headers = {"ETag": tag, "Cache-Control": "public, max-age=300"}
        if request.headers.get("if-none-match") == tag:
            return Response(304, b"", drawing.mime, headers)
        data = drawing.data
        if request.fault == "wrong-magic":
            data = b"BM" + data[2:]
        elif request.fault == "truncated-image":
            data = data[: len(data) * 2 // 3]
        elif request.fault == "huge-image":
            data = huge_png()
        elif request.fault == "elsewhere":
            return Response(302, b"", headers={"Location": "http://127.0.0.2:9/images/stolen.png"})
        return Response(200, data, drawing.mime, headers)

    def _file_path(self, request: Request) -> Response:
        with self.bestiary.lock:
            name = request.match["name"].replace("_", " ")
            if name not in self.bestiary.files:
                return Response.not_found()
        return Response(302, b"", headers={"Location": f"/images/{quote(name.replace(' ', '_'))}"})


def _refused(request: Request) -> bool:
    agent = request.headers.get("user-agent", "").lower()
    return not agent or agent.startswith(REFUSED_AGENTS)


def _error(code: str, info: str) -> Response:
    return Response.json({"error": {"code": code, "info": info, "docref": "See the API's help."}})


def _once(entries: list[Any], entry: dict[str, Any]) -> None:
    if json.dumps(entry) not in map(json.dumps, entries):
        entries.append(entry)
