"""The steps of one `wrapped run`: owed days and reports, then the other locations, then reports again if needed.

Only MongoDB says what there is to do. A failure in one location does not keep the next one from running.
"""

import math
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Final

import dagster as dg
from bson import ObjectId
from pymongo.errors import PyMongoError
from wrapped_shared.asset_keys import HISCORES, IMAGE_MAP, PLAYER_STATS
from wrapped_shared.collections import RUN_NOTES
from wrapped_shared.http.settings import ContactSettings
from wrapped_shared.known_players import unknown_players
from wrapped_shared.links import applied_tenures, resolved
from wrapped_shared.mongo import MongoResource, MongoUnavailable
from wrapped_shared.names import player_key
from wrapped_shared.periods import today
from wrapped_shared.run_notes import read_note, write_note
from wrapped_shared.settings import SettingsError, first_day
from wrapped_shared.words import counted

from wrapped_cli import rebuilding
from wrapped_cli.known_names import suggestion
from wrapped_cli.owed import read_owed
from wrapped_cli.runner.execution import Execution
from wrapped_cli.runner.locations import Location, UnusableLocation, load
from wrapped_cli.runner.missing_snapshots import without_snapshot
from wrapped_cli.runner.plan import PlannedRun, day_ranges, days_runs, main_run, reports_run
from wrapped_cli.runner.report import Report
from wrapped_cli.runner.request import Request

_CALLING: Final = (HISCORES, IMAGE_MAP)
_WITHOUT_CONTACT: Final = (
    "the hiscores, the wiki and the price service were not called: set WRAPPED_CONTACT to your e-mail address or "
    "web page, and the next run adds hiscores gains, pictures, the value of loot and the names of new items"
)
_REFRESH: Final = "refresh"
"""The note that reports must be rebuilt."""


class Work:
    """One `wrapped run` in the worker."""

    def __init__(
        self,
        request: Request,
        mongo: MongoResource,
        execution: Callable[[], Execution],
        report: Report,
    ) -> None:
        """Prepare the work.

        Args:
            request: what was requested.
            mongo: the opened resource.
            execution: creates the object that executes runs, when the first run is needed.
            report: gets the progress.
        """
        self._request, self._mongo, self._report, self._make = request, mongo, report, execution
        self._execution: Execution | None = None
        self._players = list(request.players)
        self._may_request = bool(ContactSettings.load().contact)

    def do(self) -> bool:
        """Do all the work; return whether nothing failed."""
        if self._players and not self._only_known():
            return True
        loaded = dict(self._loaded())
        succeeded = len(loaded) == len(self._request.modules)
        done = {name: self._attempt(location) for name, location in loaded.items()}
        succeeded &= all(done.values())
        if done.get(PLAYER_STATS):
            succeeded &= self._reports_once_more(loaded[PLAYER_STATS])
        if not self._may_request and not loaded.keys().isdisjoint(_CALLING):
            self._report("note", _WITHOUT_CONTACT)
        if self._execution is None and succeeded:
            self._report("note", "nothing to do: everything is up to date")
        return succeeded

    def _loaded(self) -> Iterator[tuple[str, Location]]:
        for name, module in self._request.modules.items():
            try:
                yield name, load(name, module)
            except UnusableLocation as error:
                self._report("failed", str(error))

    def _attempt(self, location: Location) -> bool:
        try:
            return self._do(location)
        except (SettingsError, dg.Failure, dg.DagsterError) as error:
            message = str(error)
        except (PyMongoError, MongoUnavailable):
            raise  # no other location would get further
        except Exception as error:  # noqa: BLE001 - a location's own functions may raise anything
            message = f"{type(error).__name__}: {error}"
        first_line = message.partition("\n")[0]
        self._report("failed", f"{location.name}: {first_line}")
        return False

    def _only_known(self) -> bool:
        """Drop players who have never been seen, unless only the hiscores are run; return whether any are left."""
        if list(self._request.modules) == [HISCORES]:
            return True
        unknown = unknown_players(self._mongo, self._players)
        for name in unknown:
            near = suggestion(self._mongo.analytics, name)
            self._report("note", f"no event or report of player {name!r}: nothing to run for them; {near}")
        self._players = [name for name in self._players if name not in unknown]
        return bool(self._players)

    def _do(self, location: Location) -> bool:
        if location.name == PLAYER_STATS:
            chosen = self._players or self._request.first or self._request.last
            return self._days(location) if chosen else self._whatever_is_owed(location)
        if not self._players and location.due(self._mongo) is None:
            return True
        # Before anything that reports show changes: this process may be killed.
        write_note(self._mongo.analytics, _REFRESH, token=ObjectId())
        begun = datetime.now(UTC)
        succeeded = self._run(location, self._main_run(location))
        if location.name == HISCORES and self._players and self._may_request:
            for line in without_snapshot(self._mongo.analytics, self._last_names(), begun):
                self._report("note", line)
        return succeeded

    def _days(self, location: Location) -> bool:
        """Compute the requested days, or those that the chosen players need."""
        first, last = self._request.first, self._request.last
        if first is None and last is None and location.days_of is not None:
            keys = [key for key in map(player_key, self._players) if key is not None]
            chosen = day_ranges(location.days_of(self._mongo, keys))
        else:
            whole = max(first or first_day(), first_day()), min(last or today(), today())
            chosen = [whole] if whole[0] <= whole[1] else []
        return all(self._run(location, planned) for planned in days_runs(chosen, self._players))

    def _whatever_is_owed(self, location: Location) -> bool:
        """Work through what is owed in portions, as long as each leaves less than the one before."""
        if location.due(self._mongo) is None:
            return True
        before = math.inf
        while self._run(location, self._main_run(location)):
            left = read_owed(self._mongo.analytics)
            if days := rebuilding.total(self._mongo.analytics):
                unfinished = rebuilding.left(self._mongo.analytics) or set()
                self._report("note", f"rebuilt {days - len(unfinished):,} of {counted(days, 'day')}")
            if left.due == 0:
                return True
            if left.due >= before:
                self._report("note", f"still owed: {left.in_words()}")
                return True
            before = left.due
        return False

    def _reports_once_more(self, location: Location) -> bool:
        """Rebuild reports with the names, pictures and gains found since they were built."""
        if self._players:
            return len(self._request.modules) == 1 or self._run(location, reports_run(self._players))
        if rebuilding.left(self._mongo.analytics) == set():
            if not self._run(location, reports_run([], from_days=True)):
                return False
            rebuilding.end(self._mongo.analytics)
        note = read_note(self._mongo.analytics, _REFRESH)
        if not note:
            return True
        done = self._run(location, reports_run([]))
        if done:
            self._mongo.analytics[RUN_NOTES].delete_one(note)
        return done

    def _main_run(self, location: Location) -> PlannedRun:
        players = self._players if location.name == PLAYER_STATS else self._last_names()
        return main_run(location.name, location.main_job, players, may_request=self._may_request)

    def _last_names(self) -> list[str]:
        """Return the chosen players under the names that they held last."""
        if not self._players:
            return []
        keys = {name: key for name in self._players if (key := player_key(name)) is not None}
        last = resolved(self._mongo.analytics, applied_tenures(self._mongo.analytics), keys.values())
        return list(dict.fromkeys(name if last[key] == key else last[key] for name, key in keys.items()))

    def _run(self, location: Location, planned: PlannedRun) -> bool:
        if self._execution is None:
            self._execution = self._make()
        return self._execution.run(location, planned)
