"""The parts of the webserver's GraphQL API that the test uses.

What belongs here: queries and their results. What does not: expectations.
"""

from collections.abc import Mapping
from typing import Any, Final

import httpx

from cluster_check.kube import ClusterError, wait_for

_STATES: Final = """{ workspaceOrError { ... on Workspace { locationEntries { name loadStatus
  displayMetadata { key value } locationOrLoadError { __typename ... on PythonError { message className } } } } } }"""
_LAUNCH: Final = """mutation($params: ExecutionParams!) { launchPipelineExecution(executionParams: $params) {
  __typename ... on LaunchRunSuccess { run { runId } } ... on PythonError { message }
  ... on UnauthorizedError { message } ... on RunConfigValidationInvalid { errors { message } } } }"""
_RUN: Final = """query($id: ID!) { runOrError(runId: $id) { ... on Run { status startTime endTime stats {
  ... on RunStatsSnapshot { stepsSucceeded stepsFailed } } tags { key value } } } }"""
_EVENTS: Final = """query($id: ID!) { logsForRun(runId: $id, limit: 5000) { ... on EventConnection { events {
  __typename ... on MessageEvent { message stepKey eventType }
  ... on ErrorEvent { error { message causes { message } } } } } } }"""
_RUNS: Final = """query($tags: [ExecutionTag!]) { runsOrError(filter: {tags: $tags}, limit: 50) {
  ... on Runs { results { runId status jobName } } } }"""
_TICKS: Final = """query($selector: InstigationSelector!) { instigationStateOrError(instigationSelector: $selector) {
  ... on InstigationState { id status ticks(limit: 5) { status timestamp runIds } } } }"""
_START_SENSOR: Final = """mutation($selector: SensorSelector!) { startSensor(sensorSelector: $selector) {
  __typename ... on Sensor { sensorState { status } } } }"""
_STOP_SENSOR: Final = """mutation($id: String!) { stopSensor(id: $id) {
  __typename ... on StopSensorMutationResult { instigationState { status } } } }"""
_STOP_SCHEDULE: Final = """mutation($id: String!) { stopRunningSchedule(id: $id) { __typename } }"""
_GOING: Final = """{ runsOrError(filter: {statuses: [QUEUED, NOT_STARTED, STARTING, STARTED, CANCELING]}) {
  ... on Runs { results { runId } } } }"""
FINISHED: Final = {"SUCCESS", "FAILURE", "CANCELED"}


class Dagster:
    """A webserver."""

    def __init__(self, origin: str) -> None:
        self._client = httpx.Client(base_url=origin, timeout=90, trust_env=False)

    def query(self, query: str, **variables: Any) -> dict[str, Any]:
        """Send a query and return the data."""
        answer = self._client.post("/graphql", json={"query": query, "variables": variables}).json()
        if "errors" in answer:
            raise ClusterError(f"GraphQL: {answer['errors']}")
        data: dict[str, Any] = answer["data"]
        return data

    def entries(self) -> dict[str, dict[str, Any]]:
        """Return what the workspace says about each location."""
        try:
            found = self.query(_STATES)["workspaceOrError"]["locationEntries"]
        except httpx.TransportError:
            return {}
        return {entry["name"]: entry for entry in found}

    def states(self) -> dict[str, str]:
        """Return "loaded" or the error, by location."""
        states = {}
        for name, entry in self.entries().items():
            found = entry["locationOrLoadError"] or {"__typename": "loading"}
            if entry["loadStatus"] != "LOADED":
                states[name] = "loading"
            elif found["__typename"] == "RepositoryLocation":
                states[name] = "loaded"
            else:
                states[name] = f"{found.get('className')}: {str(found.get('message')).splitlines()[0][:150]}"
        return states

    def image(self, location: str) -> str:
        """Return the image that runs of a location will use."""
        entry = self.entries().get(location) or {"displayMetadata": []}
        return next((item["value"] for item in entry["displayMetadata"] if item["key"] == "image"), "")

    def launch(
        self, location: str, job: str, config: Mapping[str, Any] | None = None, tags: Mapping[str, str] | None = None
    ) -> str:
        """Launch a job as the Launchpad does; return the run's id."""
        params = {
            "selector": {
                "repositoryLocationName": location,
                "repositoryName": "__repository__",
                "jobName": job,
            },
            "mode": "default",
            "runConfigData": config or {},
            "executionMetadata": {"tags": [{"key": key, "value": value} for key, value in (tags or {}).items()]},
        }
        result = self.query(_LAUNCH, params=params)["launchPipelineExecution"]
        if result["__typename"] != "LaunchRunSuccess":
            raise ClusterError(f"launching {job}: {result}")
        return str(result["run"]["runId"])

    def run(self, run_id: str) -> dict[str, Any]:
        """Return a run."""
        found: dict[str, Any] = self.query(_RUN, id=run_id)["runOrError"]
        return found

    def finished(self, run_id: str, patience: float = 420) -> str:
        """Wait for the end of a run; return its status."""
        status = wait_for(
            f"the end of run {run_id}", lambda: {self.run(run_id)["status"]} & FINISHED, patience, pause=2
        )
        return status.pop()

    def succeeded(self, run_id: str, patience: float = 420) -> None:
        """Wait until a run has succeeded.

        Raises:
            ClusterError: it ended otherwise; its last messages.
        """
        status = self.finished(run_id, patience)
        if status != "SUCCESS":
            said = [f"{event.get('stepKey') or ''} {event.get('message')}" for event in self.events(run_id)]
            raise ClusterError(f"run {run_id}: {status}\n" + "\n".join(said[-12:])[-2500:])

    def events(self, run_id: str) -> list[dict[str, Any]]:
        """Return the events of a run."""
        return list(self.query(_EVENTS, id=run_id)["logsForRun"]["events"])

    def errors(self, run_id: str) -> list[str]:
        """Return the errors that the UI shows for a run, each with its causes."""
        found = [event["error"] for event in self.events(run_id) if event.get("error")]
        return [part["message"] for error in found for part in (error, *error["causes"])]

    def runs(self, **tags: str) -> list[dict[str, Any]]:
        """Return the newest runs with tags; a dot stands for a slash's `dagster/`."""
        wanted = [{"key": f"dagster/{key}", "value": value} for key, value in tags.items()]
        return list(self.query(_RUNS, tags=wanted)["runsOrError"]["results"])

    def ticks(self, location: str, name: str) -> list[dict[str, Any]]:
        """Return the newest ticks of a schedule or sensor."""
        return list(self._automation(location, name).get("ticks", []))

    def switch_sensor(self, location: str, name: str, *, on: bool) -> None:
        """Switch a sensor on or off, as a person does.

        Raises:
            ClusterError: it is not switched.
        """
        if on:
            selector = {"repositoryLocationName": location, "repositoryName": "__repository__", "sensorName": name}
            said = self.query(_START_SENSOR, selector=selector)["startSensor"]
        else:
            said = self.query(_STOP_SENSOR, id=self._automation(location, name)["id"])["stopSensor"]
        if self._automation(location, name).get("status") != ("RUNNING" if on else "STOPPED"):
            raise ClusterError(f"switching {name}: {said}")

    def stop_schedule(self, location: str, name: str) -> None:
        """Switch a schedule off, as a person does.

        Raises:
            ClusterError: it is not switched.
        """
        said = self.query(_STOP_SCHEDULE, id=self._automation(location, name)["id"])["stopRunningSchedule"]
        if self._automation(location, name).get("status") != "STOPPED":
            raise ClusterError(f"switching {name}: {said}")

    def none_going(self) -> bool:
        """Whether no run is queued or going."""
        return not self.query(_GOING)["runsOrError"]["results"]

    def _automation(self, location: str, name: str) -> dict[str, Any]:
        """Return the state of a schedule or sensor."""
        selector = {"repositoryLocationName": location, "repositoryName": "__repository__", "name": name}
        found: dict[str, Any] = self.query(_TICKS, selector=selector)["instigationStateOrError"]
        return found
