"""`wrapped doctor`: the state of everything on one screen. The checks are in `doctor_checks`."""


def doctor() -> None:
    """Show versions, connection, permissions, indexes, and what is waiting to be computed or scraped."""
    from rich.console import Console
    from rich.table import Table

    from wrapped_cli.commands import doctor_checks
    from wrapped_cli.commands.connection import opened
    from wrapped_cli.text import shown

    table = Table(show_header=False, title="wrapped doctor", title_justify="left")
    with opened() as mongo:
        for name, text in doctor_checks.findings(mongo):
            table.add_row(name, shown(text, 600))
    Console(markup=False, highlight=False, emoji=False).print(table)
