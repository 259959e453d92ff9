"""The workspace file: which module defines which code location.

Only reading the project's workspace.yaml belongs here.
"""

from difflib import get_close_matches
from typing import Any

import yaml

from wrapped_cli.embedded import project_root
from wrapped_cli.errors import CommandError


def location_modules() -> dict[str, str]:
    """Return the module of each location in workspace.yaml, in its order.

    Raises:
        CommandError: the file is missing, lists no locations, or lists one that is not a module.
    """
    path = project_root() / "workspace.yaml"
    try:
        entries = list(yaml.safe_load(path.read_text(encoding="utf-8"))["load_from"])
    except (OSError, yaml.YAMLError, KeyError, TypeError):
        raise CommandError(f"{path} lists no code locations: restore it from the repository") from None
    found = [_named(entry) for entry in entries]
    unknown = next((entry for entry, named in zip(entries, found, strict=True) if named is None), None)
    if unknown is not None:
        raise CommandError(f"{path}: each entry must be a python_module with a location_name, not {str(unknown)[:120]}")
    return dict(filter(None, found))


def choose(modules: dict[str, str], wanted: list[str]) -> dict[str, str]:
    """Return the chosen locations in the workspace's order; all if none is named.

    Raises:
        CommandError: there is no location with that name.
    """
    for name in wanted:
        if name not in modules:
            near = get_close_matches(name, modules, n=2) or list(modules)
            raise CommandError(f"no code location {name[:60]!r}: choose from {', '.join(near)}")
    return {name: module for name, module in modules.items() if not wanted or name in wanted}


def _named(entry: Any) -> tuple[str, str] | None:
    module = entry.get("python_module") if isinstance(entry, dict) else None
    if isinstance(module, str):  # Dagster names such a location after its module
        return module, module
    if isinstance(module, dict) and isinstance(module.get("module_name"), str):
        return str(module.get("location_name") or module["module_name"]), module["module_name"]
    return None
