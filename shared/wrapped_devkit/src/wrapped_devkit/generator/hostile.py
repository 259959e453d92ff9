"""Invalid or odd copies of valid documents: every variant of invalid document that the contract names.

Belongs here: the variants, each a small change to a deep copy. The valid documents are unchanged, so a hostile run
contains everything that the plain run with the same arguments contains.
"""

import copy
import random
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from bson import Decimal128, Int64
from wrapped_shared.collections import (
    ACTOR_DEATH,
    GAME_TICKS,
    GRAND_EXCHANGE_OFFER_CHANGED,
    HITSPLAT_APPLIED,
    LOOT_RECEIVED,
    RAW_EVENT_COLLECTIONS,
    STAT_CHANGED,
)
from wrapped_shared.documents import Document

from wrapped_devkit.generator.documents import Envelopes, Item

Spoil = Callable[[Document], Document]
MISSING = object()
NO_INTEGERS: tuple[Any, ...] = (
    MISSING, None, True, "7", 1.5, float("nan"), float("inf"), Decimal128("7"), [7], {"n": 7}, 1e300, 2**62,
)  # fmt: skip
ODD_NAMES = (
    "$where", "a.b.c", "pipe|and/slash", "[bold red]markup[/] [link=x]y[/link]", "<b>&amp;</b>", "🐉 wyrm 🐉",
    "null", "ﬁ ẞ İ", "x" * 300, "`rm` ; ' \" \\", "\u202ereversed", "tab\there\nline",
)  # fmt: skip
ODD_TEXTS = (*ODD_NAMES, "nul\x00inside", " ", "__proto__")
FUTURE_MS = 4_102_444_800_000
"""The year 2100."""


def put(path: str, value: Any) -> Spoil:
    """Sets, or with MISSING removes, the value at a dotted path in a document."""
    *parents, last = path.split(".")

    def spoil(document: Document) -> Document:
        inner: Any = document
        for key in parents:
            inner = inner[int(key)] if isinstance(inner, list) else inner[key]
        if value is MISSING:
            inner.pop(last, None)
        else:
            inner[int(last) if isinstance(inner, list) else last] = copy.deepcopy(value)
        return document

    return spoil


def each(path: str, values: Iterable[Any]) -> list[Spoil]:
    """One variant for each value at a path."""
    return [put(path, value) for value in values]


def seconds(document: Document) -> Document:
    """A timestamp in seconds, as a float."""
    return {**document, "timestamp": document["timestamp"] / 1000}


def fraction(document: Document) -> Document:
    """A timestamp within the day that is not an integer."""
    return {**document, "timestamp": document["timestamp"] + 0.25}


def array_time(document: Document) -> Document:
    """A timestamp in an array, which a range query matches."""
    return {**document, "timestamp": [document["timestamp"]]}


def garbage(document: Document) -> Document:
    """A document without any field of an event."""
    return {"_id": document["_id"], "garbage": [None, {"": [[]]}, "…"], "data": {"data": {}}}


def garbage_with_text_id(document: Document) -> Document:
    """A document without any field of an event, and with a string `_id`."""
    return {"_id": f"garbage-{document['_id']}", "timestamp": {"$date": 1}, "username": ["x"], "data": 5}


def extra_fields(document: Document) -> Document:
    """Unknown fields with names that a query language would interpret differently."""
    extra: Document = {"$set": {"$x": {"y.z": 1}}, "a.b": None, "": 0, "🐉": [{}]}
    return {**document, "data": {**document["data"], **extra}, "$where": "1", "data.xp": 5}


def turned(value: Any) -> Any:
    """An equal value with a different key order and different numeric types."""
    if isinstance(value, dict):
        return {key: turned(inner) for key, inner in reversed(value.items())}
    if isinstance(value, list):
        return [turned(inner) for inner in value]
    if isinstance(value, int) and not isinstance(value, bool):
        return float(value) if value % 2 else Int64(value)
    return value


def doubles(document: Document) -> Document:
    """A valid duplicate with doubles and 64-bit ints as numbers and its keys reversed."""
    return {"_id": document["_id"], **turned({k: v for k, v in document.items() if k != "_id"})}


def one_tick_on(document: Document) -> Document:
    """A valid, separate event with integral doubles as numbers."""
    return {**doubles(document), "tickCount": float(document["tickCount"] + 1_000_000)}


def apart(*variants: list[Spoil]) -> list[Spoil]:
    """Variants of invalid ticks, each as a separate tick: otherwise it would be a duplicate of the valid tick."""

    def moved(spoil: Spoil) -> Spoil:
        return lambda document: spoil({**document, "tickCount": document["tickCount"] + 1_000_000})

    return [moved(spoil) for several in variants for spoil in several]


ENVELOPE: list[Spoil] = [
    *each("username", (MISSING, None, 7, True, "", " _-\u00a0\t", ["Bob"], {"$ne": None})),
    *each(
        "timestamp",
        (MISSING, None, True, "now", float("nan"), float("-inf"), 0, -1, 2**62, 1_356_000_000_000),
    ),
    *each("timestamp", ([], {"$gt": 0}, Decimal128("1700000000000"))),
    seconds,
    fraction,
    array_time,
    put("timestamp", FUTURE_MS),
    put("timestamp", float(FUTURE_MS)),
    *each("tickCount", (*NO_INTEGERS, -1)),
    *each("sessionId", (MISSING, None, 5, True, ["s"], {})),
    put("sessionId", ""),
    *each("data", (MISSING, None, [], "{}", 5, True)),
    *each("username", ODD_NAMES),
    extra_fields,
    put("event", {"not": "checked"}),
    garbage,
    garbage_with_text_id,
    doubles,
    one_tick_on,
]
BAD_COUNTS = (*NO_INTEGERS, -1)
BAD_OBJECTS: tuple[Any, ...] = (MISSING, None, [], "{}", 5)
FAMILIES: dict[str, list[Spoil]] = {
    GAME_TICKS: apart(
        each("data.location", BAD_OBJECTS),
        each("data.location.x", (*BAD_COUNTS, 16384)),
        each("data.location.y", (*BAD_COUNTS, 16384)),
        each("data.energy", (*BAD_COUNTS, 10_001)),
        each("data.equipmentIds", (MISSING, None, "[]", {}, 5, [], [5000] * 30)),
        each("data.equipmentIds.3", (None, True, "7", 1.5, float("nan"), Decimal128("5000"), [5000], 2**62, -5)),
        [put("data.equipmentIds.3", 5000.0)],
    ),
    STAT_CHANGED: [
        *each("data.skill", (MISSING, None, 5, "", "Attack", "A" * 25, "ATTACK\n", "A.B", "$SET", ["ATTACK"])),
        *each("data.xp", (*BAD_COUNTS, 0, 0.0, 200_000_001, 200_000_000)),
        put("data.skill", "SAILING"),
    ],
    LOOT_RECEIVED: [
        *each("data.actor", BAD_OBJECTS),
        *each("data.actor.type", NO_INTEGERS),
        *each("data.actor.type", (0, 2, 3, -1, 1.0)),
        *each("data.items", (MISSING, None, {}, "[]", [None], [[]], [{"id": 1}], [{"quantity": 1}])),
        *each("data.items", ([], [{"id": 995.0, "quantity": 2.0}], [{"id": 995, "quantity": 2**53 - 1}])),
        *(put("data.items", [{"id": 1, "quantity": bad}]) for bad in BAD_COUNTS if bad is not MISSING),
        *(put("data.items", [{"id": bad, "quantity": 1}]) for bad in BAD_COUNTS if bad is not MISSING),
        *each("data.actor.name", (MISSING, None, "", 5, ["Cow"])),
        *each("data.actor.name", ODD_TEXTS),
        *each("data.actor.combatLevel", NO_INTEGERS),
        *each("data.actor.id", NO_INTEGERS),
    ],
    ACTOR_DEATH: [
        *each("data.name", (MISSING, None, 5, ["x"], {})),
        *each("data.name", ODD_TEXTS),
        *each("data.type", (MISSING, None, 2.0, True, "2", 1)),
        *each("data.location", BAD_OBJECTS),
        *each("data.location.x", BAD_COUNTS),
    ],
    HITSPLAT_APPLIED: [
        *each("data.actor", (*BAD_OBJECTS, {})),
        *each("data.actor.name", (MISSING, None, 5)),
        *each("data.actor.type", (MISSING, None, 2.0, True, "2")),
        *each("data.hitsplat", BAD_OBJECTS),
        *each("data.hitsplat.amount", BAD_COUNTS),
        *each("data.hitsplat.hitsplatType", NO_INTEGERS),
        *each("data.hitsplat.mine", (MISSING, None, 1, 1.0, "true")),
    ],
    GRAND_EXCHANGE_OFFER_CHANGED: [
        *each("data.slot", BAD_COUNTS),
        *each("data.offer", BAD_OBJECTS),
        *(
            put(f"data.offer.{name}", bad)
            for name in ("itemId", "price", "totalQuantity", "quantitySold", "spent")
            for bad in BAD_COUNTS
        ),
        *each("data.offer.state", (MISSING, None, 5, "", "buying", "EXPIRED", ["BUYING"], {"$in": []})),
    ],
}


def _mixed(variants: list[Spoil]) -> list[Spoil]:
    """The variants in a fixed order in which even a few consecutive ones differ a lot."""
    random.Random(0).shuffle(variants)
    return variants


VARIANTS: dict[str, list[Spoil]] = {name: _mixed(FAMILIES[name] + ENVELOPE) for name in RAW_EVENT_COLLECTIONS}
SPACING = {GAME_TICKS: 30, STAT_CHANGED: 8, HITSPLAT_APPLIED: 8}
"""One invalid document after this many valid ones of a collection; 3 by default."""


class Spoiler:
    """Adds invalid copies to one player's stream, each collection's variants in turn."""

    def __init__(self, index: int, run: str) -> None:
        self.envelopes = Envelopes(index, f"{run}/hostile")
        self.seen = dict.fromkeys(VARIANTS, 0)
        # players start at different variants, so that a few days contain them all
        self.next = dict.fromkeys(VARIANTS, index * 37)

    def sprinkle(self, stream: Iterator[Item]) -> Iterator[Item]:
        """Yields the stream with an invalid copy after some of its documents."""
        for item in stream:
            yield item
            collection = item[3]
            self.seen[collection] += 1
            if self.seen[collection] % SPACING.get(collection, 3) == 0:
                yield self.spoiled(item)

    def spoiled(self, item: Item) -> Item:
        """The next variant of invalid copy of a document, with its own `_id`."""
        variants = VARIANTS[item[3]]
        spoil = variants[self.next[item[3]] % len(variants)]
        self.next[item[3]] += 1
        stamped = self.envelopes.again(item)
        return (*stamped[:4], spoil(stamped[4]))
