"""The workspace file: which module defines which code location.

Only reading workspace.yaml of the project belongs here.
"""

import yaml

from wrapped_devkit.embedded import project_root
from wrapped_devkit.errors import DevkitError


def location_modules() -> dict[str, str]:
    """Return the module of each location in workspace.yaml, in its order.

    Raises:
        DevkitError: the file is missing or names no modules.
    """
    path = project_root() / "workspace.yaml"
    try:
        entries = yaml.safe_load(path.read_text(encoding="utf-8"))["load_from"]
        modules = [entry["python_module"] for entry in entries]
        return {module["location_name"]: module["module_name"] for module in modules}
    except (OSError, yaml.YAMLError, KeyError, TypeError):
        raise DevkitError(f"{path} names no code locations: restore it from the repository") from None
