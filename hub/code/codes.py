"""Codes in the store: one an entity, with the tokens it had and where it was displayed, in one transaction.

Whoever changes one makes the pulse beat, so that every page and worker sees it within a second. Who may do it, what is
recorded and who is told is not known here.
"""

import secrets
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy import Connection, Row, func, insert, select, update

from hub.clock import Moment
from hub.code.displays import Displays, Shown
from hub.code.lifecycle import STEPS, Step
from hub.code.tokens import make_token
from hub.errors import HubError
from hub.store.code_tables import code_tokens, honesty_codes
from hub.store.pulse import beat
from schema.enums import CodeIssuer, CodeStatus


@dataclass(frozen=True, slots=True)
class Code:
    """A code as the store has it; days as ISO dates."""

    id: str
    entity: str
    token: str
    name: str
    issued_to: str
    issuer: CodeIssuer
    status: CodeStatus
    status_since: str
    status_reason: str | None = None
    issued_on: str | None = None
    displayed_since: str | None = None
    places: tuple[str, ...] = ()
    printed_on: str | None = None
    counter: str | None = None

    @property
    def begins(self) -> date:
        """The first day on which it could be displayed as it is now."""
        return date.fromisoformat(self.issued_on or self.status_since)


@dataclass(frozen=True, slots=True)
class Application:
    """What a code is issued on: for whom, by whom, in which way, and which commitment was signed.

    token: of another issuer, which is adopted · authorised: who signed on paper, sealed · counter: the department at whose
    counter; None where a merchant applies themselves.
    """

    entity: str
    name: str
    by: str
    way: str
    commitment: str | None
    authorised: bytes | None = None
    token: str | None = None
    counter: str | None = None


class Codes:
    """The codes of one transaction, at one moment."""

    def __init__(self, connection: Connection, moment: Moment) -> None:
        self._connection = connection
        self._moment = moment
        self._day = moment.day.isoformat()
        self.displays = Displays(connection, moment)

    def of_entity(self, entity: str) -> Code | None:
        """The code of an entity, whatever its state."""
        return self._one(honesty_codes.c.entity == entity)

    def of_id(self, code: str) -> Code | None:
        """The code of this id."""
        return self._one(honesty_codes.c.id == code)

    def of_token(self, token: str) -> Code | None:
        """The code that says this now; one that was replaced says nothing here."""
        return self._one(honesty_codes.c.token == token)

    def owner_of(self, token: str) -> str | None:
        """Id of the code that says this, or said it once."""
        found: str | None = self._connection.execute(
            select(code_tokens.c.code).where(code_tokens.c.token == token)
        ).scalar()
        return found

    def in_state(self, status: CodeStatus, first: int, after: str = "") -> list[Code]:
        """Codes of a state in the order of their ids."""
        query = select(honesty_codes).where(honesty_codes.c.status == status.name, honesty_codes.c.id > after)
        return [read_code(row) for row in self._connection.execute(query.order_by(honesty_codes.c.id).limit(first))]

    def count(self) -> dict[CodeStatus, int]:
        """How many there are in each state."""
        query = select(honesty_codes.c.status, func.count()).group_by(honesty_codes.c.status)
        return {CodeStatus[status]: count for status, count in self._connection.execute(query)}

    def apply(self, given: Application, *, pending: bool) -> Code:
        """A code for an entity that has none, or cancelled the one it had; pending ones are not valid yet."""
        before = self.of_entity(given.entity)
        token = given.token or make_token()
        status = CodeStatus.PENDING if pending else CodeStatus.VALID
        values: dict[str, Any] = {
            "token": token,
            "name": given.name,
            "issued_to": given.name,
            "issuer": (CodeIssuer.PROVINCIAL if given.token else CodeIssuer.LOCAL).name,
            "status": status.name,
            "status_since": self._day,
            "status_reason": None,
            "issued_on": None if pending else self._day,
            "displayed_since": None,
            "places": None,
            "printed_on": None,
            "applied_by": given.by,
            "applied_as": given.way,
            "applied_in": given.counter,
            "authorised": given.authorised,
            "commitment": given.commitment,
        }
        if before is None:
            made = secrets.token_hex(12)
            row = {"id": made, "entity": given.entity, "changed_at": self._moment.text, **values}
            self._connection.execute(insert(honesty_codes).values(row))
            beat(self._connection)
        else:
            made = before.id
            self._retire(before)
            self._change(made, values)
        self._remember(made, token)
        found = self.of_id(made)
        if found is None:
            raise RuntimeError("a code that was written is not there")
        return found

    def take(self, code: Code, step: Step, reason: str | None = None) -> Code:
        """The code after a step; HubError if its state does not allow it.

        Suspending, revoking and cancelling end its display; resuming goes on with it.
        """
        rule = STEPS[step]
        if code.status not in rule.before:
            raise HubError("CODE_STATE", status=code.status.zh, status_en=code.status.en.lower())
        values: dict[str, Any] = {
            "status": rule.after.name,
            "status_since": self._day,
            "status_reason": None if rule.after is CodeStatus.VALID else reason,
        }
        if step is Step.APPROVE:
            values["issued_on"] = self._day
        if rule.after is not CodeStatus.VALID:
            self.displays.stop(code.id)
        if step is Step.RESUME:
            values["displayed_since"] = self.displays.go_on(code.id)
        if step is Step.REISSUE:
            values |= {"token": make_token(), "issued_on": self._day, "issuer": CodeIssuer.LOCAL.name}
            values |= {"printed_on": None, "issued_to": code.name}
            self._retire(code)
            self._remember(code.id, values["token"])
        self._change(code.id, values)
        return self._again(code)

    def display(self, code: Code, shown: Shown) -> Code:
        """The code once it is displayed in these places, instead of those before."""
        since = self.displays.show(code.id, shown)
        self._change(code.id, {"places": "\n".join(shown.places), "displayed_since": since})
        return self._again(code)

    def rename(self, code: Code, name: str) -> Code:
        """The code of an entity that is called otherwise now: it keeps its token."""
        self._change(code.id, {"name": name})
        return replace(code, name=name)

    def note_printed(self, code: Code) -> bool:
        """True if today is the first day since its last print on which something of it is printed."""
        if code.printed_on == self._day:
            return False
        self._change(code.id, {"printed_on": self._day})
        return True

    def _retire(self, code: Code) -> None:
        retired = update(code_tokens).where(code_tokens.c.token == code.token)
        self._connection.execute(retired.values(replaced_on=self._day))

    def _remember(self, code: str, token: str) -> None:
        """Keep that a code says this; one of another issuer may have been its token before."""
        values = {"code": code, "issued_on": self._day, "replaced_on": None}
        if self.owner_of(token) == code:
            self._connection.execute(update(code_tokens).where(code_tokens.c.token == token).values(values))
        else:
            self._connection.execute(insert(code_tokens).values(token=token, **values))

    def _change(self, code: str, values: dict[str, Any]) -> None:
        changed = update(honesty_codes).where(honesty_codes.c.id == code)
        self._connection.execute(changed.values(changed_at=self._moment.text, **values))
        beat(self._connection)

    def _again(self, code: Code) -> Code:
        return self.of_id(code.id) or code

    def _one(self, condition: Any) -> Code | None:
        row = self._connection.execute(select(honesty_codes).where(condition)).first()
        return None if row is None else read_code(row)


def lines_of(places: str | None) -> tuple[str, ...]:
    """Places as they are stored, one a line."""
    return tuple(places.split("\n")) if places else ()


def read_code(row: Row[Any]) -> Code:
    """A row of the store as a code."""
    return Code(
        id=row.id,
        entity=row.entity,
        token=row.token,
        name=row.name,
        issued_to=row.issued_to,
        issuer=CodeIssuer[row.issuer],
        status=CodeStatus[row.status],
        status_since=row.status_since,
        status_reason=row.status_reason,
        issued_on=row.issued_on,
        displayed_since=row.displayed_since,
        places=lines_of(row.places),
        printed_on=row.printed_on,
        counter=row.applied_in,
    )
