"""The embedded MongoDB: SecantusDB as a separate background process on 127.0.0.1.

Starting, finding and stopping that process, and the one index that only it needs, live here. The data stored in it
does not. The server (GPL-2) is accessed over the wire and never imported.
"""

from wrapped_cli.embedded.indexes import ensure_embedded_indexes, is_embedded
from wrapped_cli.embedded.paths import default_data_dir, project_root
from wrapped_cli.embedded.server import configured_uri, resolve_uri, running, start, stop

__all__ = [
    "configured_uri",
    "default_data_dir",
    "ensure_embedded_indexes",
    "is_embedded",
    "project_root",
    "resolve_uri",
    "running",
    "start",
    "stop",
]
