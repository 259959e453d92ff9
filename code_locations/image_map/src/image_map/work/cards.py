"""Draws share cards: those requested, then those whose report changed, and removes those whose report is gone.

A card is drawn only if its fingerprint differs from the stored one's. How far the reports were looked at is noted page
by page, so a killed run continues, and a day without changes costs a few queries.
"""

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final, get_args

from bson import ObjectId
from pymongo.database import Database
from wrapped_card.content import CardContent, card_content
from wrapped_card.drawing import SIZES, draw_card
from wrapped_shared.collections import SHARE_CARDS
from wrapped_shared.documents import Document
from wrapped_shared.run_notes import read_note, write_note
from wrapped_shared.stored.image_map import ShareCard
from wrapped_shared.version import SCHEMA_VERSIONS
from wrapped_shared.vocabulary import CardSize

from image_map.domain.cards import card_id, drawn_as, file_id, is_finished
from image_map.store import cards as store
from image_map.store.sprites import read_file

OVERLAP: Final = timedelta(minutes=15)
"""Re-read overlap: a report's time is set before its write becomes visible."""
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_LOOK: Final = 500
_SIZES: Final[tuple[CardSize, ...]] = get_args(CardSize)
_NOTE: Final = SHARE_CARDS
"""The note up to where the reports were looked at, and for which cards."""


@dataclass(slots=True)
class CardsReport:
    """The result of a run."""

    reports: int = 0
    """Reports whose cards were compared with the stored ones."""
    drawn: int = 0
    unchanged: int = 0
    removed: int = 0
    files_removed: int = 0
    requests: int = 0
    without_report: int = 0
    """Requests for a report that does not exist."""
    unreadable: int = 0
    """Reports that do not follow the contract."""


def update_cards(
    analytics: Database[Document], now: datetime, tell: Callable[[int], None] = lambda drawn: None
) -> CardsReport:
    """Bring the cards up to date; see the module.

    Args:
        analytics: the analytics database.
        now: the time of this run; it decides which years are finished.
        tell: called after each page with the number of cards drawn so far.
    """
    result = CardsReport()
    while requests := store.requested(analytics):
        reports = store.reports_named(analytics, [request["_id"] for request in requests])
        _draw(analytics, reports, result)
        store.fulfil(analytics, requests)
        result.requests += len(requests)
        result.without_report += len(requests) - len(reports)
        tell(result.drawn)
    at, version = _position(analytics, now), drawn_as(now)
    for page in store.reports_since(analytics, at - OVERLAP if at > _EPOCH else at):
        _draw(analytics, _with_cards(analytics, page, now), result)
        if (newest := page[-1]["generated_at"]) > at:
            at = newest
            write_note(analytics, _NOTE, at=at, drawn_as=version)
        tell(result.drawn)
    for gone in store.cards_without_report(analytics):
        result.removed += store.remove_cards(analytics, gone)
    for loose in store.files_without_card(analytics):
        for unused in loose:
            store.remove_file(analytics, unused)
        result.files_removed += len(loose)
    return result


def cards_owed(analytics: Database[Document], now: datetime) -> bool:
    """Return whether a card is requested or out of date; reports that changed elsewhere are passed over."""
    if store.requested(analytics):
        return True
    at = _position(analytics, now)
    while page := store.changed_ids(analytics, at, _LOOK):
        with_cards = [report["_id"] for report in _with_cards(analytics, page, now)]
        compared = _compare(analytics, store.reports_named(analytics, with_cards))
        if any(compared.outdated(*one) for one in compared.contents.values()):
            return True
        at = page[-1]["generated_at"]
        write_note(analytics, _NOTE, at=at, drawn_as=drawn_as(now))
    return False


def _position(analytics: Database[Document], now: datetime) -> datetime:
    """Return up to where the reports were looked at: the beginning if the design or the last finished year is new."""
    note = read_note(analytics, _NOTE)
    at = note.get("at")
    return at if isinstance(at, datetime) and note.get("drawn_as") == drawn_as(now) else _EPOCH


def _with_cards(analytics: Database[Document], reports: Sequence[Document], now: datetime) -> list[Document]:
    """Return the reports that have cards or should have: those of finished years, and those requested before."""
    ids = [card_id(report["_id"], size) for report in reports for size in _SIZES]
    have = {card.rpartition("/")[0] for card in store.cards_named(analytics, ids)}
    return [report for report in reports if is_finished(str(report["period"]), now) or report["_id"] in have]


@dataclass(frozen=True, slots=True)
class _Compared:
    """A page of reports, and what is stored about their cards."""

    contents: Mapping[str, tuple[Document, CardContent]]
    """The reports that follow the contract and what their cards show, by report `_id`."""
    pictures: Mapping[str, store.Shown]
    stored: Mapping[str, ShareCard]

    def outdated(self, report: Document, content: CardContent) -> list[CardSize]:
        """Return the sizes in which a report's card must be drawn."""
        digest = content.digest()
        cards = {size: self.stored.get(card_id(report["_id"], size)) for size in _SIZES}
        return [size for size, card in cards.items() if card is None or card["digest"] != digest]


def _compare(analytics: Database[Document], reports: Sequence[Document]) -> _Compared:
    contents: dict[str, tuple[Document, CardContent]] = {}
    for report in reports:
        with suppress(ValueError):
            contents[report["_id"]] = report, card_content(report)
    keys = {key for _, content in contents.values() for feature in content.features for key in feature.picture_keys}
    pictures = store.pictures_of(analytics, keys)
    ids = {key: shown.file_id for key, shown in pictures.items()}
    shown = {_id: (report, content.with_pictures(ids.get)) for _id, (report, content) in contents.items()}
    stored = store.cards_named(analytics, [card_id(_id, size) for _id in contents for size in _SIZES])
    return _Compared(shown, pictures, stored)


def _draw(analytics: Database[Document], reports: Sequence[Document], result: CardsReport) -> None:
    """Draw the cards of a page of reports where they changed; cards whose report was removed meanwhile go again."""
    compared = _compare(analytics, reports)
    new = [card for one in compared.contents.values() for card in _draw_one(analytics, compared, *one)]
    result.reports += len(compared.contents)
    result.unreadable += len(reports) - len(compared.contents)
    result.drawn += len(new)
    result.unchanged += len(compared.contents) * len(_SIZES) - len(new)
    there = store.existing_reports(analytics, compared.contents) if new else set()
    store.remove_cards(analytics, [card for card in new if card["_id"].rpartition("/")[0] not in there])


def _draw_one(
    analytics: Database[Document], compared: _Compared, report: Document, content: CardContent
) -> list[ShareCard]:
    """Draw a report's cards that differ from the stored ones, and return them."""
    outdated = compared.outdated(report, content)
    if not outdated:
        return []
    ids = {key: shown.file_id for key, shown in compared.pictures.items()}
    credit = {shown.file_id: shown.attribution for shown in compared.pictures.values()}
    wanted = [feature.picture for feature in content.features if feature.picture is not None]
    read = {picture: read_file(analytics, ObjectId(picture)) for picture in wanted}
    files = {picture: png for picture, png in read.items() if png is not None}
    # Without a file that cannot be read now the fingerprint is another one, so the next run tries again.
    content = content.with_pictures(lambda key: ids[key] if ids.get(key) in files else None)
    drawn: list[ShareCard] = []
    for size in outdated:
        _id, digest = card_id(report["_id"], size), content.digest()
        before = compared.stored.get(_id)
        if before is not None and before["digest"] == digest:
            continue
        png, (width, height) = draw_card(content, size, files), SIZES[size]
        card: ShareCard = {
            "_id": _id,
            "schema_version": SCHEMA_VERSIONS[SHARE_CARDS],
            "player_key": report["player_key"],
            "period": report["period"],
            "size": size,
            "file_id": ObjectId(file_id(_id, digest)),
            "digest": digest,
            "width": width,
            "height": height,
            "bytes": len(png),
            "attributions": sorted({credit[picture] for picture in files}),
        }
        store.write_card(analytics, card, png, before)
        drawn.append(card)
    return drawn
