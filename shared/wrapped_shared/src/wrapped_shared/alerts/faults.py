"""What a fault is, and the line that tells people about it. Pure.

What does not belong here: finding faults (`of_dagster`, `of_data` and the locations), and remembering and sending them.
"""

import unicodedata
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from wrapped_shared.definitions import owners

_LONGEST: Final = 300
_MARKUP: Final = str.maketrans(dict.fromkeys("<>&@[]*`|~\\", "?"))
"""Characters with which chat services make links, mentions and markup."""


@dataclass(frozen=True)
class Fault:
    """Something that is wrong for a while: it begins, it goes on, and it ends."""

    key: str
    """Identifies it within a location: "<source>/<what>". While it goes on, its key stays the same."""
    text: str
    """What is wrong, with day or partition, as the end of a line."""
    look: str = ""
    """Where to look: a path of the Dagster UI such as "/runs/<id>", or a few words."""
    location: str = ""
    """The location it belongs to, if not the one that found it."""

    @property
    def source(self) -> str:
        """What kind of fault it is: the first part of the key."""
        return self.key.partition("/")[0]


def harmless(text: str) -> str:
    """Return untrusted text as one line that no chat service reads as a link, a mention or markup."""
    printable = "".join(" " if unicodedata.category(char)[0] in "CZ" else char for char in text)
    line = " ".join(printable.translate(_MARKUP).replace("://", ":?").split())
    return line if len(line) <= _LONGEST else line[: _LONGEST - 1] + "…"


def payload(fault: Fault, location: str, since: datetime, ui: str) -> dict[str, Any]:
    """Return the message about a fault: a line of text, as chat services show it, and the same as fields to group by.

    Args:
        fault: the fault.
        location: the location that found it.
        since: when it was first seen, UTC.
        ui: the address of the Dagster UI without a slash at its end, or "".
    """
    what, look = harmless(fault.text), _where(fault.look, ui)
    return {
        **_from(fault.location or location, what + (f" – see {look}" if look else "")),
        "kind": fault.source,
        "fault": harmless(fault.key),
        "since": since.isoformat(timespec="seconds"),
        "look": look,
    }


def heartbeat(location: str, faults: int) -> dict[str, Any]:
    """Return the message that says that a location's faults are being looked for, and how many there are."""
    return {**_from(location, f"alive, {faults} known faults"), "kind": "heartbeat", "faults": faults}


def _from(location: str, text: str) -> dict[str, Any]:
    (owner,) = owners(location)
    return {"text": f"[{owner}] {location}: {text}", "owner": owner, "location": location}


def _where(look: str, ui: str) -> str:
    if not look.startswith("/"):
        return harmless(look)
    path = "".join(char for char in look if char.isalnum() or char in "/_-.?=@%")
    return f"{ui}{path}" if ui else f"{path} in the Dagster UI"
