"""Annual recertification: all owners confirm, nobody what they asked for; what nobody confirms is not honoured any more."""

import pytest

from tests.acts.desk import change, confirm, grants, on, open_desk, person
from tests.acts.hall import Someone, open_hall


@pytest.fixture
async def desk(stored, tmp_path):
    """A desk on a store of each kind."""
    async with open_desk(tmp_path, stored) as made:
        yield made


async def _one(desk, name, grant, fields="certifiedUntil version certifications { owner until by counted }"):
    return {one["id"]: one for one in await grants(desk, name, fields=f"id {fields}")}[grant]


async def test_a_single_owner_extends_it_by_a_year_from_today(desk):
    """The grant gets another version, of the same request as before, which says who confirmed it."""
    on(desk, "2027-06-01")
    assert await confirm(desk, "registrar", ["officer-masked-elsewhere"]) == [
        {"id": "officer-masked-elsewhere", "certifiedUntil": "2028-05-31", "waitingFor": []}
    ]
    found = await _one(desk, "registrar", "officer-masked-elsewhere")
    assert (found["certifiedUntil"], found["version"]) == ("2028-05-31", 3)
    (word,) = found["certifications"]
    assert word == {"owner": "registrar", "until": "2028-05-31", "by": desk.accounts["p-registrar"].id, "counted": True}
    (entry,) = desk.acts("GRANTS_RECERTIFIED")
    assert entry["outcome"] == "GRANTED"
    assert entry["told"]["extended"] == "officer-masked-elsewhere"


async def test_all_owners_have_to_confirm(desk):
    """Until the last one says so, nothing is extended; then it is, until the earliest day of theirs."""
    on(desk, "2027-06-01")
    (first,) = await confirm(desk, "registrar", ["bank-open"])
    assert first == {"id": "bank-open", "certifiedUntil": "2027-11-22", "waitingFor": ["credit"]}
    assert (await _one(desk, "sec", "bank-open"))["version"] == 2
    (second,) = await confirm(desk, "credit", ["bank-open"], "2028-01-31")
    assert second == {"id": "bank-open", "certifiedUntil": "2028-01-31", "waitingFor": []}
    assert [entry["outcome"] for entry in desk.acts("GRANTS_RECERTIFIED")] == ["WAITING", "GRANTED"]


async def test_a_word_does_not_count_for_ever(desk):
    """After ninety days an owner is asked again."""
    on(desk, "2027-03-01")
    await confirm(desk, "registrar", ["bank-open"])
    on(desk, "2027-06-01")
    (late,) = await confirm(desk, "credit", ["bank-open"])
    assert late["waitingFor"] == ["registrar"]
    (again,) = await confirm(desk, "registrar", ["bank-open"])
    assert again == {"id": "bank-open", "certifiedUntil": "2028-05-31", "waitingFor": []}


async def test_a_word_counts_for_what_was_read(desk):
    """A grant that was changed meanwhile is confirmed anew by everybody."""
    on(desk, "2027-06-01")
    await confirm(desk, "registrar", ["bank-open"])
    change(desk, "bank-open", legal_basis="另一依据")
    (late,) = await confirm(desk, "credit", ["bank-open"])
    assert late["waitingFor"] == ["registrar"]


@pytest.mark.parametrize(
    ("name", "names", "until", "code"),
    [
        ("registrar", ["officer-own-division"], "2028-06-01", "BAD_USER_INPUT"),
        ("registrar", ["officer-own-division"], "2027-05-31", "BAD_USER_INPUT"),
        ("registrar", [], None, "BAD_USER_INPUT"),
        ("registrar", ["bank-open", "bank-open"], None, "BAD_USER_INPUT"),
        ("registrar", [f"G-{n}" for n in range(201)], None, "BAD_USER_INPUT"),
        ("registrar", ["no-such-grant"], None, "GRANT_NOT_FOUND"),
        ("justice", ["bank-open"], None, "GRANT_NOT_FOUND"),
        ("sec", ["bank-open"], None, "GRANT_NOT_FOUND"),
        ("registrar", ["bank-never"], None, "BAD_USER_INPUT"),
        ("credit", ["bank-rating-until-yesterday"], None, "BAD_USER_INPUT"),
        ("window", ["clerk-open"], None, "GRAPHQL_VALIDATION_FAILED"),
        ("auditor", ["bank-open"], None, "GRAPHQL_VALIDATION_FAILED"),
    ],
    ids=lambda value: str(value)[:24],
)
async def test_what_cannot_be_confirmed(desk, name, names, until, code):
    """For more than a year, for the past, twice, what is not there, what is another's, a denial, what has ended; by others."""
    on(desk, "2027-06-01")
    query = "mutation ($ids: [String!]!, $until: Date) { recertifyGrants(ids: $ids, until: $until) { position } }"
    assert await desk.refused(person(desk, name), query, variables={"ids": names, "until": until}) == code
    assert desk.rows("SELECT count(*) FROM grant_certifications") == [(0,)]


async def test_a_client_confirms_nothing(desk):
    """A person does."""
    query = 'mutation { recertifyGrants(ids: ["bank-open"]) { position } }'
    assert await desk.refused(Someone("c-registrar"), query) == "PERSON_REQUIRED"


async def test_one_that_cannot_be_confirmed_keeps_all_from_it(desk):
    """All or nothing."""
    on(desk, "2027-06-01")
    query = 'mutation { recertifyGrants(ids: ["officer-masked-elsewhere", "no-such-grant"]) { position } }'
    assert await desk.refused(person(desk, "registrar"), query) == "GRANT_NOT_FOUND"
    assert (await _one(desk, "sec", "officer-masked-elsewhere"))["version"] == 2


async def test_nobody_confirms_what_they_asked_for(desk):
    """Another steward of the department does."""
    change(desk, "officer-masked-elsewhere", asked_by=desk.accounts["p-registrar"].id)
    query = 'mutation { recertifyGrants(ids: ["officer-masked-elsewhere"]) { position } }'
    assert await desk.refused(person(desk, "registrar"), query) == "OWN_GRANT"
    (done,) = await confirm(desk, "registrar-2", ["officer-masked-elsewhere"])
    assert done["waitingFor"] == []


async def test_what_nobody_confirms_is_not_honoured_the_day_after(desk):
    """The field is denied as one whose grant has expired, until its owners confirm it again."""
    clerk = Someone("clerk")
    ask = 'query { entity(uscc: "91231282MA9X0A019P") { name } }'
    headers = {"hub-purpose": "SERVICE"}

    async def code():
        body = (await desk.ask(clerk, ask, None, headers=headers)).json()
        return [error["extensions"]["code"] for error in body.get("errors", ())]

    on(desk, "2027-11-22")
    assert await code() == []
    on(desk, "2027-11-23")
    assert await code() == ["GRANT_EXPIRED"]
    assert {one["id"]: one["state"] for one in await grants(desk, "window")}["clerk-open"] == "UNCERTIFIED"
    for name in ("registrar", "market", "health"):
        await confirm(desk, name, ["clerk-open"])
    (done,) = await confirm(desk, "credit", ["clerk-open"])
    assert done["waitingFor"] == []
    assert await code() == []


async def test_a_confirmation_leaves_a_request_that_waits_as_it_was(desk):
    """A renewal that was asked for before can be released after."""
    renew = (
        'mutation { renewGrant(id: "clerk-masked", until: "2028-11-01", reason: "仍需") { request { number state } } }'
    )
    on(desk, "2027-10-01")
    body = (await desk.ask(person(desk, "window"), renew)).json()
    assert body["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT", "it ends in 2099 already"
    end = 'mutation { endGrant(id: "clerk-masked", lastDay: "2028-01-01", reason: "减少") { request { number } } }'
    number = (await desk.act(person(desk, "window"), end))["endGrant"]["request"]["number"]
    await confirm(desk, "registrar", ["clerk-masked"])
    await desk.act(person(desk, "sec"), f'mutation {{ releaseRequest(number: "{number}") {{ position }} }}')
    found = await _one(desk, "sec", "clerk-masked", "ends certifiedUntil")
    assert found == {"id": "clerk-masked", "ends": "2028-01-01", "certifiedUntil": "2028-09-30"}


async def test_the_year_of_a_configuration_begins_when_the_store_leads(desk):
    """Everything that is confirmed every year holds for a year from then, and one entry says so; denials do not lapse."""
    (entry,) = desk.acts("GRANTS_TO_CONFIRM")
    found = {one["id"]: one["certifiedUntil"] for one in await grants(desk, "sec")}
    assert entry["told"]["until"] == "2027-11-22"
    assert int(entry["told"]["grants"]) == sum(day == "2027-11-22" for day in found.values())
    assert {name for name, day in found.items() if day is None} == {
        *("bank-never", "bank-not-for-checks", "bank-rating-until-yesterday")
    }
    on(desk, "2027-02-01")
    await desk.world.hub.warner.look()
    assert len(desk.acts("GRANTS_TO_CONFIRM")) == 1


async def test_a_file_that_leads_says_itself_how_long_its_grants_hold(stored, tmp_path):
    """Without officers nothing is confirmed, and nothing lapses for want of it."""
    async with open_hall(tmp_path, stored) as hall:
        await hall.world.hub.warner.look()
        assert all(one.certified_until is None for one in hall.world.hub.roster.grants)
        assert hall.acts("GRANTS_TO_CONFIRM") == []
