"""Scenes that turn an empty cluster into a deployment."""

import json
from typing import Final

from deploy_manifests import LOCATIONS, SERVICES
from deployed_processes import PASSWORD
from older_tables import OLDER, make_older_tables, newest_revision, revision

from cluster_check import data, kube
from cluster_check.dagster_api import Dagster
from cluster_check.report import Report
from cluster_check.servers import POSTGRES_HOST, Servers, names_in_cluster

_THINGS: Final = ("pods", "pods/exec", "pods/log", "secrets", "configmaps", "jobs.batch", "deployments.apps", "events")


def come_up(report: Report, found: Servers) -> str:
    """Apply everything, as docs/deploying.md says; return the id of a run that an older Dagster left."""
    with report.scene("Telemetry in MongoDB") as scene:
        scene.notes.append(
            f"{data.load(found.uri):,} events of {data.PLAYERS} players on {data.DAYS} days, "
            f"and of {data.PASSERS_BY} who passed by on the last one"
        )
    with report.scene("Namespace, Services of the databases, Secrets") as scene:
        kube.kubectl("apply", "-k", str(kube.OVERLAYS / "prod" / "namespace"), namespace=None)
        scene.notes.append(f"{len(kube.apply(names_in_cluster(found)))} objects")
    with report.scene("`dagster instance migrate` as a Job, on tables of an older Dagster with a run in them") as scene:
        older_run = make_older_tables(found.folder / "older", POSTGRES_HOST)
        kube.apply(kube.render("test-1.20/migrate"))
        kube.kubectl("wait", "--for=condition=complete", "job/dagster-migrate", "--timeout=240s", patience=260)
        now = revision(POSTGRES_HOST)
        data.must(now == newest_revision(), f"the tables have revision {now}")
        scene.notes.append(f"the tables were migrated from revision {OLDER} to {now}, the newest")
    with report.scene("System applied: two webservers and the daemon available") as scene:
        scene.notes.append(f"{len(kube.apply(kube.render('test-1.20/system')))} objects")
        kube.rolled_out("dagster-webserver", "dagster-webserver-readonly", "dagster-daemon")
    for location in LOCATIONS:
        with report.scene(f"Location `{location}` applied alone") as scene:
            changed = kube.apply(kube.render(f"test-1.20/locations/{location}"))
            kube.rolled_out(location.replace("_", "-"))
            scene.notes.append(f"{len(changed)} objects: {', '.join(changed)}")
    return older_run


def workspace_loads(report: Report, dagster: Dagster, older_run: str) -> None:
    """Wait until every location is loaded by its Service's name."""
    with report.scene("The workspace is loaded by the names of Services") as scene:
        wanted = dict.fromkeys(LOCATIONS, "loaded")
        kube.wait_for("the workspace", lambda: dagster.states() == wanted or None, 120)
        scene.notes += [f"`{name}` loaded, runs use `{dagster.image(name)}`" for name in LOCATIONS]
        status = dagster.run(older_run).get("status")
        data.must(status == "SUCCESS", f"the run from before the migration: {status}")
        scene.notes.append("the run from before the migration is shown")


def onlookers_look_only(report: Report, port: int) -> None:
    """The read-only webserver shows everything and changes nothing, without a token."""
    title = "The read-only webserver shows everything and launches nothing"
    with report.scene(title) as scene, kube.forwarded("dagster-webserver-readonly", port) as origin:
        onlooker = Dagster(origin)
        wanted = dict.fromkeys(LOCATIONS, "loaded")
        kube.wait_for("the read-only workspace", lambda: onlooker.states() == wanted or None, 120)
        shown = onlooker.query("{ instance { info } }")["instance"]["info"]
        data.must("run_coordinator" in shown and PASSWORD not in shown, f"the instance's configuration: {shown}")
        scene.notes.append("the configuration of the instance is shown, without its password")
        try:
            onlooker.launch("hiscores", "hiscores_scrape")
        except kube.ClusterError as refused:
            scene.notes.append(f"a launch is rejected: {str(refused)[:160]}")
            data.must("Unauthorized" in str(refused), f"rejected for another reason: {refused}")
        else:
            raise kube.ClusterError("the read-only webserver launched a run")


def code_servers_may_nothing(report: Report) -> None:
    """Code servers have no permissions, no token, an unprivileged user id and a read-only root file system."""
    with report.scene("RBAC: code servers may do nothing") as scene:
        checks = 0
        for service in SERVICES:
            account = f"--as=system:serviceaccount:{kube.NAMESPACE}:{service}"
            listed = kube.kubectl("auth", "can-i", "--list", "--no-headers", account)
            rules = [line for line in listed.splitlines() if line.split()[0] in {*_THINGS, "*.*", "*"}]
            data.must(not rules, f"{service} may: {rules}")
            for verb, thing in (("create", "jobs.batch"), ("get", "secrets"), ("delete", "pods"), ("list", "pods")):
                checks += 1
                data.must(_refused(verb, thing, account), f"{service} may {verb} {thing}")
        scene.notes.append(f"{checks} calls of `kubectl auth can-i`: all denied")
    with report.scene("Containers are what the manifests say") as scene:
        program = (
            "import json,os\n"
            "def writes(path):\n"
            "    try: open(path + '/probe', 'w').close(); os.remove(path + '/probe'); return True\n"
            "    except OSError: return False\n"
            "status = dict(l.split(':\\t', 1) for l in open('/proc/1/status').read().splitlines() if ':\\t' in l)\n"
            "print(json.dumps({'uid': os.getuid(), 'caps': status['CapEff'].strip(), 'nnp': status['NoNewPrivs'],\n"
            "  'seccomp': status['Seccomp'], 'rss': status['VmRSS'].split()[0],\n"
            "  'postgres': sum(line.split()[2].endswith(':1538') and line.split()[3] == '01'\n"
            "      for line in open('/proc/net/tcp')),\n"
            "  'token': os.path.exists('/var/run/secrets/kubernetes.io'),\n"
            "  'root': writes('/') or writes('/app'), 'tmp': writes('/tmp')}))"
        )
        for service in (*SERVICES, "dagster-webserver", "dagster-webserver-readonly", "dagster-daemon"):
            seen = json.loads(kube.python_in(f"deployment/{service}", program))
            secure = seen["uid"] == 10001 and int(seen["caps"], 16) == 0 and seen["nnp"].strip() == "1"
            secure = secure and seen["tmp"] and not seen["root"] and seen["seccomp"].strip() == "2"
            data.must(secure, f"{service}: {seen}")
            has_token = service in {"dagster-webserver", "dagster-daemon"}
            data.must(seen["token"] == has_token, f"{service}: token {seen['token']}")
            scene.notes.append(
                f"`{service}`: {int(seen['rss']) / 1024:.0f} MiB resident, {seen['postgres']} connections to "
                "PostgreSQL, uid 10001, no capability"
            )


def _refused(verb: str, thing: str, account: str) -> bool:
    try:
        return kube.kubectl("auth", "can-i", verb, thing, account).strip() == "no"
    except kube.ClusterError:  # its exit status for "no"
        return True
