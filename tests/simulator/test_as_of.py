"""The grants of a past day as they stood and as they were meant: before and after renewals and ends, on both stores."""

import csv
import io
import json
from dataclasses import replace
from datetime import date

import pytest

from auth.classes import Sensitivity
from auth.scopes import Scope
from hub.exchange.as_of import as_csv, as_text, past_grants
from hub.exchange.as_of_page import as_page
from hub.exchange.changes import Change, ChangeKind
from hub.roster.vocabulary import Word, is_remembered, remember_vocabulary, vocabulary_at
from tests.acts.hall import SECURITY, freeze
from tests.simulator.city import AUDITOR, CLERK, SERVICE, STEWARD, at, behind, grant, put, request

SIMULATE = """query($d: String!, $r: String!, $p: String!, $day: Date, $request: ID) {
  simulate(department: $d, role: $r, purpose: $p, asOf: $day, request: $request) {
    day vocabulary unreadable fields { field label state grants rows lastDay expiring } } }"""


def past(hall, day, department=None):
    """What stands on the page of a day, by grant."""
    views = hall.world.hub.gateway.wording.catalogue.fields.values()

    def work(connection):
        return past_grants(connection, views, date.fromisoformat(day), department)

    return hall.world.hub.database.reading(work)


def named(found):
    """Its grants by id."""
    return {one["id"]: one for one in found.grants}


async def simulated(hall, day=None, who=SECURITY, **more):
    """States of the clerk's fields for SERVICE."""
    variables = {"d": "hall", "r": "CLERK", "p": "SERVICE", "day": day, **more}
    found = (await hall.act(who, SIMULATE, None, variables=variables))["simulate"]
    return {one["field"]: one for one in found["fields"]}, found


async def renewed(hall):
    """A grant that runs out, is renewed two days later, and is ended another two days later; it is the 28th then."""
    put(hall, replace(grant(hall, "clerk-open"), ends=date(2026, 11, 24), asked_by="P-1", released_by="P-2"))
    at(hall, "2026-11-26T09:00:00+08:00")
    put(hall, replace(grant(hall, "clerk-open"), ends=date(2027, 12, 31)))
    at(hall, "2026-11-28T09:00:00+08:00")
    put(hall, replace(grant(hall, "clerk-open"), ends=date(2026, 11, 27)))
    at(hall, "2026-12-01T09:00:00+08:00")


async def test_every_day_is_as_it_was(hall):
    """In force until it ran out, not on the day after, again from its renewal to its end."""
    await renewed(hall)
    days = {f"2026-11-{day}": "clerk-open" in named(past(hall, f"2026-11-{day}")) for day in range(23, 30)}
    assert [day[-2:] for day, held in days.items() if held] == ["23", "24", "26", "27"]
    then = named(past(hall, "2026-11-27"))["clerk-open"]
    assert (then["version"], then["period"]) == ("3", "2026-01-01 – 2027-12-31")
    first = named(past(hall, "2026-11-23"))["clerk-open"]
    assert (first["asked_by"], first["released_by"], first["approved_by"]) == ("P-1", "P-2", "市信用办")
    for day, held in days.items():
        states, _ = await simulated(hall, day)
        assert (states["Entity.name"]["state"] == "HELD") is held
    assert (await simulated(hall, "2026-11-25"))[0]["Entity.name"]["state"] == "EXPIRED"


async def test_a_freeze_of_then_is_told(hall):
    """A grant that was frozen at the end of the day gave nothing, and says so; after the thaw it is as before."""
    await hall.act(SECURITY, freeze("GRANT", "clerk-open"))
    at(hall, "2026-11-24T09:00:00+08:00")
    await hall.act(SECURITY, freeze("GRANT", "clerk-open", "thaw"))
    at(hall, "2026-11-25T09:00:00+08:00")
    assert [named(past(hall, f"2026-11-{day}"))["clerk-open"]["state"][:2] for day in (23, 24)] == ["冻结", "有效"]
    assert (await simulated(hall, "2026-11-23"))[0]["Entity.name"]["state"] == "FROZEN"
    assert (await simulated(hall, "2026-11-24"))[0]["Entity.name"]["state"] == "HELD"


async def test_scopes_are_read_as_they_were_meant(hall):
    """A scope that got another field later did not give it before; the page lists the fields of then."""
    views = list(hall.world.hub.gateway.wording.catalogue.fields.values())
    phone = next(view for view in views if view.coordinate == "Entity.contactPhone")
    before = [view for view in views if view is not phone]
    wider = [*before, Word(phone.coordinate, Scope.ENTITY_IDENTITY, Sensitivity.PERSONAL, phone.sharing)]
    at(hall, "2026-11-24T09:00:00+08:00")
    now = hall.world.hub.gateway.clock.moment().second
    database = hall.world.hub.database
    assert database.acting(lambda connection: remember_vocabulary(connection, wider, now)) == 2
    assert database.acting(lambda connection: remember_vocabulary(connection, wider, now)) is None
    assert not database.reading(lambda connection: is_remembered(connection, views))
    at(hall, "2026-11-26T09:00:00+08:00")
    assert [past(hall, day).vocabulary for day in ("2026-11-23", "2026-11-24")] == [1, 2]
    listed = [named(past(hall, day))["clerk-open"]["scopes"] for day in ("2026-11-23", "2026-11-24")]
    assert ["Entity.contactPhone" in one for one in listed] == [False, True]
    assert (await simulated(hall, "2026-11-23"))[0]["Entity.contactPhone"]["state"] == "OTHER_PURPOSE"
    assert (await simulated(hall, "2026-11-24"))[0]["Entity.contactPhone"]["state"] == "HELD"


async def test_before_the_first_vocabulary_the_first_one_counts(small):
    """A day before the hub knew any is read by the oldest."""
    found = small.world.hub.database.reading(lambda connection: vocabulary_at(connection, 0))
    assert found is not None
    assert found.number == 1
    assert past(small, "2020-01-01").grants == []


async def test_a_grant_of_a_role_that_is_no_more_is_printed(small):
    """The page needs no role or scope to exist any more; the simulation names what it leaves out."""
    body = json.loads(dict(small.rows("SELECT id, body FROM grants"))["clerk-open"])
    body.update(role="TOLLKEEPER", scopes=["tolls.all"])
    behind(small, "UPDATE grants SET body = :body WHERE id = 'clerk-open'", body=json.dumps(body))
    at(small, "2026-11-25T09:00:00+08:00")
    one = named(past(small, "2026-11-24"))["clerk-open"]
    assert (one["role"], one["scopes"]) == ("TOLLKEEPER", "tolls.all: ?")
    assert (await simulated(small, "2026-11-24"))[1]["unreadable"] == ["clerk-open"]


async def test_only_one_department(small):
    """Its own grants, and those for every department."""
    found = named(past(small, "2026-11-23", "hall"))
    assert {one["department"].split()[0] for one in found.values()} == {"hall", "*"}
    assert found.keys() < named(past(small, "2026-11-23")).keys()


async def test_as_csv_and_as_text(small):
    """One row a grant with a heading; no cell is a formula."""
    put(small, replace(grant(small, "clerk-open"), legal_basis="=HYPERLINK(1)"))
    found = past(small, "2026-11-23")
    heading, *rows = csv.reader(io.StringIO(as_csv(found)))
    assert heading[0] == "授权编号 / Grant"
    assert len(rows) == len(found.grants)
    assert "'=HYPERLINK(1)" in next(row for row in rows if row[0] == "clerk-open")
    assert "法律依据 / Legal basis: =HYPERLINK(1)" in as_text(found)


async def test_the_page_for_printing(small):
    """Chinese first, with everything of each grant; what is written in a grant stays text."""
    put(small, replace(grant(small, "clerk-open"), legal_basis="<script>alert(1)</script>", records_a_day=500))
    page = as_page(past(small, "2026-11-23"), "某市 & 某局", "2026-11-23T10:00:00+08:00")
    assert page.startswith("<!doctype html>")
    assert "<script>" not in page
    assert "&lt;script&gt;" in page
    assert "某市 &amp; 某局" in page
    for text in ("clerk-open", "500 条记录", "Entity.name", "批准", "http"):
        assert (text in page) == (text != "http")


async def test_a_request_is_laid_over_today(hall):
    """Whatever its state, the matrix shows what it would change; the store is as it was."""
    grants = hall.rows("SELECT id, version, body FROM grants")
    phone = replace(grant(hall, "clerk-open"), id="", scopes=frozenset(), fields=frozenset({"Entity.contactPhone"}))
    number = request(hall, "R-2026-00001", Change(ChangeKind.ADD, replace(phone, ends=date(2026, 12, 1))))
    before, after = await simulated(hall), await simulated(hall, request=number)
    changed = [name for name, one in after[0].items() if one != before[0][name]]
    assert changed == ["Entity.contactPhone"]
    shown = after[0]["Entity.contactPhone"]
    assert (shown["state"], shown["grants"], shown["lastDay"], shown["expiring"]) == (
        "HELD",
        ["+1"],
        "2026-12-01",
        True,
    )
    assert hall.rows("SELECT id, version, body FROM grants") == grants


async def test_the_difference_in_words(hall):
    """Whom a request concerns, how many, and what becomes of which field, in both languages."""
    number = request(hall, "R-2026-00001", Change(ChangeKind.END, grant(hall, "clerk-masked"), date(2026, 11, 23)))
    text = "query($r: ID!) { grantDiff(request: $r) { department role purpose since until people clients text textEn fields { field shifts } } }"
    found = (await hall.act(AUDITOR, text, None, variables={"r": number}))["grantDiff"]
    assert [one["purpose"] for one in found] == ["GREEN_CHANNEL", "SERVICE"]
    service = found[1]
    assert (service["since"], service["until"]) == ("2026-11-24", None) or service["until"] == "2099-12-31"
    assert service["fields"] == [
        {"field": "Entity.address", "shifts": ["LOST"]},
        {"field": "Entity.legalRepresentative", "shifts": ["LOST"]},
    ]
    # Two clerks, and the clients `clerk` and `counter`.
    assert (service["people"], service["clients"]) == (2, 2)
    assert "不再可查 住所（Entity.address）" in service["text"]
    assert "涉及 2 人、2 个客户端" in service["text"]
    assert "lost: Registered address (Entity.address)" in service["textEn"]
    # For the green channel the name of the representative is held in clear by another grant as well.
    assert found[0]["fields"] == [{"field": "Entity.address", "shifts": ["LOST"]}]


async def test_a_steward_sees_the_records_of_their_department(small):
    """The credit office sees what concerns its own records, and nothing of others."""
    whole, _ = await simulated(small)
    shown, _ = await simulated(small, who=STEWARD)
    assert shown.keys() < whole.keys()
    assert {name.partition(".")[0] for name in shown} >= {"CreditRating"}
    assert not [name for name in shown if name.startswith(("Entity.", "Licence."))]
    number = request(small, "R-2026-00001", Change(ChangeKind.END, grant(small, "clerk-masked"), date(2026, 11, 23)))
    text = "query($r: ID!) { grantDiff(request: $r) { text } }"
    assert (await small.act(STEWARD, text, None, variables={"r": number}))["grantDiff"] == []
    assert (await small.act(SECURITY, text, None, variables={"r": number}))["grantDiff"] != []


@pytest.mark.parametrize(
    "wrong",
    [
        {"d": "nowhere"},
        {"r": "KING"},
        {"p": "NOTHING"},
        {"day": "2026-11-23"},
        {"day": "2026-11-20", "request": "R-1"},
        {"request": "R-1"},
    ],
)
async def test_what_cannot_be_simulated(small, wrong):
    """Each with a code, and nothing of a value."""
    variables = {"d": "hall", "r": "CLERK", "p": "SERVICE", **wrong}
    assert await small.refused(SECURITY, SIMULATE, None, variables=variables) == "BAD_USER_INPUT"


async def test_others_have_no_such_question(small):
    """For a clerk and the public the simulator does not exist."""
    variables = {"d": "hall", "r": "CLERK", "p": "SERVICE"}
    assert await small.refused(CLERK, SIMULATE, None, variables=variables, **SERVICE) == "GRAPHQL_VALIDATION_FAILED"
    assert await small.refused(None, SIMULATE, None, variables=variables) == "GRAPHQL_VALIDATION_FAILED"
