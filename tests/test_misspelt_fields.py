"""A misspelt field of a stored document fails the type checker, wherever documents are built."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SHARED, CLI = "shared/wrapped_shared/src/wrapped_shared", "shared/wrapped_cli/src/wrapped_cli"
HISCORES, IMAGE_MAP = "code_locations/hiscores/src/hiscores", "code_locations/image_map/src/image_map"
PLAYER_STATS = "code_locations/player_stats/src/player_stats"
MISSPELT = [
    (f"{SHARED}/holds.py", '"not_before": not_before,'),
    (f"{SHARED}/holds.py", "refusals=refusals"),
    (f"{SHARED}/forgotten.py", '"until": until,'),
    (f"{SHARED}/alerts/of_data.py", '"delivered_at": known'),
    (f"{SHARED}/alerts/of_data.py", "looked_at=now"),
    (f"{SHARED}/item_changes.py", "writing=False"),
    (f"{SHARED}/seal.py", "before=before"),
    (f"{CLI}/privacy/who.py", '"player": name_hash'),
    (f"{CLI}/importers/restore.py", "whole=True"),
    (f"{CLI}/player_names.py", '_id": link.id, "old"'),
    (f"{HISCORES}/store/gains.py", '"flags": gains'),
    (f"{HISCORES}/store/gains.py", '"player_key": key,'),
    (f"{HISCORES}/store/gains.py", '"overall_xp": experience'),
    (f"{HISCORES}/store/players.py", '"consecutive_failures": state'),
    (f"{HISCORES}/store/players.py", "next_due=moment"),
    (f"{HISCORES}/store/roster.py", '"schema_version": SCHEMA'),
    (f"{HISCORES}/store/roster.py", "tracked=False"),
    (f"{HISCORES}/domain/candidates.py", '"seen_from": day_of'),
    (f"{HISCORES}/store/catalogue.py", '"read_at": moment'),
    (f"{HISCORES}/store/catalogue.py", '"lists": lists'),
    (f"{HISCORES}/domain/catalogue.py", '"position": position'),
    (f"{HISCORES}/domain/chains.py", '"first": tenure'),
    (f"{HISCORES}/domain/snapshots.py", '"scraped_at": scraped_at'),
    (f"{HISCORES}/domain/snapshots.py", '"kills": row'),
    (f"{IMAGE_MAP}/domain/entries.py", '"resolved_by": candidate'),
    (f"{IMAGE_MAP}/domain/entries.py", '"combat_level": subject'),
    (f"{IMAGE_MAP}/domain/entries.py", '"sha1": info'),
    (f"{IMAGE_MAP}/domain/items.py", '"base_id": base'),
    (f"{IMAGE_MAP}/domain/subjects.py", '"kind": self'),
    (f"{IMAGE_MAP}/domain/bucket.py", '"images": list'),
    (f"{IMAGE_MAP}/store/tables.py", '"fetched_at": now'),
    (f"{IMAGE_MAP}/store/tables.py", "rows=some"),
    (f"{IMAGE_MAP}/store/sprites.py", '"length": len'),
    (f"{IMAGE_MAP}/store/sprites.py", '"file_id": _file_id'),
    (f"{IMAGE_MAP}/store/sprites.py", '"files_id": file_id,'),
    (f"{IMAGE_MAP}/store/prices.py", '"prices": _stored'),
    (f"{IMAGE_MAP}/store/prices.py", '"fetched_at": refusal'),
    (f"{IMAGE_MAP}/work/cards.py", '"_id": _id'),
    (f"{IMAGE_MAP}/work/cards.py", '"attributions": sorted'),
    (f"{PLAYER_STATS}/domain/report.py", 'quality"] = {"events'),
    (f"{PLAYER_STATS}/domain/report.py", '"days_tracked": len'),
    (f"{PLAYER_STATS}/domain/slides.py", 'ranks"], report["play"]'),
    (f"{PLAYER_STATS}/domain/closing.py", 'longest_streak_days"]'),
    (f"{PLAYER_STATS}/domain/ranks.py", '"top_percent": percent'),
    (f"{PLAYER_STATS}/domain/year_before.py", '"percent": _percent'),
    (f"{PLAYER_STATS}/domain/groups.py", '"leaders": ['),
    (f"{PLAYER_STATS}/domain/days.py", '"player_key": player_key'),
    (f"{PLAYER_STATS}/domain/running_merges.py", '"level": self'),
    (f"{PLAYER_STATS}/domain/families/loot.py", '"best_drop": None'),
    (f"{PLAYER_STATS}/store/report_writing.py", 'slides"] = build'),
    (f"{PLAYER_STATS}/store/report_writing.py", 'hiscores"] = enrichment'),
    (f"{PLAYER_STATS}/store/enrichment.py", '"width": sprite'),
    (f"{PLAYER_STATS}/store/ranks.py", "token=ObjectId"),
    (f"{PLAYER_STATS}/store/ledger.py", "owed=True, why"),
    (f"{PLAYER_STATS}/store/ledger.py", '"owed_cells": [EVERYTHING]'),
    (f"{PLAYER_STATS}/store/ledger.py", '"owed": False'),
    (f"{PLAYER_STATS}/store/division.py", '"division": {"run"'),
    (f"{PLAYER_STATS}/store/division.py", '"labels": sorted'),
    (f"{PLAYER_STATS}/store/division.py", "ticket=turn"),
    (f"{PLAYER_STATS}/store/requests.py", '_id"], "token"'),
    (f"{PLAYER_STATS}/store/report_requests.py", "slot=player_slot(key)"),
    (f"{PLAYER_STATS}/store/hours.py", '"cells": ['),
    (f"{PLAYER_STATS}/store/hours.py", '"from": cell'),
    (f"{PLAYER_STATS}/store/months.py", '"schema_version": SCHEMA'),
    (f"{PLAYER_STATS}/store/turns.py", '"run_id": run_id'),
    (f"{PLAYER_STATS}/store/news.py", '"looked_at": now'),
    (f"{PLAYER_STATS}/store/price_changes.py", '"version": ObjectId'),
    (f"{PLAYER_STATS}/store/linked_names.py", '"error": error'),
    (f"{PLAYER_STATS}/defs/news.py", "ranked_at=now"),
    (f"{PLAYER_STATS}/work/forget.py", "removed=True"),
]
"""Files, and what is written there once in a builder; its first word is a field, which is misspelt."""


def misspelt(name: str) -> str:
    return f"{name}x"


@pytest.mark.slow
def test_a_misspelt_field_fails_the_type_checker(tmp_path: Path) -> None:
    for folder in [*ROOT.glob("shared/*/src"), *ROOT.glob("code_locations/*/src")]:
        shutil.copytree(folder, tmp_path / folder.relative_to(ROOT), ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    expected = set()
    for name, text in MISSPELT:
        path = tmp_path / name
        source = path.read_text()
        assert source.count(text) == 1, (name, text)
        field = re.search(r"\w+", text)
        assert field is not None
        path.write_text(source.replace(text, text.replace(field[0], misspelt(field[0]), 1)))
        expected.add((name, misspelt(field[0])))
    files = sorted({name for name, _ in MISSPELT})
    found = subprocess.run([sys.executable, "-m", "mypy", *files], cwd=tmp_path, capture_output=True, text=True)
    errors = [line.partition(": error: ") for line in found.stdout.splitlines()]
    said = {(place.split(":")[0], word) for place, _, error in errors for word in re.findall(r'"(\w+)"', error)}
    assert expected - said == set(), found.stdout + found.stderr
