"""The folders that `mongodump` writes and `mongorestore` reads, through BSON: MongoDB's tools are not to be had here.

A database is a folder with two files for each collection: its documents as BSON, one after the other, and its options
and indexes as Extended JSON. The order of a dump is that of deploy/kubernetes/components/backup/dump-mongodb.sh.
"""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

from bson import decode_file_iter, json_util
from deploy_manifests import KUBERNETES
from pymongo import IndexModel, MongoClient
from pymongo.database import Database
from wrapped_shared.collections import ANALYTICS_DATABASE, RAW_DATABASE

_SCRIPT: Final = KUBERNETES / "components" / "backup" / "dump-mongodb.sh"
_AT_ONCE: Final = 500


def first_collections() -> list[str]:
    """Return the collections that the script dumps before all others, in its order."""
    found = re.search(r'^first="([^"]+)"$', _SCRIPT.read_text(), re.MULTILINE)
    assert found is not None
    return found[1].split()


def in_order(client: MongoClient[Any], first: list[str]) -> Iterator[tuple[Database[Any], str]]:
    """Yield the collections of both databases in the order of a dump; those in `first` come first."""
    analytics, raw = client[ANALYTICS_DATABASE], client[RAW_DATABASE]
    there = sorted(analytics.list_collection_names())
    yield from ((analytics, name) for name in first if name in there)
    yield from ((analytics, name) for name in there if name not in first)
    yield from ((raw, name) for name in sorted(raw.list_collection_names()))


def dump(
    client: MongoClient[Any], folder: Path, first: list[str], between: Callable[[str], None] = lambda name: None
) -> int:
    """Write both databases into a folder; `between` is called after each collection; return the bytes written."""
    for base, name in in_order(client, first):
        own = folder / base.name
        own.mkdir(parents=True, exist_ok=True)
        info = next(iter(base.list_collections(filter={"name": name})))
        metadata = {"options": info.get("options", {}), "indexes": list(base[name].list_indexes())}
        (own / f"{name}.metadata.json").write_text(json_util.dumps(metadata))
        with (own / f"{name}.bson").open("wb") as file:
            for batch in base[name].find_raw_batches():
                file.write(batch)
        between(name)
    return sum(path.stat().st_size for path in folder.rglob("*.bson"))


def restore(client: MongoClient[Any], folder: Path) -> int:
    """Create the databases of a folder on an empty server; return how many documents were restored."""
    restored = 0
    for path in sorted(folder.rglob("*.bson")):
        base, name = client[path.parent.name], path.stem
        metadata = json_util.loads(path.with_name(f"{name}.metadata.json").read_text())
        base.create_collection(name, **metadata["options"])
        with path.open("rb") as file:
            batch: list[Any] = []
            for document in decode_file_iter(file):
                batch.append(document)
                if len(batch) == _AT_ONCE:
                    restored += len(base[name].insert_many(batch, bypass_document_validation=True).inserted_ids)
                    batch = []
        if batch:
            restored += len(base[name].insert_many(batch, bypass_document_validation=True).inserted_ids)
        indexes = [
            IndexModel(list(index["key"].items()), name=index["name"])
            for index in metadata["indexes"]
            if index["name"] != "_id_"
        ]
        if indexes:
            base[name].create_indexes(indexes)
    return restored
