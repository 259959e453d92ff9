"""Documents that `image_map` owns: the picture of each subject, item names, the GridFS bucket, working collections.

How a picture is found and drawn is the location's business.
"""

from typing import Annotated, Any, Literal

from pydantic import Field

from wrapped_shared.models.base import (
    TOLERANT,
    BsonBinary,
    BsonDate,
    BsonId,
    Count,
    Day,
    FileId,
    Month,
    Part,
    Period,
    StoredDocument,
)
from wrapped_shared.vocabulary import ImageKind, ImageStatus, ItemSource, ResolutionStep

Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]

_KIND = Field(description="What the picture is of; `stat` = a slide, or an equipment slot (`slot:<SLOT>`).")
_KEY = Field(description="A mob's `<name>#<combat level>`, an item's id, else the name.")
_LEVEL = Field(description="A mob's combat level; null for everything else.")
_VERSION = Field(0, description="Version of the document's form; a document made by hand may lack it.")
_NPC_IDS = Field(description="The NPC ids under which a mob was met, ascending, at most 200.")


class SpriteFile(Part):
    """One PNG in the GridFS bucket `sprites`."""

    file_id: FileId = Field(description="Its `_id` in the bucket: the first 12 bytes of `sha256`.")
    sha256: Sha256 = Field(description="SHA-256 of the PNG, in hex: the same picture is stored once.")
    width: Count = Field(description="Width in pixels.")
    height: Count = Field(description="Height in pixels.")
    mime: Literal["image/png"] = Field(description="Always `image/png`.")
    bytes: Count = Field(description="Size of the PNG in bytes.")


class ImageSource(Part):
    """Where a picture of the wiki comes from."""

    page: str | None = Field(description="Title of the wiki page that led to the file; null if none did.")
    file: str = Field(description="The file's title, `File:Name.ext`; it identifies the upstream file.")
    url: str = Field(description="Address of the file, without its cache-busting query.")
    sha1: str = Field(description="The wiki's hash of the file; a new upload changes it.")
    timestamp: str = Field(description="Time of that upload, as the wiki writes it (ISO 8601, UTC).")


class StatImage(StoredDocument):
    """`stat_images`: the picture of one subject: a mob, boss, skill, item, place, slide or equipment slot."""

    id: str = Field(alias="_id", description="`<kind>:<key>`, the `image_key` of slides, such as `npc:Goblin#5`.")
    kind: ImageKind = _KIND
    key: str = _KEY
    name: str = Field(description="What the subject is called.")
    combat_level: int | None = _LEVEL
    npc_ids: list[int] = _NPC_IDS
    status: ImageStatus = Field(
        description="`found`: a picture from the wiki; `fallback`: a drawn one; `missing`: none (never written)."
    )
    resolved_by: Annotated[ResolutionStep, TOLERANT] = Field(description="The step that found the picture.")
    source: ImageSource | None = Field(description="Where the picture comes from; null for a drawn one.")
    attribution: str = Field(description="Must be shown wherever the picture is.")
    sprite: SpriteFile | None = Field(description="The picture, trimmed, its longest side at most 512 px.")
    thumbnail: SpriteFile | None = Field(description="The same in a square of 96 px, for lists.")
    missing: list[str] = Field(
        [],
        description="Files and pages that the wiki does not have, or whose bytes are not a picture; not requested "
        "again for 7 days.",
    )
    pending: bool = Field(False, description="Some requests to the wiki failed: the next run tries again.")
    render: Count = Field(0, description="Version of the rules by which the picture was made.")
    checked_at: BsonDate = Field(description="When the entry last changed or was resolved again.")


class Item(StoredDocument):
    """`items`: the name of one item id. An id that nobody knows has no document."""

    id: Count = Field(alias="_id", description="The game's item id.")
    name: str = Field(description="The item's name.")
    base_id: Count = Field(
        description="The id of the item itself, where this is its note, bank placeholder or worn form; else this id."
    )
    source: ItemSource = Field(
        description="Where the name comes from: the wiki, the price service's item list, or the project's own table."
    )


class ItemPrices(StoredDocument):
    """`item_prices`: the prices of one UTC day, from the price service. An accepted day never changes."""

    id: Day = Field(alias="_id", description="The day.")
    prices: dict[str, Count] = Field(
        description="Price in coins by item id, as the service lists them: the average of the day's trades, weighted "
        "by volume and rounded half up."
    )
    schema_version: int = _VERSION


class ItemMonthPrices(StoredDocument):
    """`item_month_prices`: each item's price in one month. Look up an item's price under its `base_id` in `items`."""

    id: Month = Field(alias="_id", description="The month.")
    days: Count = Field(description="How many days of the month have prices.")
    prices: dict[str, Count] = Field(
        description="Price in coins by item id: the median of its prices on the month's days, rounded half up. Coins "
        "(995) are always 1, platinum tokens (13204) always 1,000."
    )
    digest: str | None = Field(
        None, description="Fingerprint of `prices`. Whoever changes prices by hand must remove it."
    )
    schema_version: int = _VERSION


class PriceRefusal(StoredDocument):
    """`price_refusals`: a day whose prices had too few rows to be accepted. Delete it to request the day again."""

    id: Day = Field(alias="_id", description="The day.")
    fetches: Count = Field(description="How often it was fetched so far; after four times it is not requested again.")
    fetched_at: BsonDate = Field(description="When it was last fetched; the next time is on a later day.")
    rows: Count = Field(description="How many items had a price then.")


class StatSubject(StoredDocument):
    """`stat_subjects`: one thing that a report names, or that every report has (skills, slots, slides)."""

    id: str = Field(alias="_id", description="`<kind>:<key>`, as in `stat_images`.")
    kind: ImageKind = _KIND
    key: str = _KEY
    name: str = Field(description="What it is called; empty for items, whose names are in `items`.")
    combat_level: int | None = _LEVEL
    npc_ids: list[int] = _NPC_IDS
    item_id: int | None = Field(description="The item id; null for everything but items.")


class RefusedFetch(Part):
    """A fetch of an upstream table that was not accepted, because too many rows were gone."""

    at: BsonDate = Field(description="When it was fetched.")
    rows: Count = Field(description="How many rows came.")


class WikiTable(StoredDocument):
    """`wiki_rows`, the head of a cached upstream table.

    A new version is written beside the old one before the head points to it, so a table is never half there.
    """

    id: str = Field(alias="_id", description="The table: `infobox_monster`, `infobox_npc`, `infobox_item`, `mapping`.")
    table: str = Field(description="The same.")
    digest: str = Field(description="Fingerprint of all rows; empty while no table was accepted.")
    rows: Count = Field(description="How many rows the table has.")
    chunks: Count = Field(description="How many chunks hold them.")
    fetched_at: BsonDate | None = Field(
        None, description="When this table was last confirmed; absent while none was accepted."
    )
    refused: list[RefusedFetch] = Field(
        [], description="Fetches since then that were not accepted, one a day, the newest last."
    )


class WikiRow(Part):
    """One infobox of the wiki, or one version of it."""

    page: str = Field(description="Title of the page.")
    version: str | None = Field(description="The version's label; null where the infobox has one version.")
    name: str = Field(description="The name in the game.")
    ids: list[int] = Field(description="The ids in the game, in the wiki's order.")
    images: list[str] = Field(description="The images, as `File:` titles.")
    level: int | None = Field(description="The combat level; null where the table has none.")


class WikiRows(StoredDocument):
    """`wiki_rows`, a chunk of a cached upstream table: up to 1,000 of its rows."""

    id: str = Field(alias="_id", description="`<table>|<first 16 digits of the digest>|<number, four digits>`.")
    table: str = Field(description="The table that it belongs to.")
    digest: str = Field(description="Fingerprint of the version of the table that it belongs to.")
    rows: list[WikiRow] = Field(description="Its rows, in the wiki's order.")


class ShareCard(StoredDocument):
    """`share_cards`: the picture to share of one report, in one size.

    There are cards of every report of a finished year, and of every report for which one was requested
    (`card_requests`); they are drawn again when something on them changes, and removed with their report.
    """

    id: str = Field(alias="_id", description="`<period>/<player_key>/<size>`, the report's `_id` and the size.")
    player_key: str = Field(description="The normalised name of the player.")
    period: Period = Field(description='The calendar year (UTC), or "all" for all time.')
    size: Literal["1080x1920", "1200x630"] = Field(description="Upright for phones, or lying for link previews.")
    file_id: FileId = Field(
        description="The `_id` of the PNG in the GridFS bucket `share_cards`; a new card, a new id."
    )
    digest: Sha256 = Field(description="Fingerprint of what the card shows; good as an ETag.")
    width: Count = Field(description="Width in pixels.")
    height: Count = Field(description="Height in pixels.")
    bytes: Count = Field(description="Size of the PNG in bytes.")
    attributions: list[str] = Field(
        description="The attributions of the pictures on it. The card itself says whose the game and its pictures are."
    )


class CardRequest(Part):
    """`card_requests`: a report whose cards are wanted, written by the web app; removed once they are stored.

    Needed for the current year and `all` only. A request for a report that does not exist is removed as well.
    """

    id: str = Field(alias="_id", description="`<period>/<player_key>`, the report's `_id`.")


class CardFile(Part):
    """`share_cards.files`: one PNG of the GridFS bucket `share_cards`. Read it with a driver's GridFS API."""

    id: FileId = Field(alias="_id", description="Made from the card's `_id` and `digest`.")
    filename: str = Field(description="Its `_id` with `.png`; it says nothing about the player.")
    length: Count = Field(description="Size in bytes.")
    chunkSize: Count = Field(description="Bytes per chunk.")  # noqa: N815
    uploadDate: BsonDate = Field(description="When it was stored.")  # noqa: N815
    metadata: dict[str, Any] = Field(description="`contentType`: `image/png`.")


class BucketFile(Part):
    """`sprites.files`: one file of the GridFS bucket `sprites`, a PNG. Read files with a driver's GridFS API."""

    id: FileId = Field(alias="_id", description="The first 12 bytes of the picture's SHA-256.")
    filename: str = Field(
        description="`<sha256>.png`, or `sprite-sheet.png` for the sheet of all thumbnails, of which the newest counts."
    )
    length: Count = Field(description="Size in bytes.")
    chunkSize: Count = Field(description="Bytes per chunk.")  # noqa: N815
    uploadDate: BsonDate = Field(description="When it was stored.")  # noqa: N815
    metadata: dict[str, Any] = Field(
        description="`contentType` (`image/png`), `sha256`, and `attribution`, which must be shown with the picture; "
        "of the sheet also `content`, a fingerprint of what it shows."
    )


class BucketChunk(Part):
    """`sprites.chunks`, `share_cards.chunks`: a piece of a file of a GridFS bucket."""

    id: BsonId = Field(alias="_id", description="Any `_id`.")
    files_id: FileId = Field(description="The file's `_id`.")
    n: Count = Field(description="Its place in the file, from 0.")
    data: BsonBinary = Field(description="The bytes.")
