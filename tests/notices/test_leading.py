"""What a notice leads to: a page for whoever has it, calls for machines, and no name of a call in a sentence."""

import re
from dataclasses import replace

import pytest

from auth.roles import Role
from hub.events import Channel, Event, Who
from hub.notices import wording
from hub.notices.leading import LEADS, calls_of, page_of
from hub.notices.letters import Letters
from hub.settings_notices import NoticeTable
from schema.catalogue import fold_catalogue
from schema.shaped import ShapedSchemas
from tests.notices.letters import letter
from tests.notices.test_wording import fitting

PAGE = "https://hub.example/console/grants?q=G-0001"
WHOLE = ShapedSchemas(fold_catalogue()).whole().graphql
_CALL = re.compile(r"[a-z]+[A-Z]\w*")


@pytest.mark.parametrize("event", Event)
def test_a_sentence_says_in_words_what_is_to_be_done(event):
    """People read no name of a call."""
    said = [wording.word(event, fitting(event), who) for who in (None, *Who)]
    assert [text for pair in said for text in pair if _CALL.search(text)] == []


@pytest.mark.parametrize("event", LEADS)
def test_what_it_leads_to_is_there(event):
    """Every call is a question or an act of the schema, and so is the question of whoever has the page."""
    assert WHOLE.query_type is not None
    assert WHOLE.mutation_type is not None
    roots = {**WHOLE.query_type.fields, **WHOLE.mutation_type.fields}
    lead = LEADS[event]
    assert [call for call in lead.calls if call not in roots] == []
    assert (lead.root in WHOLE.query_type.fields) is bool(lead.page)
    assert page_of(event.value, fitting(event), "PERSON", "MERCHANT") == ""
    assert page_of(event.value, fitting(event), "ENTITY", "") == ""
    assert page_of(event.value, fitting(event), "CLIENT", "") == ""


def test_whoever_has_to_do_something_is_led_there():
    """Stewards, officers and auditors by their own pages; nobody to a page of another office."""
    asked = fitting(Event.REQUEST_SUBMITTED)
    assert page_of("REQUEST_SUBMITTED", asked, "PERSON", "STEWARD") == "/console/requests/R-0001"
    used = fitting(Event.EMERGENCY_USED)
    assert page_of("EMERGENCY_USED", used, "PERSON", "AUDIT") == "/console/emergencies"
    proposed = fitting(Event.OFFICE_PROPOSED)
    assert page_of("OFFICE_PROPOSED", proposed, "PERSON", "AUDIT") == f"/console/people/{proposed['person']}"
    assert page_of("OFFICE_PROPOSED", proposed, "PERSON", "CLERK") == ""
    assert page_of("FROZEN", fitting(Event.FROZEN), "DEPARTMENT", "") == ""
    ending = fitting(Event.GRANT_EXPIRING)
    assert page_of("GRANT_EXPIRING", ending, "DEPARTMENT", "") == "/console/grants?q=G-0001"
    assert page_of("GRANT_EXPIRING", ending | {"grant": "a&b#c"}, "PERSON", "SEC") == "/console/grants?q=a%26b%23c"


def test_what_another_version_put_leads_nowhere():
    """An event that is not known here, or other parameters, are no fault."""
    assert (page_of("NEWS", {}, "PERSON", "SEC"), calls_of("NEWS")) == ("", ())
    assert page_of("GRANT_EXPIRING", {}, "PERSON", "SEC") == ""
    assert page_of("GRANT_EXPIRING", fitting(Event.GRANT_EXPIRING), "PERSON", "KING") == ""


def test_whoever_is_told_to_do_something_has_a_page_or_calls():
    """Every event that asks somebody to see to it leads on."""
    asks = [
        event
        for event in Event
        if re.search(r"待|请尽快|请立即办理|请查看|请确认", wording.word(event, fitting(event)).zh)
    ]
    assert len(asks) > 12
    assert [one for one in asks if one not in LEADS and one is not Event.SELF_CHECK_FAILED] == []


async def test_a_letter_shows_where(tmp_path):
    """The address stands on the page; without a console none does."""
    for page in (PAGE, ""):
        out = tmp_path / ("with" if page else "without")
        await Letters(out, "网关").carry(replace(letter(), page=page))
        (written,) = out.rglob("*.html")
        assert ("办理网址：" + PAGE in written.read_text(encoding="utf-8")) is bool(page)


def test_a_machine_is_told_the_calls():
    """In the document of webhooks and of the folder; what is not there is left out."""
    told = replace(letter(), page=PAGE, calls=calls_of("GRANT_ENDED")).document()
    assert (told["page"], told["calls"]) == (PAGE, ["renewGrant", "recertifyGrants"])
    assert {"page", "calls"}.isdisjoint(letter().document())


@pytest.mark.parametrize("console", ["https://hub.example", ""])
async def test_whoever_gets_a_notice_is_led_to_the_console(post, console):
    """Who may come in there; nobody is where the hub has none."""
    post.with_shelves(Channel.FOLDER)
    auditor, merchant = post.add("auditor", Role.AUDIT), post.add("owner", Role.MERCHANT)
    deliverer = post.deliverer(NoticeTable(event=Event.OBJECTION_DECIDED, channels=(Channel.FOLDER,)))
    post.tell(Event.OBJECTION_DECIDED, fitting(Event.OBJECTION_DECIDED), persons=(auditor, merchant))
    await replace(deliverer, post=replace(deliverer.post, console=console)).deliver_due()
    led = {one.delivery.recipient.name: one.page for one in post.shelves[Channel.FOLDER].got}
    page = "https://hub.example/console/audit/objections#Y-2027-00001" if console else ""
    assert led == {auditor: page, merchant: ""}
