"""Every number of the rules of gains, and why it is what it is.

What belongs here: thresholds, and the rows that have rules of their own. What does not: applying them (`series`,
`gains`).
"""

from datetime import timedelta
from typing import Final

from hiscores.domain.rows import POINTS

MOST_FALLEN_XP: Final = 5_000_000
"""Skills that fall by more, together, are another account's: the game rolls back hours of play, not days."""
MOST_FALLEN_SHARE: Final = 0.5
"""So are skills that fall by more than this share of what they held: small accounts change hands too."""
MOST_FALLEN_KILLS: Final = 500
"""So are bosses that fall by more kills, together: no day of play has as many."""

SUDDEN_XP: Final = 5_000_000
"""What may turn up at once, however short the time: the table is brought up to date at logout, and lamps and
saved-up resources are cashed in within minutes."""
FAST_XP_PER_HOUR: Final = 2_000_000
"""More than the fastest methods give in all skills together."""
FAST_HOURS: Final = 72
"""For so long somebody may play without sleep."""
STEADY_XP_PER_HOUR: Final = 100_000
"""What the keenest keep up for weeks: 2,400,000 a day."""

SWAPPED_SKILLS: Final = 3
SWAPPED_XP: Final = 1_000_000
"""So many skills that fall by more than so much together while others rise: an account of about the same size
has the name. A rollback makes nothing rise."""

ROLLBACK_XP: Final = 10_000
"""A fall from which a player notices that the game was rolled back; smaller ones are the table's own noise."""

OLDEST_BASELINE: Final = timedelta(days=60)
"""A value from longer before a period says too little about where the period began."""
STRADDLE: Final = timedelta(hours=24)
"""Where the last snapshot is older than this when a period begins, a good part of a day's play may belong to the
period before: the gains say so."""

SEASONAL: Final = frozenset(POINTS)
"""Points of game modes that begin again at zero with each season."""
SEASON_SHARE: Final = 0.5
"""A fall to less than this share begins a season: points are spent or lost in small steps only."""

RATINGS: Final = frozenset({"LMS - Rank", "PvP Arena - Rank"})
"""Rows that rise and fall with every match: their difference is no gain."""
