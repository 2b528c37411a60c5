"""The hall with officers, stewards and merchants, whose record is asked: who looked at whom."""

from typing import Any

from hub.audit.chains import Chains
from tests.acts.hall import GRAIN, OWNER, Hall, Someone, claiming
from tests.acts.offices import done, signed_in, turned_away

CLERK, COUNTY, OFFICER = Someone("clerk"), Someone("county"), Someone("officer")
LATER = 'delay_days = 30\ndelay_basis = "个人信息保护法第三十五条"\n'
NAME = f'{{ entity(uscc: "{GRAIN}") {{ name }} }}'
LINE = "line at department purpose fields sentence sentenceEn objection { number state }"
PAGE = f"nodes {{ {LINE} }} pageInfo {{ hasNextPage endCursor }} later {{ count basis }} publicScans own upTo"
OBJECTION = "number line uscc department state reason dueOn workingDaysLeft explanation finding"
SERVING = {"headers": {"hub-purpose": "SERVICE"}}
CASE = {"headers": {"hub-case": "17"}}
ENTRY = "position act outcome client department role purpose person caseDigest fields entities denied emergency"

__all__ = ["done", "signed_in", "turned_away"]


def delayed(written: str) -> str:
    """The configuration, in which inspections are told of later."""
    return written.replace("requires_case = true\n", f"requires_case = true\n{LATER}", 1)


async def owner(hall: Hall) -> Someone:
    """Whoever represents the grain shop."""
    who = Someone("mine", hall.real(OWNER))
    await hall.act(who, claiming())
    return who


async def clerk_looks(hall: Hall, text: str = NAME) -> None:
    """A look by a counter clerk's terminal."""
    await hall.act(CLERK, text, None, **SERVING)


async def inspector_looks(hall: Hall, text: str = NAME, who: Someone = OFFICER) -> None:
    """A look under a case."""
    await hall.act(who, text, None, **CASE)


async def lookups(hall: Hall, who: Someone, more: str = "", uscc: str = GRAIN) -> dict[str, Any]:
    """Who looked, as an entity is told."""
    await hall.world.hub.indexer.look()
    found: dict[str, Any] = (await hall.act(who, f'{{ lookups(uscc: "{uscc}"{more}) {{ {PAGE} }} }}', None))["lookups"]
    return found


def objecting(line: int, reason: str = "未曾办理该业务", uscc: str = GRAIN) -> str:
    """An objection."""
    given = f'uscc: "{uscc}", line: {line}, reason: "{reason}"'
    return f"mutation {{ objectToLookup({given}) {{ objection {{ {OBJECTION} }} position }} }}"


async def found(hall: Hall, more: str = "", name: str = "audit", page: str = "") -> dict[str, Any]:
    """What an auditor finds in the record of this year."""
    await hall.world.hub.indexer.look()
    year = hall.world.now.year
    given = f'filter: {{firstDay: "{year}-01-01", lastDay: "{year}-12-31"{more}}}{page}'
    shown = f"nodes {{ {ENTRY} }} pageInfo {{ hasNextPage endCursor }} indexedUpTo complete"
    told: dict[str, Any] = await done(hall, name, f"{{ recordEntries({given}) {{ {shown} }} }}")
    return told


def chains(hall: Hall) -> Chains:
    """Keys of the digests."""
    return hall.world.hub.chains
