"""Hypothesis strategies of small sets of raw documents in which the contract's rules really meet.

Belongs here: random telemetry for property tests. It is made of runs: a few events of one player, session
and collection with small steps in time, tick and value, around few instants (year's end, midnight, the
change of the equipment offset, the first day, tomorrow), so that neighbours, joins at five minutes,
duplicates, offers, falls and steep rises are frequent. Documents by hand are in `telemetry_documents`.

    @given(telemetry())
    def test_...(documents: Documents) -> None:
        naive_report(documents, "bob", "2024", first_day=FIRST_DAY, today=TODAY, region_names=REGION_NAMES)
"""

import copy
from collections.abc import Mapping
from typing import Any

from bson import Binary, Code, DatetimeMS, DBRef, Decimal128, Int64, MinKey, ObjectId, Regex, Timestamp
from hypothesis import strategies as st
from telemetry_documents import Document, ms

Documents = dict[str, list[Document]]

FIRST_DAY = "2023-01-01"
TODAY = "2024-08-14"
PERIODS = ("2023", "2024", "all")
PLAYERS = ("bob", "iron bob", "$a.b|c [red]")
"""The player keys that occur."""
NAME_FORMS = {
    "bob": ("Bob", "Bob", "BOB", " bob_"),
    "iron bob": ("Iron Bob", "Iron_Bob", "iron\u00a0bob", "IRON-BOB"),
    "$a.b|c [red]": ("$a.b|c [red]", "$A.B|C_[RED]"),
}
REGION_NAMES = {257: "Old Town", 12850: "Lumbridge", 25394: "never shown: an instance"}
"""Regions of tiles near (100, 100), (3200, 3200) and beyond x = 6400."""

CENTRES = tuple(
    ms(text)
    for text in (
        "2024-01-01T00:00:00",  # the end of a year
        "2023-12-31T12:00:00",
        "2024-02-29T00:00:00",
        "2024-08-14T11:00:00",  # the equipment offset changes
        "2024-08-15T00:00:00",  # tomorrow begins
        "2023-01-01T00:00:00",  # the first day begins
    )
)
NEAR = (0, 0, -1, 1, -600, -1200, -299_999, -300_000, -3_600_000)
STEPS_MS = (600, 600, 600, 600, 0, 1, 1800, -1, -600, 299_999, 300_000, 300_001, 3_600_000, 86_400_000)
STEPS_TICK = (1, 1, 1, 1, 1, 0, 2, 9, 10, -1)
SESSIONS = ("session-1", "session-1", "session-2", "")
BIG = 2**53 - 1
STEEP = (0, 1, 3, 250_000, 250_001, 251_000, 251_001, 2_250_000, 2_250_001, -5, -300_000)
"""Changes of experience: at the limit for 0 s, 1.8 s and an hour, and one above it."""
STATES = ("BUYING", "BUYING", "BOUGHT", "CANCELLED_BUY", "SELLING", "SELLING", "SOLD", "CANCELLED_SELL", "EMPTY")
BAD_VALUES: tuple[Any, ...] = (
    None, True, False, "1", "", " ", "<img=1><br>", 1.5, -1, -1.0, float("nan"), float("inf"), -0.0, 2**53,
    float(2**53), 2**62, 1e300,
    Decimal128("5"), Decimal128("sNaN"), [], [1], {}, {"$gt": 0}, ObjectId("f" * 24), b"\x00", Binary(b"x" * 16, 4),
    256, 16384, 10_001, 200_000_001, Code("Bob"), Code("BUYING", {"ATTACK": 1}), Regex("("), MinKey(), Timestamp(1, 1),
    DBRef("bob", 1), DatetimeMS(2**62), "<col=ff0000>Bob</col>", "<img=2>",
)  # fmt: skip
ENVELOPE_FIELDS = ("username", "timestamp", "tickCount", "sessionId", "data", "event")
FAMILY_FIELDS: Mapping[str, tuple[str, ...]] = {
    "game_ticks": ("location", "location.x", "location.y", "energy", "prayer", "equipmentIds", "equipmentIds.1"),
    "stat_changed": ("skill", "xp"),
    "loot_received": (
        *("actor", "actor.type", "actor.name", "actor.combatLevel", "actor.id"),
        *("items", "items.0", "items.0.id", "items.0.quantity"),
    ),
    "actor_death": ("name", "type", "location", "location.x"),
    "hitsplat_applied": (
        *("actor", "actor.name", "actor.type"),
        *("hitsplat", "hitsplat.amount", "hitsplat.hitsplatType", "hitsplat.mine"),
    ),
    "grand_exchange_offer_changed": (
        *("slot", "offer", "offer.itemId", "offer.price", "offer.totalQuantity"),
        *("offer.quantitySold", "offer.spent", "offer.state"),
    ),
}


def pick(*values: Any) -> st.SearchStrategy[Any]:
    """One of the values; the first are the simplest, and repeated ones are likelier."""
    return st.sampled_from(values)


def chance(likely: Any, *rest: Any) -> st.SearchStrategy[Any]:
    """Mostly the first value."""
    return st.sampled_from((*(likely,) * 4, *rest))


locations = st.fixed_dictionaries(
    {"x": pick(100, 101, 102, 3200, 6399, 6400, 16383), "y": pick(100, 101, 3200, 0, 16383)}
)
items = st.lists(
    st.fixed_dictionaries({"id": pick(995, 526, 526, 527, 0, 13204, 7), "quantity": chance(1, 0, 2, 7, BIG)}),
    max_size=4,
)
mob_names = chance(
    "Goblin", "goblin", "Zulrah", "a.b", "$where", "[red]x[/red]", "bob", "🐉",
    "<col=00ffff>Goblin</col>", "Goblin\u00a0", "<lt>col<gt>Rat", "<col=1",
)  # fmt: skip
own_names = pick("Goblin", "Goblin", "Bob", "bob", "iron_bob", "IRON BOB", "$a.b|c-[red]", "", "<img=2>Bob")
kinds = pick(2, 2, 2, None, 1, 2.0, 0)
worn = st.one_of(
    st.lists(pick(0, 0, 256, 511, 512, 513, 2047, 2048, 2049, 9000), max_size=13),
    pick(None, [512, 600], [0, 2048, 7082]),
)
DATA: Mapping[str, st.SearchStrategy[dict[str, Any]]] = {
    "game_ticks": st.fixed_dictionaries(
        {
            "energy": pick(10_000, 9_990, 9_000, 100, 50, 0),
            "prayer": pick(99, 98, 43, 255, 1, 0),
            "location": locations,
        },
        optional={"equipmentIds": worn},
    ),
    "stat_changed": st.fixed_dictionaries({"skill": chance("ATTACK", "COOKING"), "xp": pick(1, 83, 84, 1_000_000, 0)}),
    "loot_received": st.fixed_dictionaries(
        {
            "actor": st.fixed_dictionaries(
                {"name": mob_names, "combatLevel": pick(2, 5), "id": pick(1, 2, -1), "type": pick(1, 1, 1, 2, 2, 0, 3)}
            ),
            "items": items,
        }
    ),
    "actor_death": st.fixed_dictionaries({"name": own_names}, optional={"type": kinds, "location": locations}),
    "hitsplat_applied": st.fixed_dictionaries(
        {
            "actor": st.fixed_dictionaries({"name": own_names}, optional={"type": kinds}),
            "hitsplat": st.fixed_dictionaries(
                {
                    "amount": pick(5, 3, 7, 0, BIG),
                    "hitsplatType": chance(16, 6, 60, 4, 65),
                    "mine": chance(True, False, 1),
                }
            ),
        }
    ),
    "grand_exchange_offer_changed": st.fixed_dictionaries(
        {
            "slot": chance(0, 1),
            "offer": st.fixed_dictionaries(
                {
                    "state": pick(*STATES),
                    "itemId": chance(4151, 2),
                    "price": chance(100, 101),
                    "totalQuantity": chance(10, 11),
                    "quantitySold": pick(0, 3, 5, 10),
                    "spent": pick(0, 300, 500, 1000, BIG),
                }
            ),
        }
    ),
}  # fmt: skip


@st.composite
def runs(draw: st.DrawFn, centres: tuple[int, ...]) -> list[tuple[str, Document]]:
    """A few events of one collection, player and session, each a small step after the previous one."""
    collection = draw(pick("game_ticks", "game_ticks", *DATA))
    player = draw(st.sampled_from(PLAYERS[:2] * 3 + PLAYERS[2:]))
    forms = NAME_FORMS[player]
    session = draw(st.sampled_from(SESSIONS))
    at = draw(st.sampled_from(centres)) + draw(st.sampled_from(NEAR))
    tick = draw(st.integers(0, 8))
    data = draw(DATA[collection])
    if collection in ("actor_death", "hitsplat_applied") and draw(st.booleans()):
        data.get("actor", data)["name"] = forms[-1]
    run = []
    for step in range(draw(st.integers(1, 6))):
        if step:
            at += draw(st.sampled_from(STEPS_MS))
            tick = max(0, tick + draw(st.sampled_from(STEPS_TICK)))
            data = draw(following(collection, data))
        run.append(
            (
                collection,
                {
                    "timestamp": at,
                    "username": draw(st.sampled_from(forms)),
                    "event": collection,
                    "tickCount": tick,
                    "sessionId": session,
                    "data": copy.deepcopy(data),
                },
            )
        )
    return run


@st.composite
def following(draw: st.DrawFn, collection: str, before: dict[str, Any]) -> dict[str, Any]:
    """Data that might follow: a step of a few tiles, a gain at the limit, a continued offer; or anything."""
    if draw(st.integers(0, 4)) == 4:
        return draw(DATA[collection])
    data = copy.deepcopy(before)
    if collection == "game_ticks":
        data["location"]["x"] = min(16383, data["location"]["x"] + draw(pick(1, 2, 0, -1, 3)))
        data["location"]["y"] = min(16383, data["location"]["y"] + draw(pick(0, 1, 2)))
        data["energy"] = max(0, data["energy"] - draw(pick(0, 60, 1, -0, 500)))
        data["prayer"] = min(255, max(0, data["prayer"] - draw(pick(0, 1, 2, -3, 40))))
    elif collection == "stat_changed":
        data["xp"] = max(0, data["xp"] + draw(st.sampled_from(STEEP)))
    elif collection == "grand_exchange_offer_changed":
        offer = data["offer"]
        offer["state"] = draw(st.sampled_from(STATES))
        offer["quantitySold"] = min(10, offer["quantitySold"] + draw(pick(0, 1, 5)))
        offer["spent"] = min(BIG, offer["spent"] + draw(pick(0, 100)))
    elif collection == "loot_received":
        data["actor"]["id"] = draw(pick(1, 2))
    return data


def as_numbers(value: Any, kind: str) -> Any:
    """An equal value whose integers are doubles or 64-bit ints, with its keys reversed."""
    if isinstance(value, dict):
        return {key: as_numbers(inner, kind) for key, inner in reversed(value.items())}
    if isinstance(value, list):
        return [as_numbers(inner, kind) for inner in value]
    if type(value) is int and abs(value) < 2**53:
        return float(value) if kind == "double" else Int64(value)
    return value


def replaced(document: Document, path: str, value: Any) -> None:
    """Set the value at a dotted path, or remove the field if the value is Ellipsis; ignore missing paths."""
    *parents, last = path.split(".")
    inner: Any = document
    for key in (*parents, last):
        if isinstance(inner, list) and key.isdigit() and int(key) < len(inner):
            key_or_index: Any = int(key)
        elif isinstance(inner, dict) and (key in inner or key == last):
            key_or_index = key
        else:
            return
        if key is last:
            break
        inner = inner[key_or_index]
    if value is ...:
        if isinstance(inner, dict):
            inner.pop(key_or_index, None)
    else:
        inner[key_or_index] = copy.deepcopy(value)


@st.composite
def telemetry(draw: st.DrawFn, *, hostile: bool = True, max_runs: int = 8) -> Documents:
    """A small set of raw documents.

    Args:
        draw: Hypothesis.
        hostile: with invalid values sprinkled in; without, every document is valid in everything (events before
            the first day or after today apart).
        max_runs: runs of up to six documents each.

    Returns:
        `{collection: documents}`, in no particular order of time; `_id`s are unique and in no order either.
    """
    centres = tuple(draw(st.lists(st.sampled_from(CENTRES), min_size=1, max_size=2, unique=True)))
    events = [event for run in draw(st.lists(runs(centres), max_size=max_runs)) for event in run]
    for _ in range(draw(st.integers(0, 3)) if events else 0):
        events.append(draw(sent_again(events)))
    for _ in range(draw(st.integers(0, 4)) if hostile and events else 0):
        collection, document = events[draw(st.integers(0, len(events) - 1))]
        fields = (*(f"data.{name}" for name in FAMILY_FIELDS[collection]), *ENVELOPE_FIELDS)
        replaced(document, draw(st.sampled_from(fields)), draw(st.sampled_from((*BAD_VALUES, ...))))
    factor, offset = draw(st.integers(1, 256)), draw(st.integers(0, 256))
    documents: Documents = {}
    for number, (collection, document) in enumerate(events):
        identifier = ObjectId(f"{(number * factor + offset) % 257 + 1:024x}")  # 257 is a prime: no two are equal
        documents.setdefault(collection, []).append({"_id": identifier, **document})
    return documents


@st.composite
def sent_again(draw: st.DrawFn, events: list[tuple[str, Document]]) -> tuple[str, Document]:
    """One of the events again: equal, with other numeric types, under another form of the name, or later as new."""
    collection, document = events[draw(st.integers(0, len(events) - 1))]
    kind = draw(pick("same", "double", "long"))
    again = copy.deepcopy(document) if kind == "same" else as_numbers(document, kind)
    again["timestamp"] = again["timestamp"] + draw(chance(0, 600, -600, 300_001, 86_400_000))
    again["username"] = draw(chance(again["username"], again["username"].upper(), again["username"].lower()))
    return collection, again


def instants() -> st.SearchStrategy[int]:
    """Instants (ms since the epoch) at which to cut telemetry in two, close to its events."""
    return st.builds(
        lambda centre, near, step: centre + near + step,
        st.sampled_from(CENTRES),
        st.sampled_from(NEAR),
        st.sampled_from((0, 1, *STEPS_MS, 1200, 2400)),
    )
