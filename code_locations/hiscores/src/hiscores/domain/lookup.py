"""One player's lookup: which tables to request, given what is known about the player.

What belongs here: the single request once the type is known, the weekly check, and what a failure half-way means.
What does not: HTTP and MongoDB; the request function is passed in.
"""

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal, TypeAlias

from wrapped_shared.hiscores_rows import OVERALL
from wrapped_shared.http.errors import UpstreamError
from wrapped_shared.vocabulary import AccountType

from hiscores.domain.account_type import Fetch, TableEntry, decide
from hiscores.domain.payload import Payload
from hiscores.domain.series import changed_hands
from hiscores.domain.snapshots import Snapshot
from hiscores.domain.states import PlayerState

STUCK_AFTER: Final = timedelta(days=1)
"""An ironman who plays without gaining has their type checked again, at most this often."""

Missing: TypeAlias = Literal["not_found", "unranked"]
"""`not_found`: no table lists the player. `unranked`: one does, but no table has a value in any row."""


@dataclass(frozen=True, slots=True)
class Found:
    """The result of a lookup."""

    entry: TableEntry
    type_checked: bool
    """Whether every table that determines the type was requested."""
    name_changed: bool


def look_up(fetch: Fetch, state: PlayerState, previous: Snapshot | None, now: datetime) -> Found | Missing:
    """Find a player's figures and type.

    A table that lists the player without a value in any row says nothing about the type: it counts as one that does
    not have them.

    Args:
        fetch: requests one table; raises what the client raises.
        state: what is known about the player.
        previous: the last snapshot, or None.
        now: the current time.

    Raises:
        UpstreamError: there was no valid response to use.
    """
    listed = False

    def fetch_values(account_type: AccountType) -> Payload | None:
        nonlocal listed
        payload = fetch(account_type)
        if payload is None or not payload.is_unranked:
            return payload
        listed = True
        return None

    known = state.account_type if state.type_checked_at is not None else None
    entry = None
    if known is not None and (payload := fetch_values(known)) is not None:
        entry = TableEntry(known, payload)
    looked = _Look(fetch_values, known, entry, previous, now)
    return looked.found(state) or ("unranked" if listed else "not_found")


@dataclass(frozen=True, slots=True)
class _Look:
    """A lookup after the request to the known type's table, if there is one."""

    fetch: Fetch
    known: AccountType | None
    entry: TableEntry | None
    """The player's entry on the known table."""
    previous: Snapshot | None
    now: datetime

    def found(self, state: PlayerState) -> Found | None:
        """Do what follows the request to the known table.

        - The type was never checked: it is determined from scratch.
        - The known table lacks the player: the other tables decide.
        - The last check is a week old, the name seems to have changed hands, or an ironman's figures do not move
          although they play (they may have died or left): the other tables are consulted too.
        - Else one request was enough.
        """
        if self.known is None or state.type_checked_at is None:
            return self._decided()
        if self.entry is None:
            return self._searched()
        stuck = state.is_active and _stands_still(self.entry, self.previous)
        if (
            not state.type_is_fresh(self.now)
            or _changed(self.entry.payload, self.previous, self.now)
            or (stuck and self.now - state.type_checked_at > STUCK_AFTER)
        ):
            return self._verified(self.entry)
        return self._result(self.entry, type_checked=False)

    def _searched(self) -> Found | None:
        """Find a player whom the known table lacks.

        An ironman who seems to have become regular is checked again from the widest table on: nobody disappears from
        the ironman tables, so was the first response right?
        """
        entry = self._decided_with_known()
        if self.known != "regular" and entry is not None and entry.account_type != self.known:
            return self._decided()
        return None if entry is None else self._result(entry, type_checked=True)

    def _verified(self, known: TableEntry) -> Found:
        """Check the type by the other tables.

        A new result is checked again from the widest table on, so that a player who logs out between two requests is
        not misclassified. If a check fails half-way, the valid response from the known table counts, with its type.
        """
        with suppress(UpstreamError):
            entry = self._decided_with_known()
            if entry is not None and entry.account_type == self.known:
                return self._result(entry, type_checked=True)
            if (decided := self._decided()) is not None:
                return decided
        return self._result(known, type_checked=False)

    def _decided(self) -> Found | None:
        """Determine the type from scratch."""
        entry = decide(self.fetch)
        return None if entry is None else self._result(entry, type_checked=True)

    def _decided_with_known(self) -> TableEntry | None:
        """Determine the type without requesting the known table again."""
        payload = None if self.entry is None else self.entry.payload
        return decide(lambda account_type: payload if account_type == self.known else self.fetch(account_type))

    def _result(self, entry: TableEntry, *, type_checked: bool) -> Found:
        return Found(entry, type_checked, _changed(entry.payload, self.previous, self.now))


def _stands_still(entry: TableEntry, previous: Snapshot | None) -> bool:
    if entry.account_type == "regular" or previous is None:
        return False
    return entry.payload.overall == previous.skills.get(OVERALL)


def _changed(payload: Payload, previous: Snapshot | None, now: datetime) -> bool:
    skills = {name: row.experience for name, row in payload.skills.items()}
    activities = {name: row.score for name, row in payload.activities.items()}
    return previous is not None and changed_hands(previous, skills, activities, now)
