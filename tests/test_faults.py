"""The faults of `make test-faults` that need no deployment: nothing is lost, documents are as if undisturbed."""

from pathlib import Path

import pytest
from faults import clocks, disk, failover, queue
from faults.scenes import telemetry

pytestmark = pytest.mark.slow


def test_a_run_survives_cut_connections_in_every_phase(mongo_server: str) -> None:
    assert failover.cuts_in_every_phase(mongo_server, telemetry()).lost == 0


def test_a_run_survives_an_election_of_ten_seconds(mongo_server: str) -> None:
    assert failover.away_for(mongo_server, telemetry()).lost == 0


def test_late_answers_only_take_time(mongo_server: str) -> None:
    assert failover.answers_late(mongo_server, telemetry()).lost == 0


def test_a_full_disk_fails_in_one_line_and_its_end_is_enough(mongo_server: str) -> None:
    assert disk.full(mongo_server, telemetry()).lost == 0


def test_a_clock_that_is_an_hour_off_loses_nothing(mongo_server: str) -> None:
    for hours in (1, -1):
        assert clocks.ingestor_off(mongo_server, telemetry(), hours).lost == 0
        assert clocks.worker_off(mongo_server, telemetry(), hours).lost == 0


def test_a_week_without_schedules_is_made_up(mongo_server: str) -> None:
    assert clocks.off_for_a_week(mongo_server).lost == 0


def test_five_hundred_queued_runs_do_not_hold_up_the_news(mongo_server: str, tmp_path: Path) -> None:
    assert queue.five_hundred_queued(mongo_server, tmp_path).lost == 0
