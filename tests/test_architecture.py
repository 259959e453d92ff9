"""The README's pictures of the architecture show what the code does."""

from architecture import LOCATION_NAMES, PACKAGES, README, data_flow, drawn, imports


def test_the_pictures_in_the_readme_are_up_to_date() -> None:
    readme = README.read_text(encoding="utf-8")
    assert drawn(readme) == readme, "run `make definitions` and commit what it changed"
    assert readme.count("```mermaid") == 2


def test_they_show_what_the_import_contracts_and_the_rights_promise() -> None:
    assert {(name, "wrapped_shared") for name in LOCATION_NAMES} <= imports()
    assert data_flow() >= {
        ("raw", "player_stats"),
        ("raw", "hiscores"),
        ("hiscores", "player_stats"),
        ("image_map", "player_stats"),
        ("player_stats", "image_map"),
    }
    assert {package for edge in imports() for package in edge} < set(PACKAGES)  # the run launcher stands alone
