"""Requests for access as acts: who does it, what is read of their words, and what is shown of a request to whom.

What is decided stands in hub/exchange; here are the caller, the record and the form of an answer.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select

from auth.grants import Grant
from auth.standing import Stopped
from hub.acts.asking_input import read_grant
from hub.acts.asking_shown import shown
from hub.acts.doing import Doing, bad_input, line_of
from hub.callers.stopping import is_frozen
from hub.errors import HubError
from hub.exchange import answering, asking
from hub.exchange.changes import Change, ChangeKind
from hub.exchange.exchange import Actor, Exchange
from hub.exchange.requests import Request
from hub.exchange.sight import sees, visible
from hub.exchange.undoing import reversed_changes
from hub.exchange.words import Words
from hub.store.access_tables import access_requests
from hub.store.access_tables import grants as grants_table
from schema.asking import AccessRequest, GrantInput, RequestOutcome
from schema.enums import RequestState

MAX_TEXT = 500
_MAX_PAGE = 100


def exchange_of(doing: Doing) -> Exchange:
    """What requests are dealt with in this transaction."""
    if doing.rules.owners is None:
        raise RuntimeError("nobody said who owns what")

    def record(act: str, outcome: str, subject: str, told: Any) -> int:
        return doing.record(act, outcome, subject, told)

    return Exchange(doing.connection, doing.vault, doing.occasion.now, doing.rules.owners, record)


def actor_of(doing: Doing) -> Actor:
    """Who does it; HubError where that is no person, or one who has left."""
    client, person = doing.access.caller.client, doing.person()
    if doing.people.of_id(person) is None:
        raise HubError("UNAUTHENTICATED")
    return Actor(person, doing.persons(), client.department, client.role, client.id)


@dataclass(frozen=True, slots=True)
class Asking:
    """The `AskingDeeds` of the schema."""

    doing: Doing

    def ask(self, grants: Sequence[GrantInput], reason: str, *, draft: bool, paper: bool) -> RequestOutcome:
        """Ask for grants."""
        exchange, actor, why = self._begin(reason)
        if len(grants) > asking.MOST_CHANGES:
            raise bad_input(f"至多 {asking.MOST_CHANGES} 项授权", f"at most {asking.MOST_CHANGES} grants")
        places = [f"grants[{number}]" for number in range(len(grants))]
        read = [
            read_grant(one, place, exchange.today, actor.department, paper=paper)
            for one, place in zip(grants, places, strict=True)
        ]
        changes = [Change(ChangeKind.ADD, grant) for grant in read]
        return self._outcome(exchange, *asking.ask(exchange, actor, changes, asking.Wish(why, draft, paper)))

    def renew(self, grant: str, until: str, reason: str) -> RequestOutcome:
        """Ask for a grant to hold longer."""
        return self._change(ChangeKind.RENEW, grant, until, reason)

    def end(self, grant: str, last_day: str, reason: str) -> RequestOutcome:
        """Ask for a grant to end earlier."""
        return self._change(ChangeKind.END, grant, last_day, reason)

    def undo(self, number: str, reason: str) -> RequestOutcome:
        """Draft what takes a request back that took effect."""
        exchange, actor, why = self._begin(reason)
        request = exchange.request(number)
        if not sees(actor, request):
            raise HubError("REQUEST_NOT_FOUND")
        if request.state is not RequestState.RELEASED or request.changes is None:
            raise asking.wrong_state(request)
        changed = {change.grant.id for change in request.changes if change.kind is not ChangeKind.ADD}
        made = [name for name in _made(exchange, [request]).get(number, []) if name not in changed]
        now = {name: grant for name in (*made, *changed) if (grant := exchange.grants.of(name)) is not None}
        back = reversed_changes(request.changes, [now[name] for name in made if name in now], now, exchange.today)
        if not back:
            raise bad_input("已无可撤销的变更", "nothing of it holds any more that could be taken back")
        for change in back:
            self._grant(exchange, actor, change.grant.id)
        return self._outcome(exchange, *asking.ask(exchange, actor, back, asking.Wish(why, draft=True)))

    def submit(self, number: str) -> RequestOutcome:
        """Submit a draft."""
        exchange = exchange_of(self.doing)
        return self._outcome(exchange, *asking.submit(exchange, actor_of(self.doing), number))

    def withdraw(self, number: str) -> RequestOutcome:
        """Take a request back."""
        exchange = exchange_of(self.doing)
        return self._outcome(exchange, *asking.withdraw(exchange, actor_of(self.doing), number))

    def answer(
        self, number: str, owner: str, basis: str | None, reason: str | None, *, approve: bool
    ) -> RequestOutcome:
        """Answer for a department."""
        exchange, actor = exchange_of(self.doing), actor_of(self.doing)
        verdict = answering.Verdict(approve, _optional(basis, "basis") or "", _optional(reason, "reason"))
        return self._outcome(exchange, *answering.answer(exchange, actor, number, owner, verdict))

    def extend(self, number: str, reason: str) -> RequestOutcome:
        """Give one's own department more time."""
        exchange, actor, why = self._begin(reason)
        return self._outcome(exchange, *answering.extend(exchange, actor, number, why))

    def release(self, number: str) -> RequestOutcome:
        """Let a request take effect."""
        exchange, actor = exchange_of(self.doing), actor_of(self.doing)
        request, _, position = answering.release(exchange, actor, number)
        self._check_speakers(request)
        return self._outcome(exchange, request, position)

    def refuse(self, number: str, basis: str) -> RequestOutcome:
        """Refuse a request."""
        exchange, actor = exchange_of(self.doing), actor_of(self.doing)
        why = _optional(basis, "basis") or ""
        return self._outcome(exchange, *answering.refuse(exchange, actor, number, why))

    def _change(self, kind: ChangeKind, grant: str, day: str, reason: str) -> RequestOutcome:
        exchange, actor, why = self._begin(reason)
        found = self._grant(exchange, actor, grant)
        changes = [Change(kind, found, date.fromisoformat(day))]
        return self._outcome(exchange, *asking.ask(exchange, actor, changes, asking.Wish(why)))

    def _grant(self, exchange: Exchange, actor: Actor, name: str) -> Grant:
        """A grant of one's own department, or one that gives something of its records; others do not exist."""
        found = exchange.grants.of(name) if name.isascii() and name.isprintable() else None
        mine = found is not None and actor.department in {found.department, *exchange.owners.answering(found)}
        if found is None or not mine:
            raise bad_input("没有这项授权", "there is no such grant")
        return found

    def _check_speakers(self, request: Request) -> None:
        """Nothing takes effect on the word of somebody who is frozen, or has left."""
        for part in request.parts:
            person = part.answered_by or ""
            frozen = is_frozen(self.doing.connection, [(Stopped.PERSON, person), (Stopped.DEPARTMENT, part.owner)])
            if frozen or self.doing.people.of_id(person) is None:
                detail, detail_en = "答复人已停用", "whoever answered is frozen or has left"
                raise HubError("REQUEST_OUTDATED", detail=detail, detail_en=detail_en)

    def _begin(self, reason: str) -> tuple[Exchange, Actor, str]:
        return exchange_of(self.doing), actor_of(self.doing), line_of(reason, MAX_TEXT, "reason")

    def _outcome(self, exchange: Exchange, request: Request, position: int) -> RequestOutcome:
        return RequestOutcome(request=_shown(exchange, [request])[0], position=position)  # type: ignore[arg-type]


@dataclass(frozen=True, slots=True)
class AskingShown:
    """The `AskingLook` of the schema."""

    doing: Doing

    def requests(
        self, state: RequestState | None, first: int, after: str | None, *, mine: bool
    ) -> Sequence[AccessRequest]:
        """Requests that the caller may see, the newest first."""
        if not 1 <= first <= _MAX_PAGE:
            raise bad_input(f"first 须为 1–{_MAX_PAGE}", f"first takes 1 to {_MAX_PAGE}")
        if self.doing.access.caller.person is None:
            raise HubError("PERSON_REQUIRED")
        exchange, actor, table = exchange_of(self.doing), actor_of(self.doing), access_requests.c
        query = select(access_requests).where(visible(actor)).order_by(table.made_at.desc(), table.number.desc())
        if state is not None:
            query = query.where(table.state == state.name)
        if mine:
            query = query.where(table.asked_by.in_(actor.counts_as))
        if after is not None:
            last = exchange.request(after)
            if not sees(actor, last):
                raise HubError("REQUEST_NOT_FOUND")
            earlier = (table.made_at < last.made_at) | ((table.made_at == last.made_at) & (table.number < last.number))
            query = query.where(earlier)
        return _shown(exchange, exchange.requests.read(query.limit(first)))

    def request(self, number: str) -> AccessRequest | None:
        """The request of this number, None where there is none that the caller may see."""
        exchange, actor = exchange_of(self.doing), actor_of(self.doing)
        try:
            found = exchange.request(number)
        except HubError:
            return None
        return _shown(exchange, [found])[0] if sees(actor, found) else None


def _shown(exchange: Exchange, requests: Sequence[Request]) -> list[AccessRequest]:
    words, days, made = (
        Words(exchange.owners, exchange.roster().departments),
        exchange.days(),
        _made(exchange, requests),
    )
    return [shown(one, words, days, exchange.today, made.get(one.number, [])) for one in requests]


def _made(exchange: Exchange, requests: Sequence[Request]) -> dict[str, list[str]]:
    """Ids of the grants that came of requests, by the numbers of these."""
    table = grants_table.c
    query = select(table.request, table.id).where(table.request.in_([one.number for one in requests])).distinct()
    found: dict[str, list[str]] = {}
    for row in exchange.connection.execute(query.order_by(table.id)):
        found.setdefault(row.request, []).append(row.id)
    return found


def _optional(text: str | None, name: str) -> str | None:
    return None if text is None or not text.strip() else line_of(text, MAX_TEXT, name)
