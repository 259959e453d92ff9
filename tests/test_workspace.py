"""The workspace as a whole: every location loads without any environment, keys are disjoint, names are fixed."""

import os
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml
from wrapped_cli.runner.locations import load
from wrapped_cli.runner.workspace import choose, location_modules
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
    """What each location defines, loaded in a process without any settings."""
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
    assert set(locations()) == set(LOCATION_NAMES)
    assert all(module == f"{name}.definitions" for name, module in locations().items())
    folders = {folder.name for folder in (ROOT / "code_locations").iterdir() if (folder / "pyproject.toml").is_file()}
    assert set(locations()) == folders


def test_every_list_of_locations_has_all_locations() -> None:
    names = set(LOCATION_NAMES)
    folders = {f"code_locations/{name}" for name in names}
    for deployed in ("deploy/workspace.yaml", "deploy/kubernetes/base/system/workspace.yaml"):
        servers = yaml.safe_load((ROOT / deployed).read_text())["load_from"]
        assert {server["grpc_server"]["location_name"] for server in servers} == names, deployed
    tools = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]
    assert {f"{folder}/src" for folder in folders} <= set(tools["mypy"]["mypy_path"])
    assert {f"{folder}/tests" for folder in folders} <= set(tools["pytest"]["ini_options"]["pythonpath"])
    owned = [line.split() for line in (ROOT / "CODEOWNERS").read_text().splitlines() if not line.startswith("#")]
    assert {f"/{folder}/" for folder in folders} <= {path for path, *owners in owned if owners}


def test_an_import_contract_that_names_one_location_names_all() -> None:
    linter = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
    names = set(LOCATION_NAMES)
    assert names <= set(linter["root_packages"])
    naming_all = 0
    for contract in linter["contracts"]:
        lists = [value for key, value in contract.items() if key != "layers" and isinstance(value, list)]
        named = names & {module.removesuffix(".domain") for modules in lists for module in modules}
        assert named in (set(), names), contract["name"]
        naming_all += named == names
    assert naming_all >= 5


def test_the_command_runs_every_location_of_the_workspace() -> None:
    modules = choose(location_modules(), [])
    assert set(modules) == set(LOCATION_NAMES)
    for name, module in modules.items():
        assert load(name, module).main_job  # raises for a location without exactly one main job


@pytest.mark.parametrize("location", LOCATION_NAMES)
def test_a_location_has_the_required_files(location: str) -> None:
    folder = ROOT / "code_locations" / location
    for name in ("pyproject.toml", "requirements.lock", "README.md", "Makefile", f"src/{location}/definitions.py"):
        assert (folder / name).is_file(), name
    for name in (f"src/{location}/defs", f"src/{location}/store", f"src/{location}/domain", "tests"):
        assert (folder / name).is_dir(), name


def test_every_location_loads_without_any_environment(loaded: dict[str, dict[str, list[str]]]) -> None:
    assert all(found["keys"] for found in loaded.values())


def test_no_asset_is_materialised_by_two_locations(loaded: dict[str, dict[str, list[str]]]) -> None:
    keys = [key for found in loaded.values() for key in found["keys"]]
    assert len(keys) == len(set(keys))
    for name, found in loaded.items():
        assert all(key.startswith(f"{name}/") for key in found["keys"])


def test_a_locations_dependencies_are_materialised_somewhere(loaded: dict[str, dict[str, list[str]]]) -> None:
    made = {key for found in loaded.values() for key in found["keys"]}
    for found in loaded.values():
        foreign = {key for key in found["deps"] if key.split("/")[0] in LOCATION_NAMES}
        assert foreign <= made
