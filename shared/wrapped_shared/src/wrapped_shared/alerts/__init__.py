"""Failures that someone hears of: each location's sensor finds its faults and sends one line about each to a webhook.

What belongs here: the sensor. What a fault is, is in `faults`; where faults are looked for, in `of_dagster`, `of_data`
and the location itself; what is remembered, in `book`; and how a line is sent, in `webhook`.

A line names owner, location, what failed and where to look, and nothing that could hold a secret: no error message, no
run config, no settings. Each fault is reported once, however long it lasts, and again if it ends and comes back.
"""

import time
from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import Final

import dagster as dg
import pymongo
from pymongo.errors import PyMongoError

from wrapped_shared.alerts import of_dagster, of_data
from wrapped_shared.alerts.book import Book, utc_now
from wrapped_shared.alerts.faults import Fault, heartbeat, payload
from wrapped_shared.alerts.webhook import SETTING, AlertSettings, send
from wrapped_shared.definitions import owners, team_tag
from wrapped_shared.mongo import MongoResource, MongoUnavailable, clear_errors

__all__ = ["Fault", "Look", "alert_sensor"]

Look = Callable[[MongoResource], Iterable[Fault]]
"""Finds what a location owes or is refused; their keys begin with `data/`."""

_MONGO_SECONDS: Final = 15
_SENDING_SECONDS: Final = 20
"""Together well below the 60 seconds that Dagster gives a tick."""


def alert_sensor(
    location: str, *, upstreams: tuple[str, ...] = (), look: Look = lambda _: (), on_demand: bool = False
) -> dg.SensorDefinition:
    """Return the sensor that reports a location's faults to its owner.

    Args:
        location: the location.
        upstreams: those that it calls.
        look: finds faults that only this location can have.
        on_demand: whether its assets are only made when there is something new, so that old ones need not be overdue.
    """
    (owner,) = owners(location)

    @dg.sensor(
        name=f"{location}_alerts",
        minimum_interval_seconds=60,
        default_status=dg.DefaultSensorStatus.RUNNING,
        description=f"Posts each of this location's faults to the webhook {SETTING}, naming {owner}: failed and "
        "endless runs, failed checks, failing schedules and sensors, overdue assets, upstreams on hold, work owed "
        "for long. Each fault is reported once. Without the webhook they are only recorded.",
        tags=team_tag(location),
    )
    def alerts(context: dg.SensorEvaluationContext, mongo: MongoResource) -> dg.SkipReason:
        with clear_errors(mongo):
            settings = AlertSettings.load()
        now, book = utc_now(), Book.read(context.cursor)
        if context.repository_def is None:
            raise dg.Failure("the sensor was evaluated without its location's definitions")
        place = of_dagster.Place(context.instance, location, context.repository_def, now, known=book.known)
        found = _in_dagster(place, settings, on_demand)
        unseen = set()
        try:
            with pymongo.timeout(_MONGO_SECONDS):
                found += [*of_data.holds(mongo.analytics, upstreams), *look(mongo)]
                found += of_data.silent_neighbour(mongo.analytics, location, now)
        except (PyMongoError, MongoUnavailable) as error:
            unseen = {"data"}
            found.append(Fault("mongo/away", f"MongoDB cannot be read ({type(error).__name__})", "wrapped doctor"))
        book.observe(found, unseen, now, tell=bool(settings.webhook))
        trouble = _deliver(book, location, settings) if settings.webhook else f"{SETTING} is not set"
        context.update_cursor(book.text())
        if not unseen:
            with clear_errors(mongo), pymongo.timeout(_MONGO_SECONDS):
                of_data.record(mongo.analytics, location, book, now)
        return dg.SkipReason(f"{len(book.known)} known faults" + (f"; {trouble}" if trouble else ""))

    return alerts


def _in_dagster(place: of_dagster.Place, settings: AlertSettings, on_demand: bool) -> list[Fault]:
    return [
        *of_dagster.failed_runs(place),
        *of_dagster.failed_backfills(place),
        *of_dagster.failed_checks(place),
        *(() if on_demand else of_dagster.late_assets(place)),
        *of_dagster.failing_ticks(place),
        *of_dagster.endless_runs(place, settings.long_run_hours),
    ]


def _deliver(book: Book, location: str, settings: AlertSettings) -> str:
    """Send what is due, as long as there is time; return why something could not be delivered, or ""."""
    trouble, ui = "", settings.ui.rstrip("/")
    until = time.monotonic() + _SENDING_SECONDS
    for known in book.due(utc_now()):
        if time.monotonic() > until:
            break
        failed = send(settings.webhook, payload(known.fault, location, known.since, ui))
        book.note(known, utc_now(), delivered=not failed)
        trouble = failed or trouble
    if book.beat_due(utc_now(), timedelta(minutes=settings.heartbeat_minutes)) and not trouble:
        trouble = send(settings.webhook, heartbeat(location, len(book.known)))
        if not trouble:
            book.beat = utc_now()
    return trouble
