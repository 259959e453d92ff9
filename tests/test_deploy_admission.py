"""Admission policies: what is deployed passes, and each thing that a hostile team may try is refused by its own rule.

What belongs here: requests and the rule that each violates. What does not: how policies are evaluated (`admission`).
"""

import copy
import shutil
from collections.abc import Callable
from typing import Any, Final

import kubernetes_validate
import pytest
import yaml
from admission import Request, refusals
from admission_harm import (
    ACCOUNT,
    KINDS,
    KNOWN,
    LABEL,
    LABELS,
    LAUNCHERS,
    NAMES,
    OWN_RUN,
    RUNS,
    SECRETS,
    SERVICE,
    TOKEN,
    Harm,
    env_of,
    label,
)
from deploy_manifests import KUBERNETES, LOCATIONS, PROD, Thing, named, of_kind, rendered
from deploy_runs import our_launcher, run_job

pytestmark = pytest.mark.skipif(shutil.which("kubectl") is None, reason="kubectl is not installed")

DAEMON: Final = "system:serviceaccount:wrapped:dagster-daemon"
RUN: Final = "system:serviceaccount:wrapped:dagster-run"
JOBS: Final = "system:serviceaccount:kube-system:job-controller"
TEAM: Final = ("system:authenticated", "wrapped-team-hiscores")


@pytest.fixture(scope="module")
def policies() -> list[Thing]:
    """What overlays/prod/admission applies."""
    return rendered("prod/admission")


@pytest.fixture(scope="module")
def jobs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Thing]:
    """A run's Job by location; `launching` is one that creates Pods, `step` a Job that it creates."""
    launcher = our_launcher(tmp_path_factory.mktemp("kube"))
    made = {location: run_job(launcher, location) for location in LOCATIONS}
    made["launching"] = run_job(launcher, "player_stats", pod_spec_config={"automount_service_account_token": True})
    made["step"] = copy.deepcopy(made["player_stats"])
    for name, labels in (("launching", {}), ("step", {"dagster/op": "compute_part"})):
        for place in (made[name], made[name]["spec"]["template"]):
            place["metadata"]["labels"] |= {"dagster/job": "wrapped_news", **labels}
    return made


def pod_of(job: Thing) -> Thing:
    """The Pod that the job controller makes, as admission sees it: a token is a volume by then."""
    pod = {"apiVersion": "v1", "kind": "Pod", **copy.deepcopy(job["spec"]["template"])}
    if pod["spec"]["automountServiceAccountToken"]:
        token = {"serviceAccountToken": {"path": "token", "expirationSeconds": 3607}}
        pod["spec"]["volumes"].append({"name": "kube-api-access-x7x2p", "projected": {"sources": [token]}})
    return pod


def deployment(location: str = "hiscores") -> Thing:
    return named(rendered(f"prod/locations/{location}"), "Deployment", location.replace("_", "-"))


def test_policies_are_valid_for_the_newest_kubernetes_and_apply_to_the_namespace_only(policies: list[Thing]) -> None:
    for thing in policies:
        kubernetes_validate.validate(thing, kubernetes_validate.latest_version(), strict=True)
    wide = of_kind(policies, "ValidatingAdmissionPolicy", "ValidatingAdmissionPolicyBinding")
    assert not [thing for thing in wide if "namespace" in thing["metadata"]]
    assert {thing["metadata"]["namespace"] for thing in policies if thing not in wide} == {"wrapped"}
    names = {thing["metadata"]["name"] for thing in of_kind(policies, "ValidatingAdmissionPolicy")}
    assert names == {thing["spec"]["policyName"] for thing in of_kind(policies, "ValidatingAdmissionPolicyBinding")}


def test_the_registry_is_the_one_in_the_locations_overlays(policies: list[Thing]) -> None:
    settings = named(policies, "ConfigMap", "admission")["data"]
    images = {
        location: deployment(location)["spec"]["template"]["spec"]["containers"][0]["image"] for location in LOCATIONS
    }
    assert {key.removeprefix("image.") for key in settings if key.startswith("image.")} == set(LOCATIONS)
    assert all(image.startswith(settings[f"image.{location}"]) for location, image in images.items())


def test_runs_of_every_location_and_their_pods_are_admitted(policies: list[Thing], jobs: dict[str, Thing]) -> None:
    for name, job in jobs.items():
        user, pod = (RUN, "dagster-run-1-abcde") if name == "step" else (DAEMON, "")
        assert refusals(policies, Request(job, user, pod=pod)) == [], name
        assert refusals(policies, Request(pod_of(job), JOBS)) == [], name


@pytest.mark.parametrize("location", LOCATIONS)
def test_a_team_may_release_its_location(policies: list[Thing], location: str) -> None:
    service = location.replace("_", "-")
    for thing in of_kind(rendered(f"prod/locations/{location}"), "Deployment", "Service", "ConfigMap"):
        for operation in ("CREATE", "UPDATE"):
            before = {"spec": {}} if operation == "UPDATE" else None
            team = Request(thing, "ann", operation, ("system:authenticated", f"wrapped-team-{service}"), before=before)
            assert refusals(policies, team) == []


def test_what_the_platform_applies_is_admitted(policies: list[Thing]) -> None:
    proxies = yaml.safe_load_all((KUBERNETES / "components" / "oauth2-proxy" / "proxies.yaml").read_text())
    databases = of_kind(rendered("dev"), "StatefulSet")
    for thing in (*rendered(*PROD), *databases, *proxies):
        assert refusals(policies, Request(thing)) == [], thing["metadata"]["name"]


def test_what_the_policies_do_not_cover_stays_as_it_was(policies: list[Thing], jobs: dict[str, Thing]) -> None:
    bad = copy.deepcopy(jobs["hiscores"])
    bad["spec"]["template"]["spec"]["hostNetwork"] = True
    assert refusals(policies, Request(bad, DAEMON, namespace="elsewhere")) == []
    finalizer = Request(bad, "system:serviceaccount:kube-system:generic-garbage-collector", "UPDATE", before=bad)
    assert refusals(policies, finalizer) == []  # an old Job can be removed under a newer policy


@pytest.mark.parametrize("case", RUNS)
def test_a_run_that_takes_more_than_its_own_is_refused_by_its_rule(
    policies: list[Thing], jobs: dict[str, Thing], case: str
) -> None:
    rule, harm = RUNS[case]
    job = copy.deepcopy(jobs["hiscores"])
    harm(job["spec"]["template"])
    assert refusals(policies, Request(job, DAEMON)) == [rule]
    pod = pod_of(jobs["hiscores"])
    harm(pod)
    assert refusals(policies, Request(pod, JOBS)) == [rule]


@pytest.mark.parametrize("case", [name for name, (rule, _) in RUNS.items() if rule is not KNOWN])
def test_a_code_server_that_takes_more_than_its_own_is_refused_by_its_rule(policies: list[Thing], case: str) -> None:
    rule, harm = RUNS[case]
    thing = deployment()
    harm(thing["spec"]["template"])
    assert refusals(policies, Request(thing, "ann", groups=TEAM)) == [rule]


def step_as(location: str) -> Callable[[dict[str, Thing]], Request]:
    """A Job by a run's token that claims to be of a location's."""

    def request(jobs: dict[str, Thing]) -> Request:
        return Request(jobs[location], RUN, pod="dagster-run-2-abcde")

    return request


def renamed(thing: Thing, name: str) -> Thing:
    made = copy.deepcopy(thing)
    made["metadata"]["name"] = name
    return made


def deployed_with(harm: Harm, **request: Any) -> Callable[[dict[str, Thing]], Request]:
    def made(_: dict[str, Thing]) -> Request:
        thing = deployment()
        harm(thing["spec"]["template"])
        return Request(thing, "ann", groups=TEAM, **request)

    return made


def of_team(kind: str, name: str, operation: str = "CREATE", **more: Any) -> Callable[[dict[str, Thing]], Request]:
    thing = {"kind": kind, "metadata": {"name": name}, **more}
    subresource = "exec" if operation == "CONNECT" else ""
    return lambda _: Request(thing, "ann", operation, TEAM, subresource=subresource, before={"spec": {}})


SELECTOR: Final = {"app.kubernetes.io/name": "hiscores"}
OTHERS: Final[dict[str, tuple[list[str], Callable[[dict[str, Thing]], Request]]]] = {
    "a Pod that claims to be a run": ([LAUNCHERS], lambda jobs: Request(pod_of(jobs["player_stats"]), "ann")),
    "a Job that claims to be a run": ([LAUNCHERS], lambda jobs: Request(jobs["player_stats"], "ann")),
    "a step of another run": ([OWN_RUN], step_as("step")),
    "a step of another location": ([OWN_RUN], step_as("image_map")),
    "a step by a token that is bound to no Pod": ([OWN_RUN], lambda jobs: Request(jobs["step"], RUN)),
    "a step with a token": ([TOKEN], lambda jobs: Request(jobs["launching"], RUN, pod="dagster-run-1-abcde")),
    "another run's Job is deleted": (
        [OWN_RUN],
        lambda jobs: Request(jobs["hiscores"], RUN, "DELETE", pod="dagster-run-2-a"),
    ),
    "a code server is deleted": (
        [OWN_RUN],
        lambda jobs: Request(
            {"kind": "Pod", "metadata": {"name": "hiscores-1", "labels": SELECTOR}},
            RUN,
            "DELETE",
            pod="dagster-run-1-a",
        ),
    ),
    "a Pod by hand": (
        [KINDS, KNOWN],
        lambda jobs: Request({**pod_of(jobs["hiscores"]), "metadata": {"name": "x"}}, "ann", groups=TEAM),
    ),
    "a shell in the webserver": ([KINDS], of_team("Pod", "dagster-webserver-1", "CONNECT")),
    "a Secret": ([KINDS], of_team("Secret", "hiscores-secrets", "UPDATE")),
    "a wider network policy": ([KINDS], of_team("NetworkPolicy", "hiscores-runs", "UPDATE")),
    "a role": ([KINDS], of_team("Role", "dagster-run", "UPDATE")),
    "the policies' settings": ([NAMES], of_team("ConfigMap", "admission", "UPDATE")),
    "the address of PostgreSQL": ([NAMES], of_team("ConfigMap", "dagster-postgres", "UPDATE")),
    "another location is deleted": ([NAMES], of_team("Deployment", "image-map", "DELETE")),
    "another location's Service": (
        [NAMES],
        of_team("Service", "image-map", spec={"selector": {"app.kubernetes.io/name": "image-map"}}),
    ),
    "a Service to others": (
        [SERVICE],
        of_team("Service", "hiscores", spec={"selector": {"wrapped/role": "webserver"}}),
    ),
    "a Service without a selector": ([SERVICE], of_team("Service", "hiscores", spec={})),
    "a Service that takes an address": (
        [SERVICE],
        of_team("Service", "hiscores", spec={"selector": SELECTOR, "externalIPs": ["10.0.0.1"]}),
    ),
    "a Service outside": ([SERVICE], of_team("Service", "hiscores", spec={"selector": SELECTOR, "type": "NodePort"})),
    "a code server that claims to be a run": ([LAUNCHERS, ACCOUNT], deployed_with(label(LABEL, "hiscores"))),
    "a code server with the Pods of a webserver": ([LABELS], deployed_with(label("wrapped/role", "webserver"))),
    "a code server that reaches the cluster's API": ([LABELS], deployed_with(label("wrapped/launches-runs", "true"))),
    "a code server that is changed": (
        [SECRETS],
        deployed_with(env_of("image-map-secrets"), operation="UPDATE", before={"spec": {}}),
    ),
}
"""Other requests of a hostile team, and the rules that refuse each."""


@pytest.mark.parametrize("case", OTHERS)
def test_a_hostile_request_is_refused_by_its_rule(policies: list[Thing], jobs: dict[str, Thing], case: str) -> None:
    rules, request = OTHERS[case]
    assert sorted(refusals(policies, request(jobs))) == sorted(rules)


def test_a_team_may_delete_its_own_and_a_run_its_own(policies: list[Thing], jobs: dict[str, Thing]) -> None:
    assert refusals(policies, Request(deployment(), "ann", "DELETE", TEAM)) == []
    assert refusals(policies, Request(jobs["step"], RUN, "DELETE", pod="dagster-run-1-abcde")) == []


def test_every_rule_refuses_something(policies: list[Thing]) -> None:
    messages = {
        check["message"]
        for policy in of_kind(policies, "ValidatingAdmissionPolicy")
        for check in policy["spec"]["validations"]
    }
    tried = {rule for rule, _ in RUNS.values()} | {rule for rules, _ in OTHERS.values() for rule in rules}
    assert messages == tried
