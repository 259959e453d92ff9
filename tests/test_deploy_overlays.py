"""Overlays and components: each matches its name, and adds what the documentation says.

What belongs here: what overlays share and where they differ. What does not: rules for every object
(`test_deploy_policy`), who may reach whom (`test_deploy_access`).
"""

import re
import shutil
from pathlib import Path

import deploy_manifests as rules
import pytest
import yaml
from cluster_check.kube import current_overlays
from deploy_manifests import DEV, KUBERNETES, LOCATIONS, PROD, ROOT, SERVICES, TEST, Thing, named, rendered

pytestmark = pytest.mark.skipif(shutil.which("kubectl") is None, reason="kubectl is not installed")


def test_the_instance_and_the_workspace_are_those_of_every_deployment() -> None:
    ours = yaml.safe_load((KUBERNETES / "base" / "system" / "dagster.yaml").read_text())
    theirs = yaml.safe_load((ROOT / "deploy" / "dagster.yaml").read_text())
    for instance in (ours, theirs):
        assert instance.pop("run_launcher")
    theirs["run_monitoring"]["start_timeout_seconds"] = 300  # a Pod may have to wait for a node
    assert ours == theirs
    assert ours == yaml.safe_load((KUBERNETES / "base" / "system" / "dagster-readonly.yaml").read_text())
    tables = yaml.safe_load((KUBERNETES / "base" / "migrate" / "dagster.yaml").read_text())
    assert tables == {key: ours[key] for key in ("storage", "telemetry")}
    assert (KUBERNETES / "base" / "system" / "workspace.yaml").read_text() == (
        ROOT / "deploy" / "workspace.yaml"
    ).read_text()


def not_its_own(name: str, things: list[Thing], system: list[Thing]) -> list[str]:
    """What a team applies beyond its own: objects of the system, or with a name that is not its location's."""
    theirs = {(thing["kind"], thing["metadata"]["name"]) for thing in system}
    objects = [(thing["kind"], thing["metadata"]["name"]) for thing in things]
    return [found for kind, found in objects if (kind, found) in theirs or not found.startswith(name.replace("_", "-"))]


@pytest.mark.parametrize("name", LOCATIONS)
def test_a_team_applies_only_its_own_objects(name: str) -> None:
    things, system = rendered(f"prod/locations/{name}"), rendered("prod/system", "prod/migrate")
    assert not not_its_own(name, things, system)
    assert not_its_own(name, [*things, named(system, "Deployment", "dagster-daemon")], system) == ["dagster-daemon"]


def other_images(things: list[Thing]) -> list[str]:
    """Code servers whose runs would use a different image from the one with their definitions."""
    servers = [thing for thing in rules.of_kind(things, "Deployment") if thing["metadata"]["name"] in SERVICES]
    images = {}
    for thing in servers:
        served = thing["spec"]["template"]["spec"]["containers"][0]
        env = {item["name"]: item.get("value") for item in served["env"]}
        images[thing["metadata"]["name"]] = (env["DAGSTER_CURRENT_IMAGE"], served["image"])
    assert sorted(images) == sorted(SERVICES)
    return [name for name, (current, image) in images.items() if current != image]


def test_runs_use_the_image_of_their_definitions() -> None:
    for overlay in ("prod", "test-1.20"):
        assert not other_images(rendered(*(f"{overlay}/locations/{name}" for name in LOCATIONS)))
    things = rendered("dev")
    assert not other_images(things)
    named(things, "Deployment", "hiscores")["spec"]["template"]["spec"]["containers"][0]["image"] = (
        "wrapped-hiscores:another"
    )
    assert other_images(things) == ["hiscores"]


def without_what_an_old_api_needs(things: list[Thing]) -> list[Thing]:
    """The objects without code server probes, images, versions, addresses of databases, and setting values."""
    for thing in things:
        if thing["kind"] == "PodDisruptionBudget":
            thing["apiVersion"] = "policy"
        if thing["kind"] == "Deployment":
            thing["spec"].pop("replicas")
    for where, found in rules.containers(things):
        found.pop("image")
        if "code-server" in where:
            for probe in ("startupProbe", "readinessProbe", "livenessProbe"):
                assert found[probe].pop("tcpSocket", {"port": 4000})["port"] == 4000
                found[probe].pop("grpc", None)
        found["env"] = [item for item in found["env"] if item["name"] != "DAGSTER_CURRENT_IMAGE"]
    for thing in rules.of_kind(things, "ConfigMap"):
        thing["data"] = sorted(thing["data"])
    for thing in rules.of_kind(things, "NetworkPolicy"):
        if "labels" in thing["metadata"]:
            thing["spec"]["egress"][1].pop("to")  # where the databases are (`test_deploy_access`)
    kept = [thing for thing in things if thing["kind"] not in {"Namespace", "ResourceQuota", "LimitRange"}]
    return sorted(kept, key=lambda thing: (thing["kind"], thing["metadata"]["name"]))


def test_the_old_api_overlay_changes_only_probes_and_versions() -> None:
    budgets = rules.of_kind(rendered(*TEST), "PodDisruptionBudget")
    assert {budget["apiVersion"] for budget in budgets} == {"policy/v1beta1"}
    old, new = (without_what_an_old_api_needs(rendered(*overlays)) for overlays in (TEST, PROD))
    assert old == new
    old[0]["metadata"]["labels"] = {"changed": "true"}
    assert old != new


def test_on_a_current_cluster_the_test_deploys_what_production_has(tmp_path: Path) -> None:
    folder = current_overlays(tmp_path)
    things = [found for overlay in TEST for found in yaml.safe_load_all(rules.kustomized(folder / overlay)) if found]
    assert {budget["apiVersion"] for budget in rules.of_kind(things, "PodDisruptionBudget")} == {"policy/v1"}
    servers = [found for where, found in rules.containers(things) if "code-server" in where]
    assert len(servers) == len(LOCATIONS)
    assert all("grpc" in found["readinessProbe"] for found in servers)


def nameless_ports(things: list[Thing]) -> list[str]:
    """Policy ports without a protocol: the API server adds one, so every apply would change the object."""
    found = []
    for policy in rules.of_kind(things, "NetworkPolicy"):
        allowed = [rule for way in ("ingress", "egress") for rule in policy["spec"].get(way, [])]
        ports = [port for rule in allowed for port in rule["ports"]]
        found += [policy["metadata"]["name"] for port in ports if "protocol" not in port]
    return found


def test_applying_again_changes_nothing_because_every_port_names_its_protocol() -> None:
    things = rendered(*PROD, *DEV, *TEST)
    assert not nameless_ports(things)
    del rules.of_kind(things, "NetworkPolicy")[-1]["spec"]["egress"][0]["ports"][0]["protocol"]
    assert nameless_ports(things)


def documented(tmp_path: Path, heading: str, page: str = "deploying.md") -> list[Thing]:
    """Render the system's production overlay with the lines that a page of the documentation gives under a heading."""
    text = (ROOT / "docs" / page).read_text()
    section = text.split(f"## {heading}\n")[1].split("\n## ")[0]
    additions = yaml.safe_load(section.split("```yaml\n")[1].split("```")[0])
    copy = tmp_path / "kubernetes"
    shutil.copytree(KUBERNETES, copy)
    overlay = copy / "overlays" / "prod" / "system"
    file = overlay / "kustomization.yaml"
    there = yaml.safe_load(file.read_text())
    for key, lines in additions.items():
        there[key] = there.get(key, []) + lines
    file.write_text(yaml.safe_dump(there).replace("<your registry>", "registry.example"))
    return [found for found in yaml.safe_load_all(rules.kustomized(overlay)) if found]


def test_the_documented_login_is_in_front_of_both_webservers(tmp_path: Path) -> None:
    things = documented(tmp_path, "A login")
    without = rendered("prod/system")
    added = {(thing["kind"], thing["metadata"]["name"]) for thing in things} - {
        (thing["kind"], thing["metadata"]["name"]) for thing in without
    }
    assert {kind for kind, _ in added} == {"ConfigMap", "Deployment", "Service", "NetworkPolicy"}
    assert (
        named(things, "ConfigMap", "oauth2-proxy")["data"]["OAUTH2_PROXY_OIDC_ISSUER_URL"] == "https://<your provider>"
    )
    images = {where.split()[1]: container["image"] for where, container in rules.containers(things)}
    proxies = {image for name, image in images.items() if name.startswith("oauth2-proxy")}
    assert proxies == {"registry.example/oauth2-proxy@sha256:<its digest>"}
    system = {image for name, image in images.items() if name.startswith("dagster")}
    assert all(re.fullmatch(r"registry\.example/wrapped/system@sha256:[0-9a-f]{64}", image) for image in system)
    for rule in (rules.not_restricted, rules.without_resources, rules.without_policy, rules.with_token):
        assert rule(things) == []
    assert rules.open_secrets(things) == []


def test_the_documented_alerts_allow_egress_for_code_servers_only(tmp_path: Path) -> None:
    things = documented(tmp_path, "Alerts")
    added = [thing for thing in things if thing["metadata"]["name"] == "alerts"]
    assert [thing["kind"] for thing in added] == ["NetworkPolicy"]
    assert added[0]["metadata"]["namespace"] == "wrapped"
    assert added[0]["spec"]["podSelector"] == {"matchLabels": {"wrapped/role": "code-server"}}
    scraper = named(rendered("prod/locations/hiscores"), "NetworkPolicy", "hiscores-runs")["spec"]["egress"]
    assert added[0]["spec"]["egress"] == scraper[-1:]
    for name in SERVICES:
        served = named(rendered(f"prod/locations/{name.replace('-', '_')}"), "Deployment", name)
        env = {item["name"]: item for item in served["spec"]["template"]["spec"]["containers"][0]["env"]}
        reference = env["WRAPPED_ALERT_WEBHOOK"]["valueFrom"]["secretKeyRef"]
        assert reference == {"name": "wrapped-alerts", "key": "WRAPPED_ALERT_WEBHOOK", "optional": True}


def with_component(tmp_path: Path, overlay: str, component: str) -> list[Thing]:
    """Render an overlay with a component added."""
    copy = tmp_path / "kubernetes"
    shutil.copytree(KUBERNETES, copy, dirs_exist_ok=True)
    file = copy / "overlays" / overlay / "kustomization.yaml"
    there = yaml.safe_load(file.read_text())
    up = "/".join([".."] * (1 + len(Path(overlay).parts)))
    there["components"] = [*there.get("components", []), f"{up}/components/{component}"]
    file.write_text(yaml.safe_dump(there))
    return [found for found in yaml.safe_load_all(rules.kustomized(file.parent)) if found]


@pytest.mark.parametrize("overlay", ["prod/system", "prod/migrate"])
def test_with_database_tls_every_process_verifies_the_name_of_postgresql(overlay: str, tmp_path: Path) -> None:
    things = with_component(tmp_path, overlay, "database-tls")
    settings = named(things, "ConfigMap", "dagster-postgres")["data"]
    assert settings["PGSSLMODE"] == "verify-full"
    folder, file = settings["PGSSLROOTCERT"].rsplit("/", 1)
    assert file == "ca.crt"
    assert settings["DAGSTER_PG_HOST"] == "postgres"
    assert not without_the_ca(things, folder)


def without_the_ca(things: list[Thing], folder: str) -> list[str]:
    """Pods of ours that do not mount the CA, which may be absent, where the settings say."""
    volume = {"name": "database-ca", "configMap": {"name": "database-ca", "optional": True}}
    mount = {"name": "database-ca", "mountPath": folder, "readOnly": True}
    wrong = []
    for where, spec in rules.pod_specs(things):
        ours = [container for container in spec["containers"] if "wrapped" in container["image"]]
        if ours and (volume not in spec["volumes"] or any(mount not in one["volumeMounts"] for one in ours)):
            wrong.append(where)
    return wrong


def test_every_process_and_every_run_can_read_the_ca_of_the_databases() -> None:
    folder = "/etc/wrapped/database-ca"
    things = rendered(*PROD)
    assert not without_the_ca(things, folder)
    assert not without_the_ca(rendered(*DEV), folder)
    launcher = yaml.safe_load((KUBERNETES / "base" / "system" / "dagster.yaml").read_text())["run_launcher"]
    runs = launcher["config"]["run_k8s_config"]
    volume = {"name": "database-ca", "config_map": {"name": "database-ca", "optional": True}}
    assert volume in runs["pod_spec_config"]["volumes"]
    mount = {"name": "database-ca", "mount_path": folder, "read_only": True}
    assert mount in runs["container_config"]["volume_mounts"]
    del named(things, "Deployment", "hiscores")["spec"]["template"]["spec"]["volumes"][-1]
    assert without_the_ca(things, folder)
