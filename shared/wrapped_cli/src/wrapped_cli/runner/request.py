"""The command's request to its worker, as data."""

import json
from dataclasses import asdict, dataclass, field


@dataclass(frozen=True)
class Request:
    """One `wrapped run`."""

    modules: dict[str, str]
    """The chosen locations in order: name to the module of the definitions."""
    first: str | None = None
    """Compute all days from this one on, owed or not."""
    last: str | None = None
    """Compute all days up to this one."""
    players: list[str] = field(default_factory=list)
    """Names of the chosen players; all by default."""

    def text(self) -> str:
        """Return the request as one line."""
        return json.dumps(asdict(self))

    @classmethod
    def read(cls, text: str) -> "Request":
        """Parse a line that `text` returned."""
        return cls(**json.loads(text))
