"""Documents that `image_map` owns: the picture of each subject, item names, the GridFS bucket, working collections.

How a picture is found and drawn is the location's business.
"""

from typing import Annotated, Literal

from pydantic import Field

from wrapped_shared import collections as names
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
    schema_version_of,
)
from wrapped_shared.vocabulary import CardSize, ImageKind, ImageStatus, ItemSource, ResolutionStep

Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]

_KIND = Field(description="What the picture is of; `stat` = a slide, or an equipment slot (`slot:<SLOT>`).")
_KEY = Field(description="A mob's `<name>#<combat level>`, an item's id, else the name.")
_LEVEL = Field(description="A mob's combat level; null for everything else.")
_NPC_IDS = Field(description="The NPC ids under which a mob was met, ascending, at most 200.")


class SpriteFile(Part):
    """One PNG in the GridFS bucket `sprites`."""

    file_id: FileId = Field(description="`_id` of the file in the bucket: the first 12 bytes of `sha256`.")
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

    schema_version: int = schema_version_of(names.STAT_IMAGES)
    id: str = Field(alias="_id", description="`<kind>:<key>`, the `image_key` of slides, such as `npc:Goblin#5`.")
    kind: ImageKind = _KIND
    key: str = _KEY
    name: str = Field(description="What the subject is called.")
    combat_level: int | None = _LEVEL
    npc_ids: list[int] = _NPC_IDS
    status: ImageStatus = Field(
        description="`found`: a picture from the wiki; `fallback`: a drawn one; `missing`: none (never written)."
    )
    resolved_by: Annotated[ResolutionStep | str, TOLERANT] = Field(description="The step that found the picture.")
    source: ImageSource | None = Field(description="Where the picture comes from; null for a drawn one.")
    attribution: str = Field(description="Must be shown wherever the picture is.")
    sprite: SpriteFile | None = Field(description="The picture, trimmed, its longest side at most 512 px.")
    thumbnail: SpriteFile | None = Field(description="The same picture in a square of 96 px, for lists.")
    missing: list[str] = Field(
        [],
        description="Files and pages that the wiki does not have, or whose bytes are not a picture; not requested "
        "again for 7 days.",
    )
    pending: bool = Field(False, description="Some requests to the wiki failed: the next run tries again.")
    render: Count = Field(0, description="Version of the rules by which the picture was made.")
    checked_at: BsonDate = Field(description="When the entry last changed or was resolved again.")


class Item(StoredDocument):
    """`items`: the name of one item id. An unknown id has no document."""

    schema_version: int = schema_version_of(names.ITEMS)
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

    schema_version: int = schema_version_of(names.ITEM_PRICES, optional=True)
    id: Day = Field(alias="_id", description="The UTC day on which the items were traded.")
    prices: dict[str, Count] = Field(
        description="Price in coins by item id, as the service lists them: the average of the day's trades, weighted "
        "by volume and rounded half up."
    )


class ItemMonthPrices(StoredDocument):
    """`item_month_prices`: each item's price in one month. Look up an item's price under its `base_id` in `items`."""

    schema_version: int = schema_version_of(names.ITEM_MONTH_PRICES, optional=True)
    id: Month = Field(alias="_id", description="The month, UTC.")
    days: Count = Field(description="How many days of the month have prices.")
    prices: dict[str, Count] = Field(
        description="Price in coins by item id: the median of its prices on the month's days, rounded half up. Coins "
        "(995) are always 1, platinum tokens (13204) always 1,000."
    )
    digest: str | None = Field(None, description="Fingerprint of `prices`. Remove it when you change prices by hand.")


class PriceRefusal(StoredDocument):
    """`price_refusals`: a day whose prices had too few rows to be accepted. Delete it to request the day again."""

    schema_version: int = schema_version_of(names.PRICE_REFUSALS)
    id: Day = Field(alias="_id", description="The UTC day on which the items were traded.")
    fetches: Count = Field(
        description="How often the day was fetched so far; after four times it is not requested again."
    )
    fetched_at: BsonDate = Field(description="When it was last fetched; it is fetched again on a later day.")
    rows: Count = Field(description="How many items had a price then.")


class StatSubject(StoredDocument):
    """`stat_subjects`: one thing that a report names, or that every report has (skills, slots, slides)."""

    schema_version: int = schema_version_of(names.STAT_SUBJECTS)
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
    rows: Count = Field(description="How many rows it had.")


class WikiTable(StoredDocument):
    """`wiki_rows`, the head of a cached upstream table.

    A new version is written beside the old one before the head points to it, so a table is never incomplete.
    """

    schema_version: int = schema_version_of(names.WIKI_ROWS)
    id: str = Field(alias="_id", description="The table: `infobox_monster`, `infobox_npc`, `infobox_item`, `mapping`.")
    table: str = Field(description="The table's name, by which its chunks are found; equal to `_id`.")
    digest: str = Field(description="Fingerprint of all rows; empty until a table is accepted.")
    rows: Count = Field(description="How many rows the table has.")
    chunks: Count = Field(description="How many chunks hold them.")
    fetched_at: BsonDate | None = Field(
        None, description="When this table was last confirmed; absent until one is accepted."
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

    schema_version: int = schema_version_of(names.WIKI_ROWS)
    id: str = Field(alias="_id", description="`<table>|<first 16 digits of the digest>|<number, four digits>`.")
    table: str = Field(description="The table that it belongs to.")
    digest: str = Field(description="Fingerprint of the version of the table that it belongs to.")
    rows: list[WikiRow] = Field(description="Its rows, in the wiki's order.")


class ShareCard(StoredDocument):
    """`share_cards`: the picture to share of one report, in one size.

    There are cards of every report of a finished year, and of every report for which one was requested
    (`card_requests`); they are drawn again when something on them changes, and removed with their report.
    """

    schema_version: int = schema_version_of(names.SHARE_CARDS)
    id: str = Field(alias="_id", description="`<period>/<player_key>/<size>`, the report's `_id` and the size.")
    player_key: str = Field(description="The normalised name of the player.")
    period: Period = Field(description='The calendar year (UTC), or "all" for all time.')
    size: CardSize = Field(description="Width x height: portrait for phones, or landscape for link previews.")
    file_id: FileId = Field(
        description="The `_id` of the PNG in the GridFS bucket `share_cards`; a new card, a new id."
    )
    digest: Sha256 = Field(description="Fingerprint of what the card shows; good as an ETag.")
    width: Count = Field(description="Width in pixels.")
    height: Count = Field(description="Height in pixels.")
    bytes: Count = Field(description="Size of the PNG in bytes.")
    attributions: list[str] = Field(
        description="The attributions of the pictures on it. The card itself names the game's owner."
    )


class CardRequest(Part):
    """`card_requests`: a report whose cards are wanted, written by the web app; removed once they are stored.

    Needed for the current year and `all` only. A request for a report that does not exist is removed as well.
    """

    id: str = Field(alias="_id", description="`<period>/<player_key>`, the report's `_id`.")


class CardMetadata(Part):
    """The metadata of a card's file."""

    contentType: Literal["image/png"] = Field(description="Always `image/png`.")  # noqa: N815


class CardFile(Part):
    """`share_cards.files`: one PNG of the GridFS bucket `share_cards`. Read it with a driver's GridFS API."""

    id: FileId = Field(alias="_id", description="Made from the card's `_id` and `digest`.")
    filename: str = Field(description="The file's `_id` with `.png`; it says nothing about the player.")
    length: Count = Field(description="Size in bytes.")
    chunkSize: Count = Field(description="Bytes per chunk.")  # noqa: N815
    uploadDate: BsonDate = Field(description="When it was stored.")  # noqa: N815
    metadata: CardMetadata = Field(description="What the file is.")


class SpriteMetadata(Part):
    """The metadata of a file in the bucket `sprites`."""

    contentType: Literal["image/png"] = Field(description="Always `image/png`.")  # noqa: N815
    sha256: Sha256 = Field(description="SHA-256 of the PNG, in hex.")
    attribution: str = Field(description="Must be shown wherever the picture is.")
    file: str | None = Field(
        None, description="Title of the wiki's file, `File:Name.ext`; absent for drawn pictures and the sheet."
    )
    content: str | None = Field(
        None, description="Fingerprint of the pictures on the sheet of all thumbnails; absent for other files."
    )


class BucketFile(Part):
    """`sprites.files`: one file of the GridFS bucket `sprites`, a PNG. Read files with a driver's GridFS API."""

    id: FileId = Field(alias="_id", description="The first 12 bytes of the picture's SHA-256.")
    filename: str = Field(
        description="`<sha256>.png`, or `sprite-sheet.png` for the sheet of all thumbnails, of which the newest counts."
    )
    length: Count = Field(description="Size in bytes.")
    chunkSize: Count = Field(description="Bytes per chunk.")  # noqa: N815
    uploadDate: BsonDate = Field(description="When it was stored.")  # noqa: N815
    metadata: SpriteMetadata = Field(description="What the file is, and its attribution.")


class BucketChunk(Part):
    """`sprites.chunks`, `share_cards.chunks`: a chunk of a file in a GridFS bucket."""

    id: BsonId = Field(
        alias="_id",
        description="Identifies the chunk; of no meaning to readers, who find chunks by `files_id` and `n`.",
    )
    files_id: FileId = Field(description="The file's `_id`.")
    n: Count = Field(description="The chunk's position in the file, from 0.")
    data: BsonBinary = Field(description="The bytes.")
