"""The one error that people see.

Everything in the devkit that a person can put right is raised as `DevkitError`; the command line prints its
message and nothing else. Faults of the program itself are no `DevkitError`.
"""


class DevkitError(Exception):
    """What went wrong and what to do about it, in one line without secrets."""
