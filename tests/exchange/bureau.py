"""The hall with everybody whom a request takes: clerks who ask, stewards of the owners, security and audit administrators."""

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from auth.roles import Role
from hub.clock import SHANGHAI
from tests.acts.hall import Hall, Someone, open_hall

PHONE, PREMISES, ADDRESS = "Entity.contactPhone", "Licence.premises", "Entity.address"
"""Conditional, of the registrar · unconditional, of the market and health departments · unconditional, of the registrar."""
OWNERS = ("registrar", "market", "health", "credit")
OFFICES = [
    *((f"steward-{owner}", owner, "STEWARD", "OPERATIONS") for owner in OWNERS),
    ("audit", "operations", "AUDIT", "OPERATIONS"),
    ("dev", "bank", "DEV", "FINANCE"),
]
PEOPLE = {
    "sec": ("operations", Role.SEC),
    "sec-two": ("operations", Role.SEC),
    "auditor": ("operations", Role.AUDIT),
    "admin": ("operations", Role.ADMIN),
    "dev": ("bank", Role.DEV),
    **{f"steward-{owner}": (owner, Role.STEWARD) for owner in OWNERS},
    "steward-registrar-two": ("registrar", Role.STEWARD),
}
_CLIENT = """
[[client]]
id = "{0}"
label = "{0}"
department = "{1}"
role = "{2}"
purposes = ["{3}"]
"""
FIELDS = """number state department askedBy paper reason basis grants releasedBy
  changes { kind grant sentence sentenceEn role purposes scopes fields starts ends }
  parts { owner ownerLabel sharing state dueOn workingDaysLeft overdue extended answeredBy basis }
  steps { kind person owner note position }"""
OUTCOME = f"{{ position request {{ {FIELDS} }} }}"


@dataclass
class Bureau:
    """The hall, and shorthand for what people do with requests in it."""

    hall: Hall

    def someone(self, name: str, client: str | None = None) -> Someone:
        """Somebody of the bureau, behind their usual client."""
        usual = {"clerk": "counter", "second-clerk": "counter", "sec": "security", "sec-two": "security"}
        usual |= {"auditor": "audit", "admin": "admin", "steward-registrar-two": "steward-registrar"}
        return self.hall.someone(client or usual.get(name, name), name)

    def at(self, text: str) -> None:
        """Move the clock to an instant in Asia/Shanghai."""
        self.hall.world.now = datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)

    async def do(
        self, name: str, field: str, variables: Mapping[str, str] | None = None, **more: Any
    ) -> dict[str, Any]:
        """What a mutation of one field gives."""
        data = await self.hall.act(self._who(name), f"mutation {{ {field} {OUTCOME} }}", **more)
        (outcome,) = data.values()
        return dict(outcome)

    async def refused(self, name: str, field: str, **more: Any) -> str:
        """The code with which a mutation of one field is refused."""
        return await self.hall.refused(self._who(name), f"mutation {{ {field} {OUTCOME} }}", **more)

    async def asked(self, name: str = "clerk", **given: Any) -> str:
        """Number of a request that somebody makes."""
        return str((await self.do(name, asking(**given)))["request"]["number"])

    async def agreed(self, number: str, *owners: str) -> None:
        """Have stewards agree."""
        for owner in owners or ("registrar",):
            await self.do(f"steward-{owner}", answering(number, owner))

    async def released(self, **given: Any) -> dict[str, Any]:
        """A request that went all the way."""
        number = await self.asked(**given)
        await self.agreed(number)
        return dict((await self.do("sec", f'releaseRequest(number: "{number}")'))["request"])

    async def seen(self, name: str, number: str) -> dict[str, Any] | None:
        """The request as somebody reads it."""
        data = await self.hall.act(self._who(name), f'{{ request(number: "{number}") {{ {FIELDS} }} }}', None)
        found: dict[str, Any] | None = data["request"]
        return found

    async def listed(self, name: str, arguments: str = "") -> list[str]:
        """Numbers of the requests that somebody sees."""
        data = await self.hall.act(self._who(name), f"{{ requests{arguments} {{ number }} }}", None)
        return [one["number"] for one in data["requests"]]

    def _who(self, name: str) -> Someone:
        return self.someone(*name.split("@")) if "@" in name else self.someone(name)


def grant(fields: tuple[str, ...] = (PHONE,), **given: Any) -> str:
    """A grant that is asked for."""
    told = {
        "role": '"CLERK"',
        "purposes": '["SERVICE"]',
        "legalBasis": '"行政许可法"',
        "fields": _texts(fields),
        **given,
    }
    return "{ " + ", ".join(f"{name}: {value}" for name, value in told.items() if value is not None) + " }"


def asking(*grants: str, reason: str = "窗口核对联系人", more: str = "", **given: Any) -> str:
    """A request for grants."""
    return f'requestAccess(grants: [{", ".join(grants or (grant(**given),))}], reason: "{reason}"{more})'


def answering(number: str, owner: str, approve: str = "true", basis: str | None = None, more: str = "") -> str:
    """An answer for an owner."""
    cited = f', basis: "{basis}"' if basis is not None else ""
    return f'answerRequest(number: "{number}", owner: "{owner}", approve: {approve}{cited}{more})'


def _texts(names: tuple[str, ...]) -> str:
    return "[" + ", ".join(f'"{name}"' for name in names) + "]"


def configured(written: str) -> str:
    """The configuration with a client for everybody."""
    return written + "".join(_CLIENT.format(*office) for office in OFFICES)


@asynccontextmanager
async def open_bureau(folder: Path, edit: Callable[[str], str] = str) -> AsyncIterator[Bureau]:
    """The bureau, wired in an empty folder."""
    async with open_hall(folder, lambda written: edit(configured(written))) as hall:
        for name, (department, role) in PEOPLE.items():
            hall.add(name, role, department, f"某人{name}")
        yield Bureau(hall)
