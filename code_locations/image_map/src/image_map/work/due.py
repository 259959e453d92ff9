"""Whether the job has something to do: the quick queries that `wrapped run` makes before it starts a run."""

from datetime import UTC, datetime

from pymongo.database import Database
from wrapped_shared.documents import Document
from wrapped_shared.mongo import MongoResource
from wrapped_shared.run_notes import read_note, write_note

from image_map.domain.items import static_digest
from image_map.domain.subjects import Subject, constant_subjects, merge, subjects_of_gains
from image_map.store.images import NOTE, known_ids
from image_map.store.prices import months_behind
from image_map.store.subjects import gains, items_named
from image_map.store.watch import Position, new_subjects, pending_subjects
from image_map.upstream.settings import UpstreamSettings
from image_map.work.cards import cards_owed
from image_map.work.prices import missing_days


def due(mongo: MongoResource) -> str | None:
    """Return why a run has something to do, or None.

    Pending pictures and missing prices are a reason only if a contact is set.
    """
    analytics = mongo.analytics
    if _named_by_gains(analytics) or _named_by_reports(analytics):
        return "some things have no picture"
    if read_note(analytics, NOTE).get("names") != static_digest() and items_named(analytics):
        return "some items may have names now"
    if months_behind(analytics):
        return "some months have new prices"
    if cards_owed(analytics, datetime.now(UTC)):
        return "some share cards are out of date"
    if not UpstreamSettings.load().contact:
        return None
    if missing_days(analytics, datetime.now(UTC)):
        return "prices of some days are missing"
    return "pictures are pending" if pending_subjects(analytics) else None


def _named_by_gains(analytics: Database[Document]) -> bool:
    """Return whether the map lacks what every report has, or a boss on the hiscores; checked once per gains."""
    snapshots = read_note(analytics, "gains").get("snapshots", 0)
    if read_note(analytics, NOTE).get("snapshots") == snapshots:
        return False
    named: dict[str, Subject] = {}
    merge(constant_subjects(), named)
    for document in gains(analytics):
        merge(subjects_of_gains(document), named)
    if named.keys() - known_ids(analytics, sorted(named)):
        return True
    write_note(analytics, NOTE, snapshots=snapshots)
    return False


def _named_by_reports(analytics: Database[Document]) -> bool:
    """Return whether the map lacks something that a report names; reports found complete are not checked again."""
    now = datetime.now(UTC)
    position = Position.read(read_note(analytics, NOTE).get("position"))
    while True:
        watch = new_subjects(analytics, position, now)
        if watch.position != position:
            write_note(analytics, NOTE, position=watch.position.text())
        if watch.unknown or watch.position == position:
            return bool(watch.unknown)
        position = watch.position
