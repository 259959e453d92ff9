"""URLs and their secrets: how a URL is shown in logs and errors, and which URLs a library would misparse.

All code that shows a URI or a base URL calls `masked`. Connecting does not belong here.
"""

import re
from typing import Final

_ADDRESS: Final = re.compile(r"(?P<scheme>[A-Za-z][A-Za-z0-9+.-]*://)?(?P<user>.*@)?(?P<place>[^?#\s]*)", re.DOTALL)


def _parts(address: str) -> re.Match[str]:
    found = _ADDRESS.match(address)
    assert found is not None  # noqa: S101 - every part is optional
    return found


def masked(address: str) -> str:
    """Return a URL that is safe for logs and errors: scheme, host and path.

    Everything up to the last `@` is masked, since a password may contain any character unescaped. The query is omitted,
    since options may be secrets too (`tlsCertificateKeyFilePassword`, `authMechanismProperties`).
    """
    found = _parts(address)
    return f"{found['scheme'] or ''}{'***@' if found['user'] else ''}{found['place']}"


def user_and_password(address: str) -> str:
    """Return the part before the last `@`, as written; empty if there is none. Never show it."""
    return (_parts(address)["user"] or "")[:-1]


def is_ambiguous(address: str) -> bool:
    """Return whether there is an unescaped `@`, `/` or `?` before the last `@`.

    A library would then parse a part of the password as a host, a port, a path or an option, send it over the
    network, and quote it in errors.
    """
    return any(mark in user_and_password(address) for mark in "@/?")
