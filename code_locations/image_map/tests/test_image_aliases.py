"""The hand-made tables name what there is: every skill and slot, and slides of the report."""

from typing import get_args

from image_map.domain.aliases import SKILLS, SLOTS, STATS
from image_map.domain.subjects import constant_subjects
from wrapped_shared.vocabulary import EquipmentSlot, Skill, SlideStat


def test_every_equipment_slot_has_its_picture() -> None:
    assert set(SLOTS) == set(get_args(EquipmentSlot))


def test_every_skill_has_its_picture() -> None:
    assert set(SKILLS) == set(get_args(Skill))


def test_only_slides_that_there_are_have_files_and_every_slide_has_a_picture() -> None:
    assert set(STATS) <= set(get_args(SlideStat))
    assert {f"stat:{stat}" for stat in get_args(SlideStat)} <= {subject.id for subject in constant_subjects()}
