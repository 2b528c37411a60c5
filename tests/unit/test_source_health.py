"""How the sources are, as callers read it: states and ages for all, how they run for administrators, /status for anybody."""

from collections.abc import MutableMapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import cast

import pytest

from adapters.base import Adapter, SourceDown, SourceError, SourceTimeout
from adapters.wrap.stack import wrap
from auth.access import Policy
from auth.admission import Credentials
from hub.fetch import Source
from tests.golden.folder import NOW, Step
from tests.golden.world import World, open_world

ASKED = Step(text='query { entity(uscc: "91231282MA9X0A019P") { name licences { kind provenance { asOf } } } }')
BOTH = Step(text='query { entity(uscc: "91231282MA9X0A019P") { licences { kind } penalties { decisionNo } } }')
TOLD = """
query {
  sources {
    name state since lastAnsweredAt asOf lagDays
    records { record asOf lagDays }
    operations {
      resting failuresInARow lastFailedAt lastFailureCode lastFailure lastFailureMeansEn toDoEn limitMs calls failures turnedAway medianMs p95Ms
    }
  }
}
"""
ADMIN = {"client": "admin", "purpose": "OPERATIONS"}


@dataclass
class Ailing:
    """A source with a switch: it fails with `fault` while there is one."""

    inner: Adapter
    fault: SourceError | None = None

    @property
    def abilities(self):
        """Those of the source itself."""
        return self.inner.abilities

    async def fetch(self, ask):
        """As the source itself, or fail."""
        self._ail()
        return await self.inner.fetch(ask)

    async def search(self, ask):
        """As the source itself, or fail."""
        self._ail()
        return await self.inner.search(ask)

    async def count(self, ask):
        """As the source itself, or fail."""
        self._ail()
        return await self.inner.count(ask)

    async def check(self):
        """As the source itself, or fail."""
        self._ail()
        await self.inner.check()

    async def aclose(self):
        """Nothing is held open."""

    def _ail(self):
        if self.fault is not None:
            raise self.fault


def ail(world: World, name: str, **changed: object) -> Ailing:
    """Put a switch into a source, inside wrappers that keep its book."""
    sources = cast("MutableMapping[str, Source]", world.hub.sources)
    options = next(options for options in world.hub.settings.sources if options.name == name)
    ailing = Ailing(sources[name].adapter)
    wrapped = wrap(ailing, options.model_copy(update=changed), sources[name].health)
    sources[name] = replace(sources[name], adapter=wrapped)
    return ailing


async def told(world, name, **who):
    """The line of one source."""
    answer = (await world.ask(replace(Step(text=TOLD), **who))).json()
    return next(line for line in answer["data"]["sources"] if line["name"] == name)


async def status(world, name):
    """What /status says, as a whole and of one source."""
    body = (await world.client.get("/status")).json()
    return body["status"], next(line for line in body["sources"] if line["name"] == name)


async def test_a_source_that_answers(tmp_path):
    """After a question the state is known, with the minute of the last answer and the newest data time given."""
    async with open_world(tmp_path) as world:
        assert (await told(world, "health"))["state"] == "UNKNOWN"
        await world.ask(replace(ASKED, now=NOW + timedelta(seconds=42)))
        line = await told(world, "health")
        assert (line["state"], line["lastAnsweredAt"]) == ("ANSWERING", "2026-11-23T10:00:00+08:00")
        assert line["since"] == "2026-11-23T10:00:42+08:00"
        assert (line["asOf"], line["lagDays"]) == ("2026-11-01T00:00:00+08:00", 22)
        assert line["records"] == [{"record": "Licence", "asOf": line["asOf"], "lagDays": 22}]
        whole, shown = await status(world, "health")
        assert (whole, shown["stateLabel"], shown["asOf"]) == ("ok", "正常应答", line["asOf"])
        assert (await status(world, "market"))[1]["asOf"] is None


async def test_lag_goes_with_the_clock(tmp_path):
    """Ten days later the same data is ten days older."""
    async with open_world(tmp_path) as world:
        await world.ask(ASKED)
        assert (await told(world, "health", now=NOW + timedelta(days=10)))["lagDays"] == 32
        assert (await told(world, "health", now=NOW - timedelta(days=60)))["lagDays"] == 0


async def test_an_open_source(tmp_path):
    """A source that keeps failing is said to be open, to everybody; why, how often and since when, to administrators."""
    async with open_world(tmp_path) as world:
        market = ail(world, "market", breaker_failures=1, attempts=1)
        market.fault = SourceTimeout("no session became free in time")
        await world.ask(ASKED)
        answer = (await world.ask(ASKED)).json()
        assert {one["extensions"]["code"] for one in answer["errors"]} == {"SOURCE_DOWN"}
        line = await told(world, "market")
        assert (line["state"], line["operations"]) == ("OPEN", None)
        seen = (await told(world, "market", **ADMIN))["operations"]
        assert seen["resting"] == ["Licence", "Penalty"]
        assert (seen["lastFailureCode"], seen["lastFailure"]) == ("SOURCE_TIMEOUT", "no session became free in time")
        assert (seen["calls"], seen["failures"], seen["failuresInARow"], seen["turnedAway"]) == (1, 1, 1, 0)
        assert seen["lastFailureMeansEn"] == f"it did not answer within {seen['limitMs']} ms"
        assert seen["toDoEn"]
        assert seen["lastFailedAt"] == "2026-11-23T10:00:00+08:00"
        assert 0 <= seen["medianMs"] <= seen["p95Ms"]
        whole, shown = await status(world, "market")
        assert (whole, shown["state"], shown["stateLabel"]) == ("degraded", "OPEN", "持续失败，暂停查询")
        assert "session" not in str(shown)


async def test_a_source_that_is_back_is_asked_again_once_it_was_checked(tmp_path):
    """A check that finds it well lets the next question through, whole, although the breaker was to stay open long."""
    async with open_world(tmp_path) as world:
        before = (await world.ask(ASKED)).json()["data"]
        market = ail(world, "market", breaker_failures=1, breaker_seconds=60.0)
        market.fault = SourceDown("the database failed or refused")
        await world.ask(ASKED)
        market.fault = None
        assert (await world.ask(ASKED)).json()["data"] != before
        await world.hub.sources["market"].adapter.check()
        assert (await world.ask(ASKED)).json()["data"] == before


async def test_a_source_that_is_down_leaves_the_hub_ready(tmp_path):
    """Ready is said of the hub itself, whatever its sources do."""
    async with open_world(tmp_path) as world:
        for name in world.hub.sources:
            ail(world, name, breaker_failures=1).fault = SourceDown("down")
        await world.ask(ASKED)
        assert (await world.client.get("/readyz")).status_code == 200
        assert (await world.client.get("/status")).status_code == 200


@pytest.mark.parametrize("role", ["clerk", "officer", None])
async def test_how_a_source_runs_is_for_administrators(tmp_path, role):
    """Other callers, signed in or not, get null for it and an answer for all the rest."""
    purposes = {"clerk": "SERVICE", "officer": "INSPECTION", None: None}
    async with open_world(tmp_path) as world:
        line = await told(world, "market", client=role, purpose=purposes[role], case="案1" if role else None)
        assert line["operations"] is None
        assert line["state"] == "UNKNOWN"


async def test_nothing_is_told_of_hidden_records(tmp_path):
    """A source whose records are all hidden from a caller is nowhere; of another, the visible records alone are told."""
    async with open_world(tmp_path) as world:
        await world.ask(ASKED)
        access = world.hub.gateway.admit(Credentials())
        narrow = replace(access, policy=Policy({"Penalty.facts": ()}, {}, ""))
        lines = world.hub.gateway.desk(narrow).sources()
        assert [(line.name, [age.record for age in line.records], line.as_of) for line in lines] == [
            ("market", ["Penalty"], None)
        ]
        assert not world.hub.gateway.desk(replace(access, policy=Policy({}, {}, ""))).sources()


async def test_what_was_asked_at_once_is_one_failure(tmp_path):
    """A question that asks a dead source for several records, each of them twice, is one failure and not four."""
    async with open_world(tmp_path) as world:
        ail(world, "market", breaker_failures=3).fault = SourceDown("down")
        for _ in range(2):
            await world.ask(BOTH)
            assert (await told(world, "market"))["state"] == "TROUBLED"
        await world.ask(BOTH)
        assert (await told(world, "market"))["state"] == "OPEN"
