"""How the worker reports to the command: a word and a text about each event, as one line of JSON."""

import json
from collections.abc import Callable
from typing import Literal, TextIO, TypeAlias

Word: TypeAlias = Literal["begun", "progress", "note", "failed", "done", "stopped"]
"""`begun`: a run has started, with its title; `progress`: its latest status; `note`: something worth one line, such as
a failed check; `failed`: a step, run or location has; `done`: the run succeeded; `stopped`: why the worker gives up."""
Report: TypeAlias = Callable[[Word, str], None]
"""Shows an event or passes it on."""


def lines_to(stream: TextIO) -> Report:
    """Return the worker's report, which writes to a stream that nothing else writes to."""

    def report(word: Word, text: str) -> None:
        stream.write(json.dumps([word, text]) + "\n")
        stream.flush()

    return report


def read_line(line: str) -> tuple[Word, str]:
    """Return the word and the text of a line."""
    word, text = json.loads(line)
    return word, text
