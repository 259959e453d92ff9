"""One webhook alert per failed run; each location builds its sensor with this module.

The target is the setting WRAPPED_ALERT_WEBHOOK, read when a run has failed; if it is not set, nothing is sent. An alert
is one line of text that names the owner of the failure, and contains nothing that could hold a secret: no error
message, no run config, no settings. The URL itself is a secret too and is never logged.
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

from wrapped_shared.definitions import owners, team_tag

SETTING: Final = "WRAPPED_ALERT_WEBHOOK"
PATIENCE_SECONDS: Final = 5
_MOST_STEPS: Final = 5


def failure_alerts(location: str) -> dg.SensorDefinition:
    """Return the sensor that alerts a location's owner about its failed runs; alerts are grouped by owner."""
    (owner,) = owners(location)

    @dg.run_failure_sensor(
        name=f"{location}_alerts",
        default_status=dg.DefaultSensorStatus.RUNNING,
        description=f"Sends {owner} a one-line alert for each failed run of this location, to the webhook {SETTING}; "
        "does nothing if it is not set.",
        tags=team_tag(location),
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
    """Return the payload: a line of text, as chat services show it, and the same data as fields to group by."""
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
    """Post an alert; return "" or a short reason why it was not delivered, without any part of the URL."""
    try:
        usable = urlsplit(address).scheme in ("http", "https")
    except ValueError:
        usable = False
    if not usable:
        return f"{SETTING} is not an http or https URL"
    body = json.dumps(alert).encode()
    request = urllib.request.Request(address, body, {"Content-Type": "application/json"})  # noqa: S310 - checked above
    try:
        with urllib.request.urlopen(request, timeout=PATIENCE_SECONDS):  # noqa: S310
            return ""
    except urllib.error.HTTPError as error:
        return f"the webhook responded {error.code}"
    except (OSError, ValueError, http.client.HTTPException) as error:  # no response, or an invalid URL
        return f"the webhook cannot be reached ({type(error).__name__})"
