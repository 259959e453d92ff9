"""What the location's definitions share: owner, pool, run config, the open upstream, errors in one line.

What belongs here: values used by several modules of `defs`. What does not: anything that computes.
"""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final, TypeAlias

import dagster as dg
from pydantic import Field
from wrapped_shared.asset_keys import IMAGE_MAP
from wrapped_shared.holds import PRICES, WIKI, HoldKeeper
from wrapped_shared.http import ContactMissing, PoliteClient, SettingsError
from wrapped_shared.mongo import MongoResource, clear_mongo_errors
from wrapped_shared.run_config import PlayersConfig

from image_map.upstream.settings import DEFAULT_LEAST_ROWS, UpstreamSettings
from image_map.upstream.wiki import Wiki
from image_map.work.choice import Choice, WrongChoice

OWNERS: Final = ["team:image-map"]
GROUP: Final = IMAGE_MAP
TAGS: Final = {"domain": "wrapped"}
WEEKLY: Final = dg.FreshnessPolicy.time_window(fail_window=timedelta(days=15), warn_window=timedelta(days=8))
"""What the weekly schedule keeps fresh: late a day after the run that did not come."""
POOL: Final = "osrs_wiki"
"""Limit 1 in the instance: whatever asks the wiki holds it, in whichever run."""
ANSWERS_CHECK: Final = "upstream_answers"
HOLD_CHECK: Final = "upstream_hold"

SUBJECTS_OP: Final = "image_map__stat_subjects"
IMAGES_OP: Final = "image_map__stat_images"

if TYPE_CHECKING:
    Materialized: TypeAlias = dg.MaterializeResult[None]
else:
    Materialized = dg.MaterializeResult
    """What an asset returns: never a value. Dagster knows it, beside checks, by the bare name only."""


class ImagesConfig(PlayersConfig):
    """Which subjects a run is about."""

    kinds: list[str] = Field(
        default=[],
        description="Kinds of subjects to redo: npc, boss, skill, item, place, stat; empty = all kinds.",
    )
    subjects: list[str] = Field(
        default=[],
        description="Subjects to redo, such as `npc:Goblin#5`, `item:4151`, `place:Varrock`; empty = all subjects.",
    )

    def choice(self) -> Choice:
        """Return the subjects that the run is about.

        Raises:
            dagster.Failure: no such kind, no such `_id`, or an empty player name.
        """
        try:
            return Choice.of(self.kinds, self.subjects, self.player_keys())
        except WrongChoice as error:
            raise dg.Failure(f"run config: {error}", allow_retries=False) from None


class SubjectsConfig(ImagesConfig):
    """Run config of `stat_subjects`."""

    since: str = Field(
        default="",
        description="With `subjects`: look for their npc ids in the reports that changed since this ISO 8601 time.",
    )

    def since_time(self) -> datetime | None:
        """Return the time of `since`, or None where it is empty.

        Raises:
            dagster.Failure: it is no time.
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

    refresh: bool = Field(default=False, description="Fetch the wiki's tables even where the copies are fresh.")
    accept_smaller: bool = Field(
        default=False,
        description="Take tables that lost more than a tenth of their rows, or a first one that is too small: for "
        "when the wiki really has fewer. Tables that were refused are fetched again at once.",
    )


class BuildConfig(ImagesConfig):
    """Run config of `stat_images`."""

    redownload: bool = Field(
        default=False, description="Fetch and store pictures again even where they are there, to repair them."
    )


@dataclass(frozen=True, slots=True)
class Upstream:
    """The wiki and the price service, or the reason why neither may be asked."""

    wiki: Wiki | None
    prices: PoliteClient | None
    least_rows: int = DEFAULT_LEAST_ROWS
    why_not: str = ""

    @property
    def asked(self) -> bool:
        """Whether the wiki may be asked: there is a contact, and no hold was met."""
        return self.wiki is not None and not self.wiki.client.held


@contextmanager
def open_upstream(context: dg.AssetExecutionContext, mongo: MongoResource) -> Iterator[Upstream]:
    """Open the clients of this step; without WRAPPED_CONTACT nothing is asked, which one line says.

    An upstream on hold is not asked either: each question then fails at once, with until when and why.

    Raises:
        dagster.Failure: a setting cannot be used.
    """
    try:
        settings = UpstreamSettings.from_environment()
        with ExitStack() as stack:
            wiki = stack.enter_context(settings.client(settings.wiki, HoldKeeper(mongo.analytics, WIKI)))
            prices = stack.enter_context(settings.client(settings.prices, HoldKeeper(mongo.analytics, PRICES)))
            yield Upstream(Wiki(wiki), prices, settings.least_rows)
    except ContactMissing as error:
        context.log.warning(str(error))
        yield Upstream(None, None, why_not=str(error))
    except SettingsError as error:
        raise dg.Failure(str(error), allow_retries=False) from None


@contextmanager
def clear_errors(mongo: MongoResource) -> Iterator[None]:
    """Turn errors of MongoDB into a failure of one line.

    Raises:
        dagster.Failure: in place of them.
    """
    with clear_mongo_errors(mongo):
        yield


def answers_check(problems: Sequence[str], *, asked: bool) -> dg.AssetCheckResult:
    """Return the check that tells of trouble upstream, which never fails a step: what is there goes on serving."""
    shown = "; ".join(problems[:5])
    return dg.AssetCheckResult(
        check_name=ANSWERS_CHECK,
        passed=not problems,
        severity=dg.AssetCheckSeverity.ERROR if asked else dg.AssetCheckSeverity.WARN,
        description=f"{len(problems)} problem(s): {shown}" if problems else "every question was answered",
        metadata={"problems": len(problems)},
    )


def markdown_text(text: str) -> str:
    """Return text of unknown origin so that it is shown in Markdown and nothing else."""
    plain = " ".join(text[:120].split())
    return "".join(char if char.isalnum() or char in " .,:;#'()-" else f"&#{ord(char)};" for char in plain)
