"""The workspace as a whole: every location loads with no environment, keys are disjoint, names are fixed."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from wrapped_shared.asset_keys import LOCATION_NAMES

ROOT = Path(__file__).parents[1]
LOAD = """
import importlib, json, sys
import dagster as dg
found = importlib.import_module(sys.argv[1]).defs
found = found() if callable(found) else found
dg.Definitions.validate_loadable(found)
graph = found.resolve_asset_graph()
print(json.dumps({
    "keys": [key.to_user_string() for key in graph.materializable_asset_keys],
    "deps": [key.to_user_string() for key in graph.get_all_asset_keys()],
}))
"""


def locations() -> dict[str, str]:
    """Module by location name, from workspace.yaml."""
    listed = yaml.safe_load((ROOT / "workspace.yaml").read_text())["load_from"]
    return {entry["python_module"]["location_name"]: entry["python_module"]["module_name"] for entry in listed}


@pytest.fixture(scope="module")
def loaded() -> dict[str, dict[str, list[str]]]:
    """What each location defines, loaded in a process without any setting."""
    import json

    found = {}
    for name, module in locations().items():
        bare = {"PATH": os.environ["PATH"], "HOME": os.environ.get("HOME", "/")}
        done = subprocess.run(
            [sys.executable, "-c", LOAD, module], env=bare, capture_output=True, text=True, timeout=120
        )
        assert done.returncode == 0, done.stderr
        found[name] = json.loads(done.stdout.splitlines()[-1])
    return found


def test_location_names_are_the_public_ones() -> None:
    assert set(locations()) <= set(LOCATION_NAMES)
    assert all(module == f"{name}.definitions" for name, module in locations().items())
    folders = {folder.name for folder in (ROOT / "code_locations").iterdir() if (folder / "pyproject.toml").is_file()}
    assert set(locations()) == folders


def test_every_location_loads_without_any_environment(loaded: dict[str, dict[str, list[str]]]) -> None:
    assert all(found["keys"] for found in loaded.values())


def test_no_asset_is_materialised_by_two_locations(loaded: dict[str, dict[str, list[str]]]) -> None:
    keys = [key for found in loaded.values() for key in found["keys"]]
    assert len(keys) == len(set(keys))
    for name, found in loaded.items():
        assert all(key.startswith(f"{name}/") for key in found["keys"])


def test_what_a_location_depends_on_is_made_somewhere(loaded: dict[str, dict[str, list[str]]]) -> None:
    made = {key for found in loaded.values() for key in found["keys"]}
    for found in loaded.values():
        foreign = {key for key in found["deps"] if key.split("/")[0] in LOCATION_NAMES}
        assert foreign <= made
