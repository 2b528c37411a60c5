"""The hall with a credit office that issues codes: merchants and clerks apply, the office stops, everybody prints."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from auth.roles import Role
from hub.acts.code_house import CodeHouse
from hub.code.keys import Algorithm, make_code_key, open_code_keys
from hub.code.lookup import CodeState, lookup
from tests.acts.hall import GRAIN, OWNER, Hall, Someone, open_hall, vouch

CODE = """
[code]
department = "credit"
{more}
[[client]]
id = "code-desk"
label = "信用办"
department = "credit"
role = "CREDIT_OFFICE"
purposes = ["SERVICE"]

[[client]]
id = "other-steward"
label = "市场监管局数据管理"
department = "market"
role = "STEWARD"
purposes = ["SERVICE"]

[[grant]]
id = "G-codes"
department = "credit"
role = "CREDIT_OFFICE"
purposes = ["SERVICE"]
scopes = ["code.register", "entity.identity"]
starts = 2026-01-01
ends = 2027-12-31
legal_basis = "样例"
approved_by = "样例"
"""
CODE_FIELDS = "id token spoken url status statusSince statusReason issuedOn displayedSince displayedDays places steps"
OUTCOME = f"granted changed pending position reason {{ code text remedy }} code {{ {CODE_FIELDS} }}"


@dataclass(frozen=True)
class Floor:
    """A hall that keeps codes."""

    hall: Hall
    office: Someone
    stranger: Someone

    @property
    def house(self) -> CodeHouse:
        """What looks after its codes."""
        found = self.hall.world.hub.codes
        assert found is not None
        return found

    async def merchant(self, uscc: str = GRAIN) -> Someone:
        """The representative of an entity, once a clerk vouched for them."""
        await self.hall.act(self.hall.clerk, vouch(uscc))
        return self.hall.merchant("ouyang")

    async def issued(self, uscc: str = GRAIN, representative: str = OWNER) -> dict[str, Any]:
        """A code that was applied for at the counter."""
        done = (await self.hall.act(self.hall.clerk, apply(uscc, representative=representative)))["applyCode"]
        assert done["granted"], done
        code: dict[str, Any] = done["code"]
        return code

    def found(self, token: str) -> CodeState | None:
        """What the page of a token would know."""

        def work(connection: Connection) -> CodeState | None:
            return lookup(connection, token)

        return self.hall.world.hub.database.reading(work)

    async def get(self, path: str, who: Someone | None = None) -> Any:
        """The response at an address."""
        return await self.hall.world.client.get(path, headers=self.hall.headers(who))


@asynccontextmanager
async def open_floor(folder: Path, more: str = "", edit: Callable[[str], str] = str) -> AsyncIterator[Floor]:
    """The floor, wired in an empty folder; `more` goes into `[code]`."""
    async with open_hall(folder, lambda written: edit(written) + CODE.format(more=more)) as hall:
        hall.add("office", Role.CREDIT_OFFICE, "credit", "信用办甲")
        hall.add("stranger", Role.STEWARD, "market", "市场监管局乙")
        yield Floor(hall, hall.someone("code-desk", "office"), hall.someone("other-steward", "stranger"))


def apply(uscc: str = GRAIN, **given: Any) -> str:
    """An application."""
    told = {"committed": True, **given}
    written = ", ".join(f"{name}: {_literal(value)}" for name, value in told.items())
    return f'mutation {{ applyCode(uscc: "{uscc}", application: {{ {written} }}) {{ {OUTCOME} }} }}'


def display(places: list[str], uscc: str = GRAIN, **given: Any) -> str:
    """A display."""
    written = ", ".join(f"{name}: {_literal(value)}" for name, value in {"places": places, **given}.items())
    return f'mutation {{ displayCode(uscc: "{uscc}", display: {{ {written} }}) {{ {OUTCOME} }} }}'


def step(name: str, uscc: str = GRAIN, reason: str = "核查", representative: str = "") -> str:
    """A step: suspendCode and the like; representative: whose card a clerk is shown."""
    shown = f', representative: "{representative}"' if representative else ""
    return f'mutation {{ {name}(uscc: "{uscc}", reason: "{reason}"{shown}) {{ {OUTCOME} }} }}'


def onboard(csv: str, name: str = "正阳大街") -> str:
    """A street."""
    told = "started position batch { id total done issued known pending rejected finishedAt plates }"
    return f"mutation {{ onboardStreet(name: {_literal(name)}, csv: {_literal(csv)}) {{ {told} }} }}"


def _literal(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list):
        return f"[{', '.join(map(_literal, value))}]"
    escaped = str(value).replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'


def by_sm2(folder: Path) -> Callable[[str], str]:
    """An edit by which the floor that is opened in the folder signs its plates by SM2."""

    def edit(written: str) -> str:
        keys = folder / "world/keys"
        keys.mkdir(exist_ok=True)
        open_code_keys(keys)
        make_code_key(keys, date(2026, 11, 22), Algorithm.SM2)
        return written

    return edit
