"""What combines rules and queries: computing gains and finding candidates. No HTTP and no Dagster here."""
