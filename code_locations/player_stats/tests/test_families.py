"""Families agree with the contract: names, shapes, slides and stats."""

import types
from importlib import import_module
from typing import Any, Literal, NotRequired, Union, get_args, get_origin, get_type_hints, is_typeddict

import pytest
from player_stats.domain import families
from player_stats.domain.families import FAMILIES
from player_stats.domain.ranks import RANKED_FIELDS, STATS
from player_stats.domain.summaries import NOTHING
from pydantic import BaseModel
from wrapped_shared import collections, report_types, vocabulary
from wrapped_shared.models import bookkeeping, player_stats, report_sections, reports

FAMILY_MODULES = [import_module(f"{families.__name__}.{name}") for name in FAMILIES]
MODELS: dict[str, type[BaseModel]] = {
    name: model
    for module in (bookkeeping, player_stats, reports, report_sections)
    for name, model in vars(module).items()
    if isinstance(model, type) and issubclass(model, BaseModel)
}
SHAPES = {
    name: shape
    for module in (report_types, *FAMILY_MODULES)
    for name, shape in vars(module).items()
    if is_typeddict(shape) and name in MODELS
}
WHEN_WRITTEN = {"digest", "revision"}


def plain(hint: Any) -> Any:
    """A type without its constraints and meanings: models and TypedDicts by name, words as strings."""
    if isinstance(hint, type) and (issubclass(hint, BaseModel) or is_typeddict(hint)):
        return hint.__name__
    origin, arguments = get_origin(hint), get_args(hint)
    if origin is Literal:
        return str
    if origin is NotRequired or hasattr(hint, "__metadata__"):
        return plain(arguments[0])
    if origin in (Union, types.UnionType):
        several = frozenset(map(plain, arguments))
        return several if len(several) > 1 else next(iter(several))
    return (origin, *map(plain, arguments)) if origin else hint


@pytest.mark.parametrize("name", SHAPES)
def test_a_plain_document_has_the_fields_of_its_model(name: str) -> None:
    fields = MODELS[name].model_fields
    shape = {field: plain(hint) for field, hint in get_type_hints(SHAPES[name]).items()}
    described = {
        fields[field].alias or field: plain(hint)
        for field, hint in get_type_hints(MODELS[name]).items()
        if field in fields and field not in WHEN_WRITTEN
    }
    untyped = {field for field, hint in described.items() if hint is Any} | {"file_id"}  # an ObjectId is an object
    assert shape.keys() == described.keys()
    assert {f: h for f, h in shape.items() if f not in untyped} == {
        f: h for f, h in described.items() if f not in untyped
    }


def test_every_document_that_is_typed_has_a_model() -> None:
    typed = {name for name, shape in vars(report_types).items() if is_typeddict(shape)} - {"TypedDict"}
    assert typed == typed & SHAPES.keys()


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
