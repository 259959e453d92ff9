"""One player: where they are, what they wear and which events they send, tick by tick.

Belongs here: sessions, movement, energy, gear and the stream of one player's documents in time order.
Events about fighting, training and trading come from `activities`, invalid documents from `hostile`.
"""

import random
from collections.abc import Iterator, Sequence

from wrapped_shared.collections import GAME_TICKS, GRAND_EXCHANGE_OFFER_CHANGED
from wrapped_shared.documents import Document
from wrapped_shared.periods import DAY_MS, day_start_ms

from wrapped_devkit.generator.activities import (
    ACTIVITIES,
    Activity,
    Character,
    happening,
    own_death_again,
)
from wrapped_devkit.generator.catalogue import (
    BODY,
    DEATH_TYPE_MS,
    ENERGY_CHANGE_MS,
    GEAR,
    LUMBRIDGE,
    OFFSET_CHANGE_MS,
    Place,
    player_name,
)
from wrapped_devkit.generator.documents import Envelopes, Item, Sent
from wrapped_devkit.generator.schedule import TICK_MS, TICKS_PER_SESSION, Span, plan_day

LOGIN_DOCUMENTS = 34
OTHER_EVENTS = 0.14
"""Number of all other events per tick, including logins."""
DOCUMENTS_PER_HAPPENING = 1.1
WALKS = [(x, y) for x in (-1, 0, 1) for y in (-1, 0, 1) if (x, y) != (0, 0)]
RUNS = [(x, y) for x in range(-2, 3) for y in range(-2, 3) if max(abs(x), abs(y)) == 2]
FULL_ENERGY = 10_000


def event_rate(ticks: int) -> float:
    """How often something happens on a tick, so that all other events together are about a seventh of the ticks."""
    logins = LOGIN_DOCUMENTS * (1 + ticks / TICKS_PER_SESSION)
    return max(0.03, OTHER_EVENTS - logins / ticks) / DOCUMENTS_PER_HAPPENING


def worn(gear: str, offset: int) -> list[int]:
    """The twelve numbers that the client sends for a set of gear."""
    items = GEAR[gear]
    return [items[slot] + offset if slot in items else 256 + BODY[slot] if slot in BODY else 0 for slot in range(12)]


class Player:
    """One player from the first generated day on; call `day` for each day in order."""

    def __init__(
        self,
        index: int,
        *,
        ticks: int,
        seed: int,
        run: str,
        name: str | None = None,
        activities: Sequence[Activity] = ACTIVITIES,
        rate: float | None = None,
    ) -> None:
        """`name`, `activities` and `rate` (how often something happens on a tick) have defaults for any player."""
        self.index = index
        self.ticks = ticks
        self.seed = seed
        self.envelopes = Envelopes(index, run)
        self.name = name or player_name(index)
        self.activities = activities
        self.percent_client = index % 7 == 3
        rng = random.Random(f"{seed}/{index}")
        self.who = Character.fresh(rng)
        self.rate = event_rate(ticks) if rate is None else rate
        self.tick = 0
        self.session = ""
        self.shown = self.name
        self.logged_in = False
        self.energy = FULL_ENERGY
        self.busy_for = 0
        self.travelling = 0
        self.activity: Activity = ACTIVITIES[0]
        self.anchor = self.x, self.y = 3222, 3218
        self.gear = {offset: worn("plain", offset) for offset in (512, 2048)}

    def rest(self) -> None:
        """Let a day pass without playing: a session that went on past midnight ended then."""
        self.logged_in = False

    def day(self, day: str) -> Iterator[Item]:
        """All documents of one day, in time order."""
        rng = random.Random(f"{self.seed}/{self.index}/{day}")
        start = day_start_ms(day)
        spans, goes_on = plan_day(rng, start, self.ticks, goes_on=self.logged_in)
        earliest = start
        for span in spans:
            for item in self._span(span, earliest, start + DAY_MS - 1, rng):
                yield item
                if rng.getrandbits(8) == 0:
                    yield self.envelopes.again(item)
                earliest = item[0]
        self.logged_in = goes_on

    def _span(self, span: Span, earliest: int, latest: int, rng: random.Random) -> Iterator[Item]:
        """The ticks of a span with their events; timestamps stay within `earliest`..`latest`."""
        again: list[dict[str, object]] = []
        if span.begins:
            login, again = self._login(span.start, rng)
            for number, (collection, data) in enumerate(login):
                at = max(earliest, span.start - 300 + number * 200 // len(login))
                yield self._wrap(collection, data, at)
        hops = self._hops(span.ticks, rng)
        at, deaths = earliest, 0
        for number in range(span.ticks):
            at = self._next_time(span, number, at, latest, rng)
            self._move(rng)
            yield self._wrap(GAME_TICKS, self._tick_data(at, rng), at)
            sent: list[Sent] = []
            if number == 1 and again:
                sent += [(GRAND_EXCHANGE_OFFER_CHANGED, data) for data in again]
            if number in hops:
                sent += self.who.hop(rng)
            if deaths:
                deaths -= 1
                if not deaths:
                    sent.append(own_death_again(self.shown, (self.x, self.y), at >= DEATH_TYPE_MS))
                    self._teleport(LUMBRIDGE, rng)
            elif rng.random() < self.rate:
                spot = (self.x, self.y)
                sent += happening(self.activity, self.who, self.shown, spot, at >= DEATH_TYPE_MS, rng)
                if self.who.died:
                    self.who.died, deaths = False, 3
            for collection, data in sent:
                yield self._wrap(collection, data, at)
            self.tick += 1

    @staticmethod
    def _hops(ticks: int, rng: random.Random) -> tuple[int, ...]:
        """The ticks on which the player switches to another type of world and back: usually none."""
        if ticks < 40 or rng.random() > 0.06:
            return ()
        away = 2 + rng.randrange(ticks // 2)
        return away, away + 1 + rng.randrange(ticks // 3)

    def _wrap(self, collection: str, data: Document, at: int) -> Item:
        return self.envelopes.wrap(collection, data, at, self.shown, self.tick, self.session)

    def _login(self, at: int, rng: random.Random) -> tuple[list[Sent], list[dict[str, object]]]:
        """A new session, or a hop within the old one; the events sent then, and one tick later."""
        if self.session and rng.random() < 0.15:
            self.tick += 20
        else:
            self.session = f"session-{at - 8_000 - rng.randrange(2_000)}"
            self.tick = 0 if rng.random() < 0.5 else self.tick + 5
        self.shown = self._name_form(rng)
        self.busy_for = 0
        first, again = self.who.exchange.at_login(rng)
        sent = self.who.burst(rng)
        sent += [(GRAND_EXCHANGE_OFFER_CHANGED, data) for data in first]
        return sent, again

    def _name_form(self, rng: random.Random) -> str:
        """The name as this session sends it: usually unchanged, sometimes in another form."""
        forms = (self.name, self.name.lower(), self.name.replace(" ", "_"), self.name.replace(" ", "\u00a0"))
        return forms[rng.randrange(4)] if rng.random() < 0.25 else self.name

    @staticmethod
    def _next_time(span: Span, number: int, before: int, latest: int, rng: random.Random) -> int:
        """The client's clock at a tick: every 600 ms with a little jitter, sometimes late."""
        jitter = rng.getrandbits(6) - 32
        if not jitter and number + 3 < span.ticks and rng.getrandbits(2) == 0:
            jitter = 1100
        return min(latest, max(before + (5 if number else 0), span.start + number * TICK_MS + jitter))

    def _tick_data(self, at: int, rng: random.Random) -> Document:
        hundredths = at >= ENERGY_CHANGE_MS and not self.percent_client
        x, y = self.x, self.y
        return {
            "energy": self.energy if hundredths else self.energy // 100,
            "health": 40 + rng.getrandbits(5),
            "prayer": 60 + (self.tick >> 4 & 15),
            "sessionTickCount": self.tick,
            "location": {"x": x, "y": y, "regionId": x >> 6 << 8 | y >> 6},
            "equipmentIds": self.gear[512 if at < OFFSET_CHANGE_MS else 2048].copy(),
        }

    def _move(self, rng: random.Random) -> None:
        """Continues the journey, wanders around the place, or starts something else."""
        self.busy_for -= 1
        if self.busy_for < 0:
            self._turn_to(self.activities[rng.randrange(len(self.activities))], rng)
            return
        if self.travelling:
            self.travelling -= 1
            self._step(*self._towards(self.anchor), running=self.energy > 200)
        elif rng.random() < 0.25:
            far = max(abs(self.x - self.anchor[0]), abs(self.y - self.anchor[1])) > 12
            running = self.energy > 200 and rng.random() < 0.6
            if far:
                self._step(*self._towards(self.anchor), running=running)
            else:
                dx, dy = RUNS[rng.getrandbits(4)] if running else WALKS[rng.getrandbits(3)]
                self.x, self.y = self.x + dx, self.y + dy
                self._tire(running)
        else:
            self._tire(False)

    def _turn_to(self, activity: Activity, rng: random.Random) -> None:
        """Walks towards the next place for a while, or teleports there at once."""
        self.activity = activity
        self.busy_for = 60 + rng.randrange(400)
        for offset in self.gear:
            self.gear[offset] = worn(activity.gear, offset)
        near = max(abs(self.x - activity.place.x), abs(self.y - activity.place.y)) < 200
        if near and not activity.place.instance:
            self.anchor, self.travelling = (activity.place.x, activity.place.y), 100
        else:
            self._teleport(activity.place, rng)

    def _teleport(self, place: Place, rng: random.Random) -> None:
        if place.instance:
            self.x, self.y = 6400 + rng.randrange(9900), 64 + rng.randrange(12_000)
        else:
            self.x, self.y = place.x + rng.randrange(9) - 4, place.y + rng.randrange(9) - 4
        self.anchor, self.travelling = (self.x, self.y), 0

    def _towards(self, target: tuple[int, int]) -> tuple[int, int]:
        dx, dy = target[0] - self.x, target[1] - self.y
        return max(-2, min(2, dx)), max(-2, min(2, dy))

    def _step(self, dx: int, dy: int, *, running: bool) -> None:
        if not running:
            dx, dy = max(-1, min(1, dx)), max(-1, min(1, dy))
        self.x, self.y = self.x + dx, self.y + dy
        self._tire(running and (dx, dy) != (0, 0))
        if (dx, dy) == (0, 0):
            self.travelling = 0

    def _tire(self, running: bool) -> None:
        self.energy = max(0, self.energy - 62) if running else min(FULL_ENERGY, self.energy + 12)
