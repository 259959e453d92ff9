"""The work of a run, whatever starts it: planning what is owed and computing it.

Dagster's assets and jobs are in `player_stats.defs`, single queries and writes in `player_stats.store`, the rules in
`player_stats.domain`.
"""
