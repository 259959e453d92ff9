"""Locations do the same things the same way: what `wrapped_shared` has, no location has again."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SOURCES = sorted(ROOT.glob("code_locations/*/src/**/*.py"))
SHARED = ROOT / "shared" / "wrapped_shared" / "src" / "wrapped_shared"
HELPERS = ("bulk", "documents", "definitions", "environment", "markdown", "periods", "settings", "names")
FORBIDDEN = {
    "a Document alias of its own": r"^Document\b.*=|^Analytics\b.*dict\[",
    "an environment variable read past the settings": r"os\.environ(?!\.setdefault)|os\.getenv",
    "settings that are not EnvironmentSettings": r"\bBaseSettings\b",
    "owners or tags that are not the shared ones": r"\"team\"|owners=\[(?!\"team:ingestor)",
    "an asset that is not described by a spec": r"@dg\.asset\(",
    "a check that is not described by check_spec": r"dg\.AssetCheckSpec\(",
    "an `_id` query that is not find_by_id": r"\.find\(\s*\{\"_id\": \{\"\$in\"",
}


def public_names(path: Path) -> Iterator[str]:
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_"):
            yield node.name


@pytest.mark.parametrize("what", FORBIDDEN)
def test_no_location_has_a_dialect_of_its_own(what: str) -> None:
    pattern = re.compile(FORBIDDEN[what], re.MULTILINE)
    found = [path.relative_to(ROOT) for path in SOURCES if pattern.search(path.read_text(encoding="utf-8"))]
    assert found == []


def test_no_location_defines_what_is_shared() -> None:
    shared = {name for helper in HELPERS for name in public_names(SHARED / f"{helper}.py")}
    assert {"find_by_id", "write_all", "whole", "escaped", "asset_spec", "day_of_ms"} <= shared
    again = {(path.stem, name) for path in SOURCES for name in public_names(path) if name in shared}
    assert again == set()
