"""The assumptions that the cluster test makes about the repository, checked without a cluster."""

import json
import os
import subprocess
import sys

from cluster_check.images import NEW_FIELD, NEXT_SCHEMA, next_release
from cluster_check.shards import MAP, REDUCE
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
