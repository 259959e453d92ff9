"""A stand-in wiki and a MongoDB for tests of the image map, with helpers for common actions."""

import io
import os
import struct
import sys
import zlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from image_map.upstream.prices import PriceService
from image_map.upstream.settings import UpstreamSettings
from image_map.upstream.wiki import Wiki
from image_map.work.build import Build, BuildReport
from image_map.work.choice import Choice
from image_map.work.gather import gather
from image_map.work.prices import PricesReport, fetch_prices, missing_days, update_months
from image_map.work.tables import TableReport, Terms, refresh_tables, update_items
from PIL import Image
from pymongo import monitoring
from wrapped_devkit.osrs_server import FaultPlan, StandInServer, parse_fault
from wrapped_devkit.osrs_server.prices import Prices
from wrapped_devkit.osrs_server.wiki import Wiki as StandInWiki
from wrapped_devkit.osrs_server.wiki_bestiary import Bestiary
from wrapped_devkit.processes import Process
from wrapped_shared.indexes import ensure_indexes
from wrapped_shared.mongo import MongoResource

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
WEEK = timedelta(days=7)
WRITES = {"insert", "update", "delete", "findAndModify", "createIndexes"}


def report(**parts: Any) -> dict[str, Any]:
    """A report of `wrapped_reports`, with `mobs`, `items`, `places`, `bosses` and `slides` in short form."""
    mobs = [
        {"name": name, "combat_level": level, "npc_ids": list(ids), "kills": 1, "items": []}
        for name, level, ids in parts.get("mobs", [])
    ]
    return {
        "_id": parts.get("id", "all/tester"),
        "player_key": parts.get("player", "tester"),
        "period": "all",
        "generated_at": parts.get("at", NOW),
        "loot": {"mobs": mobs},
        "equipment": [{"slot": "HEAD", "item_id": item} for item in parts.get("items", [])],
        "places": [{"name": name, "ticks": 1} for name in parts.get("places", [])],
        "hiscores": {"bosses": dict.fromkeys(parts.get("bosses", []), 1)},
        "slides": parts.get("slides", []),
    }


def encoded(image: Image.Image, kind: str = "PNG", **options: object) -> bytes:
    """A picture as a file."""
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def png_of(chunks: Iterable[tuple[bytes, bytes]]) -> bytes:
    """A PNG of these chunks, each (kind, data), valid or not."""
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)) for kind, data in chunks
    )


class WriteCounter(monitoring.CommandListener):
    """Counts the commands that write."""

    def __init__(self) -> None:
        self.commands: list[str] = []

    def started(self, event: monitoring.CommandStartedEvent) -> None:
        if event.command_name in WRITES:
            self.commands.append(event.command_name)

    def succeeded(self, event: monitoring.CommandSucceededEvent) -> None:
        pass

    def failed(self, event: monitoring.CommandFailedEvent) -> None:
        pass


class World:
    """The stand-in wiki, a database, and the clock for runs."""

    def __init__(self, server: StandInServer, part: StandInWiki, prices: Prices, mongo: MongoResource) -> None:
        self.server = server
        self.part = part
        self.prices = prices
        self.bestiary = part.bestiary
        self.mongo = mongo
        self.analytics = mongo.analytics
        self.settings = UpstreamSettings(
            WIKI_BASE_URL=server.url,
            PRICES_BASE_URL=server.url,
            WRAPPED_CONTACT="tests@example.org",
            WIKI_REQUESTS_PER_SECOND=0,
        )

    def report(self, **parts: Any) -> None:
        """Store a report."""
        document = report(**parts)
        self.analytics.wrapped_reports.replace_one({"_id": document["_id"]}, document, upsert=True)

    def faults(self, *faults: str) -> None:
        """Inject these faults from now on."""
        self.server.faults = FaultPlan([parse_fault(fault) for fault in faults])

    @contextmanager
    def wiki(self) -> Iterator[Wiki]:
        """The location's own view of the stand-in."""
        with self.settings.client(self.settings.wiki) as client:
            yield Wiki(client)

    def tables(self, now: datetime = NOW, **terms: Any) -> dict[str, TableReport]:
        """Refresh the tables; a first one may have any number of rows."""
        with self.wiki() as wiki, self.settings.client(self.settings.prices) as prices:
            return refresh_tables(self.analytics, wiki, PriceService(prices), now, Terms(**{"least_rows": 0, **terms}))

    def fetch(self, now: datetime = NOW, least: int = 0) -> PricesReport:
        """Request the missing days of prices and compute their months."""
        with self.settings.client(self.settings.prices) as client:
            missing = missing_days(self.analytics, now)
            report = fetch_prices(self.analytics, PriceService(client), missing, now, least)
        update_months(self.analytics)
        return report

    def days_requested(self) -> list[str]:
        """The days whose prices were requested since the log was cleared."""
        return [
            f"{datetime.fromtimestamp(int(entry.query['timestamp']), UTC):%Y-%m-%d}"
            for entry in self.server.log.entries("prices")
            if entry.path.endswith("/24h")
        ]

    def build(
        self, now: datetime = NOW, *, refresh: bool = False, redownload: bool = False, **choice: Any
    ) -> BuildReport:
        """Do what one run of the job does, up to the images."""
        chosen = Choice.of(**choice)
        gather(self.analytics, chosen)
        self.tables(now, refresh=refresh)
        update_items(self.analytics)
        with self.wiki() as wiki:
            return Build(self.analytics, wiki, chosen, now, redownload=redownload).run()

    def entry(self, _id: str) -> dict[str, Any]:
        """An entry of the map."""
        found = self.analytics.stat_images.find_one({"_id": _id})
        assert found is not None, _id
        return found

    def file(self, _id: str) -> str | None:
        """The `File:…` that shows a subject; None if it is drawn."""
        source = self.entry(_id)["source"]
        return source["file"] if source else None

    def requested(self, prefix: str = "/") -> list[str]:
        """Paths of the requests since the log was cleared."""
        return [entry.path for entry in self.server.log.entries() if entry.path.startswith(prefix)]

    def downloads(self) -> Sequence[str]:
        """Files that were fetched since the log was cleared."""
        return self.requested("/images/")


@contextmanager
def world_on(mongo: MongoResource, bestiary: Bestiary | None = None) -> Iterator[World]:
    """A stand-in wiki and a MongoDB."""
    bestiary = bestiary or Bestiary()
    wiki = StandInWiki(bestiary)
    wiki.retry_after_seconds = 0
    prices = Prices(bestiary)
    with StandInServer([wiki, prices]) as server:
        server.slow_seconds, server.retry_after_seconds = 0.2, 0
        yield World(server, wiki, prices, mongo)


MOBS = [
    ("Zulrah", 725, [2042, 2043, 2044]),
    ("Goblin", 2, [3028]),
    ("Goblin", 5, [3045]),
    ("Goblin", 13, [3046]),
    ("Vet'ion", 454, [6611, 6612]),
    ("Dusk", 248, [7851]),
    ("Dawn", 228, [7852]),
    ("Pale presence", 33, [9701]),
    ("Lost drawing", 34, [9702]),
    ("Gnome guard, off duty", 23, [9903]),
    ("Sand crab warden", 95, []),
    ("Spirit", 4, []),
]


def fill(world: World) -> None:
    ensure_indexes(world.mongo.raw, world.analytics)  # with the contract's validators in force
    world.analytics.drop_collection("wrapped_reports")  # except this one: the reports here are short
    world.report(
        mobs=MOBS,
        items=[4151, 11851, 31_901, 30_999],
        places=["Varrock", "Instance", "Ghost town"],
        bosses=["Barrows Chests"],
    )
    world.build()


def process_on(world: World, work: str, folder: Path) -> Process:
    """`image_map_killed.py` on a world's MongoDB and stand-in; its log is in `folder`."""
    mongo = world.mongo
    command = [sys.executable, str(Path(__file__).with_name("image_map_killed.py")), work, mongo.server]
    command += [mongo.raw_database, mongo.analytics_database, world.server.url]
    return Process(command, folder / "process.log", os.environ, folder)
