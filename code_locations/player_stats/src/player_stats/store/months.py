"""Merging players' stored summaries: months from days, years from months, all time from years.

Closed parts are kept in running merges, so new data costs only what is newer. If a closed part is touched, the merges
that contain it are rebuilt. Months are stored once they are closed, without prices: a month is valued when it is merged
into its year. Raw events are never read here.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import groupby
from typing import Final, TypeAlias

from wrapped_shared import collections as names
from wrapped_shared.documents import Document
from wrapped_shared.periods import ALL_TIME, month_of
from wrapped_shared.seal import sealed_before
from wrapped_shared.stored.player_stats import PlayerMonthFields
from wrapped_shared.version import SCHEMA_VERSIONS

from player_stats.domain.chains import Chains
from player_stats.domain.running_merges import DAYS, EVER, LEVELS, MONTHS, YEARS, RunningMerge, merged, summary_of
from player_stats.domain.summaries import Summary, merge_all
from player_stats.store.merged_days import PlayerDays
from player_stats.store.merges import RunningMerges
from player_stats.store.report_requests import Touched
from player_stats.store.sizes import fits
from player_stats.store.stored_days import AFTER_ITS_DAYS, StoredDays
from player_stats.store.turns import Turn
from player_stats.store.valuing import Valuing

Periods: TypeAlias = dict[tuple[str, str], Summary | None]
"""The merge of each (period, player key); None if there are no days."""

_AT_ONCE: Final = 1_000
_NOTHING: Final = RunningMerge(DAYS, "", "")


@dataclass
class _Player:
    """One player, and what has been found out about them so far."""

    key: str
    touched: Touched
    running: RunningMerges
    days: RunningMerge = _NOTHING
    """The running merge of a month; in the end, of the latest month."""
    parts: dict[str, Summary] = field(default_factory=dict)
    """Days that are not in this merge."""
    open: str = ""
    """The latest month, which is not stored while it is open. Empty = the player has no days at all."""
    kept: Summary | None = None
    """The latest month as stored, if its days no longer exist."""
    built: dict[str, Summary | None] = field(default_factory=dict)
    """Other months that are merged again; None if they have no days."""

    @property
    def touched_months(self) -> set[str]:
        return self.touched.whole | {month_of(day) for day in self.touched.days}

    @property
    def changed_months(self) -> set[str]:
        """The months that no running merge of months or years may contain: merged or valued again."""
        return self.touched.revalued | self.built.keys()

    def months(self) -> RunningMerge:
        """Return the valid running merge of the latest year's months, or an empty one."""
        year = self.open[:4]
        known = self.running.get(self.key, MONTHS)
        holds = known is not None and known.before <= self.open
        if known is not None and holds and known.holds(year, (one for one in self.changed_months if one[:4] == year)):
            return known
        return RunningMerge(MONTHS, year, year)

    def years(self) -> RunningMerge:
        """Return the valid running merge of the years before, or an empty one."""
        known = self.running.get(self.key, YEARS)
        if known is not None and known.before <= self.open[:4] and known.holds(EVER, self.changed_months):
            return known
        return RunningMerge(YEARS, EVER, "")


class MonthMerging:
    """Merges months, years and all time for a batch of players."""

    def __init__(self, turn: Turn, running: RunningMerges, chains: Chains, valuing: Valuing) -> None:
        """Prepare to merge with the players' running merges, under the names that they hold."""
        self._turn, self._running, self._valuing = turn, running, valuing
        self._days = StoredDays(turn.analytics, chains, running.changes)

    def merge(self, touched: Mapping[str, Touched], merged_days: PlayerDays) -> Periods:
        """Merge what was touched, write the closed months, and return the periods to report.

        Args:
            touched: what was touched, by player key; for a player without touched months all periods are returned.
            merged_days: touched days that have just been merged and written, under the names that sent them.
        """
        players = [_Player(key, found, self._running) for key, found in sorted(touched.items())]
        lost = self._read_news(players, merged_days)
        if lost:
            self._find_latest(lost)
        self._build(players)
        self._write([player for player in players if player.open or player.built])
        periods = self._periods(players)
        self._valuing.note_months(self._turn.analytics)
        return periods

    def _read_news(self, players: Iterable[_Player], merged_days: PlayerDays) -> list[_Player]:
        """Read the days newer than the running merges; return players whose latest month is unknown."""
        lost: list[_Player] = []
        some: list[tuple[str, str]] = []
        whole: dict[str, list[str]] = {}
        by_key = {player.key: player for player in players}
        for player in by_key.values():
            latest = self._running.get(player.key, DAYS)
            upper = [self._running.get(player.key, level) for level in (MONTHS, YEARS)]
            if latest is None or None in upper or max(player.touched.whole, default="") > latest.of:
                lost.append(player)
                continue
            in_month = [day for day in player.touched.days if month_of(day) == latest.of]
            if latest.of not in player.touched.whole and latest.holds(latest.of, in_month):
                player.days = latest
                some += [(player.key, day) for day in {*in_month, latest.before}]
            else:
                player.days = RunningMerge(DAYS, latest.of, latest.of)
                whole.setdefault(latest.of, []).append(player.key)
            some += [(player.key, day) for day in player.touched.days if month_of(day) > latest.of]
        for key, day, summary in [*self._days.some(some, merged_days), *self._days.of_months(whole)]:
            by_key[key].parts[day] = summary
        for player in by_key.values():
            if player.days.of:
                found = [month_of(day) for day in player.parts]
                player.open = max([*found, *([player.days.of] if player.days.summary else [])], default="")
        return lost + [player for player in by_key.values() if player.days.of and not player.open]

    def _find_latest(self, players: Iterable[_Player]) -> None:
        """Find the latest month of players without usable running merges; merge their months that were never stored."""
        by_key = {player.key: player for player in players}
        months: dict[str, set[str]] = {key: set() for key in by_key}
        for key, month in self._days.months(by_key):
            months[key].add(month)
        query = {"player_key": {"$in": sorted(by_key)}}
        stored: dict[str, set[str]] = {key: set() for key in by_key}
        fields = {"_id": 0, "player_key": 1, "month": 1}
        for document in self._turn.analytics[names.PLAYER_MONTHS].find(query, fields, batch_size=_AT_ONCE):
            stored[document["player_key"]].add(document["month"])
        sealed = sealed_before(self._turn.analytics)
        for key, player in by_key.items():
            gone = {month for month in player.touched_months - months[key] if not _is_sealed(month, sealed)}
            player.open = max(months[key] | (stored[key] - gone), default="")
            player.days, player.parts = _NOTHING, {}
            player.built = dict.fromkeys(months[key] - stored[key] - {player.open})
            if player.open and player.open not in months[key]:
                kept = self._months_of({(player.open, player.open + AFTER_ITS_DAYS): [key]})
                player.kept = next(summary for _, _, summary in kept)

    def _build(self, players: Iterable[_Player]) -> None:
        """Merge closed months from their days, and read the days of latest months without a running merge."""
        wanted: dict[str, list[str]] = {}
        by_key = {player.key: player for player in players}
        for player in by_key.values():
            begun = player.days.of
            player.built |= dict.fromkeys(player.touched_months - {player.open})
            if begun and begun != player.open:
                of_month = {day: found for day, found in player.parts.items() if month_of(day) == begun}
                player.built[begun] = player.days.with_open(of_month)
            for month in player.built.keys() - {begun}:
                wanted.setdefault(month, []).append(player.key)
            if player.open != begun and player.kept is None:
                player.days, player.parts = RunningMerge(DAYS, player.open, player.open), {}
                if player.open:
                    wanted.setdefault(player.open, []).append(player.key)
        for (key, month), days in groupby(self._days.of_months(wanted), lambda found: (found[0], month_of(found[1]))):
            player = by_key[key]
            if month == player.open:
                player.parts |= {day: summary for _, day, summary in days}
            else:
                player.built[month] = merged(summary for _, _, summary in days)

    def _write(self, players: Iterable[_Player]) -> None:
        """Write the closed months that were merged; the latest month is not stored."""
        documents, gone = [], set()
        for player in players:
            for month, summary in player.built.items():
                document = None if summary is None else _document(player.key, month, summary)
                if document is None:
                    gone.add((player.key, month))
                elif fits(document):
                    documents.append(document)
                else:
                    self._running.too_large.add(player.key)
            current = (player.days, DAYS), (player.months(), MONTHS)
            rebuilt = any(one is not self._running.get(player.key, level) for one, level in current)
            moved_back = any(month > player.open for month in player.built)
            if player.open and player.kept is None and (rebuilt or moved_back):
                gone.add((player.key, player.open))
        self._turn.replace(names.PLAYER_MONTHS, documents)
        if gone:
            sealed = sealed_before(self._turn.analytics)
            latest = {(player.key, player.open) for player in players}
            unsealed = [one for one in gone if one in latest or not _is_sealed(one[1], sealed)]
            self._turn.remove(names.PLAYER_MONTHS, [f"{key}|{month}" for key, month in sorted(unsealed)])

    def _periods(self, players: Iterable[_Player]) -> Periods:
        """Merge years and all time, and advance the running merges."""
        wanted: dict[tuple[str, str], list[str]] = {}
        for player in players:
            year = player.open[:4]
            months, years = player.months(), player.years()
            reported = {month[:4] for month in player.touched.months}
            before = years.before
            if any(one < before for one in reported) or (not reported and years.summary):
                before = ""
            for first, end in ((months.before, player.open), (before, year)):
                if first < end:
                    wanted.setdefault((first, end), []).append(player.key)
        of_month: dict[str, dict[str, Summary]] = {}
        of_year: dict[str, dict[str, Summary]] = {}
        opens = {player.key: player.open[:4] for player in players}
        for (key, year), found in groupby(self._months_of(wanted), lambda one: (one[0], one[1][:4])):
            if year == opens[key]:
                of_month[key] = {month: summary for _, month, summary in found}
            else:
                of_year.setdefault(key, {})[year] = merge_all(summary for _, _, summary in found)
        periods: Periods = {}
        for player in players:
            periods |= self._of_player(player, of_month.get(player.key, {}), of_year.get(player.key, {}))
        return periods

    def _of_player(self, player: _Player, months: Mapping[str, Summary], years: Mapping[str, Summary]) -> Periods:
        key, year = player.key, player.open[:4]
        reported = {month[:4] for month in player.touched.months} or {*years, year} - {""}
        if not player.open:
            for level in LEVELS:
                self._running.drop(key, level)
            return {(period, key): None for period in (*reported, ALL_TIME)}
        earlier, closed = player.years().upto(year, years), player.months().upto(player.open, months)
        self._running.put(key, earlier)
        self._running.put(key, closed)
        latest = player.kept
        if latest is None:
            days = player.days.upto(max([player.days.before, *player.parts]), player.parts)
            self._running.put(key, days)
            whole = days.with_open(player.parts)
            latest = None if whole is None else self._valuing.value(whole, player.open)
        else:
            self._running.drop(key, DAYS)
        this_year = merged([closed.summary, latest])
        found: Periods = {(one, key): this_year if one == year else years.get(one) for one in reported}
        return {**found, (ALL_TIME, key): merged([earlier.summary, this_year])}

    def _months_of(self, wanted: Mapping[tuple[str, str], list[str]]) -> Iterator[tuple[str, str, Summary]]:
        """Yield (player key, month, valued summary) of stored months in half-open ranges, each player's in order."""
        for (first, end), keys in sorted(wanted.items()):
            query = {"player_key": {"$in": sorted(keys)}, "month": {"$gte": first, "$lt": end}}
            found = self._turn.analytics[names.PLAYER_MONTHS].find(query, batch_size=_AT_ONCE)
            for document in found.sort([("player_key", 1), ("month", 1)]):
                self._running.changes.summaries_read += 1
                month = document["month"]
                yield document["player_key"], month, self._valuing.value(summary_of(document), month)


def _is_sealed(month: str, before: str | None) -> bool:
    return before is not None and month + AFTER_ITS_DAYS <= before


def _document(key: str, month: str, summary: Summary) -> Document:
    head: PlayerMonthFields = {
        "_id": f"{key}|{month}", "schema_version": SCHEMA_VERSIONS[names.PLAYER_MONTHS],
        "player_key": key, "month": month,
    }  # fmt: skip
    return {**head, **summary}
