"""What Dagster sees: assets, checks, the job and its schedule. All thin: rules are in `domain`, queries in `store`."""
