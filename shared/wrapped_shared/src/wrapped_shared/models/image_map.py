"""Documents that `image_map` owns: the picture of each subject, item names, and its two working collections.

How a picture is found and drawn is the location's business.
"""

from typing import Annotated, Any, Literal

from pydantic import Field

from wrapped_shared.models.base import BsonDate, Count, FileId, Part, StoredDocument

Kind = Literal["npc", "boss", "skill", "item", "place", "stat"]
Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class SpriteFile(Part):
    """One PNG in the GridFS bucket `sprites`."""

    file_id: FileId = Field(description="The GridFS `_id`: the first 12 bytes of `sha256`.")
    sha256: Sha256 = Field(description="Hash of the PNG: the same picture is stored once.")
    width: Count = Field(description="Pixels.")
    height: Count = Field(description="Pixels.")
    mime: Literal["image/png"]
    bytes: Count


class ImageSource(Part):
    """Where a found picture comes from."""

    page: str | None = Field(description="Title of the wiki page that led to the file, if one did.")
    file: str = Field(description="Canonical `File:Name.ext` title; the identity of the upstream file.")
    url: str = Field(description="Address of the file, without its cache-busting query.")
    sha1: str = Field(description="The wiki's hash of the file: what changes when it is uploaded anew.")
    timestamp: str = Field(description="Time of that upload, as the wiki writes it (ISO, UTC).")


class StatImage(StoredDocument):
    """`stat_images`: the picture of one subject; `_id` is "<kind>:<key>", the `image_key` of slides."""

    id: str = Field(alias="_id")
    kind: Kind
    key: str = Field(description="A mob's `<name>#<combat level>`, an item's id, else the name.")
    name: str
    combat_level: int | None = Field(description="Of mobs only.")
    npc_ids: list[int] = Field(description="Ids under which the mob was met, ascending.")
    status: Literal["found", "fallback", "missing"] = Field(
        description="found: a picture of the wiki; fallback: a drawn one; missing: none at all (never written)."
    )
    resolved_by: str = Field(description="The step that won: npc_id, item_id, name_level, name, alias, page, fallback.")
    source: ImageSource | None
    attribution: str = Field(description="To be shown wherever the picture is.")
    sprite: SpriteFile | None = Field(description="At most 512 px, trimmed.")
    thumbnail: SpriteFile | None = Field(description="A 96 px square.")
    missing: list[str] = Field(
        default=[],
        description="Files and pages that the wiki does not have, or whose bytes are no picture; not asked again for "
        "7 days.",
    )
    pending: bool = Field(
        default=False, description="The upstream could not be asked to the end: the next run asks again."
    )
    render: Count = Field(default=0, description="Version of the rules by which the picture was made.")
    checked_at: BsonDate = Field(description="When the entry last changed or was resolved anew.")


class Item(StoredDocument):
    """`items`: the name of one item id."""

    id: Annotated[int, Field(ge=0)] = Field(alias="_id")
    name: str
    base_id: Count = Field(description="The un-noted, un-placeholder, un-worn id; its own where it is none of those.")
    source: Literal["wiki", "prices"]


class StatSubject(StoredDocument):
    """`stat_subjects`: one thing that a report names, or that every report has (skills, slots, slides)."""

    id: str = Field(alias="_id")
    kind: Kind
    key: str
    name: str
    combat_level: int | None
    npc_ids: list[int]
    item_id: int | None


class RefusedFetch(Part):
    """A fetch of an upstream table that was not taken: too many rows were gone."""

    at: BsonDate
    rows: Count = Field(description="How many rows came.")


class WikiRows(StoredDocument):
    """`wiki_rows`: a cached upstream table.

    The head (`_id` = the table's name) tells when the table was fetched and which chunks belong to it; a chunk
    (`_id` = "<table>|<digest>|<number>") holds rows. A new version is written beside the old one before the
    head points to it, so a table is never half there.
    """

    id: str = Field(alias="_id")
    table: str
    digest: str = Field(description="Fingerprint of all rows.")
    rows: Any = Field(description="The head: how many rows; a chunk: the rows themselves.")
    chunks: Count | None = Field(default=None, description="The head only: how many chunks.")
    fetched_at: BsonDate | None = Field(default=None, description="The head only: when this table was last confirmed.")
    refused: list[RefusedFetch] = Field(
        default=[], description="The head only: what came since and was not taken, one fetch a day, the newest last."
    )


class SheetFile(Part):
    """`sprites.files`: the GridFS file `sprite-sheet.png`, of which the newest counts."""

    id: FileId = Field(alias="_id")
    filename: Literal["sprite-sheet.png"]
    length: Count = Field(description="Bytes.")
    metadata: dict[str, Any] = Field(description="`attribution`, and `content`: a fingerprint of what is drawn.")
