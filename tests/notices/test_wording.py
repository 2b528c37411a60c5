"""Every event has its words, takes what stands in them and nothing else, and nothing that is a value."""

import pytest

from hub.events import DECLARED, Event, Who
from hub.notices.telling import News, tell
from hub.notices.wording import check, parameters, word
from hub.notices.wording_mandates import Ending
from tests.acts.hall import CITIZEN
from tests.notices.office import NAMING

FITTING = {
    "change": "CORRECTED",
    "client": "market-app",
    "correction": "J-0001",
    "count": 3,
    "day": "2027-01-15",
    "days": 30,
    "department": "market",
    "deputy": "D-1",
    "due": "2027-01-31",
    "entity": "91231282MA9X0A019P",
    "field": "Penalty.fine",
    "from_day": "2027-01-01",
    "grant": "G-0001",
    "kind": "CLIENT",
    "limit": 500,
    "name": "market-app",
    "objection": "Y-2027-00001",
    "office": "SEC",
    "outcome": "CORRECTED",
    "owner": "market",
    "person": "019ab3f0c2d1a84f20e6c1b7",
    "questions": 2,
    "reason": "BY_HOLDER",
    "recall": "H-2027-00001",
    "report": "2345ACDFGHJK",
    "request": "R-0001",
    "review": "V-0001",
    "succession": "S-0001",
    "use": "E-0001",
    "when": "2027-01-15T16:05:00+08:00",
}


def fitting(event):
    """Parameters for an event."""
    instants = {Event.SECRET_EXPIRING, Event.EMERGENCY_USED, Event.OFFICE_PROPOSED}
    until = "2027-02-01T09:30:00+08:00" if event in instants else "2027-02-01"
    return {name: {**FITTING, "until": until}[name] for name in parameters(event)}


@pytest.mark.parametrize("event", Event)
def test_every_event_has_its_words(event):
    """In Chinese and in English, for each kind of recipient, with every parameter filled in."""
    check(event, fitting(event))
    for who in (None, *DECLARED[event].to):
        text = word(event, fitting(event), who)
        assert text.zh.endswith("。")
        assert text.en.endswith(".")
        assert text.en.isascii()
        assert not {"{", "}"} & set(text.zh + text.en)
    assert DECLARED[event].zh
    assert DECLARED[event].en.isascii()


def test_days_and_instants_are_written_as_people_write_them():
    """In each language."""
    text = word(Event.SECRET_EXPIRING, fitting(Event.SECRET_EXPIRING))
    assert "2027年2月1日9:30" in text.zh
    assert "1 February 2027, 09:30" in text.en
    assert "2027年1月31日" in word(Event.REQUEST_OVERDUE, fitting(Event.REQUEST_OVERDUE)).zh


def test_departments_and_fields_are_called_by_their_labels():
    """In each language; what has none, and a department that is not there any more, stand by their codes."""
    params = fitting(Event.CORRECTION_ANSWERED)
    text = word(Event.CORRECTION_ANSWERED, params, naming=NAMING)
    assert "市场监管局" in text.zh
    assert "market" not in text.zh
    assert "Penalty.fine" not in text.zh + text.en
    assert "market answered" in text.en
    gone = word(Event.CORRECTION_ANSWERED, params | {"owner": "gone", "field": "Gone.field"}, naming=NAMING)
    assert "gone" in gone.zh
    assert "Gone.field" in gone.zh


def test_an_entity_reads_something_else():
    """Than the person whose account it is; and no end where there is none."""
    params = fitting(Event.MANDATE_GRANTED) | {"until": ""}
    person, entity = (word(Event.MANDATE_GRANTED, params, who).zh for who in (Who.PERSON, Who.ENTITY))
    assert "您的账号" in person
    assert "如非贵单位授意" in entity
    assert "止" not in person


@pytest.mark.parametrize("reason", Ending)
def test_every_end_of_a_mandate_has_its_words(reason):
    """Also in a notice."""
    check(Event.MANDATE_ENDED, fitting(Event.MANDATE_ENDED) | {"reason": reason.value})


@pytest.mark.parametrize(
    "wrong",
    [
        {},
        {"request": "R-1"},
        {"request": "R-1", "due": "soon"},
        {"request": "R-1", "due": "2027-01-31", "more": "x"},
        {"request": CITIZEN, "due": "2027-01-31"},
        {"request": "x" * 201, "due": "2027-01-31"},
        {"request": "a\nb", "due": "2027-01-31"},
    ],
)
def test_what_does_not_fit_is_a_mistake_at_once(post, wrong):
    """In the transaction of what it is about, before anything is put."""
    with pytest.raises(ValueError, match=r"REQUEST_SUBMITTED|isoformat"):
        post.database.acting(lambda c: tell(c, post.vault, News(Event.REQUEST_SUBMITTED, wrong), 1))
    assert post.rows("SELECT count(*) FROM notices") == [(0,)]


def test_an_instant_is_no_number_of_a_person():
    """Whatever digits stand in it."""
    for hour in range(24):
        check(Event.DEPUTY_ENDED, {"deputy": "D-1", "when": f"2026-11-19T{hour:02}:05:12+08:00"})
