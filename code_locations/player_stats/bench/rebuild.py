"""A full rebuild of all statistics, compared with only fetching the same documents."""

from wrapped_devkit.generator import write

from bench.world import compute_days, database, days_of, drain, drain_unprojected, make_reports, timed

SIZES = ((5, 30, 400), (10, 60, 1000))
START = "2024-07-20"


def run() -> None:
    """Print both ratios for both sizes."""
    for players, days, ticks in SIZES:
        print(f"full rebuild, {players} players x {days} days x {ticks} ticks")
        with database() as mongo:
            for collection in mongo.raw.list_collection_names():
                mongo.raw[collection].drop()  # loading is faster without indexes; create them afterwards
            added = write(mongo.raw, mongo.analytics, players=players, days=days, ticks=ticks, seed=1, start=START)
            print(f"  {sum(added.values()):,} events")
            wanted = days_of(START, days + 1)
            drain(mongo, wanted)  # warms the server's cache for the following reads
            with timed("draining the same queries") as fetched:
                drain(mongo, wanted)
            with timed("draining whole collections") as whole:
                drain_unprojected(mongo)
            with timed("full rebuild: read, compute, write days and reports") as rebuilt:
                compute_days(mongo, wanted)
                make_reports(mongo)
            with timed("draining the same queries, once more") as again:
                drain(mongo, wanted)
        same = (fetched["seconds"] + again["seconds"]) / 2
        print(f"  = {rebuilt['seconds'] / same:.2f} x the same queries (bound 1.25)")
        print(f"  = {rebuilt['seconds'] / whole['seconds']:.2f} x whole collections (bound 4)")
