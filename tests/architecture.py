"""The README's pictures of the architecture, drawn from the code: who reads whose data, and all imports.

`make definitions` writes them into the README; a test compares them with the code.
"""

from collections.abc import Iterable
from pathlib import Path

import grimp
from wrapped_shared.asset_keys import LOCATION_NAMES
from wrapped_shared.rights import RIGHTS

ROOT = Path(__file__).parents[1]
README = ROOT / "README.md"
PACKAGES = ("wrapped_shared", "wrapped_launcher", "wrapped_card", "wrapped_cli", "wrapped_devkit", *LOCATION_NAMES)


def data_flow() -> set[tuple[str, str]]:
    """Return which location reads data that another location (or the ingestor: `raw`) produces, by their rights.

    A location's data are the collections that it alone writes; bookkeeping that several of them write is left aside.
    """
    writers: dict[str, set[str]] = {}
    readers: dict[str, set[str]] = {}
    for location in LOCATION_NAMES:
        rights = RIGHTS[location]
        for collection, actions in {**rights.raw, **rights.analytics}.items():
            if "insert" in actions:
                writers.setdefault(collection, set()).add(location)
            if "find" in actions:
                readers.setdefault(collection, set()).add(location)
    producers = {collection: found for collection, found in writers.items() if len(found) == 1}
    producers |= {collection: {"raw"} for collection in RIGHTS["ingestor"].raw}
    return {
        (source, target)
        for collection, sources in producers.items()
        for source in sources
        for target in readers.get(collection, ())
        if source != target
    }


def imports() -> set[tuple[str, str]]:
    """Return which package imports which."""
    graph = grimp.build_graph(*PACKAGES, cache_dir=None)
    edges = {
        (module.partition(".")[0], imported.partition(".")[0])
        for module in graph.modules
        for imported in graph.find_modules_directly_imported_by(module)
    }
    return {(source, target) for source, target in edges if source != target}


def picture(direction: str, nodes: Iterable[str], edges: Iterable[tuple[str, str]]) -> str:
    """Return a Mermaid flow chart."""
    shapes = {"raw": "raw[(raw telemetry)]"}
    lines = [*(shapes.get(node, node) for node in sorted(nodes)), *(f"{a} --> {b}" for a, b in sorted(edges))]
    return "\n".join(("```mermaid", f"flowchart {direction}", *(f"    {line}" for line in lines), "```"))


def drawn(readme: str) -> str:
    """Return the README with its pictures redrawn."""
    flow = data_flow()
    pictures = {
        "data": picture("LR", {node for edge in flow for node in edge}, flow),
        "imports": picture("TD", PACKAGES, imports()),
    }
    for name, chart in pictures.items():
        before, begin, rest = readme.partition(f"<!-- {name}: drawn by make definitions -->\n")
        _, end, after = rest.partition("<!-- end -->")
        readme = f"{before}{begin}{chart}\n{end}{after}"
    return readme


if __name__ == "__main__":
    README.write_text(drawn(README.read_text(encoding="utf-8")), encoding="utf-8")
