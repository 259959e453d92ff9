"""The one error that people see.

Every problem that the user can fix is raised as `CommandError`; the command line prints its message and nothing else.
A bug in the program is never a `CommandError`.
"""


class CommandError(Exception):
    """What went wrong and how to fix it, in one line without secrets."""
