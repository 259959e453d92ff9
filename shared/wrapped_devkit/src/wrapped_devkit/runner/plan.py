"""What to materialise, as data: runs of jobs with their partitions, selection and config.

A plan is made of what MongoDB says and of what the user asked for; carrying it out is the worker's.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import date, timedelta
from typing import Any, Final

from wrapped_shared.asset_keys import (
    DATA_QUALITY_KEY,
    HISCORES_GAINS_KEY,
    HISCORES_PLAYERS_KEY,
    PLAYER_DAYS_KEY,
    TRACKED_PLAYERS_KEY,
)

_GAP_DAYS: Final = 3
"""Days nobody asked for that may lie in a stretch: computing them again changes nothing and saves a run."""


@dataclass(frozen=True)
class PlannedRun:
    """One run of a job."""

    title: str
    """What it does, for the user."""
    job: str
    assets: list[str] = field(default_factory=list)
    """The assets to materialise, as "prefix/name"; empty = all of the job, with its checks."""
    first_day: str | None = None
    last_day: str | None = None
    """The partitions, both included; None = the run has none."""
    config: dict[str, Any] = field(default_factory=dict)
    """Run config."""

    def as_json(self) -> dict[str, Any]:
        """Return the run as plain data."""
        return asdict(self)


def stretches(days: Sequence[str]) -> list[tuple[str, str]]:
    """Return the first and last day of each stretch of days with small gaps only."""
    found: list[tuple[str, str]] = []
    for day in sorted(days):
        if found and date.fromisoformat(day) - date.fromisoformat(found[-1][1]) <= timedelta(days=_GAP_DAYS):
            found[-1] = found[-1][0], day
        else:
            found.append((day, day))
    return found


def player_stats_runs(days: Sequence[str], players: Sequence[str]) -> list[PlannedRun]:
    """Return the runs that compute days and then make reports.

    Args:
        days: the days to compute.
        players: names of the chosen players; empty for all.
    """
    chosen = {"config": {"players": list(players)}}
    runs = [
        PlannedRun(
            title=f"days {first} to {last}" if first != last else f"day {first}",
            job="daily_wrapped",
            assets=_names(PLAYER_DAYS_KEY, *([] if players else [DATA_QUALITY_KEY])),
            first_day=first,
            last_day=last,
            config={"ops": {"player_days": chosen}},
        )
        for first, last in stretches(days)
    ]
    if not players:
        runs.append(PlannedRun("data quality", "check_telemetry"))
    return [*runs, reports_run(players)]


def reports_run(players: Sequence[str]) -> PlannedRun:
    """Return the run that makes all (or the chosen players') reports from what is stored."""
    config = {"players": list(players), "everything": True}
    return PlannedRun(
        title="reports",
        job="make_reports",
        config={"ops": {"wrapped_reports": {"config": config}}},
    )


def hiscores_runs(players: Sequence[str], *, may_ask: bool) -> list[PlannedRun]:
    """Return the run that scrapes the hiscores and computes gains.

    Args:
        players: names of the chosen players, who are asked about whatever the plan says; empty for those due.
        may_ask: whether there is a contact to ask upstream with; without, only what is stored is worked on.
    """
    if not may_ask:
        assets = [] if players else _names(TRACKED_PLAYERS_KEY, HISCORES_PLAYERS_KEY)
        return [PlannedRun("gains from stored snapshots", "hiscores_scrape", [*assets, *_names(HISCORES_GAINS_KEY)])]
    chosen = {"config": {"players": list(players)}}
    config = {"ops": {"hiscores__snapshots": chosen, "hiscores__hiscores_gains": chosen}} if players else {}
    return [PlannedRun("hiscores", "hiscores_scrape", config=config)]


def image_map_runs(players: Sequence[str]) -> list[PlannedRun]:
    """Return the run that brings the map of pictures up to date, or the part that chosen players' reports name."""
    chosen = {"config": {"players": list(players)}}
    config = {"ops": {"image_map__stat_subjects": chosen, "image_map__stat_images": chosen}} if players else {}
    return [PlannedRun("pictures", "image_map_regeneration", config=config)]


def _names(*keys: Any) -> list[str]:
    return ["/".join(key.path) for key in keys]
