"""The GridFS bucket `sprites`: pictures by content hash, put once, removed when nothing refers to them.

A picture's file id is the first 12 bytes of its SHA-256, so the same picture is the same file whoever puts it.
A process killed in mid-upload leaves chunks without a file; putting the picture again, or a sweep, clears them.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from bson import ObjectId
from gridfs import GridFSBucket
from pymongo.database import Database
from wrapped_shared.collections import SPRITES_BUCKET, STAT_IMAGES, WRAPPED_REPORTS

from image_map.domain.sprites import Picture

FILES: Final = f"{SPRITES_BUCKET}.files"
CHUNKS: Final = f"{SPRITES_BUCKET}.chunks"
SHEET: Final = "sprite-sheet.png"
"""GridFS name of the contact sheet, the one file that no entry refers to."""
MIME: Final = "image/png"

Analytics = Database[dict[str, Any]]


class SpriteStore:
    """The bucket, with the ids of what it holds."""

    def __init__(self, analytics: Analytics, *, rewrite: bool = False) -> None:
        """Open the bucket.

        Args:
            analytics: the analytics database.
            rewrite: trust no stored file: put every picture again whose bytes are not exactly there.
        """
        self._database = analytics
        self._bucket = GridFSBucket(analytics, bucket_name=SPRITES_BUCKET)
        self._rewrite = rewrite
        self._ids = {document["_id"] for document in analytics[FILES].find({}, {"_id": 1})}
        self.put_files = 0
        """Files written so far."""

    @property
    def ids(self) -> frozenset[Any]:
        """Ids of the files in the bucket."""
        return frozenset(self._ids)

    def put(self, picture: Picture, metadata: Mapping[str, Any], filename: str | None = None) -> dict[str, Any]:
        """Store a picture unless it is there, and return its `SpriteFile` document.

        Args:
            picture: the PNG.
            metadata: kept with the file (attribution above all).
            filename: the file's name in GridFS; by default its hash.
        """
        file_id = ObjectId(picture.sha256[:24])
        if file_id not in self._ids or (self._rewrite and not self._intact(file_id, picture.png)):
            self._database[FILES].delete_one({"_id": file_id})
            self._database[CHUNKS].delete_many({"files_id": file_id})  # of an upload that was killed
            name = filename or f"{picture.sha256}.png"
            self._bucket.upload_from_stream_with_id(file_id, name, picture.png, metadata=dict(metadata))
            self._ids.add(file_id)
            self.put_files += 1
        return {
            "file_id": file_id,
            "sha256": picture.sha256,
            "width": picture.width,
            "height": picture.height,
            "mime": MIME,
            "bytes": len(picture.png),
        }

    def _intact(self, file_id: ObjectId, png: bytes) -> bool:
        chunks = self._database[CHUNKS].find({"files_id": file_id}).sort("n", 1)
        return b"".join(chunk["data"] for chunk in chunks) == png


def referenced(analytics: Analytics) -> set[Any]:
    """Return the ids of the files that entries refer to."""
    found = analytics[STAT_IMAGES].find({}, {"sprite.file_id": 1, "thumbnail.file_id": 1})
    return {
        part["file_id"] for entry in found for part in (entry.get("sprite"), entry.get("thumbnail")) if part is not None
    }


def orphans(analytics: Analytics) -> set[Any]:
    """Return the ids of files that neither an entry nor a report's slide refers to (the newest sheet aside).

    Reports are looked at only where some file has no entry: an old version that a report still shows stays
    until the report is rebuilt.
    """
    files = {document["_id"]: document for document in analytics[FILES].find({}, {"filename": 1, "uploadDate": 1})}
    sheets = [document for document in files.values() if document.get("filename") == SHEET]
    newest = max(sheets, key=lambda document: (document["uploadDate"], document["_id"]), default={"_id": None})
    loose = files.keys() - referenced(analytics) - {newest["_id"]}
    if loose:
        for report in analytics[WRAPPED_REPORTS].find({}, {"slides.image.file_id": 1}):
            slides = report.get("slides")
            for slide in slides if isinstance(slides, list) else []:
                loose.discard(((slide or {}).get("image") or {}).get("file_id"))
    return loose


def loose_chunks(analytics: Analytics) -> set[Any]:
    """Return the `files_id`s of chunks without a file."""
    files = {document["_id"] for document in analytics[FILES].find({}, {"_id": 1})}
    return {chunk["files_id"] for chunk in analytics[CHUNKS].find({}, {"files_id": 1})} - files


def sweep(analytics: Analytics) -> int:
    """Remove files that nothing refers to and chunks without a file; returns how many files' worth went."""
    gone = orphans(analytics)
    for file_id in gone:
        analytics[FILES].delete_one({"_id": file_id})
    loose = loose_chunks(analytics)
    for file_id in loose:
        analytics[CHUNKS].delete_many({"files_id": file_id})
    return len(gone | loose)


def stored_bytes(analytics: Analytics) -> Iterator[tuple[Any, bytes]]:
    """Yield (file id, bytes) of every file whose chunks are all there, in one pass over the chunks."""
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
