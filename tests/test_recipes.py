"""The recipes in CONTRIBUTING.md name places that exist, and a missing step fails a test."""

import re
import subprocess
from pathlib import Path
from typing import get_args

import pytest
from hiscores.domain.account_type import MODE_OF
from player_stats.domain.families import FAMILIES
from wrapped_cli.importers.events import EVENT_NAMES, collection_of_event
from wrapped_devkit.generator.hostile import FAMILIES as INVALID_VARIANTS
from wrapped_devkit.osrs_server.hiscores import MODES
from wrapped_shared.collections import RAW_EVENT_COLLECTIONS
from wrapped_shared.models.raw import RAW_EVENT_MODELS
from wrapped_shared.models.report_sections import Sections
from wrapped_shared.vocabulary import AccountType

ROOT = Path(__file__).parents[1]
RECIPES = (ROOT / "CONTRIBUTING.md").read_text().partition("## Recipes")[2]
NAMED = sorted(set(re.findall(r"`([^`<>{}()]+)`", RECIPES)))
FILES = subprocess.run(
    ["git", "ls-files", "-co", "--exclude-standard"], cwd=ROOT, capture_output=True, text=True
).stdout


@pytest.mark.parametrize(
    "path", [text for text in NAMED if re.fullmatch(r"[\w/]+/\w+(\.\w+)?|\w+\.(py|md|yaml)", text)]
)
def test_a_file_or_folder_that_a_recipe_names_exists(path: str) -> None:
    assert re.search(rf"(^|/){re.escape(path)}(/|$)", FILES, re.MULTILINE)


@pytest.mark.parametrize("name", [text for text in NAMED if re.fullmatch(r"_?[A-Z_]{4,}|[A-Z][a-z]+[A-Z]\w+", text)])
def test_a_name_in_the_code_that_a_recipe_names_exists(name: str) -> None:
    found = subprocess.run(["git", "grep", "-qw", name, "--", "*.py", "CODEOWNERS"], cwd=ROOT)
    assert found.returncode == 0 or name == "CODEOWNERS"


@pytest.mark.parametrize(
    "name",
    [
        "FAMILIES",
        "RAW_EVENT_COLLECTIONS",
        "RAW_EVENT_MODELS",
        "EVENT_NAMES",
        "AccountType",
        "MODE_OF",
        "LOCATION_NAMES",
    ],
)
def test_a_list_without_whose_entry_a_step_is_missing_is_named(name: str) -> None:
    assert f"`{name}`" in RECIPES


def test_a_family_is_in_every_list_of_families() -> None:
    assert set(FAMILIES) == set(Sections.model_fields)
    assert all(family.name == name for name, family in FAMILIES.items())
    modules = {
        path.stem for path in (ROOT / "code_locations/player_stats/src/player_stats/domain/families").glob("*.py")
    }
    assert modules - {"__init__"} == set(FAMILIES)


@pytest.mark.parametrize("collection", RAW_EVENT_COLLECTIONS)
def test_a_raw_collection_is_in_every_list_of_collections(collection: str) -> None:
    (event,) = [name for name, stored in EVENT_NAMES.items() if stored == collection]
    assert collection_of_event(event) == collection_of_event(collection) == collection
    assert INVALID_VARIANTS[collection]
    assert collection in RAW_EVENT_MODELS
    assert any(family.collection == collection for family in FAMILIES.values())


def test_an_account_type_has_its_table_in_the_location_and_in_the_stand_in() -> None:
    assert set(MODE_OF) == set(get_args(AccountType))
    assert set(MODE_OF.values()) == set(MODES)
