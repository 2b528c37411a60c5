"""Two workers in processes of their own over one store: what officers do at one is felt at the other, also what ends by itself."""

import shutil
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace
from datetime import timedelta

import pytest

from auth.caller import Standing
from auth.roles import Role
from auth.tokens import Terms
from hub.callers.people import Account
from hub.roster.grants import Grants
from hub.store.pulse import count
from tests import postgres
from tests.acts.offices import FACTOR, PORTAL
from tests.acts.test_processes import LIFE, serving, until
from tests.golden.folder import GOLDEN
from tests.postgres import on

PEOPLE = {"officer": Role.OFFICER, "officer-2": Role.OFFICER, "security": Role.SEC}
HEADLINE = '{ entity(uscc: "91231282MA9X0A019P") { creditStatus { headline } } }'
GLASS = """mutation { breakGlass(emergency: { fields: ["CreditStatus.headline"], purpose: "INSPECTION", case: "17",
    reason: "追查涉事食品的最终流向" }) { id } }"""


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def trio(request, tmp_path_factory):
    """A hub for making tokens and connections to two others, with people, on each kind of store."""
    home = tmp_path_factory.mktemp("officers") / "world"
    shutil.copytree(GOLDEN / "world", home)
    with ExitStack() as stack:
        edit: Callable[[str], str] = str
        if request.param == "postgresql":
            server = request.getfixturevalue("postgres_server")
            edit = on(stack.enter_context(postgres.fresh_database(server)))
        hub, here, there = serving(stack, home, lambda text: edit(text + PORTAL))
        people = {}

        def work(ledger):
            for name, role in PEOPLE.items():
                department = "operations" if role is Role.SEC else "market"
                account = Account("", name, name, department, role, second_factor=FACTOR)
                people[name] = ledger.people.add(account)

        hub.attendant.perform(work)
        yield hub, here, there, people


def headers(trio, name, **more):
    """Credentials of somebody who signed in through the portal."""
    hub, _, _, people = trio
    account = people[name]
    terms = Terms(account.id, Standing(account.department, account.role), pulse=hub.database.reading(count))
    token = hub.issuer.issue("portal", hub.gateway.clock.now(), LIFE, terms)
    said = {"authorization": f"Bearer {token}", "hub-purpose": "INSPECTION", "hub-case": "17"}
    return {**said, **more}


def ask(client, text, sent):
    """The body of an answer."""
    return client.post("/graphql", json={"query": text}, headers=sent).json()


def sees(client, sent):
    """True if the headline is given."""
    entity = ask(client, HEADLINE, sent)["data"]["entity"]
    return bool(entity and entity["creditStatus"] and entity["creditStatus"]["headline"])


def test_break_glass_is_felt_and_ends_at_both(trio):
    """Opened at one, it gives at the other; ended at the other, it gives nothing at the first; plans were cached at both."""
    _, here, there, _ = trio
    officer = headers(trio, "officer")
    assert (sees(here, officer), sees(there, officer)) == (False, False)
    made = ask(here, GLASS, {**officer, "idempotency-key": "open"})["data"]["breakGlass"]
    assert sees(here, officer)
    until(lambda: sees(there, officer))
    ending = f'mutation {{ endEmergency(id: "{made["id"]}") {{ changed }} }}'
    security = headers(trio, "security", **{"hub-purpose": "OPERATIONS", "idempotency-key": "end"})
    assert ask(there, ending, security)["data"]["endEmergency"]["changed"] is True
    assert not sees(there, officer)
    until(lambda: not sees(here, officer))


def test_break_glass_runs_out_at_both(trio):
    """Nobody does anything: when its time is over neither worker gives it any more, though their plans were made with it."""
    hub, here, there, people = trio
    officer = headers(trio, "officer-2")
    ask(here, GLASS, {**officer, "idempotency-key": "runs out"})
    until(lambda: sees(here, officer) and sees(there, officer))

    def shorten(ledger):
        grants = Grants(ledger.connection, ledger.now)
        (mine,) = [one for one in grants.current() if one.person == people["officer-2"].id]
        grants.put(replace(mine, until=hub.gateway.clock.now() + timedelta(seconds=2)), "test")

    hub.attendant.perform(shorten)
    assert sees(here, officer)
    until(lambda: not sees(here, officer) and not sees(there, officer))


def test_a_deputy_is_felt_and_ends_at_both(trio):
    """Appointed at one, they act at the other; ended there, they do not here."""
    hub, here, there, people = trio
    today = hub.gateway.clock.today().isoformat()
    text = f'mutation {{ appointDeputy(deputy: "officer-2", from: "{today}", until: "{today}", reason: "x") {{ id }} }}'
    made = ask(here, text, headers(trio, "officer", **{"idempotency-key": "appoint"}))["data"]["appointDeputy"]
    acting = headers(trio, "officer-2", **{"hub-acting-for": people["officer"].id})

    def acts(client):
        answer = ask(client, "{ me { role } }", acting)
        if "errors" in answer:
            assert answer["errors"][0]["extensions"]["code"] == "NOT_DEPUTY"
        return "errors" not in answer

    # Whoever asks too often as the deputy of somebody whose deputy they are not is turned away: seldom enough.
    until(lambda: acts(here) and acts(there), pause=0.3)
    ending = f'mutation {{ endDeputy(id: "{made["id"]}") {{ changed }} }}'
    ask(there, ending, headers(trio, "officer", **{"idempotency-key": "end it"}))
    assert not acts(there)
    until(lambda: not acts(here), pause=0.3)


def test_a_frozen_field_is_felt_at_both(trio):
    """Frozen at one, the other gives it no more; thawed, both do."""
    _, here, there, _ = trio
    officer = headers(trio, "officer")
    text = '{ entity(uscc: "91231282MA9X0A019P") { name uscc } }'

    def names():
        return [ask(client, text, officer)["data"]["entity"]["name"] for client in (here, there)]

    def said(act):
        security = headers(trio, "security", **{"hub-purpose": "OPERATIONS", "idempotency-key": act})
        return ask(here, f'mutation {{ {act}(kind: FIELD, name: "Entity.name", reason: "x") {{ changed }} }}', security)

    assert all(names())
    assert said("freeze")["data"]["freeze"]["changed"] is True
    until(lambda: names() == [None, None])
    assert said("thaw")["data"]["thaw"]["changed"] is True
    until(lambda: all(names()))
