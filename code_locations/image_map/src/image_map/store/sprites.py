"""The GridFS bucket `sprites`: pictures by content hash, stored once, removed when unreferenced.

A picture's file id is the first 12 bytes of its SHA-256, so the same picture is the same file, no matter who stores it.
A process killed mid-write leaves chunks without a file; storing the picture again completes them, a sweep removes them.
Files follow the GridFS layout, so any driver can read them; two pictures are written with two commands.
"""

import hashlib
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any, Final

from bson import Binary, ObjectId
from pymongo.database import Database
from wrapped_shared.bulk import replace_all
from wrapped_shared.collections import SPRITES_BUCKET, STAT_IMAGES, WRAPPED_REPORTS
from wrapped_shared.documents import Document
from wrapped_shared.stored.image_map import BucketChunk, BucketFile, SpriteFile, SpriteMetadataFields

from image_map.domain.sprites import Picture

FILES: Final = f"{SPRITES_BUCKET}.files"
CHUNKS: Final = f"{SPRITES_BUCKET}.chunks"
SHEET: Final = "sprite-sheet.png"
"""GridFS name of the contact sheet, the only file that no entry refers to."""
MIME: Final = "image/png"
CHUNK_BYTES: Final = 255 * 1024
"""The GridFS default."""


class SpriteStore:
    """The bucket, with the ids of its files."""

    def __init__(self, analytics: Database[Document], *, rewrite: bool = False) -> None:
        """Open the bucket.

        Args:
            analytics: the analytics database.
            rewrite: trust no stored file: store every picture again, even if it exists.
        """
        self._files, self._chunks = analytics[FILES], analytics[CHUNKS]
        self._rewrite = rewrite
        self._indexed = False
        self.ids = {document["_id"] for document in self._files.find({}, {"_id": 1})}
        """Ids of the files in the bucket."""
        self.put_files = 0
        """Files written so far."""

    def put(
        self, pictures: Sequence[Picture], metadata: SpriteMetadataFields, filename: str | None = None
    ) -> list[SpriteFile]:
        """Store pictures that do not exist yet, and return the `SpriteFile` documents of all.

        All chunks are written before the first file, with ids derived from the content: repeating it, even after being
        killed half-way, gives the same documents.

        Args:
            pictures: the PNGs.
            metadata: stored with the files (above all the attribution).
            filename: the files' name in GridFS; by default the hash.
        """
        new = {_file_id(picture): picture for picture in pictures}
        fresh = {file_id: picture for file_id, picture in new.items() if self._rewrite or file_id not in self.ids}
        if fresh:
            self._ensure_indexes()
            chunks = [chunk for file_id, picture in fresh.items() for chunk in _chunks(file_id, picture)]
            replace_all(self._chunks, chunks)
            files = [_file(file_id, picture, metadata, filename) for file_id, picture in fresh.items()]
            replace_all(self._files, files)
            self.ids |= fresh.keys()
            self.put_files += len(fresh)
        return [_sprite_file(picture) for picture in pictures]

    def _ensure_indexes(self) -> None:
        """The two indexes that drivers expect in a bucket."""
        if not self._indexed:
            self._files.create_index([("filename", 1), ("uploadDate", 1)])
            self._chunks.create_index([("files_id", 1), ("n", 1)], unique=True)
            self._indexed = True


def _file_id(picture: Picture) -> ObjectId:
    return ObjectId(picture.sha256[:24])


def _chunks(file_id: ObjectId, picture: Picture) -> Iterator[BucketChunk]:
    for number, start in enumerate(range(0, len(picture.png), CHUNK_BYTES)):
        mark = hashlib.sha256(f"{picture.sha256}/{number}".encode()).hexdigest()[:24]
        data = Binary(picture.png[start : start + CHUNK_BYTES])
        yield {"_id": ObjectId(mark), "files_id": file_id, "n": number, "data": data}


def _file(file_id: ObjectId, picture: Picture, metadata: SpriteMetadataFields, filename: str | None) -> BucketFile:
    return {
        "_id": file_id,
        "length": len(picture.png),
        "chunkSize": CHUNK_BYTES,
        "uploadDate": datetime.now(UTC),
        "filename": filename or f"{picture.sha256}.png",
        "metadata": {
            "contentType": MIME,
            "sha256": picture.sha256,
            "attribution": metadata["attribution"],
            **metadata,
        },
    }


def _sprite_file(picture: Picture) -> SpriteFile:
    return {
        "file_id": _file_id(picture),
        "sha256": picture.sha256,
        "width": picture.width,
        "height": picture.height,
        "mime": MIME,
        "bytes": len(picture.png),
    }


def referenced(analytics: Database[Document]) -> set[Any]:
    """Return the ids of the files that entries refer to."""
    found = analytics[STAT_IMAGES].find({}, {"sprite.file_id": 1, "thumbnail.file_id": 1})
    return {
        part["file_id"] for entry in found for part in (entry.get("sprite"), entry.get("thumbnail")) if part is not None
    }


def stored_sheet(analytics: Database[Document]) -> Document | None:
    """Return the GridFS file of the newest contact sheet."""
    sheets = list(analytics[FILES].find({"filename": SHEET}))
    return max(sheets, key=lambda file: (file["uploadDate"], file["_id"]), default=None)


def read_file(analytics: Database[Document], file_id: object) -> bytes | None:
    """Return a file's bytes, or None if it has none."""
    chunks = analytics[CHUNKS].find({"files_id": file_id}).sort("n", 1)
    return b"".join(chunk["data"] for chunk in chunks) or None


def orphans(analytics: Database[Document]) -> set[Any]:
    """Return the ids of files that neither an entry nor a report's slide refers to (except the newest sheet).

    Reports are read only if some file has no entry: an old version that a report still shows stays until the report
    is rebuilt.
    """
    files = {document["_id"] for document in analytics[FILES].find({}, {"_id": 1})}
    loose = files - referenced(analytics) - {(stored_sheet(analytics) or {}).get("_id")}
    if loose:
        for report in analytics[WRAPPED_REPORTS].find({}, {"slides.image.file_id": 1}):
            slides = report.get("slides")
            for slide in slides if isinstance(slides, list) else []:
                loose.discard(((slide or {}).get("image") or {}).get("file_id"))
    return loose


def loose_chunks(analytics: Database[Document]) -> set[Any]:
    """Return the `files_id`s of chunks without a file."""
    files = {document["_id"] for document in analytics[FILES].find({}, {"_id": 1})}
    return {chunk["files_id"] for chunk in analytics[CHUNKS].find({}, {"files_id": 1})} - files


def sweep(analytics: Database[Document]) -> int:
    """Remove unreferenced files and chunks without a file; returns how many files that was."""
    gone = orphans(analytics)
    for file_id in gone:
        analytics[FILES].delete_one({"_id": file_id})
    loose = loose_chunks(analytics)
    for file_id in loose:
        analytics[CHUNKS].delete_many({"files_id": file_id})
    return len(gone | loose)


def stored_bytes(analytics: Database[Document]) -> Iterator[tuple[Any, bytes]]:
    """Yield (file id, bytes) for every file with all its chunks, in one pass over the chunks."""
    lengths = {
        doc["_id"]: (doc["length"], doc["chunkSize"])
        for doc in analytics[FILES].find({}, {"length": 1, "chunkSize": 1})
    }
    parts: dict[Any, dict[int, bytes]] = {}
    for chunk in analytics[CHUNKS].find({}):
        file_id = chunk["files_id"]
        if file_id not in lengths:
            continue
        length, size = lengths[file_id]
        mine = parts.setdefault(file_id, {})
        mine[chunk["n"]] = bytes(chunk["data"])
        if len(mine) == max(1, -(-length // size)):
            yield file_id, b"".join(data for _, data in sorted(parts.pop(file_id).items()))
