"""What the location's definitions share: how an asset is described, the pool, run config, and the open upstream.

What belongs here: values used by several modules of `defs`. What does not: anything that computes.
"""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Final

import dagster as dg
from pydantic import Field
from wrapped_shared.asset_keys import IMAGE_MAP
from wrapped_shared.definitions import define_asset, team_tag
from wrapped_shared.holds import PRICES, WIKI, HoldKeeper
from wrapped_shared.http import ContactMissing
from wrapped_shared.known_players import unreported_players
from wrapped_shared.mongo import MongoResource
from wrapped_shared.run_config import WANTS_CONTACT, Chosen, ChosenPlayers
from wrapped_shared.words import counted

from image_map.upstream.prices import PriceService
from image_map.upstream.settings import DEFAULT_LEAST_ROWS, UpstreamSettings
from image_map.upstream.wiki import Wiki
from image_map.work.choice import Choice, WrongChoice

WEEKLY: Final = dg.FreshnessPolicy.time_window(fail_window=timedelta(days=15), warn_window=timedelta(days=8))
"""For assets the weekly schedule keeps fresh: late a day after a missed run."""
DAILY: Final = dg.FreshnessPolicy.time_window(fail_window=timedelta(days=4), warn_window=timedelta(hours=50))
"""For assets the daily schedule keeps fresh: late after a missed run."""
DRAWN_KINDS: Final = ("python", "mongodb", "pillow")
asset = partial(define_asset, kinds=("python", "mongodb"), freshness=WEEKLY)
"""Define an asset of this location."""
asset_check = partial(dg.asset_check, metadata=team_tag(IMAGE_MAP))
"""Define a check of this location."""
POOL: Final = "osrs_wiki"
"""Limit 1 in the instance: every step that calls the wiki holds it, in any run."""
LOG_EVERY_SECONDS: Final = 30
ANSWERS_CHECK: Final = "upstream_answers"
HOLD_CHECK: Final = "upstream_hold"

SUBJECTS_OP: Final = "image_map__stat_subjects"
IMAGES_OP: Final = "image_map__stat_images"


class ImagesConfig(dg.Config):
    """The subjects a run is for."""

    kinds: list[str] = Field(
        default=[],
        description="Kinds of subjects to redo: npc, boss, skill, item, place, stat; empty = all kinds.",
    )
    subjects: list[str] = Field(
        default=[],
        description="Subjects to redo, such as `npc:Goblin#5`, `item:4151`, `place:Varrock`; empty = all subjects.",
    )

    def choice(self, players: Chosen) -> Choice:
        """Return the subjects that the run is for.

        Raises:
            dagster.Failure: unknown kind, or invalid `_id`.
        """
        try:
            return Choice.of(self.kinds, self.subjects, players.keys)
        except WrongChoice as error:
            raise dg.Failure(f"run config: {error}", allow_retries=False) from None


class SubjectsConfig(ImagesConfig):
    """Run config of `stat_subjects`."""

    since: str = Field(
        default="",
        description="With `subjects`: look for their NPC ids in the reports that changed since this ISO 8601 time.",
    )

    def since_time(self) -> datetime | None:
        """Return the time of `since`, or None if it is empty.

        Raises:
            dagster.Failure: it is not a time.
        """
        if not self.since:
            return None
        try:
            return datetime.fromisoformat(self.since).astimezone(UTC)
        except ValueError:
            raise dg.Failure(
                "run config `since` must be an ISO 8601 time such as 2026-11-25T10:00:00+00:00", allow_retries=False
            ) from None


class TablesConfig(dg.Config):
    """Run config of `wiki_rows`."""

    refresh: bool = Field(default=False, description="Fetch the wiki's tables even if the copies are fresh.")
    accept_smaller: bool = Field(
        default=False,
        description="Accept tables that lost more than a tenth of their rows, or a first one that is too small: for "
        "when the wiki really has fewer rows. Rejected tables are fetched again at once.",
    )


class BuildConfig(ImagesConfig):
    """Run config of `stat_images`."""

    redownload: bool = Field(default=False, description="Fetch and store existing pictures again, to repair them.")


def chosen_players(context: dg.AssetExecutionContext, players: ChosenPlayers, mongo: MongoResource) -> Chosen:
    """Return the chosen players who have a report: only reports name subjects."""
    return players.known(context.log, partial(unreported_players, mongo.analytics))


@dataclass(frozen=True, slots=True)
class Upstream:
    """The wiki and the price service, or the reason why neither may be called."""

    wiki: Wiki | None
    prices: PriceService | None
    least_rows: int = DEFAULT_LEAST_ROWS
    least_prices: int = DEFAULT_LEAST_ROWS
    why_not: str = ""


def may_call(service: Wiki | PriceService | None) -> bool:
    """Return whether an upstream may be called: there is a contact and no hold."""
    return service is not None and not service.client.held


@contextmanager
def open_upstream(context: dg.AssetExecutionContext, mongo: MongoResource) -> Iterator[Upstream]:
    """Open this step's clients; without WRAPPED_CONTACT no requests are sent, which one log line says.

    An upstream on hold is not called either: each request then fails at once, with the reason and the end of the hold.

    Raises:
        SettingsError: a setting is invalid.
    """
    try:
        settings = UpstreamSettings.load()
        with (
            settings.client(settings.wiki, HoldKeeper(mongo.analytics, WIKI)) as wiki,
            settings.client(settings.prices, HoldKeeper(mongo.analytics, PRICES)) as prices,
        ):
            service = PriceService(prices, settings.prices_version)
            yield Upstream(Wiki(wiki), service, settings.least_rows, settings.least_prices)
    except ContactMissing as error:
        context.log.info(str(error))
        yield Upstream(None, None, why_not=str(error))


class Progress:
    """Logs progress, at most every half minute: at one request per second a first build takes long."""

    def __init__(self, context: dg.AssetExecutionContext, what: str) -> None:
        """Log "3 of 10 `what`", or "3 `what`"."""
        self._context, self._what = context, what
        self._logged = time.monotonic()

    def tell(self, done: int, total: int | None = None) -> None:
        """Called after each request, or after each page of work whose total is not known."""
        if time.monotonic() - self._logged >= LOG_EVERY_SECONDS:
            self._logged = time.monotonic()
            self._context.log.info(f"{done}{'' if total is None else f' of {total}'} {self._what}")


def answers_check(problems: Sequence[str], *, requested: bool) -> dg.AssetCheckResult:
    """Return the check that reports upstream failures, which never fail a step: existing data stays in use."""
    shown = "; ".join(problems[:5])
    return dg.AssetCheckResult(
        check_name=ANSWERS_CHECK,
        passed=not problems,
        severity=dg.AssetCheckSeverity.ERROR if requested else dg.AssetCheckSeverity.WARN,
        description=f"{counted(len(problems), 'problem')}: {shown}" if problems else "every request got a response",
        metadata={"problems": len(problems), **({} if requested else wants_contact())},
    )


def wants_contact() -> dict[str, bool]:
    """Return what marks a failed check that cannot pass because no contact is set; empty if one is."""
    return {} if UpstreamSettings.load().contact else {WANTS_CONTACT: True}
