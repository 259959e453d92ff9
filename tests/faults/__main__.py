"""All scenes: `python -m faults [--seconds N]`. Prints the table and writes it to docs/faults.md."""

import argparse
import logging
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Final

from deploy_manifests import ROOT
from wrapped_devkit.processes import mongo_process
from wrapped_shared.mongo import MongoResource

from faults import clocks, disk, failover, postgres, queue
from faults.scenes import HEAD, Row, telemetry

PAGE: Final = ROOT / "docs" / "faults.md"


def main() -> int:
    """Run the scenes one after another; return 0 if nothing was lost."""
    parser = argparse.ArgumentParser(description="Breaks databases and clocks, and shows that nothing is lost.")
    parser.add_argument("--seconds", type=float, default=600, help="how long PostgreSQL is away (default: 600)")
    parser.add_argument("--only", action="append", default=[], help="only these scenes (may be repeated); no page")
    chosen = parser.parse_args()
    logging.disable(logging.WARNING)  # Dagster would print every event of every run
    rows, failed = [], 0
    with mongo_process() as server, tempfile.TemporaryDirectory(prefix="wrapped-faults-") as made:
        uri, folder = server.uri, Path(made)
        folder.chmod(0o755)
        for name, scene in _scenes(uri, folder, chosen.seconds).items():
            if chosen.only and name not in chosen.only:
                continue
            (folder / name).mkdir()
            try:
                rows.append(scene())
                sys.stdout.write(f"{rows[-1]}\n")
            except (AssertionError, RuntimeError) as error:
                failed += 1
                sys.stdout.write(f"{name} failed: {error}\n")
            sys.stdout.flush()
    if not chosen.only and not failed:
        before = PAGE.read_text().partition("| fault ")[0]
        PAGE.write_text(before + HEAD + "".join(f"{row}\n" for row in rows))
    return int(failed > 0 or any(row.lost for row in rows))


def _scenes(uri: str, folder: Path, seconds: float) -> dict[str, Callable[[], Row]]:
    events = telemetry()
    return {
        "phases": lambda: failover.cuts_in_every_phase(uri, events),
        "election": lambda: failover.away_for(uri, events),
        "killed": lambda: failover.killed_and_restarted(folder / "killed", events),
        "late": lambda: failover.answers_late(uri, events),
        "disk": lambda: disk.full(uri, events),
        "ingestor-ahead": lambda: clocks.ingestor_off(uri, events, 1),
        "ingestor-behind": lambda: clocks.ingestor_off(uri, events, -1),
        "worker-ahead": lambda: clocks.worker_off(uri, events, 1),
        "worker-behind": lambda: clocks.worker_off(uri, events, -1),
        "week-off": lambda: clocks.off_for_a_week(uri),
        "queue": lambda: queue.five_hundred_queued(uri, folder / "queue"),
        "postgres": lambda: _postgres(uri, folder / "postgres", seconds),
    }


def _postgres(uri: str, folder: Path, seconds: float) -> Row:
    with MongoResource(uri=uri).open() as mongo:
        return postgres.away(mongo, folder, seconds)


if __name__ == "__main__":
    sys.exit(main())
