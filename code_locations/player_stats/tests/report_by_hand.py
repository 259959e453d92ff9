"""The naive reference's report of the only player in some telemetry."""

from typing import Any

from naive_player_stats import naive_report
from telemetry_documents import Telemetry


def report(telemetry: Telemetry, **prices: Any) -> Any:
    return naive_report(
        telemetry.documents,
        "bob",
        "all",
        first_day="2023-01-01",
        today="2025-06-30",
        region_names={12850: "Lumbridge"},
        **prices,
    )
