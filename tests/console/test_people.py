"""The pages of people: what an administrator changes and ends, and what takes two of them."""

from tests.acts.test_recovery import enrol


async def test_sign_ins_are_listed_and_ended(cabin):
    """The browser of whoever it was is out at once; nobody ends their own by it."""
    seat, other = cabin.seat("admin"), cabin.seat("steward-registrar")
    account = cabin.bureau.hall.accounts["steward-registrar"]
    page = f"/console/people/{account.id}"
    assert "结束这 1 次登录" in (await seat.get(page)).text
    assert (await seat.post(page, act="signout")).status_code == 200
    assert (await other.get("/console")).status_code == 303
    text = 'mutation { endSignIns(username: "admin") { count } }'
    assert await cabin.bureau.hall.refused(cabin.bureau.someone("admin"), text) == "OWN_ACCOUNT"


async def test_an_account_is_ended_by_who_types_its_name(cabin):
    """A name that is not the same changes nothing."""
    seat, account = cabin.seat("admin"), cabin.bureau.hall.accounts["second-clerk"]
    page = f"/console/people/{account.id}"
    assert (await seat.post(page, act="end", retyped="clerk")).status_code == 400
    assert (await seat.post(page, act="end", retyped="second-clerk")).status_code == 303
    assert [entry["outcome"] for entry in cabin.bureau.hall.acts("PERSON_ENDED")] == ["GRANTED"]


async def test_a_person_is_changed_by_the_form(cabin):
    """Role, department, purposes and row filters; sign-ins from before end, and a mistake keeps what was filled in."""
    bureau, seat = cabin.bureau, cabin.seat("admin")
    account = bureau.hall.accounts["second-clerk"]
    page, theirs = f"/console/people/{account.id}", cabin.seat("second-clerk")
    assert (await theirs.get("/console")).status_code == 200
    told = {"act": "change", "label": "钱多多", "department": "market", "role": "OFFICER", "purpose": ["INSPECTION"]}
    wrong = await seat.post(page, **told, bindings="无等号")
    assert wrong.status_code == 400
    assert "钱多多" in wrong.text
    done = await seat.post(page, **told, bindings="division = 231282, 231283")
    assert done.status_code == 200, done.text
    found = bureau.hall.look(lambda ledger: ledger.people.of_id(account.id))
    assert (found.label, found.department, found.role) == ("钱多多", "market", "OFFICER")
    assert (list(found.purposes), dict(found.bindings)) == (["INSPECTION"], {"division": ("231282", "231283")})
    assert (await theirs.get("/console")).status_code == 303
    assert (await seat.post(page, **told | {"role": "SEC"})).status_code == 400


async def test_a_second_factor_is_recovered_by_two(cabin):
    """The first is told that another has to agree, the other sees that it waits; then the authenticator is forgotten."""
    hall = cabin.bureau.hall
    account = hall.accounts["second-clerk"]
    enrol(hall, account.id)
    page = f"/console/people/{account.id}"
    first = await cabin.seat("admin").post(page, act="recover", reason="手机遗失")
    assert "待另一名管理员同意" in first.text
    second = cabin.seat("auditor")
    assert "恢复待另一名管理员同意" in (await second.get(page)).text
    assert (await second.post(page, act="recover", reason="已当面核实")).status_code == 200
    found = hall.look(lambda ledger: ledger.people.of_id(account.id))
    assert found.second_factor is None
    assert "恢复待另一名管理员同意" not in (await second.get(page)).text


async def test_an_auditor_sees_accounts_without_names(cabin):
    """Names are for the system administrator."""
    assert "某人dev" in (await cabin.seat("admin").get("/console/people?q=dev")).text
    assert "某人dev" not in (await cabin.seat("auditor").get("/console/people?q=dev")).text
