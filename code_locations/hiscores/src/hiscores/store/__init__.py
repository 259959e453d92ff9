"""The location's reads and writes in MongoDB: bounded, indexed, idempotent. No rules live here."""
