"""What Dagster sees: assets, checks, the job and its schedule. Thin: rules are in `domain`, queries in `store`."""
