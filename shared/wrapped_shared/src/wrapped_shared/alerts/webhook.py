"""Delivering a message to the webhook. Its URL is a secret: no part of it is ever logged or put into an error."""

import http.client
import json
import urllib.error
import urllib.request
from typing import Any, Final
from urllib.parse import urlsplit

from pydantic import Field

from wrapped_shared.environment import EnvironmentSettings

SETTING: Final = "WRAPPED_ALERT_WEBHOOK"
PATIENCE_SECONDS: Final = 5


class AlertSettings(EnvironmentSettings):
    """Where alerts go, and what they are about; each field's alias is its environment variable."""

    webhook: str = Field("", alias=SETTING, description="The webhook's URL; without it nothing is sent.", repr=False)
    ui: str = Field("", alias="WRAPPED_UI_URL", description="The address of the Dagster UI, for links in alerts.")
    heartbeat_minutes: int = Field(
        0, alias="WRAPPED_HEARTBEAT_MINUTES", ge=0, description="Minutes between heartbeats; 0 = none."
    )
    long_run_hours: float = Field(
        4, alias="WRAPPED_LONG_RUN_HOURS", gt=0, description="Hours after which an unfinished run is a fault."
    )


def send(address: str, message: dict[str, Any]) -> str:
    """Post a message; return "" or a short reason why it was not delivered, without any part of the URL."""
    try:
        usable = urlsplit(address).scheme in ("http", "https")
    except ValueError:
        usable = False
    if not usable:
        return f"{SETTING} is not an http or https URL"
    body = json.dumps(message).encode()
    request = urllib.request.Request(address, body, {"Content-Type": "application/json"})  # noqa: S310 - checked above
    try:
        with urllib.request.urlopen(request, timeout=PATIENCE_SECONDS):  # noqa: S310
            return ""
    except urllib.error.HTTPError as error:
        return f"the webhook responded {error.code}"
    except (OSError, ValueError, http.client.HTTPException) as error:  # no response, or an invalid URL
        return f"the webhook cannot be reached ({type(error).__name__})"
