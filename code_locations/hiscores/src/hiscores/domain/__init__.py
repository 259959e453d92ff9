"""The rules of the hiscores, as pure functions: no Dagster, no MongoDB, no HTTP."""
