"""Addresses and their secrets: how one is shown in logs and errors, and which one a library would misread.

Whatever shows a URI or a base URL calls `masked`. Connecting does not belong here.
"""

import re
from typing import Final

_ADDRESS: Final = re.compile(r"(?P<scheme>[A-Za-z][A-Za-z0-9+.-]*://)?(?P<user>.*@)?(?P<place>[^?#\s]*)", re.DOTALL)


def _parts(address: str) -> re.Match[str]:
    found = _ADDRESS.match(address)
    assert found is not None  # noqa: S101 - every part is optional
    return found


def masked(address: str) -> str:
    """Return an address fit for logs and errors: scheme, host and path.

    Everything up to the last `@` is masked, since a password may hold any character unescaped. The query is left
    out, since options may be secrets too (`tlsCertificateKeyFilePassword`, `authMechanismProperties`).
    """
    found = _parts(address)
    return f"{found['scheme'] or ''}{'***@' if found['user'] else ''}{found['place']}"


def user_and_password(address: str) -> str:
    """Return what stands before the last `@`, as written; empty where there is none. Never show it."""
    return (_parts(address)["user"] or "")[:-1]


def is_ambiguous(address: str) -> bool:
    """Whether an unescaped `@`, `/` or `?` stands before the last `@`.

    A library would then take a part of the password for a host, a port, a path or an option, ask the network for
    it, and name it in errors.
    """
    return any(mark in user_and_password(address) for mark in "@/?")
