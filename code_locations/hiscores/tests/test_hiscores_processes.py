"""The location in production conditions: code server, daemon, schedule tick, runs in processes that are killed."""

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import dagster as dg
import pytest
from hiscores.defs.common import POOL
from hiscores.domain.snapshots import slot_text
from hiscores_processes import Deployment
from hiscores_reference import Seen, reference_gains
from hiscores_world import SNAPSHOTS_OP, World
from wrapped_devkit.osrs_server.hiscores_rows import ACTIVITIES
from wrapped_devkit.osrs_server.serve import build
from wrapped_shared.documents import Document
from wrapped_shared.hiscores_rows import SKILLS
from wrapped_shared.mongo import MongoResource
from wrapped_shared.run_config import players_config

pytestmark = pytest.mark.slow
TWENTY_DAYS = timedelta(days=20)
NAMES = [f"player {n}" for n in range(1, 19)]


@pytest.fixture
def real(contract_mongo: MongoResource) -> Iterator[World]:
    stand_in = build(players=90, start=datetime.now(UTC), frozen=True)
    with stand_in.server:
        yield World(stand_in, contract_mongo)


def deployment(tmp_path: Path, real: World, *, rate: float = 0) -> Deployment:
    return Deployment(
        tmp_path,
        {
            "MONGO_URI": real.mongo.uri,
            "HISCORES_BASE_URL": real.stand_in.server.url,
            "HISCORES_REQUESTS_PER_SECOND": str(rate),
            "HISCORES_ROSTER": ",".join(NAMES),
            "WRAPPED_CONTACT": "tests@example.org",
        },
    )


def slot_config(slot: datetime, **more: object) -> dict[str, object]:
    return {"ops": {SNAPSHOTS_OP: {"config": {"slot": slot_text(slot), **more}}}}


def this_hour() -> datetime:
    return datetime.now(UTC).replace(minute=0, second=0, microsecond=0)


def arrivals(real: World) -> list[float]:
    return [entry.monotonic for entry in real.stand_in.server.log.entries("hiscores")]


def test_two_slots_by_code_server_daemon_and_schedule_give_correct_gains_for_every_kind_of_player(
    real: World, tmp_path: Path
) -> None:
    place = deployment(tmp_path, real)
    started = datetime.now(UTC)
    # Two days ago: the schedule's tick may be of the hour before this one, and all are due by then.
    with place.run(slot_config(this_hour() - timedelta(days=2))) as process:
        assert process.wait(120) == 0
    first = {d["player_key"]: d for d in real.snapshots().values()}
    real.pass_time(days=TWENTY_DAYS.days)
    with place.code_server() as port:
        place.start_schedule_in_the_past(port, started - timedelta(hours=1))
        with place.process("dagster-daemon", "run", "-w", str(tmp_path / "workspace.yaml")) as daemon:
            daemon.wait_until(lambda: len(real.snapshots()) == 2 * len(first))
            daemon.wait_until(lambda: place.runs()[0].status == dg.DagsterRunStatus.SUCCESS)
            ticked = place.runs()[0]
    assert ticked.tags["dagster/schedule_name"] == "hiscores_scrape"
    assert len(first) == 16
    compare_with_reference(real, first)


def compare_with_reference(real: World, first: dict[str, Document]) -> None:
    """Compare the stored gains with the naive reference over what the stand-in really showed at the two times."""
    names = [name for name, _ in ACTIVITIES]
    for key, before in first.items():
        seen = []
        for document in (d for d in real.snapshots().values() if d["player_key"] == key):
            clock = real.now() - (TWENTY_DAYS if document["slot"] == before["slot"] else timedelta())
            skills, activities = real.stand_in.players.figures(key, clock.timestamp())
            seen.append(
                Seen(
                    document["scraped_at"].timestamp(),
                    {name: row.value for name, row in zip(SKILLS, skills, strict=True) if row.rank > 0},
                    {name: row.value for name, row in zip(names, activities, strict=True) if row.rank > 0},
                )
            )
        wanted = reference_gains(seen, bosses=set(names[20:]))["all"]
        found = real.gains()[f"all/{key}"]
        assert {field: found[field] for field in ("skills", "bosses", "activities", "flags")} == {
            field: wanted[field] for field in ("skills", "bosses", "activities", "flags")
        }


def test_two_concurrent_runs_share_one_request_budget(real: World, tmp_path: Path) -> None:
    place = deployment(tmp_path, real, rate=5)
    one = players_config(NAMES[:6])
    other = players_config(NAMES[6:12])
    with place.run(one) as first, place.run(other) as second:
        with place.held_pool(POOL) as waiting:
            first.wait_until(lambda: len(waiting()) == 2)
            assert not arrivals(real)
        assert first.wait(120) == 0
        assert second.wait(120) == 0
    times = arrivals(real)
    assert len({d["player_key"] for d in real.snapshots().values()}) == 11
    assert len(times) > 20
    gaps = [later - earlier for earlier, later in pairwise(times)]
    assert min(gaps) >= 0.2


def test_a_killed_run_is_finished_by_the_next_and_each_player_is_scraped_once_for_the_slot(
    real: World, tmp_path: Path
) -> None:
    place = deployment(tmp_path, real, rate=20)
    with place.run(slot_config(this_hour() - timedelta(days=2))) as process:
        assert process.wait(120) == 0
    real.stand_in.server.log.clear()
    slot = slot_config(this_hour())
    stored = len(real.snapshots())
    with place.run(slot) as process:
        process.wait_until(lambda: len(real.snapshots()) >= stored + 5)
        process.kill()
    half = len(real.snapshots())
    assert half < stored + 16
    free_slots_of_dead_runs(place)
    with place.run(slot) as process:
        assert process.wait(120) == 0
    of_slot = [d for d in real.snapshots().values() if d["slot"] == slot_text(this_hour())]
    assert len(of_slot) == 16
    looked_up = Counter(name.split(" ", 1)[1] for name in real.requests)
    twice = {
        name for name, times in looked_up.items() if times > 1 and real.stand_in.players.player_type(name) != "unknown"
    }
    assert len(twice) <= 1  # the one the killed run was looking up


def free_slots_of_dead_runs(place: Deployment) -> None:
    """What run monitoring does in a deployment, and `wrapped run` on a laptop."""
    with place.instance() as instance:
        for run in instance.get_runs():
            if not run.is_finished:
                instance.report_run_failed(run)
                instance.event_log_storage.free_concurrency_slots_for_run(run.run_id)
