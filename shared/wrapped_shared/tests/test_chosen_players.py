"""Players are chosen once per run: every step gets the same ones, and unknown names are never taken for all players."""

from typing import Any

import dagster as dg
import pytest
from wrapped_shared.run_config import PLAYERS, ChosenPlayers, players_config

KNOWN = ("iron bob", "zezima")


def unknown(names: list[str]) -> list[str]:
    return [name for name in names if name.lower().replace("_", " ") not in KNOWN]


def run(*names: str) -> dg.ExecuteInProcessResult:
    """Run two steps that report whom they are for."""

    def made(key: str) -> dg.AssetsDefinition:
        @dg.asset(name=key)
        def asset(context: dg.AssetExecutionContext, players: ChosenPlayers) -> dg.MaterializeResult[Any]:
            chosen = players.known(context.log, unknown)
            keys = "everybody" if chosen.keys is None else sorted(chosen.keys)
            return dg.MaterializeResult(metadata={"keys": dg.MetadataValue.json(keys), **chosen.metadata})

        return asset

    return dg.materialize(
        [made("first"), made("second")],
        resources={PLAYERS: ChosenPlayers()},
        run_config=players_config(names),
        raise_on_error=False,
    )


def found(result: dg.ExecuteInProcessResult) -> list[dict[str, Any]]:
    made = [result.asset_materializations_for_node(step)[0].metadata for step in ("first", "second")]
    return [{name: value.value for name, value in metadata.items()} for metadata in made]


def failures(result: dg.ExecuteInProcessResult) -> set[str]:
    failed = [event.step_failure_data.user_failure_data for event in result.all_events if event.is_step_failure]
    return {str(failure.description) for failure in failed if failure is not None}


def test_every_step_of_a_run_is_for_the_same_players() -> None:
    assert found(run("Iron_Bob", "iron bob", "ZEZIMA")) == [{"keys": ["iron bob", "zezima"]}] * 2
    assert found(run()) == [{"keys": "everybody"}] * 2


def test_unknown_names_are_left_out_and_counted_without_being_named() -> None:
    result = run("Iron_Bob", "zezmia")
    assert result.success
    assert found(result) == [{"keys": ["iron bob"], "unknown_names": 1}] * 2


@pytest.mark.parametrize(("names", "why"), [(["zezmia"], "1 unknown name of 1"), (["zezima", " "], "1 empty name")])
def test_a_run_without_a_known_name_or_with_an_empty_one_fails_in_one_line(names: list[str], why: str) -> None:
    result = run(*names)
    assert not result.success
    (failure,) = failures(result)
    assert why in failure
    assert "resources.players.config.names" in failure
    assert "\n" not in failure
    assert "zez" not in failure, "names stay out of Dagster's log"
