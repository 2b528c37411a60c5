"""Who sees a request: whoever asked, their department, the stewards of its owners, security and audit – nobody else.

A draft is its author's. The system administrator has no need of any.
"""

from sqlalchemy import ColumnElement, and_, or_, select

from auth.roles import Role
from hub.exchange.asking import may_ask
from hub.exchange.exchange import Actor
from hub.exchange.requests import Request
from hub.store.access_tables import access_requests, request_parts
from schema.enums import RequestState

_ALL = frozenset({Role.SEC, Role.AUDIT})


def sees(actor: Actor, request: Request) -> bool:
    """True if they may read it."""
    if request.asked_by in actor.counts_as:
        return True
    if request.state is RequestState.DRAFT:
        return False
    if actor.role in _ALL:
        return True
    if not may_ask(actor.role):
        return False
    answers = actor.role is Role.STEWARD and request.part(actor.department) is not None
    return request.department == actor.department or answers


def visible(actor: Actor) -> ColumnElement[bool]:
    """The same as a condition on the table of requests."""
    table = access_requests.c
    submitted = table.submitted_at.is_not(None)
    ways: list[ColumnElement[bool]] = [table.asked_by.in_(actor.counts_as)]
    if actor.role in _ALL:
        ways.append(submitted)
    elif may_ask(actor.role):
        ways.append(and_(submitted, table.department == actor.department))
        if actor.role is Role.STEWARD:
            parts = select(request_parts.c.request).where(request_parts.c.owner == actor.department)
            ways.append(table.number.in_(parts))
    return or_(*ways)
