"""The golden folders: every question is planned, asked, asked again and explained, and nothing secret is anywhere."""

import asyncio
import fnmatch
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
import pytest
from structlog.testing import capture_logs

from tests.golden.folder import GOLDEN, Folder, Step, filled, folders, read_folder
from tests.golden.policy import Seen, policy_table
from tests.golden.world import REQUEST_ID, World, open_world, values
from tests.receipts import without

EVERY = folders("passing") + folders("leaks")


@dataclass(frozen=True)
class Told:
    """All that one question told anybody: the response, the calls it made, and every text it left behind."""

    response: httpx2.Response
    calls: list[dict[str, Any]]
    plan: str
    texts: dict[str, str]


def _params(test: str, names: list[str]) -> list[Any]:
    """The folders by name; where the product is known to fail one, that is expected until it is mended."""
    bugs = {name: read_folder(name).bug for name in names}
    return [
        pytest.param(name, marks=[pytest.mark.xfail(reason=bug[test], strict=True)] if test in bug else [])
        for name, bug in bugs.items()
    ]


@pytest.fixture
async def world(tmp_path):
    """A fresh golden world."""
    async with open_world(tmp_path) as opened:
        yield opened


@pytest.fixture(scope="session")
def known() -> dict[str, Told]:
    """What was told in each folder, asked once for all tests."""
    return {}


@pytest.mark.parametrize("name", [name for name in EVERY if not read_folder(name).bug])
async def test_folder(name, known, tmp_path, golden, caplog):
    """Plan, answer and calls of a golden folder are what its files say, from a cold and from a warm cache."""
    told = await _told(name, known, tmp_path, caplog)
    golden(f"{name}/plan.txt", told.plan)
    golden(f"{name}/answer.json", _answer_text(told.response))
    golden(f"{name}/calls.json", _lines(told.calls))


@pytest.mark.parametrize("name", _params("answered", folders("passing")))
async def test_is_answered(name, known, tmp_path, caplog):
    """A question that may be asked is not answered with a failure of the hub, nor of a source that is up."""
    told = await _told(name, known, tmp_path, caplog)
    assert told.response.status_code < 500
    states = {found["state"] for found in told.response.json()["extensions"].get("fields", ())}
    assert ("SOURCE_DOWN" in states) == bool(read_folder(name).step.down)


@pytest.mark.parametrize("name", _params("leaks", folders("leaks")))
async def test_nothing_leaks(name, known, tmp_path, caplog):
    """No secret of a leak folder is in any byte it caused, and no call carried a denied column or key."""
    folder = read_folder(name)
    told = await _told(name, known, tmp_path, caplog)
    for place, text in told.texts.items():
        assert not [secret for secret in folder.secret if secret in text], place
    assert not [call for call in told.calls for denied in folder.denied_columns if _carries(call, denied)]
    assert not [call for call in told.calls for record, keys in folder.denied_keys.items() if _asks(call, record, keys)]
    assert not [word for word in folder.hidden if word in told.texts["schema"]]


@pytest.mark.parametrize("name", _params("alike", [name for name in folders("leaks") if read_folder(name).alike]))
async def test_answers_alike(name, world):
    """What must not be told apart is answered with the same status and the same bytes, after as many calls of the same kind."""
    folder = read_folder(name)
    kept = await _before(folder, world)
    wanted, calls = await _asked(world, filled(folder.step, kept))
    for other in folder.alike:
        found, others = await _asked(world, filled(other.step, kept))
        assert _steps(others) == _steps(calls)
        text = _masked(found)
        for theirs, ours in other.says.items():
            text = text.replace(theirs, ours)
        assert text == _masked(wanted)
        assert found.status_code == wanted.status_code


@pytest.mark.parametrize("name", [name for name in folders("leaks") if read_folder(name).beside])
async def test_answers_at_once_as_alone(name, world):
    """Asked four times together with what others ask at the same moment, everybody is answered as if they were alone."""
    folder = read_folder(name)
    alone = await world.ask(folder.step)
    others = [await world.ask(step) for step in folder.beside]
    for _ in range(4):
        found, *beside = await asyncio.gather(*map(world.ask, (folder.step, *folder.beside)))
        assert _masked(found) == _masked(alone)
        assert [*map(_masked, beside)] == [*map(_masked, others)]
        assert not [secret for secret in folder.secret if secret in found.text]


@pytest.mark.parametrize("name", folders("leaks"))
def test_leak_is_explained(name):
    """A leak folder says in two sentences what would leak, and how many calls the denied slot may make."""
    folder = read_folder(name)
    said, _, expected = folder.readme.strip().rpartition("\n\n")
    assert said.startswith("# ")
    assert expected.startswith("Upstream calls for the denied slot: ")
    assert folder.secret or folder.alike or folder.hidden
    assert folder.denied_columns or folder.denied_keys or folder.alike or "none to deny" in expected


@pytest.mark.parametrize("name", [name for name in folders("leaks") if read_folder(name).secret])
def test_secret_is_one(name):
    """What must not be seen stands in the world or in the question, or is a piece of JSON: no secret is a misspelling."""
    folder = read_folder(name)
    step = folder.step
    told = [
        step.text,
        json.dumps(step.variables, ensure_ascii=False),
        *step.down.values(),
        step.case or "",
        step.person or "",
    ]
    known = "".join([*told, *(path.read_text(encoding="utf-8") for path in (GOLDEN / "world").iterdir())])
    assert any(secret in known or '"' in secret or "*" in secret for secret in folder.secret)


@pytest.mark.parametrize("name", EVERY)
async def test_record_holds_no_values(name, known, tmp_path, caplog):
    """Neither the hub's store nor its log holds a value of any source, a case number or a person, in clear."""
    folder = read_folder(name)
    told = await _told(name, known, tmp_path, caplog)
    kept = [*values(), *filter(None, (folder.step.case, folder.step.person))]
    assert not [value for value in kept if value in told.texts["store"] or value in told.texts["log"]]


async def test_policy(world, golden):
    """Every field of every caller of the golden world for every purpose stands in one table."""
    golden("world_policy.txt", policy_table(_seen(world), world.hub.gateway.wording.catalogue))


def _seen(world: World) -> list[Seen]:
    settings = world.hub.settings
    public = next(purpose.code for purpose in settings.purposes if purpose.public)
    asking = [(None, public), *((c.id, code) for c in settings.clients.values() for code in c.purposes)]
    found = [(client, world.access(client, purpose)) for client, purpose in asking]
    return [Seen(f"{client or 'public'} for {access.purpose}", access.policy) for client, access in found]


async def _told(name: str, known: dict[str, Told], home: Path, caplog: pytest.LogCaptureFixture) -> Told:
    if name not in known:
        with capture_logs() as logs:
            async with open_world(home) as world:
                told = await _asked_all(read_folder(name), world)
        told.texts["log"] = caplog.text + "\n".join(map(str, logs))
        known[name] = told
    return known[name]


async def _asked_all(folder: Folder, world: World) -> Told:
    step = filled(folder.step, await _before(folder, world))
    plan = world.plan(step)
    response, calls = await _asked(world, step)
    again, same = await _asked(world, step)
    assert _masked(again) == _masked(response)
    assert same == calls
    explained, none = await _asked(world, step, "explain")
    assert not none
    texts = {
        "answer": response.text,
        "headers": str(response.headers),
        "explain": explained.text,
        "plan": plan,
        "schema": await world.schema(step),
        "store": world.stored().decode("utf-8", "replace"),
    }
    return Told(response, calls, plan, texts)


async def _before(folder: Folder, world: World) -> dict[str, str]:
    kept: dict[str, str] = {}
    for step in folder.first:
        answered = (await world.ask(filled(step, kept))).json()
        kept |= {name: _at(answered, path) for name, path in step.keep.items()}
    return kept


async def _asked(
    world: World, step: Step, on_denied: str | None = None
) -> tuple[httpx2.Response, list[dict[str, Any]]]:
    world.calls.clear()
    response = await world.ask(step, on_denied)
    return response, sorted(world.calls, key=lambda call: json.dumps(call, ensure_ascii=False))


def _steps(calls: list[dict[str, Any]]) -> list[tuple[str, str, str]]:
    """What was done, whatever it was done for."""
    return [(call["source"], call["record"], call["way"]) for call in calls]


def _carries(call: dict[str, Any], denied: str) -> bool:
    """True if the call carries a column (source.Record.column, with wildcards) in its answer, order or predicate."""
    place = f"{call['source']}.{call['record']}"
    named = [*call["columns"], *call.get("order", ()), *call["where"].replace("(", " ").split()]
    return any(fnmatch.fnmatchcase(f"{place}.{column}", denied) for column in named)


def _asks(call: dict[str, Any], record: str, keys: tuple[str, ...]) -> bool:
    return f"{call['source']}.{call['record']}" == record and bool(set(keys) & set(call.get("keys", ())))


def _at(answered: Any, path: str) -> str:
    for part in path.split("."):
        answered = answered[int(part) if part.isdigit() else part]
    assert isinstance(answered, str)
    return answered


def _masked(response: httpx2.Response) -> str:
    """The body with what differs from question to question replaced, or left out."""
    body = response.json()
    return without(response.text).replace(body["extensions"]["requestId"], REQUEST_ID)


def _answer_text(response: httpx2.Response) -> str:
    return _pretty({"status": response.status_code, **json.loads(_masked(response))})


def _lines(calls: list[dict[str, Any]]) -> str:
    shown = ",\n".join(f" {json.dumps(call, ensure_ascii=False)}" for call in calls)
    return f"[\n{shown}\n]\n" if calls else "[]\n"


def _pretty(made: Any) -> str:
    return json.dumps(made, ensure_ascii=False, indent=1) + "\n"
