"""One alert for each failed run, to a webhook; each location makes its sensor of this builder.

The target is the setting WRAPPED_ALERT_WEBHOOK, read when a run has failed; without it nothing is sent. An alert
is one line of text that names who owns the failure, and nothing that a secret could hide in: no error message, no
run config, no setting. The address itself is a secret too and is never logged.
"""

import http.client
import json
import os
import urllib.error
import urllib.request
from collections.abc import Sequence
from typing import Any, Final
from urllib.parse import urlsplit

import dagster as dg

SETTING: Final = "WRAPPED_ALERT_WEBHOOK"
PATIENCE_SECONDS: Final = 5
_MOST_STEPS: Final = 5


def failure_alerts(location: str, owner: str) -> dg.SensorDefinition:
    """Return the sensor that tells of a location's failed runs.

    Args:
        location: the code location's name.
        owner: who is told, as in the assets' `owners`, such as "team:hiscores"; alerts are grouped by it.
    """

    @dg.run_failure_sensor(
        name=f"{location}_alerts",
        default_status=dg.DefaultSensorStatus.RUNNING,
        description=f"Tells {owner} of each failed run of this location, in one line, by the webhook {SETTING}; "
        "silent where it is not set.",
        tags={"owner": owner.replace(":", "/")},
    )
    def alerts(context: dg.RunFailureSensorContext) -> None:
        address = os.environ.get(SETTING, "").strip()
        if not address:
            return
        run = context.dagster_run
        steps = [event.step_key for event in context.get_step_failure_events() if event.step_key]
        alert = payload(location, owner, run.job_name, run.run_id, run.tags.get("dagster/partition"), steps)
        trouble = send(address, alert)
        if trouble:
            context.log.warning(f"the alert about run {run.run_id} was not delivered: {trouble}")

    return alerts


def payload(
    location: str, owner: str, job: str, run_id: str, partition: str | None, steps: Sequence[str]
) -> dict[str, Any]:
    """Return what is sent: a line of text, as chat services show it, and the same in fields to group by."""
    what = f"{job} for {partition}" if partition else job
    named = sorted(steps)[:_MOST_STEPS]
    more = f" and {len(steps) - len(named)} more" if len(steps) > len(named) else ""
    where = f" at {', '.join(named)}{more}" if named else ""
    text = f"[{owner}] {location}: {what} failed{where} (run {run_id[:8]})"
    return {
        "text": " ".join(text.split()),
        "owner": owner,
        "location": location,
        "job": job,
        "partition": partition,
        "steps": named,
        "run_id": run_id,
    }


def send(address: str, alert: dict[str, Any]) -> str:
    """Post an alert; return "" or, in a few words that hold no part of the address, why it was not taken."""
    try:
        usable = urlsplit(address).scheme in ("http", "https")
    except ValueError:
        usable = False
    if not usable:
        return f"{SETTING} is no http or https address"
    body = json.dumps(alert).encode()
    request = urllib.request.Request(address, body, {"Content-Type": "application/json"})  # noqa: S310 - checked above
    try:
        with urllib.request.urlopen(request, timeout=PATIENCE_SECONDS):  # noqa: S310
            return ""
    except urllib.error.HTTPError as error:
        return f"the webhook answered {error.code}"
    except (OSError, ValueError, http.client.HTTPException) as error:  # no answer, or an address that cannot be one
        return f"the webhook cannot be reached ({type(error).__name__})"
