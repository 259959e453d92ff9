"""One pass of `wrapped_news` (plan, days, reports, ranks) as a process that may be killed."""

import os
import sys
from datetime import UTC, datetime

from player_stats.store.groups import make_groups
from player_stats.store.ranks import make_owed_ranks
from player_stats.store.reports import make_owed_reports
from player_stats.work.compute import compute
from player_stats.work.hours import Reader
from player_stats.work.plan import make_plan, next_portion, portion_events, work_due
from wrapped_shared.indexes import ensure_indexes
from wrapped_shared.mongo import MongoResource


def news_pass(mongo: MongoResource, first_day: str) -> None:
    """Compute what is owed."""
    now = datetime.now(UTC)
    ensure_indexes(mongo.raw, mongo.analytics)
    make_plan(mongo, first_day, now, thorough=True)
    portion = next_portion(work_due(mongo.analytics, first_day, now), portion_events(mongo.analytics, 1_000_000))
    compute(Reader(mongo, first_day), [work.day for work in portion])
    make_owed_reports(mongo.analytics)
    make_owed_ranks(mongo.analytics)
    make_groups(mongo.analytics)


def main() -> None:
    """Repeat passes on the given server from the given day until killed or MongoDB is gone."""
    uri, first_day, passes = sys.argv[1], sys.argv[2], int(sys.argv[3])
    for _ in range(passes):
        with MongoResource(uri=uri).open() as mongo:
            news_pass(mongo, first_day)
    os._exit(0)


if __name__ == "__main__":
    main()
