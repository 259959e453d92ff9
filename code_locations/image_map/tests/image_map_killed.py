"""Builds images or fetches prices in a separate process, for the tests that kill it.

`python image_map_killed.py images|prices URI RAW ANALYTICS UPSTREAM`.
"""

import sys
from datetime import UTC, datetime

from image_map.upstream.prices import PriceService
from image_map.upstream.settings import UpstreamSettings
from image_map.upstream.wiki import Wiki
from image_map.work.build import Build
from image_map.work.choice import Choice
from image_map.work.prices import fetch_prices, missing_days
from image_map_world import NOW
from wrapped_shared.mongo import MongoResource


def main(work: str, uri: str, raw: str, analytics: str, url: str) -> None:
    settings = UpstreamSettings(
        WIKI_BASE_URL=url,
        PRICES_BASE_URL=url,
        WRAPPED_CONTACT="tests@example.org",
        WIKI_REQUESTS_PER_SECOND=0 if work == "images" else 20,
    )
    with (
        MongoResource(uri=uri, raw_database=raw, analytics_database=analytics).open() as mongo,
        settings.client(url) as client,
    ):
        if work == "images":
            Build(mongo.analytics, Wiki(client), Choice(), NOW).run()
        else:
            now = datetime(2024, 9, 4, 3, tzinfo=UTC)
            fetch_prices(mongo.analytics, PriceService(client), missing_days(mongo.analytics, now), now, 0)


if __name__ == "__main__":
    main(*sys.argv[1:])
