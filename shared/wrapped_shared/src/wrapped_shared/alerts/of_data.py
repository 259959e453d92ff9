"""Faults that MongoDB shows for any location, and the record of known faults there, for metrics and for the others.

What does not belong here: what only one location owes (the locations), and what Dagster says (`of_dagster`).
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from pymongo.database import Database

from wrapped_shared import collections as names
from wrapped_shared.alerts.book import Book
from wrapped_shared.alerts.faults import Fault
from wrapped_shared.asset_keys import LOCATION_NAMES
from wrapped_shared.documents import Document
from wrapped_shared.stored.alerts import KnownFault, LocationAlertsFields
from wrapped_shared.version import SCHEMA_VERSIONS

SILENT_AFTER: Final = timedelta(minutes=15)
"""How long a location may not look for its faults until its neighbour says so."""


def holds(analytics: Database[Document], upstreams: tuple[str, ...]) -> Iterator[Fault]:
    """Yield the upstreams that are on hold and have not answered since, even if their hold has ended."""
    for name in upstreams:
        hold = analytics[names.UPSTREAM_HOLDS].find_one({"_id": name})
        if hold is not None:
            until = f"{hold['not_before']:%Y-%m-%d %H:%M} UTC"
            yield Fault(
                f"data/hold/{name}", f"{name} is on hold until {until}: {hold.get('reason', '')}", "wrapped doctor"
            )


def silent_neighbour(analytics: Database[Document], location: str, now: datetime) -> Iterator[Fault]:
    """Yield the next location, if nobody looks for its faults: its code server may be down and cannot say so itself."""
    neighbour = LOCATION_NAMES[(LOCATION_NAMES.index(location) + 1) % len(LOCATION_NAMES)]
    noted = analytics[names.ALERTS].find_one({"_id": neighbour}, {"looked_at": 1})
    if noted is not None and noted["looked_at"] < now - SILENT_AFTER:
        text = f"its alerts have not been evaluated since {noted['looked_at']:%Y-%m-%d %H:%M} UTC"
        yield Fault(f"data/silent/{neighbour}", text, "/deployment/locations", location=neighbour)


def record(analytics: Database[Document], location: str, book: Book, now: datetime) -> None:
    """Write which faults a location knows, and that it has looked."""
    faults: list[KnownFault] = [
        {"fault": key, "since": known.since, "delivered_at": known.delivered, "attempts": known.attempts}
        for key, known in book.known.items()
    ]
    fields = LocationAlertsFields(schema_version=SCHEMA_VERSIONS[names.ALERTS], looked_at=now, faults=faults)
    analytics[names.ALERTS].update_one({"_id": location}, {"$set": fields}, upsert=True)
