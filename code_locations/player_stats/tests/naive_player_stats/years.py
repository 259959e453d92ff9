"""A year beside the year before, from finished reports and by the contract's words."""

from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Any

from naive_player_stats.ranking import PLAIN_STATS


def naive_before(
    period: str, report: Mapping[str, Any], earlier: Mapping[str, Any] | None, this_year: int
) -> dict[str, Any] | None:
    """What a report says of the year before: None unless its year is over and `earlier`, that year's report, exists."""
    if period == "all" or int(period) >= this_year or earlier is None:
        return None
    changes = []
    for stat in PLAIN_STATS:
        family, field = stat.split(".")
        now, then = (one.get(family, {}).get(field) for one in (report, earlier))
        if now is None or then is None:
            continue
        percent = None
        if then:
            exact = Fraction(str(now)) / Fraction(str(then)) * 100 - 100
            size = Decimal(abs(exact).numerator) / Decimal(abs(exact).denominator)
            tenths = size.quantize(Decimal("0.1"), rounding=ROUND_HALF_UP)
            percent = float(-tenths if exact < 0 else tenths)
        changes.append({"stat": stat, "value": now, "before": then, "percent": percent})
    return {"period": str(int(period) - 1), "changes": changes}
