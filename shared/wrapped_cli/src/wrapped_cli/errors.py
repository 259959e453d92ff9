"""The one error that people see.

Everything that a person can put right is raised as `CommandError`; the command line prints its message and nothing
else. A bug in the program is never a `CommandError`.
"""


class CommandError(Exception):
    """What went wrong and what to do about it, in one line without secrets."""
