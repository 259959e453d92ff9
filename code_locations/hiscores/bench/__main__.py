"""The scrape's own cost: 2,000 known players against the stand-in, without a rate limit, compared with bare requests.

Run it in the location's folder as `python -m bench [players]` (`make bench` does). It starts an embedded MongoDB and
the stand-in (in a separate process) and prints: milliseconds of our own time per player on top of the bare httpx
requests, requests per known player, and how memory grows during the scrape. The exit code is 1 if the number of
requests is wrong; times and memory are only printed.
"""

import json
import os
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from urllib.parse import quote

import httpx
import psutil  # type: ignore[import-untyped]
from hiscores.domain.account_type import MODE_OF, AccountType
from hiscores.domain.roster import Tracked
from hiscores.domain.states import PlayerState
from hiscores.scrape import CHUNK, Scrape
from hiscores.settings import HiscoresSettings
from hiscores.store.players import save_states
from hiscores.upstream.client import HiscoresClient
from wrapped_devkit.osrs_server.hiscores_players import PlayerType, SeededPlayers
from wrapped_devkit.processes import mongo_process
from wrapped_shared.holds import HISCORES, HoldKeeper
from wrapped_shared.indexes import ensure_indexes
from wrapped_shared.mongo import MongoResource

AIM_MS = 5.0
AIM_GROWTH_MIB = 8.0
SLOT = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)
TYPES: dict[PlayerType, AccountType] = {
    "regular": "regular",
    "ironman": "ironman",
    "hardcore": "hardcore_ironman",
    "ultimate": "ultimate_ironman",
    "dead hardcore": "ironman",
    "de-ironed": "regular",
    "iron table only": "ironman",
    "low": "regular",
}


def main() -> int:
    """Measure, print, compare with the aims."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 2_000
    seeded = SeededPlayers(count=2 * count)
    players = [
        (name, TYPES[player_type]) for name in seeded.names() if (player_type := seeded.player_type(name)) in TYPES
    ][:count]
    with stand_in(2 * count) as url, mongo_process() as server, MongoResource(uri=server.uri).open() as mongo:
        ensure_indexes(mongo.raw, mongo.analytics)
        know(mongo, players)
        scrape(url, mongo, players, SLOT - timedelta(days=1))  # yesterday's snapshots, compared with
        bare = min(bare_exchange(url, players), bare_exchange(url, players))
        clear_log(url)
        seconds, memory = scrape(url, mongo, players, SLOT)
        stored = mongo.raw["hiscores"].count_documents({}) - count
        requests = requests_made(url)
    own = (seconds - bare) / count * 1_000
    growth = max(memory) - memory[len(memory) // 4]
    print(f"hiscores: {count} known players, no rate limit")
    print(f"  bare requests with httpx   {bare / count * 1e3:7.2f} ms per player")
    print(f"  scrape, stored in MongoDB  {seconds / count * 1e3:7.2f} ms per player")
    print(f"  our own time               {own:7.2f} ms per player (aim: at most {AIM_MS:g})")
    print(f"  requests                   {requests / count:7.3f} per player, {stored} snapshots (aim: exactly 1)")
    print(f"  memory after the first quarter grew by {growth:.1f} MiB (aim: at most {AIM_GROWTH_MIB:g})")
    if own > AIM_MS or growth > AIM_GROWTH_MIB:
        print("  MISSED an aim: measure again on an idle machine before believing it")
    return 0 if requests == stored == count else 1


@contextmanager
def stand_in(players: int) -> Iterator[str]:
    """The stand-in in a separate process; yields its origin."""
    code = f"from wrapped_devkit.commands.osrs_server import osrs_server; osrs_server(port=0, players={players})"
    process = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None  # noqa: S101 - for the type checker
        process.stdout.readline()
        yield process.stdout.readline().strip().partition("=")[2]
    finally:
        process.terminate()
        process.wait(10)


def know(mongo: MongoResource, players: list[tuple[str, AccountType]]) -> None:
    """Store every player's type as known, checked two days ago."""
    before = SLOT - timedelta(days=2)
    states = [
        PlayerState(
            name, name, "ok", checked_at=before, account_type=account_type, type_checked_at=before, asked_slot=before
        )
        for name, account_type in players
    ]
    save_states(mongo.analytics, [(state, Tracked(state.key, state.key, ("settings",), before)) for state in states])


def bare_exchange(url: str, players: list[tuple[str, AccountType]]) -> float:
    """Seconds that httpx alone takes for the same requests, including JSON decoding."""
    with httpx.Client() as client:
        start = time.perf_counter()
        for name, account_type in players:
            client.get(f"{url}/m={MODE_OF[account_type]}/index_lite.json?player={quote(name)}").json()
        return time.perf_counter() - start


def scrape(
    url: str, mongo: MongoResource, players: list[tuple[str, AccountType]], slot: datetime
) -> tuple[float, list[float]]:
    """Seconds of the whole scrape, and the process's memory (MiB) after each chunk."""
    os.environ.update(HISCORES_BASE_URL=url, WRAPPED_CONTACT="bench@example.org", HISCORES_REQUESTS_PER_SECOND="0")
    process, memory = psutil.Process(), []
    tracked = [Tracked(name, name, ("settings",), SLOT) for name, _ in players]
    with HiscoresClient.from_settings(HiscoresSettings.load(), HoldKeeper(mongo.analytics, HISCORES)) as client:
        start = time.perf_counter()
        work = Scrape(
            mongo.raw,
            mongo.analytics,
            client,
            slot=slot,
            kind_of=lambda name: None,
            deadline=datetime.max.replace(tzinfo=UTC),
        )
        for done in work.run(tracked):
            if done % (4 * CHUNK) == 0:
                memory.append(process.memory_info().rss / 2**20)
        return time.perf_counter() - start, memory


def clear_log(url: str) -> None:
    """Clear the stand-in's request log."""
    urllib.request.urlopen(f"{url}/__control__/log", b"{}").read()  # noqa: S310


def requests_made(url: str) -> int:
    """The number of requests in the stand-in's log."""
    with urllib.request.urlopen(f"{url}/__control__/log?part=hiscores") as answer:  # noqa: S310
        return len(json.load(answer)["entries"])


if __name__ == "__main__":
    sys.exit(main())
