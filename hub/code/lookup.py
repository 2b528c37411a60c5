"""What stands behind a token: one indexed read, the same for a code that holds, one that does not, and none at all.

What is no token by its check character is not looked for; of what is, nobody guesses one in a billion years.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection, Row, bindparam, select

from hub.code.address import Scanned
from hub.code.codes import lines_of
from hub.code.parsers import Foreign
from hub.settings_code import Group
from hub.store.code_tables import code_tokens, honesty_codes
from schema.enums import CodeIssuer, CodeStatus

_codes = honesty_codes.c
_STATE = select(
    code_tokens.c.token,
    code_tokens.c.replaced_on,
    _codes.id,
    _codes.entity,
    _codes.name,
    _codes.status,
    _codes.status_since,
    _codes.issuer,
    _codes.issued_on,
    _codes.displayed_since,
    _codes.places,
).select_from(code_tokens.join(honesty_codes, honesty_codes.c.id == code_tokens.c.code))
_FOUND = _STATE.where(code_tokens.c.token == bindparam("token"))
_OF_ENTITY = _STATE.where(_codes.entity == bindparam("entity"), code_tokens.c.token == _codes.token)


@dataclass(frozen=True, slots=True)
class CodeState:
    """What everybody may know of a code: whose it is, and whether it holds.

    replaced_on: the token was replaced by another one, which is not told · issued_on: of the token it has now.
    """

    token: str
    code: str
    entity: str
    name: str
    status: CodeStatus
    since: date
    issuer: CodeIssuer
    issued_on: date | None
    displayed_since: date | None
    places: tuple[str, ...]
    replaced_on: date | None = None

    @property
    def holds(self) -> bool:
        """True if the code may be shown, used and printed."""
        return self.status is CodeStatus.VALID and self.replaced_on is None


def lookup(connection: Connection, token: str) -> CodeState | None:
    """The state behind a token as it is now, None if nobody was given it. `token` as `read_token` gives it, or as a
    foreign code says it.
    """
    row = connection.execute(_FOUND, {"token": token}).first()
    return None if row is None else _state(row)


def lookup_entity(connection: Connection, entity: str) -> CodeState | None:
    """The state of the code that an entity has now, None if it never had one."""
    row = connection.execute(_OF_ENTITY, {"entity": entity}).first()
    return None if row is None else _state(row)


def find_code(connection: Connection, found: Scanned | Foreign) -> CodeState | None:
    """The state behind what was scanned: of a token that code, of an entity's own code or licence the entity's code.

    A registration number says nothing here: which entity it is, only the register knows.
    """
    if isinstance(found, Scanned):
        return lookup(connection, found.token)
    match found.group:
        case Group.TOKEN:
            return lookup(connection, found.value.upper())
        case Group.USCC:
            return lookup_entity(connection, found.value.upper())
        case Group.REG_NO:
            return None


def _state(row: Row[Any]) -> CodeState:
    return CodeState(
        token=row.token,
        code=row.id,
        entity=row.entity,
        name=row.name,
        status=CodeStatus[row.status],
        since=date.fromisoformat(row.status_since),
        issuer=CodeIssuer[row.issuer],
        issued_on=_day(row.issued_on),
        displayed_since=_day(row.displayed_since),
        places=lines_of(row.places),
        replaced_on=_day(row.replaced_on),
    )


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text is not None else None
