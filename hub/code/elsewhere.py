"""Codes of another issuer that nobody took up here: looked up at its register by what they say, whenever one is scanned.

What one said is given out again for seconds, in this process alone, and stored nowhere. What a register says of a code is
taken only where the settings ask for it (`issuer`), and it names an entity by a code that is nobody's citizen number.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any

from hub.code.address import token_in
from hub.code.briefly import Briefly
from hub.code.lookup import CodeState
from hub.code.parsers import Foreign
from hub.code.rules import CodeRules
from hub.code.shops import rows_of
from hub.code.tokens import read_token
from hub.fetch import Source
from hub.plan.model import SUBJECT
from hub.settings_code import OWN_CODES, Group, Issuing
from schema.enums import CodeIssuer, CodeStatus
from schema.uscc import find_fault, holds_citizen_id

_RECORD, _SAID, _SINCE = "HonestyCode", "token", "statusSince"
_TOLD = frozenset({"status", _SAID})
HELD, ELSE = 3.0, 1.0
"""Seconds for which it is given out again that a code holds, and anything else; below the five in which a page must know."""


class Registers:
    """Registers of other issuers, by the names of their sources; one is asked for what it can be looked up by."""

    def __init__(self, sources: Mapping[str, Source], rules: CodeRules) -> None:
        self._sources = sources
        self._rules = rules
        self.told: Briefly[CodeState | None] = Briefly(_lasting, HELD)
        """What was told within the last seconds."""

    async def find(self, found: Foreign) -> CodeState | None:
        """The state of a code as its issuer has it, or of the one code of an entity; None if no register knows it, or none
        is to be asked.

        Its name and its places stay with the issuer: `name` and `places` are empty. SourceError if one is silent. Many who
        scan one code at a time are one look-up.
        """
        by, value = _key_of(found)
        if value is None or self._rules.table.issuer is Issuing.LOCAL:
            return None
        return await self.told.get(f"{by}\n{value}", lambda: self._ask(by, value))

    async def _ask(self, by: str, value: str) -> CodeState | None:
        for source in self._sources.values():
            ability = source.adapter.abilities.get(_RECORD)
            if source.name == OWN_CODES or not ability or by not in ability.keys or not ability.columns >= _TOLD:
                continue
            columns = (SUBJECT, *sorted(_TOLD), *({_SINCE} & ability.columns))
            told = [_state(*row[1:]) for row in await rows_of(source, _RECORD, columns, (value,), by=by)]
            if by == SUBJECT:
                told = [one for one in told if one is not None and one.status is CodeStatus.VALID]
            # A register that says two things of one code says nothing.
            if len(told) == 1:
                return told[0]
        return None


def _lasting(state: CodeState | None) -> float:
    """What is not known and what was stopped last as long as each other."""
    return HELD if state is not None and state.holds else ELSE


def _key_of(found: Foreign) -> tuple[str, str | None]:
    """By what a code is looked up, and its value; None where it says nothing that a register is asked for."""
    match found.group:
        case Group.TOKEN:
            token = token_in(found.value)
            return _SAID, None if token is None or read_token(token) is not None else token
        case Group.USCC:
            code = found.value.upper()
            return SUBJECT, None if find_fault(code) is not None or holds_citizen_id(code) else code
        case Group.REG_NO:
            return SUBJECT, None


def _state(entity: Any, status: Any, token: Any, since: Any = None) -> CodeState | None:
    known = isinstance(entity, str) and find_fault(entity) is None and not holds_citizen_id(entity)
    said = token_in(token) if isinstance(token, str) else None
    if not known or said is None or status not in CodeStatus.__members__ or status == CodeStatus.PENDING.name:
        return None
    return CodeState(
        token=said,
        code="",
        entity=entity,
        name="",
        status=CodeStatus[status],
        since=date.fromisoformat(since) if isinstance(since, str) else date.min,
        issuer=CodeIssuer.PROVINCIAL,
        issued_on=None,
        displayed_since=None,
        places=(),
    )
