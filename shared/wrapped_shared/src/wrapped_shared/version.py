"""The schema version of the stored documents."""

from typing import Final

SCHEMA_VERSION: Final = 2
"""Increase it when a change requires stored documents to be rebuilt; every document carries it."""
