"""From the reports to `stat_subjects`: what needs a picture."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from pymongo.database import Database
from wrapped_shared.documents import Document

from image_map.domain.subjects import (
    KINDS,
    Subject,
    constant_subjects,
    merge,
    subject_of_id,
    subjects_of_gains,
    subjects_of_report,
)
from image_map.store.subjects import gains, read_subjects, reports, write_subjects
from image_map.work.choice import Choice

MOST_OF_A_KIND: Final = 20_000
"""The game has a few thousand of each; more can only be forged, and each would cost requests and memory."""


@dataclass(slots=True)
class Gathered:
    """The result."""

    by_kind: dict[str, int] = field(default_factory=dict)
    reports: int = 0
    written: int = 0
    crowded_out: int = 0
    """Subjects beyond the limit for their kind, left without a picture."""


def gather(analytics: Database[Document], choice: Choice, since: datetime | None = None) -> Gathered:
    """Find what needs a picture and store it in `stat_subjects`.

    A run for everything (or whole kinds) makes the collection exactly what is named now; any other run only adds.

    Args:
        analytics: the analytics database.
        choice: what the run is for.
        since: with chosen subjects, look for their NPC ids in the reports that changed since then.
    """
    before = read_subjects(analytics)
    named, read = named_subjects(analytics, choice, since)
    result = Gathered(reports=read)
    exact = choice.subjects is None and choice.players is None
    if not exact:
        merge((before[_id] for _id in named.keys() & before.keys()), named)
    kept = _limited(named, result)
    gone = [_id for _id, subject in before.items() if exact and choice.takes(subject) and _id not in kept]
    result.written = write_subjects(analytics, kept, before, gone)
    for subject in kept.values():
        result.by_kind[subject.kind] = result.by_kind.get(subject.kind, 0) + 1
    return result


def named_subjects(
    analytics: Database[Document], choice: Choice, since: datetime | None = None
) -> tuple[dict[str, Subject], int]:
    """Return what the chosen reports and gains name, by `_id`, and how many reports were read."""
    named: dict[str, Subject] = {}
    read = 0
    if choice.subjects is not None:
        merge(map(subject_of_id, choice.subjects), named)
    if choice.subjects is None or since is not None:
        merge((subject for subject in constant_subjects() if choice.takes(subject)), named)
        for report in reports(analytics, players=choice.players, since=since):
            read += 1
            merge((subject for subject in subjects_of_report(report) if choice.takes(subject)), named)
    if choice.subjects is None:
        for document in gains(analytics, players=choice.players):
            merge((subject for subject in subjects_of_gains(document) if choice.takes(subject)), named)
    return named, read


def _limited(named: dict[str, Subject], result: Gathered) -> dict[str, Subject]:
    kept: dict[str, Subject] = {}
    for kind in KINDS:
        ids = sorted(_id for _id, subject in named.items() if subject.kind == kind)
        result.crowded_out += max(0, len(ids) - MOST_OF_A_KIND)
        kept.update((_id, named[_id]) for _id in ids[:MOST_OF_A_KIND])
    return kept
