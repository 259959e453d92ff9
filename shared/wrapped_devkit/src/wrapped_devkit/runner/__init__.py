"""Runs without a daemon: what `wrapped run` materialises, and how.

`plan` decides from MongoDB what there is to do, `worker` carries a plan out in a process of its own through
Dagster and its instance, `watch` starts workers and shows how they get on, `instance` looks after the instance,
`processes` tells whether a run's process is there, `launcher` tells it to the daemon of `make dev`.
"""
