"""A merchant's own entities are a row filter like any other: a delegate has exactly theirs, by a quota of their own."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from auth.tokens import Terms
from tests.acts.hall import BAKERY, GRAIN, Hall, delegate, end, open_hall, vouch
from tests.quota.rationed import codes_of, one, used

_MORE = """
[[purpose]]
code = "MINE"
label = "自查"
label_en = "Mine"

[[client]]
id = "portal"
label = "自助门户"
department = "operations"
role = "DEV"
purposes = ["MINE"]
sign_in = true
portal = true
redirect_uris = ["http://127.0.0.1/callback"]

[[grant]]
id = "mine"
department = "merchants"
role = "MERCHANT"
purposes = ["MINE"]
scopes = ["entity.identity", "entity.contact"]
rows = { uscc = { in = "$entities" } }
entities_a_day = 1
starts = 2026-01-01
ends = 2099-12-31
legal_basis = "个人信息保护法"
approved_by = "市信用办"
"""


@pytest.fixture
async def shop(stored: Callable[[str], str], tmp_path: Path):
    """The hall with people who act for entities: one of the first two, and their delegate."""
    async with open_hall(tmp_path, lambda written: stored(written + _MORE)) as hall:
        await hall.act(hall.clerk, vouch())
        yield hall


def bearer(hall: Hall, name: str) -> dict[str, str]:
    """Credentials of somebody who signed in, as they act now."""

    def acting(ledger):
        account = ledger.people.of_username(name)
        return account.id, ledger.people.acting(account).standing, ledger.pulse()

    person, standing, pulse = hall.look(acting)
    now, terms = hall.world.hub.gateway.clock.now(), Terms(person=person, standing=standing, pulse=pulse)
    return {"authorization": f"Bearer {hall.world.hub.issuer.issue('portal', now, timedelta(minutes=10), terms)}"}


async def asked(hall, headers, code=GRAIN):
    """The response to a question about one entity."""
    sent = {"query": one(code, "name contactPhone")}
    return await hall.world.client.post("/graphql", json=sent, headers=headers)


async def test_a_delegate_has_exactly_their_entity(shop):
    """Before they are let act nothing, then the one entity in clear and no other; afterwards nothing at once."""
    before = bearer(shop, "agent")
    assert (await asked(shop, before)).json()["data"] == {"entity": None}
    made = (await shop.act(shop.merchant("ouyang"), delegate()))["delegate"]
    headers = bearer(shop, "agent")
    body = (await asked(shop, headers)).json()
    assert body["data"]["entity"] == {"name": "肇东市金穗食品有限公司", "contactPhone": "13945550101"}
    assert (await asked(shop, headers, BAKERY)).json()["data"] == {"entity": None}
    await shop.act(shop.merchant("ouyang"), end(made["mandate"]["id"]))
    assert (await asked(shop, headers)).status_code == 401
    assert (await asked(shop, bearer(shop, "agent"))).json()["data"] == {"entity": None}


async def test_a_quota_is_of_each_person(shop):
    """The representative and the delegate have one entity a day each, misses included."""
    await shop.act(shop.merchant("ouyang"), delegate())
    for name in ("ouyang", "agent"):
        headers = bearer(shop, name)
        assert (await asked(shop, headers)).json()["data"]["entity"]["contactPhone"] == "13945550101"
        assert codes_of((await asked(shop, headers, BAKERY)).json()) == {"QUOTA_EXCEEDED"}
        assert (await asked(shop, headers)).json()["data"]["entity"]["contactPhone"] == "13945550101"
    people = [holder for holder in used(shop, "mine") if holder.startswith("person:")]
    assert len(people) == 2
