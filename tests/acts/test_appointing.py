"""The three offices: given by two people, never to oneself, never two of them to one, never lost."""

import pytest

from auth.roles import Role
from auth.standing import Stopped
from hub.callers.stopping import stop
from tests.acts.offices import done, signed_in, told, turned_away


def appoint(username, office):
    """A proposal, or a confirmation."""
    return f'mutation {{ appoint(username: "{username}", office: {office}) {{ appointed waiting position }} }}'


def add(username, role="CLERK", department="operations", label="新人"):
    """A new account."""
    given = f'label: "{label}", department: "{department}", role: "{role}"'
    return f'mutation {{ addPerson(username: "{username}", person: {{ {given} }}) {{ id oneTimePassword }} }}'


def change(username, what):
    """A change of an account."""
    return f'mutation {{ changePerson(username: "{username}", person: {{ {what} }}) {{ changed }} }}'


def end(username):
    """The end of an account."""
    return f'mutation {{ endPerson(username: "{username}") {{ changed }} }}'


def reset(username):
    """A new password."""
    return f'mutation {{ resetPassword(username: "{username}") {{ oneTimePassword }} }}'


def role_of(hall, name):
    """The role of an account."""
    account = hall.look(lambda ledger: ledger.people.of_username(name))
    return account and account.role


async def test_an_office_is_proposed_and_confirmed(offices):
    """The system administrator proposes, the audit administrator confirms, and whoever was signed in is not any more."""
    before = offices.headers(signed_in(offices, "dev"))
    told_first = await done(offices, "admin", appoint("dev", "SEC"))
    assert (told_first["appointed"], told_first["waiting"]) == (False, True)
    assert role_of(offices, "dev") is Role.DEV
    told_then = await done(offices, "audit", appoint("dev", "SEC"))
    assert (told_then["appointed"], told_then["waiting"]) == (True, False)
    assert role_of(offices, "dev") is Role.SEC
    assert (await told(offices, before)).status_code == 401
    acts = [(entry["act"], entry["told"]["office"]) for entry in offices.entries() if "OFFICE" in entry.get("act", "")]
    assert acts == [("OFFICE_PROPOSED", "SEC"), ("OFFICE_GIVEN", "SEC")]
    kinds = {one["kind"] for one in await offices.delivered()}
    assert {"OFFICE_PROPOSED", "OFFICE_GIVEN"} <= kinds


async def test_nobody_gives_an_office_alone(offices):
    """Two proposals are none; there is nothing to confirm without one, or for another office."""
    for name in ("admin", "admin-2"):
        assert (await done(offices, name, appoint("dev", "SEC")))["waiting"] is True
    assert role_of(offices, "dev") is Role.DEV
    assert await turned_away(offices, "audit", appoint("dev", "ADMIN")) == "NOTHING_TO_CONFIRM"
    assert await turned_away(offices, "audit", appoint("dev-2", "SEC")) == "NOTHING_TO_CONFIRM"
    assert await turned_away(offices, "security", appoint("dev", "SEC")) == "GRAPHQL_VALIDATION_FAILED"


async def test_a_proposal_lasts_three_days(small_offices):
    """What was proposed before is proposed anew."""
    await done(small_offices, "admin", appoint("dev", "SEC"))
    small_offices.world.now = small_offices.world.now.replace(day=27)
    assert await turned_away(small_offices, "audit", appoint("dev", "SEC")) == "NOTHING_TO_CONFIRM"


@pytest.mark.parametrize("how", ["ended", "stopped", "other office"])
async def test_a_proposal_of_somebody_who_is_doubted_is_none(small_offices, how):
    """Their account was ended, their tokens stopped, or their role is another since: it may not have been they."""
    await done(small_offices, "admin", appoint("dev", "SEC"))
    person = small_offices.accounts["admin"].id

    def work(ledger):
        if how == "ended":
            ledger.people.end(person)
        elif how == "stopped":
            stop(ledger.connection, Stopped.PERSON, person, ledger.now, "test")
        else:
            account = ledger.people.of_id(person)
            ledger.people.change(type(account)(**{**as_dict(account), "role": Role.DEV}), "test")

    small_offices.store(work)
    assert await turned_away(small_offices, "audit", appoint("dev", "SEC")) == "NOTHING_TO_CONFIRM"


def as_dict(account):
    """Fields of a slotted value."""
    return {name: getattr(account, name) for name in account.__dataclass_fields__}


async def test_nobody_gives_themselves_anything(offices):
    """Neither an office nor another role, nor a new password, nor an end."""
    for name in ("admin", "audit"):
        assert await turned_away(offices, name, appoint(name, "SEC")) == "OWN_ACCOUNT"
    for query in (change("admin", 'role: "STEWARD"'), change("admin", 'label: "别人"'), reset("admin"), end("admin")):
        assert await turned_away(offices, "admin", query) == "OWN_ACCOUNT"
    assert role_of(offices, "admin") is Role.ADMIN


@pytest.mark.parametrize("office", ["ADMIN", "AUDIT", "SEC"])
async def test_no_account_is_made_or_changed_into_an_office(small_offices, office):
    """There is no way around two people: not by a new account, a change, or a client."""
    assert await turned_away(small_offices, "admin", add("mole", office)) == "OFFICE_NEEDS_TWO"
    assert await turned_away(small_offices, "admin", change("dev", f'role: "{office}"')) == "OFFICE_NEEDS_TWO"
    client = f'id: "mole", label: "系统", department: "operations", role: "{office}", purposes: ["OPERATIONS"]'
    put = f"mutation {{ putClient(client: {{ {client} }}) {{ changed }} }}"
    assert await turned_away(small_offices, "admin", put) == "OFFICE_NEEDS_TWO"
    assert role_of(small_offices, "mole") is None


async def test_a_client_of_an_office_is_not_changed(small_offices):
    """One that the configuration brought acts for its office: nobody bends it."""
    client = 'id: "security", label: "系统", department: "operations", role: "DEV", purposes: ["OPERATIONS"]'
    put = f"mutation {{ putClient(client: {{ {client} }}) {{ changed }} }}"
    assert await turned_away(small_offices, "admin", put) == "OFFICE_NEEDS_TWO"


async def test_nobody_holds_two_offices(offices):
    """Neither by a second office, nor by a second account in the same name, however it is written."""
    await done(offices, "admin", add("alias", label="安全 甲"))
    offices.store(lambda ledger: ledger.people.change_password(ledger.people.named("alias").id, "x"))
    assert await turned_away(offices, "admin", appoint("alias", "AUDIT")) == "OFFICE_HELD"
    assert await turned_away(offices, "admin", appoint("alias", "SEC")) == "OFFICE_HELD"


async def test_whoever_changes_office_has_the_new_one_only(small_offices):
    """A security administrator becomes a system administrator while another one is left."""
    await done(small_offices, "admin", appoint("security-2", "ADMIN"))
    await done(small_offices, "audit", appoint("security-2", "ADMIN"))
    assert role_of(small_offices, "security-2") is Role.ADMIN
    assert await turned_away(
        small_offices, "security-2", 'mutation { thaw(kind: CLIENT, name: "bank", reason: "x") { changed } }'
    ) == ("GRAPHQL_VALIDATION_FAILED")


async def test_the_last_holder_of_an_office_is_replaced_not_lost(offices):
    """Ended, moved, given another role: refused, until somebody else holds it; one who is frozen does not count."""
    await done(offices, "admin", end("audit-2"))
    assert await turned_away(offices, "admin", end("audit")) == "OFFICE_LAST"
    assert await turned_away(offices, "admin", change("audit", 'role: "DEV"')) == "OFFICE_LAST"
    await done(offices, "security", 'mutation { freeze(kind: PERSON, name: "security-2", reason: "x") { changed } }')
    assert await turned_away(offices, "admin", end("security")) == "OFFICE_LAST"
    assert await turned_away(offices, "admin", appoint("security", "AUDIT")) == "OFFICE_LAST"
    await done(offices, "admin", appoint("dev", "AUDIT"))
    await done(offices, "audit", appoint("dev", "AUDIT"))
    await done(offices, "admin", end("audit"))
    assert role_of(offices, "audit") is None


async def test_an_account_that_was_never_signed_in_gets_no_office(small_offices):
    """Whoever made it knows its password."""
    await done(small_offices, "admin", add("fresh"))
    assert await turned_away(small_offices, "admin", appoint("fresh", "AUDIT")) == "BAD_USER_INPUT"


async def test_a_password_opens_no_office(small_offices):
    """Of an officer without authenticator it is not given anew: whoever has it would enrol one of their own."""
    small_offices.store(lambda ledger: ledger.people.forget_second_factor(small_offices.accounts["audit"].id))
    assert await turned_away(small_offices, "admin", reset("audit")) == "OFFICE_NEEDS_TWO"
    assert (await done(small_offices, "admin", reset("audit-2")))["oneTimePassword"]


async def test_an_account_is_added_changed_and_ended(offices):
    """What an administrator does is done once, its password shown once and nowhere kept; labels are for them alone."""
    made = await offices.act(
        signed_in(offices, "admin"), add("wang", label="王新"), "once", headers={"hub-purpose": "OPERATIONS"}
    )
    password = made["addPerson"]["oneTimePassword"]
    again = (
        await offices.ask(
            signed_in(offices, "admin"), add("wang", label="王新"), "once", headers={"hub-purpose": "OPERATIONS"}
        )
    ).json()
    assert again["data"]["addPerson"]["oneTimePassword"] is None
    assert again["extensions"]["warnings"][0]["code"] == "SHOWN_BEFORE"
    assert await turned_away(offices, "admin", add("Wang")) == "ACCOUNT_TAKEN"
    assert (await done(offices, "admin", change("wang", 'department: "hall", purposes: ["SERVICE"]')))[
        "changed"
    ] is True
    asked = "{ people { username label department purposes } }"
    for name, label in (("admin", "王新"), ("audit", None)):
        found = next(one for one in await done(offices, name, asked) if one["username"] == "wang")
        assert found == {"username": "wang", "label": label, "department": "hall", "purposes": ["SERVICE"]}
    assert await turned_away(offices, "security", asked) == "GRAPHQL_VALIDATION_FAILED"
    await done(offices, "admin", end("wang"))
    assert role_of(offices, "wang") is None
    text = str(offices.entries())
    assert "王新" not in text
    assert password not in text


@pytest.mark.parametrize(
    "what",
    [
        'role: "NOBODY"',
        'department: "nowhere"',
        'purposes: ["NONE"]',
        'bindings: [{ name: "x", values: ["1"] }]',
        'label: ""',
    ],
)
async def test_what_an_account_cannot_be_is_refused(small_offices, what):
    """Each with a sentence, and nothing is changed."""
    before = small_offices.look(lambda ledger: ledger.people.named("dev"))
    assert await turned_away(small_offices, "admin", change("dev", what)) == "BAD_USER_INPUT"
    assert small_offices.look(lambda ledger: ledger.people.named("dev")) == before
