"""The wiki and the price service on hold: nothing is requested, nothing fails, pictures stay, and it is reported."""

from datetime import UTC, datetime, timedelta

import pytest
from image_map_world import World
from test_image_assets import MOBS, checks_of, metadata_of, run


def put_hold(world: World, upstream: str, **ahead: float) -> None:
    hold = {"_id": upstream, "not_before": datetime.now(UTC) + timedelta(**ahead), "reason": "HTTP 429"}
    world.analytics.upstream_holds.replace_one({"_id": upstream}, hold, upsert=True)


@pytest.mark.slow
def test_the_other_steps_and_the_next_runs_honour_the_wikis_retry_after(wiki_environment: World) -> None:
    world = wiki_environment
    world.report(mobs=MOBS)
    world.server.retry_after_seconds = 7_200
    world.faults("429")
    first = run(world)
    assert first.success
    assert len(world.requested()) == 1, "the pictures' step sends nothing either"
    world.faults()
    ops = {"image_map__stat_images": {"config": {"subjects": ["npc:Goblin#5"]}}}
    for again in (run(world), run(world, ops)):
        assert again.success
        assert "wiki is on hold until" in metadata_of(again, "stat_images")["hold"]
        assert "Retry-After of 7200 s" in metadata_of(again, "wiki_rows")["hold"]
        checks = checks_of(again)
        assert (checks["wiki_rows:upstream_hold"], checks["stat_images:upstream_hold"]) == (False, False)
    assert len(world.requested()) == 1
    put_hold(world, "wiki", seconds=-1)
    after = run(world)
    assert checks_of(after)["stat_images:upstream_hold"]
    assert world.file("npc:Goblin#5") == "File:Goblin (level 5).png"
    assert world.analytics.upstream_holds.count_documents({}) == 0


@pytest.mark.slow
def test_pictures_stay_while_the_wiki_is_on_hold(wiki_environment: World) -> None:
    world = wiki_environment
    world.report(mobs=MOBS)
    run(world)
    before = world.entry("npc:Goblin#5")
    put_hold(world, "wiki", hours=1)
    world.server.log.clear()
    result = run(world, {"image_map__wiki_rows": {"config": {"refresh": True}}})
    assert result.success
    assert world.requested() == []
    assert world.entry("npc:Goblin#5") == before
    assert metadata_of(result, "stat_images")["kept_though_the_wiki_gave_none"] > 0


@pytest.mark.slow
@pytest.mark.parametrize(("held", "requested"), [("prices", "/api.php"), ("wiki", "/api/v1/osrs/mapping")])
def test_each_upstream_has_its_own_hold(wiki_environment: World, held: str, requested: str) -> None:
    world = wiki_environment
    world.report(mobs=MOBS, items=[424_242])
    put_hold(world, held, hours=1)
    result = run(world)
    assert result.success
    assert {path for path in world.requested() if not path.startswith("/images/")} == {requested}
    assert held in metadata_of(result, "wiki_rows")["hold"]
    assert checks_of(result)["wiki_rows:upstream_hold"] is False
