"""Settings come from the environment, also under the former name of one of them."""

import pytest
from player_stats.settings import PlayerStatsSettings


@pytest.mark.parametrize(
    ("environment", "shards"),
    [
        ({}, 1),
        ({"WRAPPED_SHARDS": "4"}, 4),
        ({"WRAPPED_PLAYER_SHARDS": "8"}, 8),
        ({"WRAPPED_SHARDS": "4", "WRAPPED_PLAYER_SHARDS": "8"}, 4),
        ({"WRAPPED_SHARDS": "", "WRAPPED_PLAYER_SHARDS": "8"}, 8),
    ],
    ids=["neither", "the present name", "the former name", "both", "the present name left empty"],
)
def test_shards_are_read_under_their_current_or_former_name(
    environment: dict[str, str], shards: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("WRAPPED_SHARDS", "WRAPPED_PLAYER_SHARDS"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert PlayerStatsSettings.load().shards == shards
