"""Two cities that differ only in what is not public look identical to a caller who holds only public fields."""

import contextlib
import sqlite3
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import orjson
import pytest

from auth.admission import Credentials
from tests.demo.random_questions import Generator, Pool
from tests.demo.running import Demo, running_demo

QUESTIONS = 2_000


@pytest.fixture(scope="module")
async def twins(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[tuple[Demo, Demo]]:
    """The city and its twin, each with a hub in front of it."""
    folder = tmp_path_factory.mktemp("twins")
    async with running_demo(folder / "one") as one, running_demo(folder / "two", twin=True) as two:
        yield one, two


def _codes(folder: Path) -> list[str]:
    """Codes of three hundred entities, as the market's table holds them."""
    query = "SELECT uniscid FROM scjg_ztxx WHERE uniscid IS NOT NULL ORDER BY 1 LIMIT 300"
    with contextlib.closing(sqlite3.connect(folder / "market.db")) as database:
        return [code for (code,) in database.execute(query)]


async def test_public_caller_cannot_tell_twins_apart(twins: tuple[Demo, Demo]) -> None:
    """2,000 generated questions of a public caller get the same data, errors, counts, cursors and order."""
    one, two = twins
    codes = _codes(one.city.folder)
    values = {
        "uscc": (*codes, "91231282MA9X0A019P", "91110000101623741K", "923101MA"),
        "name": ("肇东", "村", "店", "a", "_", "%"),
        "divisionCode": ("231282", "231282100", "230199"),
        "divisionWithin": ("2312", "231282", "9"),
        "industryCode": ("62", "52", "84"),
        "code": ("XY231282001", "XY231282101", "231282131002", "XY9"),
        "number": ("08120000003", "08120000009", "08120000012", "0"),
    }
    pool = Pool(values, [], [])
    access = one.hub.gateway.admit(Credentials())
    schema = one.hub.gateway.schemas.of(access.policy.visible).graphql
    generator = Generator(schema, pool, seed=20261123)
    answered = 0
    for _ in range(QUESTIONS):
        question = generator.question()
        left, right = await one.ask(question), await two.ask(question)
        assert orjson.dumps(left) == orjson.dumps(right), f"{question}\n{left}\n{right}"
        answered += bool(left.get("data"))
        _remember(left.get("data"), pool)
    assert answered > QUESTIONS * 0.8, "too few of the questions were answered to show anything"


async def test_twins_differ_for_a_caller_who_holds_more(twins: tuple[Demo, Demo]) -> None:
    """The two cities really differ: an officer sees other values of the same entity in each."""
    question = '{ entity(uscc: "91231282MA9X0A019P") { name legalRepresentative contactPhone address } }'

    async def seen(demo: Demo) -> dict[str, Any]:
        return (await demo.ask(question, "market-enforcement-app"))["data"]["entity"]

    left, right = [await seen(demo) for demo in twins]
    assert left["name"] == right["name"]
    assert all(left[name] != right[name] for name in ("legalRepresentative", "contactPhone", "address"))


def _remember(data: Any, pool: Pool) -> None:
    if isinstance(data, dict):
        for key, value in data.items():
            if isinstance(value, str) and len(value) == 24 and value.isalnum() and value.islower():
                pool.ids.append(value)
            if isinstance(value, str) and len(value) > 100 and " " not in value and "cursor" in key.lower():
                pool.cursors.append(value)
            _remember(value, pool)
    elif isinstance(data, list):
        for item in data:
            _remember(item, pool)
