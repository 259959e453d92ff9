"""A small world for tests: the stand-in upstream, MongoDB, and the location's assets run in this process."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import dagster as dg
from hiscores.defs.automation import ASSETS
from hiscores.domain.roster import Tracked
from hiscores.scrape import Scrape, Tally
from hiscores.settings import HiscoresSettings
from hiscores.upstream.client import HiscoresClient
from wrapped_devkit.osrs_server import FaultPlan, parse_fault
from wrapped_devkit.osrs_server.serve import StandIn
from wrapped_shared.documents import Document
from wrapped_shared.holds import HISCORES, HoldKeeper
from wrapped_shared.mongo import MongoResource
from wrapped_shared.run_config import PLAYERS, ChosenPlayers, players_config

START = datetime(2026, 3, 1, 10, tzinfo=UTC)
SNAPSHOTS_OP = "hiscores__snapshots"
GAINS_OP = "hiscores__hiscores_gains"


@dataclass
class World:
    """What a test controls and inspects."""

    stand_in: StandIn
    mongo: MongoResource

    @property
    def requests(self) -> list[str]:
        """The requests to the hiscores, as `mode player`."""
        return [
            f"{entry.path.split('/')[1].removeprefix('m=')} {entry.query['player']}"
            for entry in self.stand_in.server.log.entries("hiscores")
            if "player" in entry.query
        ]

    def faults(self, *texts: str, seed: int = 0) -> None:
        """Inject these faults from now on, and no others."""
        self.stand_in.server.faults = FaultPlan([parse_fault(text) for text in texts], seed=seed)

    def pass_time(self, **span: float) -> None:
        """Advance the stand-in's clock."""
        self.stand_in.server.clock.advance(timedelta(**span).total_seconds())

    def now(self) -> datetime:
        """The stand-in's time."""
        return datetime.fromtimestamp(self.stand_in.server.clock.now(), UTC)

    def scrape(self, names: Sequence[str], slot: datetime, *, deadline: datetime | None = None) -> Tally:
        """Scrape these players for a slot, by the stand-in's clock."""
        hold = HoldKeeper(self.mongo.analytics, HISCORES)
        with HiscoresClient.from_settings(HiscoresSettings.load(), hold) as client:
            scrape = Scrape(
                self.mongo.raw,
                self.mongo.analytics,
                client,
                slot=slot,
                kind_of=lambda name: None,
                deadline=deadline or datetime.max.replace(tzinfo=UTC),
                clock=self.now,
            )
            for _ in scrape.run([tracked(name) for name in names]):
                pass
        return scrape.tally

    def materialize(
        self,
        config: Mapping[str, Mapping[str, Any]] | None = None,
        *,
        players: Iterable[str] = (),
        selection: Iterable[str] | None = None,
        instance: dg.DagsterInstance | None = None,
    ) -> dg.ExecuteInProcessResult:
        """Materialise assets of the location in this process; all of them by default."""
        keys = None if selection is None else [dg.AssetKey(["hiscores", name]) for name in selection]
        return dg.materialize(
            ASSETS,
            resources={"mongo": self.mongo, PLAYERS: ChosenPlayers()},
            run_config={
                "ops": {name: {"config": dict(value)} for name, value in (config or {}).items()},
                **players_config(players),
            },
            selection=keys,
            raise_on_error=False,
            instance=instance,
        )

    def snapshots(self) -> dict[str, Document]:
        """All stored snapshots by `_id`."""
        return {document["_id"]: document for document in self.mongo.raw["hiscores"].find()}

    def players(self) -> dict[str, Document]:
        """All states by player."""
        return {document["_id"]: document for document in self.mongo.analytics["hiscores_players"].find()}

    def gains(self) -> dict[str, Document]:
        """All gains by `_id`."""
        return {document["_id"]: document for document in self.mongo.analytics["hiscores_gains"].find()}


def tracked(name: str, last_telemetry: datetime | None = None) -> Tracked:
    """A roster entry."""
    return Tracked(name, name, ("settings",), START, last_telemetry)


def metadata_of(result: dg.ExecuteInProcessResult, asset: str) -> dict[str, Any]:
    """The metadata values of an asset's materialisation in a run."""
    (event,) = result.asset_materializations_for_node(f"hiscores__{asset}")
    return {name: value.value for name, value in event.metadata.items()}


def checks_of(result: dg.ExecuteInProcessResult) -> dict[str, dg.AssetCheckEvaluation]:
    """The check results of a run by name."""
    return {check.check_name: check for check in result.get_asset_check_evaluations()}


def failure_of(result: dg.ExecuteInProcessResult) -> str:
    """The first failed step's message."""
    for event in result.all_events:
        if event.is_step_failure:
            data = event.step_failure_data
            if data.user_failure_data is not None:
                return str(data.user_failure_data.description)
            return str(data.error)
    return ""
