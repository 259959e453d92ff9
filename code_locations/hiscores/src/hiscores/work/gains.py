"""Computing gains: for everybody, or for some players, under the names they held last.

What belongs here: which names' snapshots are read for whom, and the order of the writes. What does not: what a gain is
(`domain.gains`), and queries (`store`).
"""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from wrapped_shared.documents import Document
from wrapped_shared.forgotten_players import read_forgotten
from wrapped_shared.mongo import MongoResource
from wrapped_shared.vocabulary import RowKind

from hiscores.domain.chains import behind, of_chain, stored_tenures
from hiscores.domain.gains import ALL, gains_by_period, period_of
from hiscores.domain.snapshots import Snapshot, read_snapshot
from hiscores.store.gains import gains_of, linked_gains, save_gains, settle_others
from hiscores.store.names import load_tenures
from hiscores.store.snapshots import everyone, of_player, old_forms


@dataclass
class Tally:
    """What was computed."""

    players: int = 0
    documents: int = 0
    unreadable: int = 0
    written: int = 0
    flags: Counter[str] = field(default_factory=Counter)
    """Of all-time gains."""


class GainsWork:
    """Computes gains by the links of names and without the forgotten players, as both are when it is created."""

    def __init__(self, mongo: MongoResource, kind_of: Callable[[str], RowKind | None]) -> None:
        """Read the links and the forgotten players."""
        self._mongo = mongo
        self._kind_of = kind_of
        self.tenures, self.links_valid = load_tenures(mongo.analytics)
        self.forgotten = read_forgotten(mongo.analytics)
        self.behind_links = behind(linked_gains(mongo.analytics, self.tenures.names), self.tenures)
        """The players whose gains do not follow the links; compute them first, and in this order."""
        self._old_forms = old_forms(mongo.raw)
        self.tally = Tally()

    def some(self, keys: Iterable[str]) -> None:
        """Compute the gains of some players, in the order given."""
        for key in dict.fromkeys(keys):
            self._linked(key)

    def everyone(self) -> None:
        """Compute everybody's gains."""
        linked = {key for name in self.tenures.names for key in self.tenures.keys(name)}
        self.some([*self.behind_links, *sorted(linked)])
        done = linked | set(self.behind_links)
        for key, stored in everyone(self._mongo.raw, self._old_forms):
            if key not in done:
                snapshots = of_chain(self._read(stored), self.tenures.tenures(key), self.forgotten)
                self._save(key, snapshots)

    def _linked(self, key: str) -> None:
        """Compute one player's gains from the snapshots of all names that they hold, and that their gains are from."""
        tenures = self.tenures.tenures(key)
        names = {key, *(tenure.name for tenure in tenures)}
        for one in gains_of(self._mongo.analytics, key):
            names.update(str(tenure["name"]) for tenure in one.get("tenures") or ())
        read: list[Snapshot] = []
        for name in sorted(names):
            read += self._read(list(of_player(self._mongo.raw, name, self._old_forms.get(name, ()))))
        computed = self._save(key, of_chain(read, tenures, self.forgotten))
        evident = {period_of(snapshot.at) for snapshot in read} | ({ALL} if read else set())
        self.tally.written += settle_others(self._mongo.analytics, key, computed, evident, stored_tenures(tenures))

    def _read(self, stored: list[Document]) -> list[Snapshot]:
        snapshots = [snapshot for document in stored if (snapshot := read_snapshot(document))]
        self.tally.documents += len(stored)
        self.tally.unreadable += len(stored) - len(snapshots)
        return snapshots

    def _save(self, key: str, snapshots: list[Snapshot]) -> set[str]:
        """Compute and write; return the periods."""
        periods = gains_by_period(snapshots, self._kind_of)
        tenures = stored_tenures(self.tenures.tenures(key))
        self.tally.players += bool(periods)
        self.tally.written += save_gains(self._mongo.analytics, key, periods, tenures)
        self.tally.flags.update(periods[ALL].flags if periods else ())
        return set(periods)
