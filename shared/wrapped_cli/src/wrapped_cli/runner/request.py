"""What the command asks of its worker, as data."""

import json
from dataclasses import asdict, dataclass, field


@dataclass(frozen=True)
class Request:
    """One `wrapped run`."""

    modules: dict[str, str]
    """By name of the chosen locations, in order, the module of their definitions."""
    first: str | None = None
    """Compute all days from this one on, whatever is owed."""
    last: str | None = None
    """Compute all days up to this one."""
    players: list[str] = field(default_factory=list)
    """Names of the chosen players, all by default."""

    def text(self) -> str:
        """Return the request in one line."""
        return json.dumps(asdict(self))

    @classmethod
    def read(cls, text: str) -> "Request":
        """Return the request of a line that `text` made."""
        return cls(**json.loads(text))
