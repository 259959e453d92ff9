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
    "a Document or Database alias of its own": r"^Document\b.*=|^\w+(: \w+)? = Database\[",
    "an environment variable read past the settings": r"os\.environ(?!\.setdefault)|os\.getenv",
    "settings that are not EnvironmentSettings": r"\bBaseSettings\b",
    "owners or tags that are not the shared ones": r"\"team\"|owners=\[(?!\"team:ingestor)",
    "an asset that is not described by a spec": r"@dg\.asset\(",
    "a check that is not described by check_spec": r"dg\.AssetCheckSpec\(",
    "an `_id` query that is not find_by_id": r"\.find\(\s*\{\"_id\": \{\"\$in\"",
}


PAGES = ROOT / "shared" / "wrapped_cli" / "src" / "wrapped_cli" / "preview"
CARD = ROOT / "shared" / "wrapped_card"
RETURNS_NOTHING = {"", "None"}
NOUN_FIRST = re.compile(r"(The|A|An|Whether|How|Which|What|Who|Why|When|Where|Every|All|One|Everyone|Those|By|Of)\b")


def public_names(path: Path) -> Iterator[str]:
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_"):
            yield node.name


@pytest.mark.parametrize("what", FORBIDDEN)
def test_no_location_has_a_dialect_of_its_own(what: str) -> None:
    pattern = re.compile(FORBIDDEN[what], re.MULTILINE)
    found = [path.relative_to(ROOT) for path in SOURCES if pattern.search(path.read_text(encoding="utf-8"))]
    assert found == []


def named_for_what_they_return(path: Path) -> Iterator[str]:
    """Functions whose docstring begins with a noun or "Whether", where others say "Return ..." or "Yield ..."."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef) and node.returns and ast.unparse(node.returns) not in RETURNS_NOTHING:
            special = any(re.search("property|contextmanager", ast.unparse(one)) for one in node.decorator_list)
            if not special and NOUN_FIRST.match(ast.get_docstring(node) or ""):
                yield node.name


def test_docstrings_say_what_a_function_returns_in_one_way() -> None:
    sources = [path for path in SOURCES if path.parent.name != "families" and path.stem != "closing"]
    assert [(path.stem, name) for path in sources for name in named_for_what_they_return(path)] == []


def test_a_document_has_one_type_wherever_it_is_imported() -> None:
    defining = re.compile(r"^Document\b.*=", re.MULTILINE)
    sources = ROOT.glob("shared/*/src/**/*.py")
    found = {path for path in sources if defining.search(path.read_text(encoding="utf-8"))}
    assert {path for path in found if not path.is_relative_to(PAGES) and not path.is_relative_to(CARD)} == {
        SHARED / "documents.py"
    }


def test_no_location_defines_what_is_shared() -> None:
    shared = {name for helper in HELPERS for name in public_names(SHARED / f"{helper}.py")}
    assert {"find_by_id", "write_all", "whole", "escaped", "asset_spec", "day_of_ms"} <= shared
    again = {(path.stem, name) for path in SOURCES for name in public_names(path) if name in shared}
    assert again == set()
