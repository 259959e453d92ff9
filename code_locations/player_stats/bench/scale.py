"""Extrapolates `growth`'s measurements to 100,000 players who play four hours a day, refreshed every ten minutes.

The assumptions are the constants here. Play is spread evenly over the day; if an evening has twice as much play, all
figures of a refresh double.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

PLAYERS: Final = 100_000
TICKS: Final = 24_000
"""Per player and day: four hours."""
SESSIONS: Final = 5
"""Sittings per player and day, as in generated play: each touches one refresh more than its length."""
REFRESHES: Final = 144
TOUCHED: Final = int(PLAYERS * (240 + 10 * SESSIONS) / 1_440)
PLAYED: Final = {"after a month": (0, 0, 30), "after three years": (730, 180, 15)}
"""Days in the running merges of closed years, closed months and closed days."""
MONTH: Final = 30
HOURS_KEPT: Final = 8
"""Days whose hours are stored."""
AUDITED: Final = 8
"""Days recounted by the daily audit in addition to its share of the history: the last week and today."""
HISTORY_PARTS: Final = 28
PODS: Final = (1, 4, 8)
PERIODS: Final = 2
"""Periods ranked hourly: the year and all time."""
STEPS: Final = 5
"""Steps of a run with one reduce Pod."""
START_SECONDS: Final = 2
"""CPU time to start a step's process; see `docs/deploying.md`."""

Figures = Mapping[str, float]


@dataclass
class Costs:
    """The measurements, in bytes and seconds."""

    examined: float = 0
    """Documents examined by the plan per new document, without the daily audit."""
    read: float = 0
    """Events read per new event."""
    events: float = 0
    """Events per game tick."""
    map_seconds: float = 0
    """Per event read."""
    raw_bytes: float = 0
    map_bytes: float = 0
    """Both ways between map and the analytics database, per touched player."""
    plan_seconds: float = 0
    """Fixed cost of plan and join."""
    stored: float = 0
    compressed: float = 0
    """Per event: as BSON, and compressed."""
    indexes: Figures = field(default_factory=dict)
    """Bytes per event of its keys, by index."""
    ledger: float = 0
    reports: float = 0
    """Bytes of reports per player."""
    ranks: Figures = field(default_factory=dict)
    """Per report, by figure."""
    rows: int = 0
    steps: int = 0
    """Rows of a run in Dagster's event log, and the number of its steps."""
    summary: Callable[[float], float] = float
    """Bytes of a summary of a number of days."""
    reduced: Figures = field(default_factory=dict)
    """A touched player's figures with running merges of `merges` bytes."""
    merges: float = 0
    of_a_byte: Figures = field(default_factory=dict)
    """The increase of the figures per byte of the merges."""

    def reduce(self, days: tuple[int, int, int]) -> dict[str, float]:
        """Return a touched player's figures for a history with the given days in each running merge."""
        more = self.merged(days) - self.merges
        return {name: value + self.of_a_byte[name] * more for name, value in self.reduced.items()}

    def merged(self, days: tuple[int, int, int]) -> float:
        """Return the bytes of a player's running merges; that of today's hours counts for half a day."""
        return sum(self.summary(number) for number in (*days, 0.5) if number)


def report(costs: Costs) -> None:
    """Print the extrapolated costs."""
    events = PLAYERS * TICKS * costs.events
    new = events / REFRESHES
    print(f"{PLAYERS:,} players x 4 hours a day in {SESSIONS} sittings, refreshed every ten minutes")
    print(
        f"  {events / 1e9:.2f} billion events a day, {events / 86_400:,.0f} a second, {new / 1e6:.1f} million a refresh"
    )
    print(f"  {PLAYERS // 6:,} players at a time, {TOUCHED:,} touched per refresh")
    mapped = new * costs.read * costs.map_seconds
    print(f"  map: {new * costs.read / 1e6:.1f} million events read, {mapped:,.0f} s of one core")
    hours = (costs.plan_seconds + mapped) * REFRESHES
    both = REFRESHES * (new * costs.read * costs.raw_bytes + TOUCHED * costs.map_bytes)
    print(f"    {new * costs.read * costs.raw_bytes / 1e9:.2f} GB of raw telemetry, "
          f"{TOUCHED * costs.map_bytes / 1e9:.2f} GB both ways of hours, a refresh")  # fmt: skip
    ranked = PERIODS * PLAYERS * costs.ranks["milliseconds"] / 1e3
    rank_bytes = PERIODS * PLAYERS * (costs.ranks["read_kilobytes"] + costs.ranks["written_kilobytes"]) * 1e3
    print(f"  ranks, hourly: {ranked:,.0f} s of one core, {rank_bytes / 1e9:.2f} GB both ways")
    starts = START_SECONDS * (STEPS - 1 + PODS[-1]) * REFRESHES
    for since, days in PLAYED.items():
        each = costs.reduce(days)
        seconds = TOUCHED * each["milliseconds"] / 1e3
        size = (each["read_kilobytes"] + each["written_kilobytes"]) * 1e3
        print(f"  {since}: a player's running merges have {costs.merged(days) / 1e6:.2f} MB")
        print(f"    reduce: {each['milliseconds']:.1f} ms and {size / 1e3:,.0f} kB both ways a touched player, "
              f"{seconds:,.0f} s of one core and {TOUCHED * size / 1e9:.1f} GB a refresh")  # fmt: skip
        shown = ", ".join(f"{pods}: {costs.plan_seconds + mapped + seconds / pods:,.0f} s" for pods in PODS)
        print(f"    plan, one map Pod and N reduce Pods: {shown} of 600 s")
        everyone = PLAYERS * each["milliseconds"] / 1e3
        total = hours + REFRESHES * seconds + 24 * ranked + everyone + starts
        print(f"    core hours a day: {total / 3600:.1f} (map {mapped * REFRESHES / 3600:.1f}, reduce "
              f"{REFRESHES * seconds / 3600:.1f}, ranks {24 * ranked / 3600:.1f}, all reports in the morning "
              f"{everyone / 3600:.1f}, starts {starts / 3600:.1f})")  # fmt: skip
        whole = both + REFRESHES * TOUCHED * size + 24 * rank_bytes + PLAYERS * size
        print(f"    {whole / 1e12:.2f} TB a day between runs and MongoDB, {whole / 86_400 / 1e6:,.0f} MB a second")
    _plan(costs, events)
    _stored(costs, events)
    rows, steps = costs.rows / costs.steps, STEPS - 1 + PODS[-1]
    print(f"  Dagster: {rows:.0f} rows of the event log a step, {steps} steps a run with {PODS[-1]} Pods of reduce: "
          f"{REFRESHES} runs and {REFRESHES * rows * steps:,.0f} rows a day")  # fmt: skip


def _plan(costs: Costs, events: float) -> None:
    billions = events / 1e9
    print(f"  plan: {costs.examined:.2f} documents examined for each new one, {costs.examined * billions:.1f} billion")
    print(f"    a day; by the daily audit {AUDITED * billions:.1f} billion, and of the rest a {HISTORY_PARTS}th")
    print(f"  the day's ledger: {costs.ledger / 1e3:,.0f} kB in the evening, whatever the number of players")


def _stored(costs: Costs, events: float) -> None:
    keys = sum(costs.indexes.values())
    month = events * MONTH
    print(f"  a month of raw telemetry: {month * costs.stored / 1e12:.1f} TB as BSON, "
          f"{month * costs.compressed / 1e12:.1f} TB compressed, indexes {month * keys / 1e12:.1f} TB")  # fmt: skip
    hours = 4 + SESSIONS
    sizes = {
        "hours": HOURS_KEPT * hours * costs.summary(1 / hours),
        "days, a month of them": MONTH * costs.summary(1),
        "months, one of them": costs.summary(MONTH),
        "merges after a month": costs.merged(PLAYED["after a month"]),
        "merges after three years": costs.merged(PLAYED["after three years"]),
        "reports": costs.reports,
    }
    for name, size in sizes.items():
        print(f"    {name}: {size / 1e3:,.0f} kB a player, {PLAYERS * size / 1e9:,.1f} GB")
