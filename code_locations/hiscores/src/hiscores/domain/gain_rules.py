"""Every threshold in the rules for gains, with the reason for its value.

What belongs here: thresholds, and the rows with special rules. What does not: applying them (`series`, `gains`).
"""

from datetime import timedelta
from typing import Final

from wrapped_shared.hiscores_rows import POINTS

MOST_FALLEN_XP: Final = 5_000_000
"""If skills fall by more in total, it is another account: the game rolls back hours of play, not days."""
MOST_FALLEN_SHARE: Final = 0.5
"""The same if skills fall by more than this share of their value: small accounts change hands too."""
MOST_FALLEN_KILLS: Final = 500
"""The same if bosses fall by more kills in total: no day of play has as many."""

SUDDEN_XP: Final = 5_000_000
"""What may be gained in any time, however short: the table is updated at logout, and lamps and saved-up resources
are used within minutes."""
FAST_XP_PER_HOUR: Final = 2_000_000
"""More than the fastest methods give in all skills combined."""
FAST_HOURS: Final = 72
"""How long somebody may play without sleep."""
STEADY_XP_PER_HOUR: Final = 100_000
"""What the most dedicated players keep up for weeks: 2,400,000 a day."""

SWAPPED_SKILLS: Final = 3
SWAPPED_XP: Final = 1_000_000
"""If this many skills fall by more than this much in total while others rise, another account of about the same size
has the name. A rollback makes nothing rise."""

ROLLBACK_XP: Final = 10_000
"""A fall of this size counts as a rollback of the game; smaller ones are noise in the table."""

OLDEST_BASELINE: Final = timedelta(days=60)
"""An older value says too little about where a period began."""
STRADDLE: Final = timedelta(hours=24)
"""If the last snapshot is older than this when a period begins, a large part of a day's play may belong to the
previous period: the gains are flagged."""

SEASONAL: Final = frozenset(POINTS)
"""Points of game modes that restart at zero each season."""
SEASON_SHARE: Final = 0.5
"""A fall below this share starts a season: points are spent or lost only in small steps."""

RATINGS: Final = frozenset({"LMS - Rank", "PvP Arena - Rank"})
"""Rows that rise and fall with every match: their difference is not a gain."""
