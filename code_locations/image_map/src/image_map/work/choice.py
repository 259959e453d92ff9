"""Which subjects a run is about.

Reading run config is `defs`' business.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from image_map.domain.subjects import KINDS, Subject, subject_of_id


class WrongChoice(ValueError):
    """A run was asked for something that cannot be; the message is one line."""


@dataclass(frozen=True, slots=True)
class Choice:
    """Kinds, subjects and players to restrict a run to; None = all of them."""

    kinds: frozenset[str] | None = None
    subjects: frozenset[str] | None = None
    """`_id`s such as `npc:Goblin#5`."""
    players: frozenset[str] | None = None
    """Player keys: only what these players' reports name (and what every report has)."""

    @classmethod
    def of(
        cls, kinds: Iterable[str] = (), subjects: Iterable[str] = (), players: Iterable[str] | None = None
    ) -> "Choice":
        """Return the choice that run config makes; an empty list means all.

        Raises:
            WrongChoice: there is no such kind, or no subject can have such an `_id`.
        """
        chosen_kinds, chosen = frozenset(kinds), frozenset(subjects)
        for kind in sorted(chosen_kinds):
            if kind not in KINDS:
                raise WrongChoice(f"there is no kind {kind[:40]!r}; choose from {', '.join(KINDS)}")
        for _id in sorted(chosen):
            if subject_of_id(_id) is None:
                raise WrongChoice(f"{_id[:80]!r} is no subject; write them like npc:Goblin#5, item:4151, place:Varrock")
        return cls(chosen_kinds or None, chosen or None, frozenset(players) if players is not None else None)

    @property
    def everything(self) -> bool:
        """Whether nothing is left out."""
        return self.kinds is None and self.subjects is None and self.players is None

    @property
    def redo(self) -> bool:
        """Whether things were named, so that what is remembered as missing is asked again."""
        return self.kinds is not None or self.subjects is not None

    def takes(self, subject: Subject) -> bool:
        """Whether the run is about this subject, players aside."""
        return (self.kinds is None or subject.kind in self.kinds) and (
            self.subjects is None or subject.id in self.subjects
        )
