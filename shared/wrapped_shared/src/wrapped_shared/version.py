"""The version of the stored documents' shape."""

from typing import Final

SCHEMA_VERSION: Final = 2
"""Raised when a change of the product must rebuild what is stored; every document carries it."""
