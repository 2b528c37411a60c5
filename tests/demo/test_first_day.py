"""What the people of the demo did before anybody looked, as those see it whom it concerns."""

from hub.demo.accounts import Opening, furnish
from hub.demo.first_day import _ask, _credentials, begin_day, look_over
from tests.demo.running import running_demo


async def test_no_list_begins_empty(tmp_path):
    """Two reviews, two corrections, a request that waits for its owner, a broken glass to review; done once."""
    async with running_demo(tmp_path / "city") as demo:
        furnish(demo.hub, Opening("zhaodong"))
        await begin_day(demo.hub)

        async def sees(username, question):
            return await _ask(demo.hub, question, {}, _credentials(demo.hub, username), None)

        reviews = (await sees("credit", "{ identityReviews(waiting: true) { cause } }"))["identityReviews"]
        assert {one["cause"] for one in reviews} == {"POSSIBLE", "CONFLICT"}
        corrections = (await sees("steward-market", "{ corrections(state: OPEN) { field } }"))["corrections"]
        assert {one["field"] for one in corrections} == {"Entity.contactPhone", "Entity.address"}
        waiting = await sees("steward-credit", "{ requests(state: SUBMITTED) { number } }")
        assert len(waiting["requests"]) == 1
        glass = (await sees("audit-admin", "{ emergencies { username reviewedAt } }"))["emergencies"]
        assert [one["username"] for one in glass] == ["officer"]
        await begin_day(demo.hub)
        again = (await sees("credit", "{ identityReviews(waiting: true) { cause } }"))["identityReviews"]
        assert len(again) == 2


async def test_the_board_has_a_run_of_every_source(tmp_path):
    """A person who looks at it on the first day sees what each came to."""
    async with running_demo(tmp_path / "city") as demo:
        furnish(demo.hub, Opening("zhaodong"))
        await look_over(demo.hub)
        board = "{ sources { name } qualityRuns(first: 50, each: 1) { source endedAt rows } }"
        found = await _ask(demo.hub, board, {}, _credentials(demo.hub, "audit-admin"), None)
        ended = {one["source"]: one["rows"] for one in found["qualityRuns"] if one["endedAt"]}
        assert set(ended) == {one["name"] for one in found["sources"]}
        assert ended["market"] > 2_000
