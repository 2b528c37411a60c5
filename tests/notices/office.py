"""A post office for the tests: a store, people in it, departments, a clock that stands still, and channels that can fail."""

import asyncio
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, text

from auth.roles import Role
from hub.callers.people import Account, People
from hub.callers.vault import Vault
from hub.clock import Clock
from hub.events import Channel, Event
from hub.notices.book import list_notices
from hub.notices.carriers import Carrier, Letter, Undelivered
from hub.notices.delivering import Deliverer
from hub.notices.directory import Directory
from hub.notices.naming import Naming
from hub.notices.spreading import Post
from hub.notices.telling import Concerned, News, tell
from hub.settings_notices import NoticeTable, fold_rules
from hub.settings_tables import ClientTable, DepartmentTable
from hub.store.database import Database
from schema.catalogue import fold_catalogue

START = 1_800_000_000
DAY = 24 * 3600
EMAIL, PHONE = "zhang.san@example.cn", "+86 138 0000 0000"
DEPARTMENTS = {
    "market": DepartmentTable(
        code="market",
        label="市场监管局",
        email="market@example.cn",
        phone="0451-12345",
        webhook="https://market.example/hook",
    ),
    "silent": DepartmentTable(code="silent", label="无地址部门", contact="三楼收发室"),
}
NAMING = Naming(fold_catalogue().fields, lambda: DEPARTMENTS)
CLIENTS = {
    "market-app": ClientTable(id="market-app", label="终端", department="market", role=Role.OFFICER, purposes=("P",))
}
GRANT_ENDED = {"grant": "G-0001", "until": "2027-01-14"}


class Tick(Clock):
    """A clock that stands still until it is moved."""

    __slots__ = ("second",)

    def __init__(self):
        super().__init__(lambda: datetime.fromtimestamp(self.second, UTC))
        self.second = START


@dataclass
class Shelf:
    """A channel that keeps what it gets, fails while it is told to, and can be held up."""

    failing: str | None = None
    lasting: bool = False
    held: asyncio.Event | None = None
    lanes: int = 4
    got: list[Letter] = field(default_factory=list)

    async def carry(self, letter: Letter) -> None:
        """Keep the letter."""
        if self.held is not None:
            await self.held.wait()
        if self.failing is not None:
            raise Undelivered(self.failing, lasting=self.lasting)
        self.got.append(letter)

    async def aclose(self) -> None:
        """Nothing is held."""

    @property
    def ids(self) -> list[str]:
        """What was got, in order."""
        return [letter.id for letter in self.got]


@dataclass
class PostOffice:
    """Everything that notices need."""

    folder: Path
    database: Database
    vault: Vault
    clock: Tick = field(default_factory=Tick)
    shelves: dict[Channel, Any] = field(default_factory=dict)

    def deliverer(self, *tables: NoticeTable, carriers: dict[Channel, Carrier] | None = None) -> Deliverer:
        """What delivers, of a hub with these shelves, or with these carriers."""
        found = self.shelves if carriers is None else carriers
        rules = fold_rules(tables, frozenset({Channel.IN_APP, *found}))
        directory = Directory(self.vault, lambda: DEPARTMENTS, lambda: CLIENTS)
        return Deliverer(self.database, Post(self.vault, rules, directory, NAMING), self.clock, found)

    def with_shelves(self, *channels: Channel) -> "PostOffice":
        """The office, with a shelf for each of these channels."""
        self.shelves = {channel: Shelf() for channel in channels}
        return self

    def add(self, name: str, role: Role, department: str = "market", **known: str) -> str:
        """The id of a new person."""

        def work(connection: Connection) -> str:
            account = Account("", name, f"姓名{name}", department, role, **known)  # type: ignore[arg-type]
            return People(connection, self.vault, self.clock.second).add(account).id

        return self.database.acting(work)

    def end(self, person: str) -> None:
        """Have somebody leave."""
        self.database.acting(lambda c: People(c, self.vault, self.clock.second).end(person))

    def tell(self, event: Event, params: dict[str, str | int], **concerned: Any) -> int:
        """Have somebody told; the number of the notice."""
        news = News(event, params, Concerned(**concerned))
        return self.database.acting(lambda c: tell(c, self.vault, news, self.clock.second))

    def book(self) -> list[dict[str, Any]]:
        """All notices with what became of them, the oldest first."""
        return self.database.reading(lambda c: list_notices(c, self.vault, NAMING))[::-1]

    def states(self, number: int = 1) -> list[tuple[str, str | None, str, str | None]]:
        """Recipient, channel, state and fault of each delivery of a notice."""
        (found,) = [one for one in self.book() if one["number"] == number]
        return [(next(iter(one["to"])), one["channel"], one["state"], one.get("fault")) for one in found["deliveries"]]

    def rows(self, query: str) -> list[Any]:
        """Rows of a query."""
        return self.database.reading(lambda c: [tuple(row) for row in c.execute(text(query))])
