"""The scrape itself: one player after another, each stored before the next is looked up.

What belongs here: the loop over the chosen players, combining client, rules and store. What does not: choosing them
(`domain.planner`), what a response means (`domain.lookup`), Dagster (`defs`).
"""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import KW_ONLY, dataclass, field
from datetime import UTC, datetime
from typing import Final, cast

from pymongo.database import Database
from wrapped_shared.documents import Document
from wrapped_shared.http import BreakerOpen, UpstreamError
from wrapped_shared.stored.hiscores import HiscoresSnapshot
from wrapped_shared.vocabulary import AccountType, RowKind, ScrapeOutcome

from hiscores.domain.catalogue import kinds_of
from hiscores.domain.lookup import Found, look_up
from hiscores.domain.payload import Payload
from hiscores.domain.planner import TROUBLE
from hiscores.domain.roster import Tracked
from hiscores.domain.series import changed_hands
from hiscores.domain.snapshots import Snapshot, build_document, read_snapshot, whole_milliseconds
from hiscores.domain.states import PlayerState, after_nothing, after_snapshot
from hiscores.store.names import is_forgotten
from hiscores.store.players import load_states, remove_states, save_states
from hiscores.store.snapshots import load_by_slot, remove_snapshot, save_snapshot
from hiscores.upstream.client import HiscoresClient

CHUNK: Final = 50
"""Players per round of reading and saving states."""

Rows = tuple[tuple[str, ...], tuple[str, ...]]


@dataclass
class Tally:
    """The results of a scrape."""

    outcomes: Counter[str] = field(default_factory=Counter)
    """Players by outcome: ok, not_found, unranked, unavailable, blocked, format_changed."""
    resumed: int = 0
    """Players whose snapshot for this slot was already stored."""
    name_changed: int = 0
    reasons: Counter[str] = field(default_factory=Counter)
    """What was wrong with the invalid responses, with the number of players but never their names."""
    rows: Counter[Rows] = field(default_factory=Counter)
    """The lists of rows in responses from the main table (skills, activities), and how often each occurred."""
    ended: str = ""
    """Why the scrape ended early: `hold`, `breaker` or `time`; empty if it did not."""
    reason: str = ""
    """Until when the hold lasts, or what opened the breaker."""

    @property
    def looked_up(self) -> int:
        """Players who were looked up."""
        return sum(self.outcomes.values())

    @property
    def failures(self) -> int:
        """Players without a valid response."""
        return sum(self.outcomes[word] for word in TROUBLE)


class _ForgottenError(Exception):
    """The player was forgotten before the next request."""


@dataclass
class Scrape:
    """One scrape for one slot.

    `wrapped forget` takes effect at once: whether a player is forgotten is read before each request, and before and
    after each write.
    """

    raw: Database[Document]
    analytics: Database[Document]
    client: HiscoresClient
    _: KW_ONLY
    slot: datetime
    kind_of: Callable[[str], RowKind | None]
    """Returns the catalogue's kind of a row, or None if it has none."""
    deadline: datetime
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    tally: Tally = field(init=False, default_factory=Tally)
    _changed: list[tuple[PlayerState, Tracked]] = field(init=False, default_factory=list)
    _kinds: dict[tuple[str, ...], dict[str, RowKind]] = field(init=False, default_factory=dict)

    def run(self, players: Sequence[Tracked]) -> Iterator[int]:
        """Look up the players in order; yield the number done after each chunk.

        Ends early, without an error, once the breaker is open or the deadline has passed: what was stored stays. Each
        snapshot is stored before the next player is looked up. States are saved once per chunk; if the run is killed
        before that, repeating it restores them from the snapshots.
        """
        for start in range(0, len(players), CHUNK):
            chunk = players[start : start + CHUNK]
            try:
                self._scrape_chunk(chunk)
            finally:
                self._save_states()
            if self.tally.ended:
                return
            yield start + len(chunk)

    def _scrape_chunk(self, players: Sequence[Tracked]) -> None:
        keys = [player.key for player in players]
        states = load_states(self.analytics, keys)
        stored = load_by_slot(self.raw, [(key, self.slot) for key in keys])
        last = [(key, s.snapshot_slot) for key, s in states.items() if s.snapshot_slot is not None]
        previous = load_by_slot(self.raw, last)
        for player in players:
            if self._must_end():
                return
            if self._forgotten(player.key):
                continue
            state = (states.get(player.key) or PlayerState(player.key, player.player)).tracked_as(player)
            before = read_snapshot(previous[player.key]) if player.key in previous else None
            if player.key in stored:
                self._resume(player, state, stored[player.key], before)
            else:
                self._look_up(player, state, before)

    def _must_end(self) -> bool:
        breaker = self.client.breaker
        if breaker.is_open:
            self.tally.ended, self.tally.reason = "hold" if self.client.held else "breaker", breaker.reason
        elif self.clock() >= self.deadline:
            self.tally.ended = "time"
        return bool(self.tally.ended)

    def _look_up(self, player: Tracked, state: PlayerState, before: Snapshot | None) -> None:
        try:
            found: Found | ScrapeOutcome = look_up(self._table(player.key), state, before, self.clock())
        except (BreakerOpen, _ForgottenError):
            return
        except UpstreamError as error:
            self.tally.reasons[f"{error.outcome}: {error}"] += 1
            found = cast("ScrapeOutcome", error.outcome)
        if isinstance(found, Found):
            self._succeeded(player, state, found)
        else:
            self._without_snapshot(player, state, found)

    def _table(self, key: str) -> Callable[[AccountType], Payload | None]:
        def fetch(account_type: AccountType) -> Payload | None:
            if self._forgotten(key):
                raise _ForgottenError
            payload = self.client.player(key, account_type)
            if payload is not None and account_type == "regular":  # other tables may have other rows
                self.tally.rows[payload.skill_names, payload.activity_names] += 1
            return payload

        return fetch

    def _succeeded(self, player: Tracked, state: PlayerState, found: Found) -> None:
        at = whole_milliseconds(self.clock())
        entry = found.entry
        names = entry.payload.activity_names
        if names not in self._kinds:
            self._kinds = {names: kinds_of(names)}
        kinds = self._kinds[names]

        def kind_of(name: str) -> RowKind:
            return self.kind_of(name) or kinds[name]

        document = build_document(
            key=player.key, player=player.player, slot=self.slot, scraped_at=at, entry=entry, kind_of=kind_of
        )
        if not self._saved(player.key, document):
            return
        after = after_snapshot(
            state,
            slot=self.slot,
            at=at,
            account_type=entry.account_type,
            type_checked=found.type_checked,
            name_changed=found.name_changed,
        )
        self._changed.append((after, player))
        self.tally.outcomes["ok"] += 1
        self.tally.name_changed += found.name_changed

    def _without_snapshot(self, player: Tracked, state: PlayerState, outcome: ScrapeOutcome) -> None:
        at = whole_milliseconds(self.clock())
        after = after_nothing(state, slot=self.slot, at=at, outcome=outcome)
        self._changed.append((after, player))
        self.tally.outcomes[outcome] += 1

    def _resume(self, player: Tracked, state: PlayerState, stored: Document, before: Snapshot | None) -> None:
        """Bring a player's state up to date with the snapshot that a killed run has stored."""
        self.tally.resumed += 1
        if state.snapshot_slot is not None and state.snapshot_slot >= self.slot:
            return
        now = read_snapshot(stored)
        after = after_snapshot(
            state,
            slot=self.slot,
            at=stored["scraped_at"],
            account_type=stored["account_type"],
            type_checked=state.account_type != stored["account_type"],
            name_changed=bool(before and now and changed_hands(before, now.skills, now.activities, now.at)),
        )
        self._changed.append((after, player))

    def _saved(self, key: str, document: HiscoresSnapshot) -> bool:
        """Store a snapshot; if the player is forgotten before or while it is written, none of it stays."""
        if self._forgotten(key):
            return False
        save_snapshot(self.raw, document)
        if self._forgotten(key):
            remove_snapshot(self.raw, document["_id"])
            return False
        return True

    def _save_states(self) -> None:
        """Store the states of the last few players, except those who were forgotten meanwhile."""
        changed = [(state, player) for state, player in self._changed if not self._forgotten(state.key)]
        self._changed.clear()
        save_states(self.analytics, changed)
        remove_states(self.analytics, [state.key for state, _ in changed if self._forgotten(state.key)])

    def _forgotten(self, key: str) -> bool:
        return is_forgotten(self.analytics, key, self.clock())
