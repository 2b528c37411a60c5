"""Shorthand for what people do about identities: stewards of the register are `one` and `two`, who are not the same."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, select

from hub.store.crosswalk_tables import crosswalk, redirects
from tests.exchange.bureau import Bureau

ONE, TWO, MARKET = "steward-registrar", "steward-registrar-two", "steward-market"
MARK = "{ kind value id }"
SUCCESSION = f"""{{ number kind state movedKeys was became undoReason proposedBy decidedBy undoBy undoneBy
  before {MARK} after {MARK} }}"""
LINK = f"""{{ department key confidence method evidence origin decidedBy confirmedBy entity {MARK} foundAs {MARK}
  history {{ entity {MARK} method origin }} }}"""
REVIEW = f"""{{ number cause state key probability reasons note succession proposedBy decidedBy entity {MARK}
  differences {{ field left right state reason reasonEn }} }}"""


def code(uscc: str) -> str:
    """An entity by its code, as an argument."""
    return f'{{ uscc: "{uscc}" }}'


@dataclass
class Registry:
    """The bureau, and what is done in it about identities."""

    bureau: Bureau

    async def do(self, name: str, field: str, gives: str) -> dict[str, Any]:
        """What a mutation of one field gives."""
        data = await self.bureau.hall.act(self.bureau.someone(name), f"mutation {{ {field} {{ position {gives} }} }}")
        (outcome,) = data.values()
        return dict(outcome)

    async def refused(self, name: str, field: str) -> str:
        """The code with which a mutation is refused."""
        return await self.bureau.hall.refused(self.bureau.someone(name), f"mutation {{ {field} {{ position }} }}")

    async def read(self, name: str, query: str) -> Any:
        """What one root field of a question gives."""
        (found,) = (await self.bureau.hall.act(self.bureau.someone(name), f"{{ {query} }}", None)).values()
        return found

    async def link(self, name: str, key: str, uscc: str, more: str = "") -> dict[str, Any]:
        """Have a key linked."""
        field = f'linkKey(key: "{key}", entity: {code(uscc)}, evidence: "档案编号一致"{more})'
        return await self.do(name, field, f"changed link {LINK}")

    async def succession(self, name: str, field: str) -> dict[str, Any]:
        """A succession after something was done with it."""
        return dict((await self.do(name, field, f"succession {SUCCESSION}"))["succession"])

    async def proposed(self, kind: str, before: str, after: str, more: str = "", name: str = ONE) -> str:
        """Number of a succession that somebody proposes."""
        return str((await self.succession(name, proposing(kind, before, after, more)))["number"])

    async def became(self, kind: str, before: str, after: str, more: str = "") -> str:
        """Number of a succession that two people saw to."""
        number = await self.proposed(kind, before, after, more)
        await self.succession(TWO, f'confirmSuccession(number: "{number}")')
        return number

    async def undone(self, number: str) -> None:
        """Have two people undo it."""
        for name in (ONE, TWO):
            await self.succession(name, f'undoSuccession(number: "{number}", reason: "认定有误")')

    def state(self) -> list[list[tuple[Any, ...]]]:
        """Everything that says who is who now, byte by byte."""

        def work(connection: Connection) -> list[list[tuple[Any, ...]]]:
            found = [connection.execute(select(table)).all() for table in (crosswalk, redirects)]
            return [sorted(tuple(row) for row in rows) for rows in found]

        return self.bureau.hall.world.hub.database.reading(work)


def proposing(kind: str, before: str, after: str, more: str = "") -> str:
    """A proposal; entities are arguments, one after the other."""
    told = (
        f'kind: {kind}, before: [{before}], after: [{after}], effectiveOn: "2026-11-01", reason: "登记机关核准"{more}'
    )
    return f"proposeSuccession(succession: {{ {told} }})"
