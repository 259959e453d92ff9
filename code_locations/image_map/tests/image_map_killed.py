"""A build in a separate process, for the test that kills it: `python image_map_killed.py URI RAW ANALYTICS WIKI`."""

import sys

from image_map.upstream.settings import UpstreamSettings
from image_map.upstream.wiki import Wiki
from image_map.work.build import build_images
from image_map.work.choice import Choice
from image_map_world import NOW
from wrapped_shared.mongo import MongoResource


def main(uri: str, raw: str, analytics: str, wiki_url: str) -> None:
    settings = UpstreamSettings(
        WIKI_BASE_URL=wiki_url,
        PRICES_BASE_URL=wiki_url,
        WRAPPED_CONTACT="tests@example.org",
        WIKI_REQUESTS_PER_SECOND=0,
    )
    with (
        MongoResource(uri=uri, raw_database=raw, analytics_database=analytics).open() as mongo,
        settings.client(wiki_url) as client,
    ):
        build_images(mongo.analytics, Wiki(client), Choice(), NOW)


if __name__ == "__main__":
    main(*sys.argv[1:])
