"""What the image map reads from and writes to MongoDB: bounded queries and idempotent writes."""

from typing import TypeAlias

from pymongo.database import Database
from wrapped_shared.documents import Document

Analytics: TypeAlias = Database[Document]
"""The analytics database."""
