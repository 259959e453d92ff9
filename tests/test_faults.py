"""The quickest scenes of `make test-faults`: nothing is lost, and documents are as if nothing had happened."""

import pytest
from faults import disk, failover
from faults.scenes import telemetry

pytestmark = pytest.mark.slow


def test_a_run_survives_an_election_of_ten_seconds(mongo_server: str) -> None:
    assert failover.away_for(mongo_server, telemetry()).lost == 0


def test_late_answers_only_take_time(mongo_server: str) -> None:
    assert failover.answers_late(mongo_server, telemetry()).lost == 0


def test_a_full_disk_fails_in_one_line_and_its_end_is_enough(mongo_server: str) -> None:
    assert disk.full(mongo_server, telemetry()).lost == 0
