"""`wrapped run` over the locations of a workspace: the known three, a fourth, and locations that cannot be run."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from wrapped_cli.embedded import project_root
from wrapped_devkit.contract.conformity import departures
from wrapped_shared.mongo import MongoResource

TOY = """
import dagster as dg
from pathlib import Path

@dg.asset
def toy():
    with Path("made").open("a") as made:
        made.write("toy ")

main = dg.define_asset_job("everything", selection="*", tags={".dagster/wrapped_main": "true"})
other = dg.define_asset_job("other", selection="*")
"""


@pytest.fixture
def workspace(contract_mongo: MongoResource, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project whose workspace has a fourth location, `toy`."""
    root = project_root()
    entries = yaml.safe_load((root / "workspace.yaml").read_text())
    entries["load_from"].append({"python_module": {"module_name": "toy", "location_name": "toy"}})
    (tmp_path / "workspace.yaml").write_text(yaml.safe_dump(entries))
    (tmp_path / "shared" / "wrapped_cli").mkdir(parents=True)
    (tmp_path / "deploy" / "local").mkdir(parents=True)
    shutil.copy(root / "deploy" / "local" / "dagster.yaml", tmp_path / "deploy" / "local")
    (tmp_path / "toy.py").write_text(TOY + "defs = dg.Definitions(assets=[toy], jobs=[other, main])\n")
    for name in ("DAGSTER_HOME", "WRAPPED_CONTACT"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("WRAPPED_FIRST_DAY", "2024-08-01")
    monkeypatch.setenv("MONGO_URI", contract_mongo.uri)
    return tmp_path


def run(workspace: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    check = "import sys; from wrapped_cli.commands import run; code = run(sys.argv[1:]); "
    check += "sys.exit(99 if 'dagster' in sys.modules else code)"
    command = [sys.executable, "-c", check, "run", *arguments]
    return subprocess.run(command, cwd=workspace, env=os.environ, capture_output=True, text=True)


@pytest.mark.slow
def test_a_location_known_only_from_the_workspace_is_run_by_its_main_job(workspace: Path) -> None:
    done = run(workspace, "--location", "toy")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "done toy" in done.stdout
    assert (workspace / "made").read_text() == "toy "


@pytest.mark.slow
@pytest.mark.parametrize(
    ("source", "said"),
    [
        (TOY + "defs = dg.Definitions(assets=[toy], jobs=[other])\n", "toy cannot be run: tag exactly one job"),
        (TOY + "defs = dg.Definitions(assets=[toy], jobs=[main, dg.define_asset_job('two', tags=main.tags)])\n", "(2 "),
        ("raise ValueError('broken')\n", "toy cannot be loaded: ValueError: broken"),
        ("", "toy cannot be loaded: AttributeError"),
        ("defs = 5", "toy cannot be loaded: AttributeError"),
    ],
)
def test_a_location_that_cannot_be_run_is_rejected_in_one_line(workspace: Path, source: str, said: str) -> None:
    (workspace / "toy.py").write_text(source)
    done = run(workspace, "--location", "toy")
    assert done.returncode == 1
    assert f"failed: {said}" in done.stdout or said in done.stdout
    assert "Traceback" not in done.stdout + done.stderr
    assert done.stderr.count("\n") == 1
    assert not (workspace / "made").exists()


def test_a_workspace_entry_that_is_not_a_module_is_rejected_in_one_line(workspace: Path) -> None:
    entries = {"load_from": [{"python_module": "toy"}, {"grpc_server": {"host": "localhost", "port": 4000}}]}
    (workspace / "workspace.yaml").write_text(yaml.safe_dump(entries))
    done = run(workspace)
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert "each entry must be a python_module with a location_name, not {'grpc_server'" in done.stderr


@pytest.mark.slow
def test_all_locations_are_run_once_and_then_have_nothing_to_do(workspace: Path, contract_mongo: MongoResource) -> None:
    entries = yaml.safe_load((workspace / "workspace.yaml").read_text())
    entries["load_from"].pop()
    (workspace / "workspace.yaml").write_text(yaml.safe_dump(entries))
    event = {"timestamp": 1_723_550_000_000, "username": "Ann", "tickCount": 1, "sessionId": "s"}
    contract_mongo.raw["game_ticks"].insert_one({**event, "data": {"location": {"x": 3200, "y": 3200}}})
    first = run(workspace)
    assert first.returncode == 0, first.stdout + first.stderr
    titles = [line.split(" (")[0] for line in first.stdout.splitlines() if line.startswith("done")]
    assert titles == [
        "done days and reports",
        "done gains from stored snapshots",
        "done pictures and prices",
        "done reports",
    ]
    report = contract_mongo.analytics["wrapped_reports"].find_one({"_id": "all/ann"})
    assert report is not None
    assert any(slide.get("image") for slide in report["slides"])
    assert departures(contract_mongo) == []
    second = run(workspace)
    assert "nothing to do" in second.stdout
    assert "done" not in second.stdout
    # as after a run that changed pictures or gains and died before the reports were rebuilt
    contract_mongo.analytics["run_notes"].insert_one({"_id": "refresh"})
    third = run(workspace)
    assert [line.split(" (")[0] for line in third.stdout.splitlines() if line.startswith("done")] == ["done reports"]
    assert contract_mongo.analytics["run_notes"].find_one({"_id": "refresh"}) is None


@pytest.mark.slow
def test_a_location_that_fails_does_not_keep_the_others_from_running(
    workspace: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WRAPPED_RUN_EVENTS", "many")
    done = run(workspace, "--location", "player_stats", "--location", "toy")
    assert done.returncode == 1
    assert "failed: plan_news: WRAPPED_RUN_EVENTS is not valid" in done.stdout
    assert "Traceback" not in done.stdout + done.stderr
    assert (workspace / "made").read_text() == "toy "


@pytest.mark.slow
def test_a_location_whose_own_function_fails_does_not_keep_the_others_from_running(workspace: Path) -> None:
    toy = (workspace / "toy.py").read_text()
    (workspace / "broken.py").write_text(toy + "def due(mongo):\n    raise KeyError('fields')\n")
    entries = yaml.safe_load((workspace / "workspace.yaml").read_text())
    entries["load_from"].insert(0, {"python_module": "broken"})
    (workspace / "workspace.yaml").write_text(yaml.safe_dump(entries))
    done = run(workspace, "--location", "broken", "--location", "toy")
    assert done.returncode == 1
    assert done.stderr == "wrapped: 1 step failed: broken: KeyError: 'fields'\n"
    assert (workspace / "made").read_text() == "toy "
