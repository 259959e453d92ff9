"""docs/scaling.md: every figure can be measured again with the command beside it."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
BENCH = ROOT / "code_locations/player_stats/bench"
PAGE = (ROOT / "docs/scaling.md").read_text()
COMMANDS = re.findall(r"(?:(\w+)=\w+ )?python -m bench (\w+)", PAGE)


def test_the_page_names_the_benchmark_of_growth() -> None:
    assert "growth" in {name for _, name in COMMANDS}


@pytest.mark.parametrize("name", sorted({name for _, name in COMMANDS}))
def test_every_benchmark_named_there_can_be_run(name: str) -> None:
    assert re.search(r"^def run\(", (BENCH / f"{name}.py").read_text(), flags=re.MULTILINE)


@pytest.mark.parametrize(("setting", "name"), sorted({found for found in COMMANDS if found[0]}))
def test_every_setting_named_there_is_read_by_its_benchmark(setting: str, name: str) -> None:
    assert f'"{setting}"' in (BENCH / f"{name}.py").read_text()


@pytest.mark.parametrize("path", sorted(set(re.findall(r"`((?:bench|store|work|domain)/\w+\.py)`", PAGE))))
def test_every_module_named_there_exists(path: str) -> None:
    folder = BENCH.parent if path.startswith("bench/") else BENCH.parent / "src/player_stats"
    assert (folder / path).is_file()


@pytest.mark.parametrize("page", ["README.md", "docs/deploying.md"])
def test_the_page_is_found_from(page: str) -> None:
    assert "scaling.md)" in (ROOT / page).read_text()
