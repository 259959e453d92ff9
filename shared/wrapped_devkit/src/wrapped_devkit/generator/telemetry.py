"""The stream of all players' documents.

Belongs here: the public arguments, their limits, and merging the players' days.
"""

import heapq
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import chain

from wrapped_shared.documents import Document
from wrapped_shared.periods import days_between

from wrapped_devkit.generator.documents import MAX_PLAYERS, Item
from wrapped_devkit.generator.hostile import Spoiler
from wrapped_devkit.generator.player import OTHER_EVENTS, Player
from wrapped_devkit.generator.schedule import MAX_TICKS_PER_DAY


def check(*, players: int, days: int, ticks: int, start: str) -> None:
    """Validates the arguments of a run.

    Raises:
        ValueError: with one line that says which argument is wrong and what it may be.
    """
    for name, value, most in (("players", players, MAX_PLAYERS), ("days", days, 3660)):
        if not 1 <= value <= most:
            raise ValueError(f"{name} must be between 1 and {most}, not {value}")
    if not 1 <= ticks <= MAX_TICKS_PER_DAY:
        raise ValueError(f"ticks (per player and day) must be between 1 and {MAX_TICKS_PER_DAY}, not {ticks}")
    try:
        first = date.fromisoformat(start)
    except ValueError:
        raise ValueError(f"start must be a day such as 2024-01-31, not {start!r}") from None
    if not 2000 <= first.year <= 2080:
        raise ValueError(f"start must be between the years 2000 and 2080, not in {first.year}")


def estimate(*, players: int, days: int, ticks: int) -> int:
    """Roughly how many documents a run generates, for a progress bar."""
    return int(players * days * ticks * (1 + OTHER_EVENTS))


def generate(
    *, players: int, days: int, ticks: int, seed: int, start: str, hostile: bool = False
) -> Iterator[tuple[str, Document]]:
    """Generates seeded telemetry as the ingestor would store it, in time order within each day.

    The same arguments give the same documents, including `_id`s (their time is that of the event; for a re-sent one
    ten seconds later). A run with more days or players contains all documents of the smaller one. Memory grows only
    with players, not with days or ticks.

    Args:
        players: number of players.
        days: number of UTC days.
        ticks: game ticks per player and day; all other events together are about a seventh of that.
        seed: the source of all randomness.
        start: the first day, `YYYY-MM-DD`.
        hostile: adds invalid copies of every variant that the data contract names; the valid documents stay.

    Returns:
        Pairs of collection name and document.

    Raises:
        ValueError: an argument is out of range (raised at the call, not at the first document).
    """
    generated = generate_days(players=players, days=days, ticks=ticks, seed=seed, start=start, hostile=hostile)
    return chain.from_iterable(documents for _, documents in generated)


def generate_days(
    *, players: int, days: int, ticks: int, seed: int, start: str, hostile: bool = False
) -> Iterator[tuple[str, Iterator[tuple[str, Document]]]]:
    """Like `generate`, but day by day: pairs of a day and its documents, to be read in order.

    Raises:
        ValueError: an argument is out of range (raised at the call).
    """
    check(players=players, days=days, ticks=ticks, start=start)
    run = f"{seed}/{ticks}/{start}"
    everyone = [Player(index, ticks=ticks, seed=seed, run=run) for index in range(players)]
    spoilers = [Spoiler(index, run) for index in range(players)] if hostile else []
    last = (date.fromisoformat(start) + timedelta(days=days - 1)).isoformat()
    return ((day, _day(day, everyone, spoilers)) for day in days_between(start, last))


def _day(day: str, everyone: list[Player], spoilers: list[Spoiler]) -> Iterator[tuple[str, Document]]:
    streams: list[Iterator[Item]] = [player.day(day) for player in everyone]
    if spoilers:
        streams = [spoiler.sprinkle(one) for spoiler, one in zip(spoilers, streams, strict=True)]
    for _, _, _, collection, document in heapq.merge(*streams):
        yield collection, document
