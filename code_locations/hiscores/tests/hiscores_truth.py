"""Whether stored snapshots are correct: equal to the stand-in's tables, no matter which faults occurred."""

from datetime import datetime

from hiscores_world import World
from wrapped_devkit.osrs_server.hiscores import MODES, NEW_ROW
from wrapped_devkit.osrs_server.hiscores_rows import ACTIVITIES
from wrapped_shared.hiscores_rows import SKILLS


def assert_every_snapshot_is_true(world: World, slot: datetime) -> None:
    """Compare every snapshot of a slot with the table it names; rows that a fault adds or removes may differ."""
    wanted = f"{slot:%Y-%m-%dT%H:%M:%SZ}"
    names = [*SKILLS, *(name for name, _ in ACTIVITIES)]
    for document in world.snapshots().values():
        if document["slot"] != wanted:
            continue
        account = world.stand_in.hiscores.account(document["player_key"])
        assert account is not None
        rows = world.stand_in.players.rows(account, MODES[document["mode"]], document["scraped_at"].timestamp())
        assert rows is not None
        truth = {name: row.value for name, row in zip(names, [*rows[0], *rows[1]], strict=True) if row.rank > 0}
        stored = {name: row["experience"] for name, row in document["skills"].items()}
        stored |= {name: row["score"] for name, row in document["activities"].items()}
        stored |= {name: row["kills"] for name, row in document["bosses"].items()}
        stored.pop(NEW_ROW, None)
        truth = {name: value for name, value in truth.items() if name in stored or name != "Obor"}
        assert stored == truth
