"""What gets done, by whoever runs: the plan of what is owed, and working it off.

Dagster's assets and jobs are `player_stats.defs`, single queries and writes `player_stats.store`, and the rules
`player_stats.domain`.
"""
