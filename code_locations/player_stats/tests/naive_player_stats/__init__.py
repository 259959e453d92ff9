"""The naive reference: computes every figure of a report directly from the raw documents of its whole period.

It implements the data contract as simply as possible in pure Python, without columns, summaries or merging. It may be
slow but not clever. The engine is compared with it, so it must not import the location under test.
Hiscores, slides, item names and databases do not belong here.
"""

from naive_player_stats.quality import naive_data_quality, naive_undated
from naive_player_stats.ranking import naive_group_report, naive_ranks
from naive_player_stats.report import naive_report, naive_reports
from naive_player_stats.years import naive_before

__all__ = [
    "naive_before",
    "naive_data_quality",
    "naive_group_report",
    "naive_ranks",
    "naive_report",
    "naive_reports",
    "naive_undated",
]
