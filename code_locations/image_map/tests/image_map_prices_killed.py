"""Fetches prices in a separate process, for the test that kills it: `python ... URI RAW ANALYTICS PRICES_URL`."""

import sys
from datetime import UTC, datetime

from image_map.upstream.prices import PriceService
from image_map.upstream.settings import UpstreamSettings
from image_map.work.prices import fetch_prices, missing_days
from wrapped_shared.mongo import MongoResource

NOW = datetime(2024, 9, 4, 3, tzinfo=UTC)


def main(uri: str, raw: str, analytics: str, url: str) -> None:
    settings = UpstreamSettings(PRICES_BASE_URL=url, WRAPPED_CONTACT="tests@example.org", WIKI_REQUESTS_PER_SECOND=20)
    with (
        MongoResource(uri=uri, raw_database=raw, analytics_database=analytics).open() as mongo,
        settings.client(url) as client,
    ):
        fetch_prices(mongo.analytics, PriceService(client), missing_days(mongo.analytics, NOW), NOW, 0)


if __name__ == "__main__":
    main(*sys.argv[1:])
