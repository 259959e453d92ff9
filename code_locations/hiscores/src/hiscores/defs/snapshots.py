"""The asset `snapshots`: the scrape, with its checks.

What belongs here: choosing players, running the scrape, reporting. What does not: the loop (`scrape`).
"""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Final

import dagster as dg
from wrapped_shared import collections as names
from wrapped_shared.asset_keys import SNAPSHOTS_KEY, TRACKED_PLAYERS_KEY
from wrapped_shared.definitions import Materialized
from wrapped_shared.holds import HISCORES, HOLD_MEANING, HoldKeeper, hold_check
from wrapped_shared.models.hiscores import HiscoresSnapshot
from wrapped_shared.mongo import MongoResource, clear_errors
from wrapped_shared.names import player_key
from wrapped_shared.periods import day_of
from wrapped_shared.run_config import ChosenPlayers
from wrapped_shared.stored.hiscores import ObservedList

from hiscores.defs.common import HOLD_CHECK, POOL, ScrapeConfig, asset
from hiscores.defs.reporting import outcome_of, snapshot_checks, snapshot_metadata
from hiscores.domain.catalogue import kind_lookup
from hiscores.domain.planner import Plan, plan
from hiscores.domain.roster import Tracked, is_possible
from hiscores.domain.snapshots import slot_text
from hiscores.domain.states import PlayerState
from hiscores.scrape import Scrape, Tally
from hiscores.settings import HiscoresSettings
from hiscores.store.catalogue import load_rows, save_observed
from hiscores.store.names import load_holders
from hiscores.store.players import all_states
from hiscores.store.roster import load_roster, load_tracked
from hiscores.upstream.client import HiscoresClient

LOG_EVERY: Final = timedelta(seconds=30)
MODE_TAG: Final = "hiscores/outcome"


@asset(
    SNAPSHOTS_KEY,
    "One document in the raw collection `hiscores` per player and scrape slot: rank, level, "
    "experience (XP), scores and kills, as shown on the OSRS Hiscores. Upstream failures do not fail the step: "
    "the metadata `outcome`, the checks and the run's tag `hiscores/outcome` report them.",
    [TRACKED_PLAYERS_KEY],
    HiscoresSnapshot,
    stored=names.HISCORES,
    database=names.RAW_DATABASE,
    checks={
        "share_of_failures": "Share of players without a valid response: warns at 2%, fails at 25%.",
        "upstream_answers": "Passes if the circuit breaker stayed closed.",
        HOLD_CHECK: HOLD_MEANING,
    },
    pool=POOL,
)
def snapshots(
    context: dg.AssetExecutionContext, config: ScrapeConfig, mongo: MongoResource, players: ChosenPlayers
) -> Materialized:
    """Scrape the players who are due, or the ones named, known or not."""
    started = datetime.now(UTC)
    with clear_errors(mongo):
        settings = HiscoresSettings.load()
        settings.require_contact()
        by_hand = players.chosen_keys()
        slot = config.slot_time(started, by_hand=by_hand is not None)
        if by_hand is None:
            planned, due = _planned(mongo, slot, settings.requests_per_run)
            impossible = 0
        else:
            planned = None
            due, impossible = _named(mongo, by_hand, players.names, started)
        context.log.info(f"slot {slot_text(slot)}: {len(due)} players to look up")
        deadline = started + timedelta(minutes=settings.minutes_per_run)
        with HiscoresClient.from_settings(settings, HoldKeeper(mongo.analytics, HISCORES)) as client:
            scrape = Scrape(
                mongo.raw,
                mongo.analytics,
                client,
                slot=slot,
                kind_of=kind_lookup(load_rows(mongo.analytics)),
                deadline=deadline,
            )
            _run(context, scrape, due)
            stats = client.stats
        _remember(mongo, scrape.tally)
        hold = hold_check(mongo.analytics, HOLD_CHECK, HISCORES)
    outcome = outcome_of(scrape.tally, len(due))
    absent = impossible + scrape.tally.outcomes["not_found"]
    if by_hand is not None and absent:
        context.log.warning(f"{absent} of the {len(by_hand)} chosen players are not on the hiscores; check their names")
    if outcome.startswith("upstream"):
        context.log.warning(f"{outcome}: {scrape.tally.reason or 'no player got a valid response'}")
        context.instance.add_run_tags(context.run.run_id, {MODE_TAG: outcome})
    return dg.MaterializeResult(
        metadata=snapshot_metadata(
            scrape.tally,
            planned,
            stats,
            slot=slot,
            outcome=outcome,
            players=len(due),
            impossible=impossible,
        ),
        check_results=[*snapshot_checks(scrape.tally), hold],
    )


def _planned(mongo: MongoResource, slot: datetime, budget: int) -> tuple[Plan, list[Tracked]]:
    roster = load_roster(mongo.analytics)
    states = {state.key: state for state, _ in all_states(mongo.analytics) if state.key in roster}
    players = ((states.get(key) or PlayerState(key, key)).tracked_as(tracked) for key, tracked in roster.items())
    chosen = plan(players, slot, budget)
    return chosen, [roster[key] for key in chosen.chosen]


def _named(
    mongo: MongoResource, keys: frozenset[str], names: Sequence[str], now: datetime
) -> tuple[list[Tracked], int]:
    """Return the players who hold the names, in the roster or not; names that the game does not allow are counted."""
    entries = load_tracked(mongo.analytics, keys)
    holders = load_holders(mongo.raw, mongo.analytics, entries, names, day_of(now))
    held = {holder for key in keys if (holder := holders.now(key)) is not None}
    known = load_tracked(mongo.analytics, held)
    forms = {player_key(name): name for name in names}
    possible = sorted(key for key in held if is_possible(key))
    players = [known.get(key) or Tracked(key, str(forms.get(key, key)).strip(), (), now) for key in possible]
    return players, len(held) - len(possible)


def _run(context: dg.AssetExecutionContext, scrape: Scrape, players: list[Tracked]) -> None:
    logged = datetime.now(UTC)
    for done in scrape.run(players):
        if datetime.now(UTC) - logged >= LOG_EVERY:
            logged = datetime.now(UTC)
            context.log.info(f"{done} of {len(players)} players: {dict(scrape.tally.outcomes)}")


def _remember(mongo: MongoResource, tally: Tally) -> None:
    """Store the lists of rows that the responses had, for the catalogue."""
    if tally.rows:
        lists = [rows for rows, _ in tally.rows.most_common(5)]
        observed: list[ObservedList] = [{"skills": list(rows[0]), "activities": list(rows[1])} for rows in lists]
        save_observed(mongo.analytics, observed)
