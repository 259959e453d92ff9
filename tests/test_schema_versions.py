"""Each kind of document has a schema version of its own; raising one leaves the documents of other kinds alone."""

import pytest
from hiscores.store.gains import players_behind
from player_stats.domain.days import day_document
from player_stats.domain.running_merges import MONTHS, RunningMerge, from_document
from wrapped_devkit.contract.collections import ANALYTICS, RAW
from wrapped_shared import collections as names
from wrapped_shared.forgotten import Forgotten
from wrapped_shared.mongo import MongoResource
from wrapped_shared.tenures import Tenures
from wrapped_shared.version import OLDER_DOCUMENTS, SCHEMA_VERSIONS


def test_every_kind_with_a_version_has_its_own() -> None:
    versioned = {
        collection
        for collection, models in {**ANALYTICS, **RAW}.items()
        if all("schema_version" in model.model_fields for model in models)
    }
    assert versioned - SCHEMA_VERSIONS.keys() == set()
    assert SCHEMA_VERSIONS.keys() <= {*ANALYTICS, *RAW}


def test_each_model_says_what_becomes_of_its_own_older_documents() -> None:
    assert OLDER_DOCUMENTS.keys() == SCHEMA_VERSIONS.keys()
    for collection, models in {**ANALYTICS, **RAW}.items():
        for field in (model.model_fields.get("schema_version") for model in models):
            assert field is None or OLDER_DOCUMENTS[collection] in (field.description or ""), collection


def test_a_new_version_of_the_gains_rebuilds_gains_and_nothing_of_the_telemetry(
    contract_mongo: MongoResource, monkeypatch: pytest.MonkeyPatch
) -> None:
    merge = RunningMerge(MONTHS, "2024", "2024-06", None).document("ann")
    day = day_document("ann", "2024-05-01", {})
    gains = {"_id": "all/ann", "player_key": "ann", "period": "all", "to": None}
    version = SCHEMA_VERSIONS[names.HISCORES_GAINS]
    contract_mongo.analytics[names.HISCORES_GAINS].insert_one({**gains, "schema_version": version})
    assert players_behind(contract_mongo.analytics, Tenures(()), Forgotten(())) == []
    monkeypatch.setitem(SCHEMA_VERSIONS, names.HISCORES_GAINS, version + 1)
    assert players_behind(contract_mongo.analytics, Tenures(()), Forgotten(())) == ["ann"]
    assert from_document(merge) is not None
    assert day_document("ann", "2024-05-01", {}) == day
    monkeypatch.setitem(SCHEMA_VERSIONS, names.PLAYER_MERGES, SCHEMA_VERSIONS[names.PLAYER_MERGES] + 1)
    assert from_document(merge) is None
