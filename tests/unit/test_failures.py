"""What goes wrong below the gateway: nothing of it reaches the caller, and it is on record all the same."""

import asyncio
from collections.abc import MutableMapping
from dataclasses import dataclass, field, replace
from typing import cast

import pytest
from structlog.testing import capture_logs

from adapters.base import Adapter, SourceBadData, SourceTimeout, UnsupportedSearch
from adapters.wrap.stack import wrap
from hub.fetch import Source
from hub.settings_mistakes import BadSettings
from tests.golden.folder import Step
from tests.golden.world import World, open_world

SECRET = "password=Z9-hunter of 欧阳锦程"
ASKED = Step(text='query { entity(uscc: "91231282MA9X0A019P") { name penalties { decisionNo } } }')


@dataclass(frozen=True)
class Failing:
    """A source that answers every look-up with an exception, or never."""

    inner: Adapter
    fault: BaseException | None
    asked: asyncio.Event

    @property
    def abilities(self):
        """Those of the source itself."""
        return self.inner.abilities

    async def fetch(self, ask):
        """Fail."""
        self.asked.set()
        if self.fault is None:
            await asyncio.Event().wait()
        raise self.fault or AssertionError

    search = count = fetch

    async def check(self):
        """Whether the source answers."""

    async def aclose(self):
        """Nothing is held open."""


@dataclass(frozen=True)
class Broken(Failing):
    """A source that breaks the contract: its rows lack their last column."""

    fault: BaseException | None = None
    asked: asyncio.Event = field(default_factory=asyncio.Event)

    async def fetch(self, ask):
        """Rows that are too short."""
        rows = await self.inner.fetch(ask)
        return replace(rows, rows=[row[:-1] for row in rows.rows])


def fail(world: World, name: str, fault: BaseException | None, timeout: float = 2) -> asyncio.Event:
    """Replace a source by a failing one, in wrappers of its own; the event says that it was asked."""
    sources = cast("MutableMapping[str, Source]", world.hub.sources)
    asked = asyncio.Event()
    failing = Failing(sources[name].adapter, fault, asked)
    options = next(options for options in world.hub.settings.sources if options.name == name)
    wrapped = wrap(failing, options, sources[name].health)
    sources[name] = replace(sources[name], adapter=wrapped, timeout=timeout)
    return asked


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        (SourceTimeout(SECRET), "SOURCE_TIMEOUT"),
        (SourceBadData(SECRET), "SOURCE_BAD_DATA"),
        (UnsupportedSearch(SECRET), "FILTER_UNSUPPORTED"),
        (RuntimeError(SECRET), "SOURCE_BAD_DATA"),
        (None, "SOURCE_TIMEOUT"),
    ],
    ids=["late", "bad", "unsupported", "unforeseen", "silent"],
)
async def test_failure_of_a_source_is_told_by_its_code(tmp_path, fault, code):
    """The caller learns which source failed and how; its text is nowhere, and the others are answered."""
    async with open_world(tmp_path) as world:
        fail(world, "market", fault, 0.05)
        with capture_logs() as logs:
            answer = await world.ask(ASKED)
        assert answer.json()["data"]["entity"] == {"name": "肇东市金穗食品有限公司", "penalties": None}
        assert [one["extensions"]["code"] for one in answer.json()["errors"]] == [code]
        assert not [text for text in (answer.text, str(logs), str(world.stored())) if "Z9-hunter" in text]
        assert [source[5] for source in world.entries()[-1]["sources"] if source[0] == "market"] == [code]


async def test_mistake_of_the_program_is_masked_and_recorded(tmp_path, caplog, monkeypatch):
    """An exception nobody foresaw is 500 without a word of its text, in the log by its type, and on record."""

    def mistaken(*_):
        raise RuntimeError(SECRET)

    async with open_world(tmp_path) as world:
        monkeypatch.setattr("hub.course.answer_of", mistaken)
        with capture_logs() as logs:
            answer = await world.ask(ASKED)
        assert (answer.status_code, answer.json()["errors"][0]["extensions"]["code"]) == (500, "INTERNAL")
        assert "data" not in answer.json()
        assert not [text for text in (answer.text, str(logs), caplog.text, str(world.stored())) if "hunter" in text]
        assert [log["event"] for log in logs] == ["internal error"]
        assert world.entries()[-1]["outcome"] == "FAILED"
        assert "market" in {source[0] for source in world.entries()[-1]["sources"]}


async def test_question_that_is_cancelled_is_recorded(tmp_path):
    """Once a source was asked, leaving does not undo it."""
    async with open_world(tmp_path) as world:
        asked = fail(world, "market", None)
        task = asyncio.create_task(world.ask(ASKED))
        await asked.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert world.entries()[-1]["outcome"] == "CANCELLED"
        assert ["market", "CANCELLED"] in [[s[0], s[5]] for s in world.entries()[-1]["sources"]]


async def test_question_that_touched_a_source_is_recorded(tmp_path):
    """Whatever fails after the fetch, a question that has touched a source is on record."""
    async with open_world(tmp_path) as world:
        broken = Broken(world.hub.sources["market"].adapter)
        cast("MutableMapping[str, Source]", world.hub.sources)["market"] = replace(
            world.hub.sources["market"], adapter=broken
        )
        assert (await world.ask(ASKED)).status_code == 500
        assert [entry["outcome"] for entry in world.entries()] == ["FAILED"]


async def test_row_filter_on_a_column_the_register_lacks(tmp_path):
    """A filter nobody can be let through by stops the start, and names the grant."""

    def without_division(text: str) -> str:
        return text.replace('divisionCode = "QH"\n', "")

    with pytest.raises(BadSettings, match=r"rows\.divisionCode is not a column of the source that owns Entity"):
        async with open_world(tmp_path, without_division):
            pass


async def test_failure_of_a_searched_source_names_that_source(tmp_path):
    """Where a filter on licences cannot be answered, the source of licences is named, not the register."""
    text = "query { entities(filter: {licence: {kind: LICENCE}}) { edges { node { name } } } }"
    async with open_world(tmp_path) as world:
        fail(world, "health", SourceTimeout(SECRET))
        answer = await world.ask(Step(text=text))
        assert [one["extensions"]["source"] for one in answer.json()["errors"]] == ["卫健系统"]
