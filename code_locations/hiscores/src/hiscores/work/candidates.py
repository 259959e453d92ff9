"""Finding names that may be one player's, and storing them.

What belongs here: which names are compared. What does not: comparing them (`domain.candidates`), and queries (`store`).
"""

from collections.abc import Iterable
from functools import partial

from wrapped_shared.forgotten_players import read_forgotten
from wrapped_shared.mongo import MongoResource
from wrapped_shared.periods import day_of, today

from hiscores.domain.candidates import Columns, Seen, find, linkable
from hiscores.domain.snapshots import Snapshot
from hiscores.store.candidates import first_since, last_of_vanished, remove_forgotten_candidates, save_candidates
from hiscores.store.names import load_tenures


def refresh(mongo: MongoResource) -> int:
    """Find all candidates and replace the stored ones; returns how many there are."""
    columns = Columns()
    forgotten = read_forgotten(mongo.analytics)
    tenures, _ = load_tenures(mongo.analytics)

    def seen(snapshots: Iterable[Snapshot]) -> list[Seen]:
        known = (one for one in snapshots if not forgotten.covers(one.key, day_of(one.at)))
        return [one for snapshot in known if (one := columns.seen(snapshot)) is not None]

    olds = seen(last_of_vanished(mongo.raw, mongo.analytics))
    earliest = min((old.at for old in olds), default=None)
    news = [] if earliest is None else seen(first_since(mongo.raw, mongo.analytics, earliest))
    found = find(olds, news, partial(linkable, tenures=tenures))
    save_candidates(mongo.analytics, found)
    remove_forgotten_candidates(mongo.analytics, read_forgotten(mongo.analytics), today())
    return len(found)
