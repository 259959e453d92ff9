"""Scenes about releases: a new image, an additive change of the contract, a missing image, and rollbacks.

What belongs here: changes a team makes to its location while the others run. What does not: plain runs.
"""

import time
from typing import Any, Final

from wrapped_shared import collections as names

from cluster_check import data, kube
from cluster_check.dagster_api import Dagster
from cluster_check.images import NEW_FIELD, NEXT_SCHEMA
from cluster_check.report import Report
from cluster_check.running import THOROUGH, run_alone, scrape_of

_BEFORE, _AFTER, _BACK, _MEANWHILE = 5, 6, 7, 8
"""Players never looked up before, one for each release."""
_EVERY_REPORT: Final = {"ops": {"wrapped_reports": {"config": {"everything": True}}}}


def release(report: Report, dagster: Dagster, uri: str) -> None:
    """One location gets a new image, with an additive change of the contract, while another's run continues."""
    with report.scene("Before: a run of the old image") as scene:
        run_alone(scene, dagster, "hiscores", "hiscores_scrape", scrape_of(_BEFORE))
        scene.notes.append(_shown(_gains(uri, _BEFORE)))
        data.must(NEW_FIELD not in _gains(uri, _BEFORE), "the old image writes the new field")
    with report.scene("`hiscores` gets a new image while a run of `player_stats` continues") as scene:
        data.owe_all(uri)
        run_id = dagster.launch("player_stats", "wrapped_news", THOROUGH)
        kube.wait_for("its Pod", lambda: dagster.run(run_id)["status"] == "STARTED" or None, 180)
        began = time.monotonic()
        changed = kube.apply(kube.render("test-1.20/locations/hiscores", hiscores="next"))
        data.must(changed == ["deployment.apps/hiscores"], f"a release changed {changed}")
        kube.rolled_out("hiscores")
        kube.wait_for("the new image", lambda: dagster.image("hiscores").endswith(":next") or None, 60)
        scene.notes.append(
            f"changed: {changed[0]}; the UI shows `{dagster.image('hiscores')}` after "
            f"{time.monotonic() - began:.0f} s, no webserver restarted"
        )
        going = dagster.run(run_id)["status"]
        dagster.succeeded(run_id, 600)
        scene.notes.append(f"the run of `player_stats` was {going} then, and succeeded")
    _contract(report, dagster, uri)


def _contract(report: Report, dagster: Dagster, uri: str) -> None:
    """The new image writes one more field; the older readers and the older image tolerate it."""
    with report.scene("An additive change of the contract: the new image writes one more field") as scene:
        new = run_alone(scene, dagster, "hiscores", "hiscores_scrape", scrape_of(_AFTER))
        image = kube.run_jobs(new)[0]["spec"]["template"]["spec"]["containers"][0]["image"]
        data.must(image.endswith(":next"), f"it ran {image}")
        found = _gains(uri, _AFTER)
        data.must(NEW_FIELD in found and found["schema_version"] == NEXT_SCHEMA, f"it wrote {sorted(found)}")
        scene.notes.append(_shown(found))
    with report.scene("The reader, `player_stats`, still with the old contract, reads both") as scene:
        run_alone(scene, dagster, "player_stats", "make_reports", _EVERY_REPORT)
        for index in (_BEFORE, _AFTER):
            hiscores = data.over_all_time(uri, names.WRAPPED_REPORTS, index)["hiscores"]
            data.must(hiscores and "skills" in hiscores, f"the report has no gains: {hiscores}")
        scene.notes.append("gains in both formats are in the reports")
    with report.scene(
        "Rollback: `kubectl rollout undo deployment/hiscores`, with documents in the new format"
    ) as scene:
        newer = _gains(uri, _AFTER)
        began = time.monotonic()
        kube.kubectl("rollout", "undo", "deployment/hiscores")
        kube.rolled_out("hiscores")
        kube.wait_for("the old image", lambda: dagster.image("hiscores").endswith(":test") or None, 90)
        scene.notes.append(f"loaded again after {time.monotonic() - began:.0f} s")
        run_alone(scene, dagster, "hiscores", "hiscores_scrape", scrape_of(_BACK))
        data.must(NEW_FIELD not in _gains(uri, _BACK), "the old image writes the new field")
        kept = _gains(uri, _AFTER)
        lost = {name for name in newer if kept.get(name) != newer[name]} - {NEW_FIELD, "schema_version"}
        data.must(not lost, f"the old image damaged a document in the new format: {lost}")
        scene.notes.append(f"{_shown(_gains(uri, _BACK))}; nothing else that the new image wrote has changed")


def bad_release(report: Report, dagster: Dagster) -> None:
    """A missing image: the others are not affected, the error is readable, the old image comes back."""
    with report.scene("`image_map` gets an image that does not exist") as scene:
        kube.apply(kube.render("test-1.20/locations/image_map", image_map="no-such-image"))
        shown = kube.wait_for("the reason", _waiting_reason, 120)
        scene.notes.append(f"`kubectl get pods`: {shown}")
        found = kube.wait_for("the UI to say so", lambda: _trouble(dagster, "image_map"), 120)
        scene.notes.append(f"the UI: {found}")
        others = {name: state for name, state in dagster.states().items() if name != "image_map"}
        data.must(set(others.values()) == {"loaded"}, f"others are not served: {others}")
        run_alone(scene, dagster, "hiscores", "hiscores_scrape", scrape_of(_MEANWHILE))
        scene.notes.append("meanwhile a run of `hiscores` succeeded")
    with report.scene("Rollback: `kubectl rollout undo deployment/image-map`") as scene:
        began = time.monotonic()
        kube.kubectl("rollout", "undo", "deployment/image-map")
        kube.rolled_out("image-map")
        kube.wait_for("the old state", lambda: dagster.states().get("image_map") == "loaded" or None, 90)
        scene.notes.append(f"loaded again after {time.monotonic() - began:.0f} s with `{dagster.image('image_map')}`")


def _gains(uri: str, index: int) -> dict[str, Any]:
    return data.over_all_time(uri, names.HISCORES_GAINS, index)


def _shown(gains: dict[str, Any]) -> str:
    added = f"`{NEW_FIELD}` {gains[NEW_FIELD]}" if NEW_FIELD in gains else f"no `{NEW_FIELD}`"
    return f"`hiscores_gains` of schema_version {gains['schema_version']}, {added}"


def _waiting_reason() -> str | None:
    for pod in kube.pods("app.kubernetes.io/name=image-map"):
        for status in pod["status"].get("containerStatuses", []):
            reason = status["state"].get("waiting", {}).get("reason", "")
            if reason in {"ErrImagePull", "ImagePullBackOff"}:
                return f"{reason} of {pod['spec']['containers'][0]['image']}"
    return None


def _trouble(dagster: Dagster, location: str) -> str | None:
    state = dagster.states().get(location, "loading")
    return None if state in {"loaded", "loading"} else state
