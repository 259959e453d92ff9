"""Carries out planned runs of one code location, in a process of its own.

Started as `python -m wrapped_devkit.runner.worker`, it reads {module, location, runs, tag} as JSON from standard
input and executes the runs one after the other, in process, recorded in the instance of DAGSTER_HOME. It ends with
0 when every run succeeded, with 1 when one failed, and starts none after one that failed.
"""

import importlib
import json
import sys
from typing import Any, Final

import dagster as dg

from wrapped_devkit.runner.processes import PROCESS_TAG, process_tag

PLAN_TAG: Final = "wrapped/plan"
"""The tag that all runs of one `wrapped run` share."""
TITLE_TAG: Final = "wrapped/title"
_REPOSITORY_TAG: Final = ".dagster/repository"  # how the UI finds the code location of a run


def main() -> int:
    """Carry out the plan on standard input."""
    plan = json.load(sys.stdin)
    definitions = importlib.import_module(plan["module"]).defs
    if callable(definitions):
        definitions = definitions()
    with dg.DagsterInstance.get() as instance:
        for run in plan["runs"]:
            tags = {
                PLAN_TAG: plan["tag"],
                TITLE_TAG: run["title"],
                PROCESS_TAG: process_tag(),
                _REPOSITORY_TAG: f"__repository__@{plan['location']}",
            }
            if not _execute(definitions, instance, run, tags):
                return 1
    return 0


def _execute(
    definitions: dg.Definitions, instance: dg.DagsterInstance, run: dict[str, Any], tags: dict[str, str]
) -> bool:
    partition = None
    if run["first_day"] is not None and run["first_day"] == run["last_day"]:
        partition = run["first_day"]
    elif run["first_day"] is not None:
        tags |= {
            "dagster/asset_partition_range_start": run["first_day"],
            "dagster/asset_partition_range_end": run["last_day"],
        }
    result = definitions.resolve_job_def(run["job"]).execute_in_process(
        instance=instance,
        partition_key=partition,
        run_config=run["config"],
        tags=tags,
        asset_selection=[dg.AssetKey(name.split("/")) for name in run["assets"]] or None,
        raise_on_error=False,
    )
    return result.success


if __name__ == "__main__":
    sys.exit(main())
