"""One `wrapped run`: from what MongoDB holds to plans, workers and outcomes, location by location."""

import os
import uuid
from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any, Final

from pymongo.database import Database
from wrapped_shared.asset_keys import HISCORES, IMAGE_MAP, PLAYER_STATS
from wrapped_shared.mongo import MongoResource
from wrapped_shared.periods import days_between, today
from wrapped_shared.settings import first_day

from wrapped_devkit.embedded import ensure_embedded_indexes, project_root, resolve_uri
from wrapped_devkit.errors import DevkitError
from wrapped_devkit.pending import pending_days, recorded_days
from wrapped_devkit.runner.instance import clear_dead_runs, dagster_home, limit_pools
from wrapped_devkit.runner.named import without_snapshot
from wrapped_devkit.runner.plan import PlannedRun, hiscores_runs, image_map_runs, player_stats_runs, reports_run
from wrapped_devkit.runner.watch import Plan, Reporter, carry_out
from wrapped_devkit.runner.workspace import location_modules

Db = Database[dict[str, Any]]

_SHOWN_DAYS: Final = 5


def run_session(
    reporter: Reporter,
    *,
    locations: Sequence[str] = (),
    first: str | None = None,
    last: str | None = None,
    players: Sequence[str] = (),
) -> list[str]:
    """Materialise what the data in MongoDB calls for; return the errors of failed steps.

    Args:
        reporter: shows how it gets on.
        locations: the locations to run, all by default.
        first: compute all days from this one on, whatever is stored.
        last: compute all days up to this one.
        players: names of the chosen players, all by default.

    Raises:
        DevkitError: an argument makes no sense.
        MongoUnavailable: the server cannot be reached or refuses us.
    """
    modules = location_modules()
    unknown = [name for name in locations if name not in modules]
    if unknown:
        raise DevkitError(f"no code location {unknown[0]!r}: choose from {', '.join(modules)}")
    first, last = _day(first, "--from"), _day(last, "--to")
    environment = {**os.environ, "MONGO_URI": resolve_uri(), "DAGSTER_HOME": str(dagster_home())}
    os.environ["DAGSTER_HOME"] = environment["DAGSTER_HOME"]
    session = _Session(modules, environment, reporter)
    chosen = [name for name in modules if not locations or name in locations]
    if PLAYER_STATS in chosen:
        days = _days_to_compute(environment["MONGO_URI"], first, last, players)
        reporter.note(_days_in_words(days))
        session.carry_out(PLAYER_STATS, player_stats_runs(days, players))
    if HISCORES in chosen:
        may_ask = bool(environment.get("WRAPPED_CONTACT", "").strip())
        if not may_ask:
            reporter.note("hiscores: nobody is asked, since WRAPPED_CONTACT is not set (an address or page of yours)")
        begun = datetime.now(UTC)
        session.carry_out(HISCORES, hiscores_runs(players, may_ask=may_ask))
        if players and may_ask:
            with MongoResource(uri=environment["MONGO_URI"]).open() as mongo:
                for line in without_snapshot(mongo.analytics, players, begun):
                    reporter.note(line)
    if IMAGE_MAP in chosen:
        session.carry_out(IMAGE_MAP, image_map_runs(players))
    if PLAYER_STATS in chosen and len(chosen) > 1:
        # Once more, now that names, pictures and gains are there.
        session.carry_out(PLAYER_STATS, [reports_run(players)])
    return session.errors


class _Session:
    """Carries out runs location by location; what fails in one does not keep the next from running."""

    def __init__(self, modules: dict[str, str], environment: dict[str, str], reporter: Reporter) -> None:
        self.errors: list[str] = []
        self._modules = modules
        self._environment = environment
        self._reporter = reporter

    def carry_out(self, location: str, runs: list[PlannedRun]) -> None:
        """Carry out the runs of one location."""
        from dagster import DagsterInstance

        logs = project_root() / ".wrapped" / "logs"
        logs.mkdir(parents=True, exist_ok=True)
        with DagsterInstance.get() as instance:
            limit_pools(instance)
            for run_id in clear_dead_runs(instance):
                self._reporter.note(f"run {run_id[:8]} had been killed: marked as failed")
            plan = Plan(location, self._modules[location], runs, uuid.uuid4().hex)
            self.errors += carry_out(plan, instance, self._environment, logs / f"{location}.log", self._reporter)


def _days_to_compute(uri: str, first: str | None, last: str | None, players: Sequence[str]) -> list[str]:
    with MongoResource(uri=uri).open() as mongo:
        ensure_embedded_indexes(mongo.raw)
        return _days(mongo.raw, mongo.analytics, first, last, players)


def _days(raw: Db, analytics: Db, first: str | None, last: str | None, players: Sequence[str]) -> list[str]:
    """The days that wait; all of a range that was asked for; all there are for chosen players."""
    if first is None and last is None:
        return recorded_days(raw, analytics) if players else list(pending_days(raw, analytics))
    if first is None:
        first = next(iter(recorded_days(raw, analytics)), last)
    return list(days_between(max(first or first_day(), first_day()), min(last or today(), today())))


def _day(text: str | None, option: str) -> str | None:
    if text is None:
        return None
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        raise DevkitError(f"{option} takes a day such as 2024-12-31, not {text[:20]!r}") from None


def _days_in_words(days: list[str]) -> str:
    if not days:
        return "no day waits to be computed"
    if len(days) <= _SHOWN_DAYS:
        return f"to compute: {', '.join(days)}"
    return f"to compute: {len(days)} days, {days[0]} to {days[-1]}"
