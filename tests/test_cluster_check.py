"""The assumptions that the cluster test makes about the repository, checked without a cluster."""

import json
import os
import subprocess
import sys

import yaml
from admission import Request, refusals
from admission_harm import IMAGE, OWN_RUN
from cluster_check.current import claims_of, for_tags, step_job
from cluster_check.images import NEW_FIELD, NEXT_SCHEMA, next_release
from cluster_check.shards import MAP, REDUCE
from deploy_manifests import KUBERNETES, kustomized, named, rendered
from player_stats.defs.news import wrapped_news
from wrapped_shared.models.hiscores import HiscoresGains

_CONTRACT = """
import json
from wrapped_shared.collections import HISCORES_GAINS
from wrapped_shared.models.hiscores import HiscoresGains
from wrapped_shared.version import SCHEMA_VERSIONS
print(json.dumps([SCHEMA_VERSIONS[HISCORES_GAINS], sorted(HiscoresGains.model_fields)]))
"""


def test_the_next_release_of_hiscores_adds_one_field_to_the_contract() -> None:
    with next_release() as context:
        environment = {**os.environ, "PYTHONPATH": str(context / "shared/wrapped_shared/src")}
        found = subprocess.run(
            [sys.executable, "-c", _CONTRACT], env=environment, capture_output=True, text=True, check=True
        )
    assert json.loads(found.stdout) == [NEXT_SCHEMA, sorted([*HiscoresGains.model_fields, NEW_FIELD])]


def test_the_steps_that_are_counted_and_killed_are_steps_of_the_job() -> None:
    assert {MAP, REDUCE} <= {node.name for node in wrapped_news.nodes}


def test_the_policies_of_the_test_admit_its_images_and_a_step_of_the_same_run_only() -> None:
    text = for_tags(kustomized(KUBERNETES / "overlays" / "prod" / "admission"))
    policies = [thing for thing in yaml.safe_load_all(text) if thing]
    things = rendered("test-1.20/locations/player_stats")
    server = named(things, "Deployment", "player-stats")
    assert refusals(policies, Request(server)) == []
    run = "system:serviceaccount:wrapped:dagster-run"
    template = server["spec"]["template"]["spec"]
    for run_id, refused in (("1", []), ("2", [OWN_RUN])):
        assert refusals(policies, Request(step_job(run_id, template), run, pod="dagster-run-1-probe")) == refused
    template["containers"][0]["image"] = "registry.example/wrapped/player-stats:test"
    assert refusals(policies, Request(server)) == [IMAGE]


def test_the_claims_of_a_token_are_read() -> None:
    assert claims_of("e30.eyJleHAiOjV9.x") == {"exp": 5}
