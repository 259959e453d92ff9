"""A player's activities (fighting, training, trading, travelling) and the events that the client sends for them.

Belongs here: the `data` of stat, loot, death, hitsplat and offer events. Ticks, sessions and time belong to
`player`.
"""

import random
from dataclasses import dataclass, field
from typing import Any

from wrapped_shared.collections import (
    ACTOR_DEATH,
    GRAND_EXCHANGE_OFFER_CHANGED,
    HITSPLAT_APPLIED,
    LOOT_RECEIVED,
    STAT_CHANGED,
)
from wrapped_shared.levels import MAX_XP, level_of

from wrapped_devkit.generator.catalogue import (
    BONES,
    GRAND_EXCHANGE,
    MOBS,
    SKILLS,
    TRAININGS,
    Mob,
    Place,
    Training,
)
from wrapped_devkit.generator.documents import Sent
from wrapped_devkit.generator.offers import Exchange

OWN_HIT, OTHERS_HIT, BLOCK, POISON, HEAL, DISEASE, PRAYER_DRAIN, MAX_HIT = 16, 17, 12, 65, 6, 4, 60, 43


@dataclass(frozen=True)
class Activity:
    """An activity at a place: a mob to fight, a skill to train, or neither (trading)."""

    place: Place
    gear: str
    mob: Mob | None = None
    training: Training | None = None


TRADING = Activity(GRAND_EXCHANGE, "plain")
ACTIVITIES = (
    *(Activity(mob.place, mob.gear, mob=mob) for mob in MOBS),
    *(Activity(training.place, training.gear, training=training) for training in TRAININGS),
    TRADING,
    TRADING,
    TRADING,
)


@dataclass
class Character:
    """A player's state from one day to the next, apart from where and when they play."""

    xp: dict[str, int]
    other_world: dict[str, int]
    exchange: Exchange = field(default_factory=Exchange)
    elsewhere: bool = False
    died: bool = False

    @classmethod
    def fresh(cls, rng: random.Random) -> "Character":
        """A character somewhere between a beginner and a veteran."""
        xp = {skill: int(13_000_000 * rng.random() ** 3) for skill in SKILLS}
        xp["HITPOINTS"] = max(xp["HITPOINTS"], 1154)
        if rng.random() < 0.2:
            xp["WOODCUTTING"] = MAX_XP - rng.randrange(2000)
        return cls(xp, {skill: _elsewhere(gained, rng) for skill, gained in xp.items()})

    def skills(self) -> dict[str, int]:
        """The experience in the current type of world (the main game, or Leagues and betas)."""
        return self.other_world if self.elsewhere else self.xp

    def stat(self, skill: str, gain: int, rng: random.Random) -> Sent:
        """A stat event, after a gain (0: only the boosted level changed)."""
        skills = self.skills()
        xp = skills[skill] = min(MAX_XP, skills[skill] + gain)
        level = level_of(xp)
        boosted = level if gain else level + rng.randrange(20)
        return STAT_CHANGED, {"skill": skill, "xp": xp, "level": level, "boostedLevel": boosted}

    def hop(self, rng: random.Random) -> list[Sent]:
        """Switches to another type of world, or back: the client sends all skills again."""
        self.elsewhere = not self.elsewhere
        return [self.stat(skill, 0, rng) for skill in SKILLS]

    def burst(self, rng: random.Random) -> list[Sent]:
        """All skills at login; sometimes zeros first, before the client has loaded them."""
        sent: list[Sent] = []
        if rng.random() < 0.05:
            sent += [(STAT_CHANGED, {"skill": skill, "xp": 0, "level": 1, "boostedLevel": 1}) for skill in SKILLS[:4]]
        return sent + [self.stat(skill, 0, rng) for skill in SKILLS]


def _elsewhere(xp: int, rng: random.Random) -> int:
    """Experience in another type of world: far more, or almost nothing where the main game has a lot."""
    if xp > 1_000_000 and rng.random() < 0.5:
        return xp // 50
    return min(MAX_XP, xp + 1_000_000 + rng.randrange(20_000_000))


def happening(
    activity: Activity, who: Character, name: str, spot: tuple[int, int], typed: bool, rng: random.Random
) -> list[Sent]:
    """The client's events for one moment of an activity.

    Args:
        activity: what the player is doing.
        who: their character; gains are recorded in it.
        name: their name as the client shows it.
        spot: their tile.
        typed: whether death events carry the actor's id and type yet.
        rng: the day's randomness.
    """
    if activity.mob is not None:
        return _fight(activity.mob, who, name, spot, typed, rng)
    if activity.training is not None:
        training = activity.training
        return [who.stat(training.skill, training.xp if rng.random() < 0.8 else 0, rng)]
    if rng.random() < 0.6:
        return [(GRAND_EXCHANGE_OFFER_CHANGED, who.exchange.step(rng))]
    return [who.stat("MAGIC", 65 if rng.random() < 0.5 else 0, rng)]


def _fight(mob: Mob, who: Character, name: str, spot: tuple[int, int], typed: bool, rng: random.Random) -> list[Sent]:
    location = _location(*spot)
    enemy = _actor(mob.name, mob.level, mob.ids[rng.randrange(len(mob.ids))], 1, location)
    chance = rng.random()
    if chance < 0.34:
        amount = rng.randrange(1 + mob.level // 6 + 4)
        return [_hitsplat(enemy, OWN_HIT if amount else BLOCK, amount, rng, mine=True)]
    if chance < 0.36:
        return [_hitsplat(enemy, MAX_HIT, 25 + mob.level // 10, rng, mine=True)]
    if chance < 0.54:
        own = _actor(name, 100, -1, 2, location)
        hitsplat_type = (OWN_HIT, OWN_HIT, OWN_HIT, OWN_HIT, POISON, HEAL, DISEASE, PRAYER_DRAIN)[rng.getrandbits(3)]
        return [_hitsplat(own, hitsplat_type, 1 + rng.randrange(20), rng, mine=hitsplat_type == OWN_HIT)]
    if chance < 0.60:
        return [_hitsplat(enemy, OTHERS_HIT, rng.randrange(30), rng, others=True)]
    if chance < 0.80:
        skill = SKILLS[rng.randrange(3)] if mob.gear == "melee" else mob.gear.upper()
        return [
            who.stat(skill, 4 * (4 + mob.level // 3), rng),
            who.stat("HITPOINTS", 8 + mob.level // 3, rng),
        ]
    if chance < 0.95:
        drops = [{"id": item, "quantity": 1 + rng.randrange(count)} for item, count in mob.drops]
        kept = drops[: 1 + rng.randrange(len(drops))] if rng.random() < 0.98 else []
        return [_death(enemy, typed), (LOOT_RECEIVED, {"actor": enemy, "items": kept})]
    if chance < 0.97:
        return [who.stat("HITPOINTS", 0, rng)]
    if chance < 0.985:
        other = _actor("Wild Passer", 90, -1, (2, 2, 0)[rng.randrange(3)], location)
        return [(LOOT_RECEIVED, {"actor": other, "items": [{"id": BONES, "quantity": 1}]})]
    if chance < 0.995:
        return [_death(_actor("Wild Passer", 90, -1, 2, location), typed)]
    who.died = True
    return [_death(_actor(name, 100, -1, 2, location), typed)]


def own_death_again(name: str, spot: tuple[int, int], typed: bool) -> Sent:
    """The client's second event about the player's own death, some ticks later."""
    return _death(_actor(name, 100, -1, 2, _location(*spot)), typed)


def _location(x: int, y: int) -> dict[str, int]:
    return {"x": x, "y": y, "regionId": x >> 6 << 8 | y >> 6}


def _actor(name: str, level: int, npc: int, actor_type: int, location: dict[str, int]) -> dict[str, Any]:
    return {"name": name, "combatLevel": level, "id": npc, "type": actor_type, "location": dict(location)}


def _death(actor: dict[str, Any], typed: bool) -> Sent:
    data = {"name": actor["name"], "combatLevel": actor["combatLevel"], "location": dict(actor["location"])}
    if typed:
        data |= {"id": actor["id"], "type": actor["type"]}
    return ACTOR_DEATH, data


def _hitsplat(
    actor: dict[str, Any],
    hitsplat_type: int,
    amount: int,
    rng: random.Random,
    *,
    mine: bool = False,
    others: bool = False,
) -> Sent:
    splat = {
        "hitsplatType": hitsplat_type,
        "amount": amount,
        "mine": mine,
        "others": others,
        "disappearsOnGameCycle": rng.getrandbits(20),
    }
    return HITSPLAT_APPLIED, {"actor": actor, "hitsplat": splat}
