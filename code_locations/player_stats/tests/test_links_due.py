"""How a look at MongoDB notices changed links of names without reading them all each time."""

from datetime import UTC, datetime, timedelta

import pytest
from linked_world import LinkedWorld
from player_stats.store import plan_state
from player_stats.store.plan_state import begin_plan, links_due
from test_linked_names import settled as settled  # a fixture
from test_linked_names import world as world  # a fixture
from wrapped_shared.links import links_changed


def test_links_are_compared_when_their_number_changes_and_else_hourly(
    settled: LinkedWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    compared: list[int] = []
    monkeypatch.setattr(plan_state, "links_changed", lambda found: compared.append(1) or links_changed(found))
    analytics, now = settled.analytics, datetime(2026, 1, 1, tzinfo=UTC)
    begin_plan(analytics, "2022-12-01", "2026-01-01")
    assert not links_due(analytics, now)
    assert not links_due(analytics, now + timedelta(minutes=59))
    assert len(compared) == 1, "nothing is read again within the hour"
    settled.link("ann", "bea", "2023-03-15")
    assert links_due(analytics, now + timedelta(minutes=59)), "one more link"
    settled.update()
    assert not links_due(analytics, now + timedelta(minutes=59))
    settled.unlink("ann", "2023-03-15")
    settled.link("bea", "cid", "2023-03-16")
    assert not links_due(analytics, now + timedelta(minutes=90)), "as many links as before"
    assert links_due(analytics, now + timedelta(hours=2))
