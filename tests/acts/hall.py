"""The golden world with people in it: a security administrator, counter clerks, merchants; acts are sent as they send them.

Its register is a database of its own, so that it can change.
"""

import csv
import json
import sqlite3
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import count
from pathlib import Path
from typing import Any, TypeVar

import httpx2
from sqlalchemy import Connection, text

from auth.caller import Standing
from auth.roles import Role
from auth.tokens import Terms
from hub.callers.ledger import StoreLedger
from hub.callers.outside_pages import take_in
from hub.callers.outside_person import OutsidePerson
from hub.callers.people import Account
from hub.notices.book import list_notices
from hub.store.tables import entries
from tests.golden.folder import GOLDEN
from tests.golden.world import World, open_world, since_set_up

Result = TypeVar("Result")
GRAIN, BAKERY, SCHOOL, CARRIER = "91231282MA9X0A019P", "92231282MA9X0B02XT", "12231282MB9X0D045B", "91230199MA9X0E0513"
OWNER, BAKER = "欧阳锦程", "周白"
"""Representatives of the first two."""
CITIZEN = "230102199003077735"
"""A citizen number by its check digit; nobody's."""
MORE = """
[mandates]
department = "merchants"

[[provider]]
name = "city-id"
label = "实名认证"
kind = "real_name"
issuer = "https://id.example"
client_id = "hub"
name_claim = "name"
verified_claim = "verified"
department = "merchants"

[[client]]
id = "security"
label = "安全管理台"
department = "operations"
role = "SEC"
purposes = ["OPERATIONS"]

[[client]]
id = "counter"
label = "窗口终端"
department = "hall"
role = "CLERK"
purposes = ["SERVICE"]

[[client]]
id = "mine"
label = "经营主体自助"
department = "merchants"
role = "MERCHANT"
purposes = ["OWN_RECORDS"]
"""
_KEYS = count()


@dataclass(frozen=True, slots=True)
class Someone:
    """Who asks: a client, and perhaps the person behind it, who acts as themselves where they sign in through a portal."""

    client: str
    person: str | None = None
    standing: Standing | None = None


SECURITY = Someone("security")


@dataclass
class Hall:
    """The hub with its people."""

    world: World
    accounts: dict[str, Account] = field(default_factory=dict)

    def someone(self, client: str, name: str) -> Someone:
        """A person behind a client."""
        return Someone(client, self.accounts[name].id)

    @property
    def clerk(self) -> Someone:
        """A counter clerk."""
        return self.someone("counter", "clerk")

    def merchant(self, name: str) -> Someone:
        """A merchant by their account name."""
        account = self.look(lambda ledger: ledger.people.of_username(name))
        assert account is not None
        return Someone("mine", account.id)

    async def ask(self, who: Someone | None, query: str, key: str | None = "", **more: Any) -> httpx2.Response:
        """The response; `key` is the idempotency key, made where it is empty and left out where it is None."""
        headers = {**self.headers(who), **more.pop("headers", {})}
        if key is not None:
            headers["idempotency-key"] = key or f"key-{next(_KEYS)}"
        return await self.world.client.post("/graphql", json={"query": query, **more}, headers=headers)

    async def act(self, who: Someone | None, query: str, key: str | None = "", **more: Any) -> dict[str, Any]:
        """The data of an answer without errors."""
        body = (await self.ask(who, query, key, **more)).json()
        assert "errors" not in body, body
        data: dict[str, Any] = body["data"]
        return data

    async def refused(self, who: Someone | None, query: str, key: str | None = "", **more: Any) -> str:
        """The code with which a request is refused."""
        body = (await self.ask(who, query, key, **more)).json()
        assert body.get("data") is None, body
        code: str = body["errors"][0]["extensions"]["code"]
        return code

    def headers(self, who: Someone | None) -> dict[str, str]:
        """Credentials of somebody."""
        if who is None:
            return {}
        issuer, now = self.world.hub.issuer, self.world.hub.gateway.clock.now()
        pulse = self.look(lambda ledger: ledger.pulse())
        token = issuer.issue(who.client, now, timedelta(minutes=10), Terms(who.person, who.standing, pulse=pulse))
        return {"authorization": f"Bearer {token}"}

    def add(self, name: str, role: Role, department: str, label: str, **more: Any) -> Account:
        """A person with an account."""
        made = self.store(lambda ledger: ledger.people.add(Account("", name, label, department, role, **more)))
        self.accounts[name] = made
        return made

    def real(self, name: str, subject: str | None = None) -> str:
        """The id of somebody whose name the provider vouches for, as they are taken in when they sign in."""
        standing = Standing("merchants", Role.MERCHANT)
        found = OutsidePerson("city-id", subject or name, None, name, standing, verified=True)
        account = self.store(lambda ledger: take_in(ledger, found))
        assert account is not None
        return account.id

    def look(self, work: Callable[[StoreLedger], Result]) -> Result:
        """Something read from the store."""
        attendant = self.world.hub.attendant
        return attendant.database.reading(lambda c: work(attendant._ledger(c, attendant.occasion("test"))))

    def store(self, work: Callable[[StoreLedger], Result]) -> Result:
        """Something done to the store."""
        attendant = self.world.hub.attendant
        return attendant.database.acting(lambda c: work(attendant._ledger(c, attendant.occasion("test"))))

    def rows(self, query: str) -> list[Any]:
        """Rows of a query."""

        def work(connection: Connection) -> list[Any]:
            return [tuple(row) for row in connection.execute(text(query))]

        return self.world.hub.database.reading(work)

    def entries(self) -> list[dict[str, Any]]:
        """The record since it was set up, in the order of its positions, which have no gap."""

        def work(connection: Connection) -> list[Any]:
            return list(connection.execute(entries.select().order_by(entries.c.position)))

        found = self.world.hub.database.reading(work)
        assert [row.position for row in found] == list(range(len(found)))
        return since_set_up(json.loads(row.body) for row in found)

    def acts(self, name: str) -> list[dict[str, Any]]:
        """Entries of acts of this name."""
        return [entry for entry in self.entries() if entry.get("act") == name]

    async def delivered(self) -> list[dict[str, Any]]:
        """What everybody was told so far, in its order: one for each recipient."""
        await self.world.hub.deliverer.deliver_due()

        def work(connection: Connection) -> list[dict[str, Any]]:
            found = list_notices(connection, self.world.hub.attendant.vault, self.world.hub.naming)
            return [one | {"to": to} for one in reversed(found) for to in recipients(one)]

        return self.world.hub.database.reading(work)

    def register(self, uscc: str, **changed: str | None) -> None:
        """Have the register say otherwise of an entity: of its representative (FRXM) or its status (ZT)."""
        with closing(sqlite3.connect(self.world.folder / "register.db")) as connection, connection:
            for column, value in changed.items():
                # Names of columns are those of the golden world.
                connection.execute(f"UPDATE entities SET {column} = ? WHERE TYSHXYDM = ?", (value, uscc))  # noqa: S608


def recipients(notice: dict[str, Any]) -> list[dict[str, str]]:
    """Whom a notice reached, each once."""
    assert all(one["state"] != "GIVEN_UP" or one["fault"] == "GONE" for one in notice["deliveries"]), notice
    found = [one["to"] for one in notice["deliveries"]]
    return [to for place, to in enumerate(found) if to not in found[:place]]


def configured(written: str) -> str:
    """The configuration of the golden world with what acts need, and its register in a database."""
    found = written.replace(
        'name = "register"\nkind = "memory"', 'name = "register"\nkind = "sql"\nurl = "sqlite:///register.db"'
    )
    return found.replace('file = "entities.csv"', 'table = "entities"') + MORE


def write_register(folder: Path) -> None:
    """The register of the golden world as a database."""
    with (GOLDEN / "world/entities.csv").open(encoding="utf-8") as file:
        names, *rows = csv.reader(file)
    with closing(sqlite3.connect(folder / "register.db")) as connection, connection:
        connection.execute(f"CREATE TABLE entities ({', '.join(f'{name} TEXT' for name in names)})")
        places = ", ".join("?" * len(names))
        cells = [[cell or None for cell in row] for row in rows]
        connection.executemany(f"INSERT INTO entities VALUES ({places})", cells)  # noqa: S608 - question marks


@asynccontextmanager
async def open_hall(folder: Path, edit: Callable[[str], str] = str) -> AsyncIterator[Hall]:
    """The hall, wired in an empty folder."""
    async with open_world(folder, lambda written: edit(configured(written))) as world:
        write_register(world.folder)
        hall = Hall(world)
        hall.add("clerk", Role.CLERK, "hall", "窗口甲")
        hall.add("second-clerk", Role.CLERK, "hall", "窗口乙")
        hall.add("agent", Role.MERCHANT, "merchants", "代办丙")
        yield hall


def vouch(uscc: str = GRAIN, username: str = "ouyang", representative: str = OWNER) -> str:
    """A vouching."""
    given = f'uscc: "{uscc}", username: "{username}", representative: "{representative}"'
    return f"mutation {{ vouch({given}) {{ matched oneTimePassword position mandate {{ id uscc kind origin username }} }} }}"


def delegate(username: str = "agent", until: str = "2027-01-31", uscc: str = GRAIN) -> str:
    """A delegation."""
    given = f'uscc: "{uscc}", username: "{username}", until: "{until}"'
    return f"mutation {{ delegate({given}) {{ granted position mandate {{ id kind origin username endsAt }} }} }}"


def freeze(kind: str, name: str, act: str = "freeze") -> str:
    """A freeze, or a thaw."""
    return f'mutation {{ {act}(kind: {kind}, name: "{name}", reason: "演练") {{ changed position }} }}'


def claiming(uscc: str = GRAIN) -> str:
    """A claim of one's own entity."""
    return f'mutation {{ claim(uscc: "{uscc}") {{ matched position mandate {{ id kind origin }} }} }}'


def recover(username: str) -> str:
    """An administrator's word on a lost authenticator."""
    return f'mutation {{ recover(username: "{username}", reason: "手机遗失") {{ recovered waiting position }} }}'


def end(mandate: str) -> str:
    """The end of a mandate."""
    return f'mutation {{ endMandate(id: "{mandate}") {{ ended position }} }}'
