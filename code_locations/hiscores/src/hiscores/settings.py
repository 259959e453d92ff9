"""The location's settings, all from the environment, read in the step that needs them and never at import.

What belongs here: names, defaults and validation of the variables. What does not: using them.
"""

from pydantic import Field
from wrapped_shared.http import ContactSettings


class HiscoresSettings(ContactSettings):
    """The scrape's settings; each field's alias is its environment variable."""

    base_url: str = Field(
        "https://secure.runescape.com", alias="HISCORES_BASE_URL", description="Origin of the hiscores."
    )
    requests_per_second: float = Field(
        1.0,
        alias="HISCORES_REQUESTS_PER_SECOND",
        ge=0,
        le=20,
        description="Rate; 0 = no limit and no waiting between attempts, for tests.",
    )
    requests_per_run: int = Field(
        3_600, alias="HISCORES_REQUESTS_PER_RUN", ge=1, description="Request budget of one run."
    )
    minutes_per_run: float = Field(
        57.0,
        alias="HISCORES_MINUTES_PER_RUN",
        gt=0,
        description="A run stops sending requests after this time, so that the next hour's run finds the pool free.",
    )
    timeout_seconds: float = Field(
        15.0,
        alias="HISCORES_TIMEOUT_SECONDS",
        gt=0,
        description="Timeout for one response, from the connection to its last byte.",
    )
    roster: str = Field(
        "", alias="HISCORES_ROSTER", description="Names to track in addition to those in telemetry, comma-separated."
    )

    def roster_names(self) -> list[str]:
        """Return the names in the roster, as written."""
        return [name for part in self.roster.splitlines() for name in part.split(",") if name.strip()]
