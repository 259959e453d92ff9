"""Loads a code location for the worker: its definitions, its main job, and the optional functions of its module.

No location is imported by name: they all come from the workspace.
"""

import importlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import dagster as dg
from wrapped_shared.mongo import MongoResource
from wrapped_shared.run_config import MAIN_JOB
from wrapped_shared.stored.forgotten import ForgottenPlayer

Due = Callable[[MongoResource], str | None]
DaysOf = Callable[[MongoResource, Iterable[str]], list[str]]
Forget = Callable[[MongoResource, list[ForgottenPlayer]], Any]
Prune = Callable[[MongoResource, str, Callable[[Any], None], Callable[[str, int, int], None]], int]


class UnusableLocation(Exception):
    """A location that cannot be run; the message is one line that says what to do."""


@dataclass(frozen=True)
class Location:
    """A loaded code location."""

    name: str
    definitions: dg.Definitions
    main_job: str
    """The job that does all of its work."""
    due: Due
    """Returns why the main job has something to do; without this function the job always runs."""
    days_of: DaysOf | None = None
    """Returns which days the chosen players need, if the location computes days."""
    forget: Forget | None = None
    """Forgets players, if the location keeps books about raw events; returns what was removed."""
    prune: Prune | None = None
    """Removes raw events before a day, if the location keeps books about them; returns how many."""


def load(name: str, module_name: str) -> Location:
    """Import a location.

    Raises:
        UnusableLocation: it cannot be imported, or none or several of its jobs are tagged as the main one.
    """
    try:
        module = importlib.import_module(module_name)
        definitions = module.defs() if callable(module.defs) else module.defs
        jobs = [job.name for job in definitions.jobs or () if MAIN_JOB.items() <= dict(job.tags or {}).items()]
    except Exception as error:  # anything a module may raise on import
        raise UnusableLocation(f"{name} cannot be loaded: {type(error).__name__}: {error}") from error
    if len(jobs) != 1:
        tag = "".join(f"{key}={value}" for key, value in MAIN_JOB.items())
        raise UnusableLocation(
            f"{name} cannot be run: tag exactly one job, its main one, with {tag} ({len(jobs)} are tagged)"
        )
    due = getattr(module, "due", None) or (lambda _: "it has no `due` function")
    own = {what: getattr(module, what, None) for what in ("days_of", "forget", "prune")}
    return Location(name, definitions, jobs[0], due, **own)
