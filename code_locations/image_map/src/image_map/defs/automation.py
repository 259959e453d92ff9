"""The jobs for pictures and prices, their schedules, and the sensor for new subjects.

What belongs here: what runs together, and when. What does not: what the steps do.
"""

import hashlib
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import partial

import dagster as dg
from wrapped_shared.asset_keys import IMAGE_MAP
from wrapped_shared.definitions import team_tag
from wrapped_shared.mongo import MongoResource, clear_errors
from wrapped_shared.run_config import MAIN_JOB

from image_map.defs.cards import share_cards
from image_map.defs.common import IMAGES_OP, SUBJECTS_OP
from image_map.defs.images import stat_images
from image_map.defs.prices import item_month_prices, item_prices
from image_map.defs.sheet import sprite_sheet
from image_map.defs.subjects import stat_subjects
from image_map.defs.tables import items, wiki_rows
from image_map.store.cards import requested
from image_map.store.watch import Position, new_subjects, pending_subjects
from image_map.upstream.settings import UpstreamSettings

PICTURES = [stat_subjects, wiki_rows, items, stat_images, sprite_sheet]
PRICES = [item_prices, item_month_prices]
ASSETS = [*PICTURES, *PRICES, share_cards]

_job = partial(
    dg.define_asset_job,
    executor_def=dg.in_process_executor,  # a chain of steps: a process for each would cost more than most steps
    tags=team_tag(IMAGE_MAP),
)

image_map_regeneration = _job(
    "image_map_regeneration",
    selection=ASSETS,
    description="Brings item prices, share cards and the whole map up to date or, with `kinds`, `subjects` or chosen "
    "players, a part of the map.",
    tags={**team_tag(IMAGE_MAP), **MAIN_JOB},
)
image_map_prices = _job(
    "image_map_prices",
    selection=PRICES,
    description="Requests the missing days of item prices and computes the months that have new days.",
)
image_map_cards = _job(
    "image_map_cards",
    selection=[share_cards],
    description="Draws the share cards that were requested or changed, and removes those without a report.",
)
JOBS = [image_map_regeneration, image_map_prices, image_map_cards]


def _once_per_tick(context: dg.ScheduleEvaluationContext) -> dg.RunRequest:
    """Request one run for each tick; no HTTP and no MongoDB here."""
    return dg.RunRequest(run_key=context.scheduled_execution_time.astimezone(UTC).isoformat())


_schedule = partial(
    dg.ScheduleDefinition,
    execution_timezone="UTC",
    execution_fn=_once_per_tick,
    default_status=dg.DefaultScheduleStatus.RUNNING,
    tags=team_tag(IMAGE_MAP),
)

SCHEDULES = [
    _schedule(
        name="image_map_regeneration",
        job=image_map_regeneration,
        cron_schedule="43 4 * * 1",  # nothing else starts at this minute
        description="Every Monday at 04:43 UTC: checks every found file with the wiki and fetches changed ones again.",
    ),
    _schedule(
        name="image_map_prices",
        job=image_map_prices,
        cron_schedule="13 3 * * *",  # nothing else starts at this minute
        description="Daily at 03:13 UTC: requests the missing days of item prices, up to yesterday.",
    ),
    _schedule(
        name="image_map_cards",
        job=image_map_cards,
        cron_schedule="23 6 * * *",  # after the daily rebuild of reports; nothing else starts at this minute
        description="Daily at 06:23 UTC: redraws share cards that changed.",
    ),
]


@dg.sensor(
    name="card_requests",
    job=image_map_cards,
    minimum_interval_seconds=60,
    default_status=dg.DefaultSensorStatus.RUNNING,
    tags=team_tag(IMAGE_MAP),
    description="Requests a run while a share card is requested in `card_requests`; one query per tick.",
)
def card_requests_sensor(
    context: dg.SensorEvaluationContext, mongo: MongoResource
) -> Iterator[dg.RunRequest | dg.SkipReason]:
    """Look for requests."""
    with clear_errors(mongo):
        waiting = [str(request["_id"]) for request in requested(mongo.analytics)]
    if waiting:
        slot = f"{datetime.now(UTC):%Y-%m-%dT%H:%M}"[:-1]  # ten minutes, after which a failed run is repeated
        yield dg.RunRequest(run_key=f"cards/{slot}/{_mark(waiting)}")
    else:
        yield dg.SkipReason("no card is requested")


@dg.sensor(
    name="new_subjects",
    job=image_map_regeneration,
    minimum_interval_seconds=300,
    default_status=dg.DefaultSensorStatus.RUNNING,
    tags=team_tag(IMAGE_MAP),
    description="Requests runs for just the subjects that a changed report names and the map does not have, and again "
    "for those for which the wiki could not be reached. At most 200 reports and about 500 subjects per tick; no HTTP.",
)
def new_subjects_sensor(
    context: dg.SensorEvaluationContext, mongo: MongoResource
) -> Iterator[dg.RunRequest | dg.SkipReason]:
    """Check the reports that changed since the last tick."""
    now = datetime.now(UTC)
    with clear_errors(mongo):
        watch = new_subjects(mongo.analytics, Position.read(context.cursor), now)
        may_request = not watch.unknown and UpstreamSettings.load().contact
        pending = pending_subjects(mongo.analytics) if may_request else []
    context.update_cursor(watch.position.text())
    if watch.unknown:
        yield _request("new", watch.unknown, now.strftime("%Y-%m-%dT%H"), since=watch.since)
    elif pending:
        yield _request("pending", pending, f"{now:%Y-%m-%d}/{now.hour // 6}")
    else:
        yield dg.SkipReason("the map has everything that the reports name")


SENSORS = [new_subjects_sensor, card_requests_sensor]


def _request(why: str, subjects: list[str], slot: str, *, since: datetime | None = None) -> dg.RunRequest:
    """Return a run for some subjects, once per time slot: not again while it is running or if it failed."""
    return dg.RunRequest(
        run_key=f"{why}/{slot}/{_mark(subjects)}",
        asset_selection=[key for asset in PICTURES for key in asset.keys],  # pictures do not wait for prices
        run_config={
            "ops": {
                SUBJECTS_OP: {"config": {"subjects": subjects, "since": since.isoformat() if since else ""}},
                IMAGES_OP: {"config": {"subjects": subjects}},
            }
        },
        tags={"image_map/why": why},
    )


def _mark(ids: list[str]) -> str:
    """Return a fingerprint of some ids: run keys hold no names."""
    return hashlib.sha256("\n".join(ids).encode("utf-8", "replace")).hexdigest()[:16]
