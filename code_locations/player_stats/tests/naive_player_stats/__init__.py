"""The naive reference: every figure of a report straight from the raw documents of its whole period.

Belongs here: the plainest possible reading of the data contract, in pure Python, one list of documents at
a time, with no columns, no summaries and no merging. Slow is fine, clever is not. The engine is checked
against it, so nothing here may import the location under test.
Does not belong here: hiscores, slides, item names, anything that reads or writes a database.
"""

from naive_player_stats.quality import naive_data_quality, naive_undated
from naive_player_stats.report import naive_report, naive_reports
from naive_player_stats.standing import naive_group_report, naive_ranks

__all__ = [
    "naive_data_quality",
    "naive_group_report",
    "naive_ranks",
    "naive_report",
    "naive_reports",
    "naive_undated",
]
