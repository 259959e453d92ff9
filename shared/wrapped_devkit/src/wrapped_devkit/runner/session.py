"""One `wrapped run`: from what MongoDB holds to plans, workers and outcomes, location by location."""

import os
import uuid
from collections.abc import Sequence
from datetime import date
from typing import Any, Final

from pymongo.database import Database
from wrapped_shared.asset_keys import PLAYER_STATS
from wrapped_shared.mongo import MongoResource
from wrapped_shared.periods import days_between, today
from wrapped_shared.settings import first_day

from wrapped_devkit.embedded import ensure_embedded_indexes, project_root, resolve_uri
from wrapped_devkit.errors import DevkitError
from wrapped_devkit.pending import pending_days, recorded_days
from wrapped_devkit.runner.instance import clear_dead_runs, dagster_home
from wrapped_devkit.runner.plan import MODULES, PlannedRun, player_stats_runs
from wrapped_devkit.runner.watch import Reporter, carry_out

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
    unknown = [name for name in locations if name not in MODULES]
    if unknown:
        raise DevkitError(f"no code location {unknown[0]!r}: choose from {', '.join(MODULES)}")
    first, last = _day(first, "--from"), _day(last, "--to")
    environment = {**os.environ, "MONGO_URI": resolve_uri(), "DAGSTER_HOME": str(dagster_home())}
    os.environ["DAGSTER_HOME"] = environment["DAGSTER_HOME"]
    errors: list[str] = []
    for location in MODULES:
        if locations and location not in locations:
            continue
        runs = _runs(location, environment["MONGO_URI"], reporter, first, last, players)
        errors += _carry_out(location, runs, environment, reporter)
    return errors


def _carry_out(location: str, runs: list[PlannedRun], environment: dict[str, str], reporter: Reporter) -> list[str]:
    from dagster import DagsterInstance

    logs = project_root() / ".wrapped" / "logs"
    logs.mkdir(parents=True, exist_ok=True)
    with DagsterInstance.get() as instance:
        for run_id in clear_dead_runs(instance):
            reporter.note(f"run {run_id[:8]} had been killed: marked as failed")
        tag = uuid.uuid4().hex
        log = logs / f"{location}.log"
        outcome = carry_out(MODULES[location], location, runs, tag, instance, environment, log, reporter)
    return outcome.errors


def _runs(
    location: str, uri: str, reporter: Reporter, first: str | None, last: str | None, players: Sequence[str]
) -> list[PlannedRun]:
    with MongoResource(uri=uri).open() as mongo:
        if location == PLAYER_STATS:
            ensure_embedded_indexes(mongo.raw)
            days = _days(mongo.raw, mongo.analytics, first, last, players)
            reporter.note(_days_in_words(days))
            return player_stats_runs(days, players)
    raise DevkitError(f"nothing is known to run for {location}")


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
