"""Families agree with the contract: names, shapes, slides and stats."""

from importlib import import_module
from typing import get_args, get_origin, get_type_hints

from player_stats.domain import families
from player_stats.domain.families import FAMILIES
from player_stats.domain.ranks import RANKED_FIELDS, STATS
from player_stats.domain.summaries import NOTHING
from wrapped_shared import collections, vocabulary
from wrapped_shared.models import player_stats, report_sections

FAMILY_MODULES = [import_module(f"{families.__name__}.{name}") for name in FAMILIES]


def test_summaries_are_typed_for_every_family() -> None:
    assert [*get_type_hints(families.FamilySummaries)] == [*FAMILIES]
    for module, (name, hint) in zip(FAMILY_MODULES, get_type_hints(families.FamilySummaries).items(), strict=True):
        assert hint == module.Summary
        assert set(FAMILIES[name].empty()) == set(get_type_hints(get_origin(hint) or hint))


def test_every_family_has_its_summary_in_days_and_months_and_its_section_in_reports() -> None:
    assert [name for name in player_stats.PlayerDay.model_fields if name in FAMILIES] == [*FAMILIES]
    assert [name for name in player_stats.PlayerMonth.model_fields if name in FAMILIES] == [*FAMILIES]
    assert [*report_sections.Sections.model_fields] == [*FAMILIES]


def test_the_section_of_an_empty_summary_is_as_its_model_says() -> None:
    hints = get_type_hints(report_sections.Sections, include_extras=True)
    for name, family in FAMILIES.items():
        section = family.section(NOTHING[name], {})
        if isinstance(section, list):
            assert section == []
        else:
            assert set(section) == set(hints[name].model_fields)
            hints[name].model_validate(section)
        assert list(family.slides(section)) == []


def test_every_raw_collection_feeds_a_family() -> None:
    assert {family.collection for family in FAMILIES.values()} == set(collections.RAW_EVENT_COLLECTIONS)


def test_stats_are_those_of_the_contract_and_a_ranking_reads_what_they_need() -> None:
    assert get_args(vocabulary.PlainStat) == tuple(stat.name for stat in STATS if not stat.is_many)
    assert [stat.name for stat in STATS if stat.is_many] == ["kills:", "xp:"]
    assert set(RANKED_FIELDS) == {
        "player_key", "play.ticks", "play.days_played", "play.longest_streak_days", "movement.tiles", "loot.kills",
        "loot.value", "loot.mobs.name", "loot.mobs.kills", "experience.total", "experience.skills", "deaths.count",
        "damage.dealt", "exchange.earned",
    }  # fmt: skip
    assert [*vocabulary.STAT_WORDS] == [stat.name for stat in STATS]
