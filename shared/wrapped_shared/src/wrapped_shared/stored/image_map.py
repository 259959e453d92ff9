"""Documents as dicts: a TypedDict for each model of `models.image_map`, which says what it means.

`<Model>Fields` has some of the fields: what an update sets, or a document while it is made. This module is made by
`python -m wrapped_devkit.contract`; change the models instead.
"""

from datetime import datetime
from typing import Any, Literal, NotRequired, TypedDict

from wrapped_shared.vocabulary import CardSize, ImageKind, ImageStatus, ItemSource, ResolutionStep


class SpriteFile(TypedDict):
    file_id: object
    sha256: str
    width: int
    height: int
    mime: Literal["image/png"]
    bytes: int


class ImageSource(TypedDict):
    page: str | None
    file: str
    url: str
    sha1: str
    timestamp: str


class StatImage(TypedDict):
    schema_version: int
    _id: str
    kind: ImageKind
    key: str
    name: str
    combat_level: int | None
    npc_ids: list[int]
    status: ImageStatus
    resolved_by: ResolutionStep
    source: ImageSource | None
    attribution: str
    sprite: SpriteFile | None
    thumbnail: SpriteFile | None
    missing: NotRequired[list[str]]
    pending: NotRequired[bool]
    render: NotRequired[int]
    checked_at: datetime


class StatImageFields(TypedDict, total=False):
    schema_version: int
    _id: str
    kind: ImageKind
    key: str
    name: str
    combat_level: int | None
    npc_ids: list[int]
    status: ImageStatus
    resolved_by: ResolutionStep
    source: ImageSource | None
    attribution: str
    sprite: SpriteFile | None
    thumbnail: SpriteFile | None
    missing: list[str]
    pending: bool
    render: int
    checked_at: datetime


class Item(TypedDict):
    schema_version: int
    _id: int
    name: str
    base_id: int
    source: ItemSource


class ItemPrices(TypedDict):
    schema_version: NotRequired[int]
    _id: str
    prices: dict[str, int]


class ItemMonthPrices(TypedDict):
    schema_version: NotRequired[int]
    _id: str
    days: int
    prices: dict[str, int]
    digest: NotRequired[str | None]


class PriceRefusal(TypedDict):
    schema_version: int
    _id: str
    fetches: int
    fetched_at: datetime
    rows: int


class StatSubject(TypedDict):
    schema_version: int
    _id: str
    kind: ImageKind
    key: str
    name: str
    combat_level: int | None
    npc_ids: list[int]
    item_id: int | None


class RefusedFetch(TypedDict):
    at: datetime
    rows: int


class WikiTable(TypedDict):
    schema_version: int
    _id: str
    table: str
    digest: str
    rows: int
    chunks: int
    fetched_at: NotRequired[datetime | None]
    refused: NotRequired[list[RefusedFetch]]


class WikiTableFields(TypedDict, total=False):
    schema_version: int
    _id: str
    table: str
    digest: str
    rows: int
    chunks: int
    fetched_at: datetime | None
    refused: list[RefusedFetch]


class WikiRow(TypedDict):
    page: str
    version: str | None
    name: str
    ids: list[int]
    images: list[str]
    level: int | None


class WikiRows(TypedDict):
    schema_version: int
    _id: str
    table: str
    digest: str
    rows: list[WikiRow]


class WikiRowsFields(TypedDict, total=False):
    schema_version: int
    _id: str
    table: str
    digest: str
    rows: list[WikiRow]


class ShareCard(TypedDict):
    schema_version: int
    _id: str
    player_key: str
    period: str
    size: CardSize
    file_id: object
    digest: str
    width: int
    height: int
    bytes: int
    attributions: list[str]


class CardRequest(TypedDict):
    _id: str


class CardMetadata(TypedDict):
    contentType: Literal["image/png"]


class CardFile(TypedDict):
    _id: object
    filename: str
    length: int
    chunkSize: int
    uploadDate: datetime
    metadata: CardMetadata


class SpriteMetadata(TypedDict):
    contentType: Literal["image/png"]
    sha256: str
    attribution: str
    file: NotRequired[str | None]
    content: NotRequired[str | None]


class SpriteMetadataFields(TypedDict, total=False):
    contentType: Literal["image/png"]
    sha256: str
    attribution: str
    file: str | None
    content: str | None


class BucketFile(TypedDict):
    _id: object
    filename: str
    length: int
    chunkSize: int
    uploadDate: datetime
    metadata: SpriteMetadata


class BucketChunk(TypedDict):
    _id: Any
    files_id: object
    n: int
    data: bytes
