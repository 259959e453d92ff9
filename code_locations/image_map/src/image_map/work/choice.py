"""Which subjects a run is for.

Reading run config belongs to `defs`.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from image_map.domain.subjects import KINDS, Subject, subject_of_id


class WrongChoice(ValueError):
    """A run was requested for something invalid; the message is one line."""


@dataclass(frozen=True, slots=True)
class Choice:
    """Kinds, subjects and players to restrict a run to; None = all."""

    kinds: frozenset[str] | None = None
    subjects: frozenset[str] | None = None
    """`_id`s such as `npc:Goblin#5`."""
    players: frozenset[str] | None = None
    """Player keys: only what these players' reports name (and what every report has)."""

    @classmethod
    def of(
        cls, kinds: Iterable[str] = (), subjects: Iterable[str] = (), players: Iterable[str] | None = None
    ) -> "Choice":
        """Return the choice from run config; an empty list means all.

        Raises:
            WrongChoice: the kind does not exist, or the `_id` is invalid.
        """
        chosen_kinds, chosen = frozenset(kinds), frozenset(subjects)
        for kind in sorted(chosen_kinds):
            if kind not in KINDS:
                raise WrongChoice(f"unknown kind {kind[:40]!r}; choose from {', '.join(KINDS)}")
        for _id in sorted(chosen):
            if subject_of_id(_id) is None:
                raise WrongChoice(
                    f"{_id[:80]!r} is not a subject; write them like npc:Goblin#5, item:4151, place:Varrock"
                )
        return cls(chosen_kinds or None, chosen or None, frozenset(players) if players is not None else None)

    @property
    def redo(self) -> bool:
        """Whether things were named, so that titles remembered as missing are requested again."""
        return self.kinds is not None or self.subjects is not None

    def takes(self, subject: Subject) -> bool:
        """Return whether the run is for this subject, ignoring players."""
        return (self.kinds is None or subject.kind in self.kinds) and (
            self.subjects is None or subject.id in self.subjects
        )
