"""Taking back what took effect: what ends, what has its day again, and what there is nothing to do about."""

from dataclasses import replace
from datetime import date

from auth.grants import Effect, Grant
from auth.roles import Role
from hub.exchange.changes import Change, ChangeKind
from hub.exchange.undoing import reversed_changes

TODAY = date(2026, 11, 23)
GRANT = Grant(
    id="G-1",
    department="hall",
    role=Role.CLERK,
    purposes=frozenset({"SERVICE"}),
    effect=Effect.ALLOW,
    fields=frozenset({"Entity.name"}),
    legal_basis="行政许可法",
    starts=date(2026, 1, 1),
    ends=date(2027, 1, 1),
    approved_by="somebody",
)


def back(change, now):
    """The changes back of one change, as kind and last day."""
    made = [now] if change.kind is ChangeKind.ADD else []
    found = reversed_changes([change], made, {now.id: now}, TODAY)
    return [(one.kind, one.grant, one.last_day) for one in found]


def test_what_was_given_ends_today():
    """Unless it is over."""
    given = Change(ChangeKind.ADD, replace(GRANT, id=""))
    assert back(given, GRANT) == [(ChangeKind.END, GRANT, TODAY)]
    assert back(given, replace(GRANT, ends=TODAY)) == []


def test_what_was_renewed_has_its_earlier_last_day():
    """Or ends today, if that day is past."""
    longer = replace(GRANT, ends=date(2028, 1, 1))
    assert back(Change(ChangeKind.RENEW, GRANT, longer.ends), longer) == [(ChangeKind.END, longer, GRANT.ends)]
    past = replace(GRANT, ends=date(2026, 11, 1))
    assert back(Change(ChangeKind.RENEW, past, longer.ends), longer) == [(ChangeKind.END, longer, TODAY)]


def test_what_was_ended_is_asked_for_again():
    """Until its earlier last day; what somebody else set to that day meanwhile is left."""
    shorter = replace(GRANT, ends=TODAY)
    change = Change(ChangeKind.END, GRANT, TODAY)
    assert back(change, shorter) == [(ChangeKind.RENEW, shorter, GRANT.ends)]
    assert back(change, GRANT) == []
