"""Stale sessions in administration: who lost their account, role or office does nothing any more with what they still have."""

from typing import Any

import httpx2
import pytest
from sqlalchemy import text

from auth.roles import Role
from auth.standing import Stopped
from hub.callers.people import Account
from hub.callers.stopping import freeze as freeze_in
from tests.acts.offices import signed_in, told
from tests.callers.conftest import fresh
from tests.callers.stand import BACK, Stand
from tests.clients import authlib_client
from tests.clients.authlib_client import Client

__all__ = ["fresh"]
ADD = 'mutation { addPerson(username: "mole", person: { label: "内应", department: "operations", role: "CLERK" }) { id } }'


def lose(ledger: Any, person: str | None, how: str) -> None:
    """Let an administrator lose what they had."""
    assert person is not None
    account = ledger.people.of_id(person)
    if how == "ended":
        ledger.people.end(person)
    elif how == "frozen":
        freeze_in(ledger.connection, Stopped.PERSON, person, ledger.now, "test")
    else:
        fields = {name: getattr(account, name) for name in Account.__dataclass_fields__}
        role = Role.DEV if how == "role" else Role.AUDIT
        ledger.people.change(Account(**{**fields, "role": role}), "test")


@pytest.mark.parametrize("how", ["ended", "frozen", "role", "office"])
async def test_an_old_token_does_nothing(offices, how):
    """Not one more act, whatever its lifetime; a worker that has not looked since refuses it all the same, in the transaction."""
    asker = signed_in(offices, "admin")
    before = offices.headers(asker)
    assert (await told(offices, before)).status_code == 200
    admission = offices.world.hub.gateway.admission
    known = admission.epoch
    offices.store(lambda ledger: lose(ledger, asker.person, how))
    assert admission.epoch == known, "this worker has taken notice, and the test shows nothing"
    response = await offices.world.client.post(
        "/graphql", json={"query": ADD}, headers={**before, "hub-purpose": "OPERATIONS", "idempotency-key": how}
    )
    assert response.json()["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"
    assert offices.rows("SELECT count(*) FROM people WHERE username = 'mole'") == [(0,)]
    await offices.world.hub.attendant.refresh()
    assert (await told(offices, before)).status_code == 401


async def test_an_act_that_waits_for_a_password_is_not_done(offices, monkeypatch):
    """Who loses their office between admission and the transaction adds nobody."""
    asker = signed_in(offices, "admin")
    acting = type(offices.world.hub.gateway.acts)
    make = acting._make_password

    async def slow(self, account, wish):
        offices.store(lambda ledger: lose(ledger, asker.person, "role"))
        await make(self, account, wish)

    monkeypatch.setattr(acting, "_make_password", slow)
    assert await offices.refused(asker, ADD, headers={"hub-purpose": "OPERATIONS"}) == "UNAUTHENTICATED"
    assert offices.rows("SELECT count(*) FROM people WHERE username = 'mole'") == [(0,)]


@pytest.mark.parametrize("how", ["ended", "frozen", "role", "office"])
def test_a_refresh_token_and_a_browser_do_nothing(fresh: Stand, how: str) -> None:
    """The refresh token brings no token; in the browser that is signed in one has to sign in anew."""
    person = fresh.add("chief", Role.ADMIN, "hub")
    client = Client(fresh.url, "portal", fresh.secrets["portal"])
    signed = authlib_client.code(client, person, BACK, "openid offline_access")
    assert signed.tokens["refresh_token"]
    sessions = "SELECT count(*) FROM browser_sessions WHERE person = :person"
    account = fresh.accounts["chief"].id

    def kept(ledger: Any) -> int:
        return int(ledger.connection.execute(text(sessions), {"person": account}).scalar_one())

    assert fresh.act(kept) == 1
    fresh.act(lambda ledger: lose(ledger, account, how))
    assert fresh.act(kept) == 0
    form = {"grant_type": "refresh_token", "refresh_token": signed.tokens["refresh_token"]}
    response = httpx2.post(f"{fresh.url}/oauth/token", data=form, auth=("portal", fresh.secrets["portal"]))
    assert (response.status_code, response.json()["error"]) == (400, "invalid_grant")
