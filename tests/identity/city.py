"""A small register in memory and a store for its name index."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from adapters.base import AS_OF, LOCAL, Ability, Rows, Search, SourceDown
from hub.callers.vault import Vault
from hub.identity.filling import Filling, Step
from hub.identity.name_index import NameIndex, open_index
from hub.store.database import Database
from hub.store.identity_tables import COPIED
from hub.store.keys import open_keys

NOW = 1_790_000_000
ROWS: list[dict] = [
    {
        "uscc": "91231282MA9X0A019P",
        "name": "肇东市金穗食品有限公司",
        "formerNames": ["肇东市金穗粮油有限公司"],
        "address": "黑龙江省肇东市正阳大街112号",
        "divisionCode": "231282",
    },
    {
        "uscc": "92231282MA9X0B02XT",
        "name": "肇东市小白楼烘焙坊",
        "address": "黑龙江省肇东市福山路8号",
        "divisionCode": "231282",
    },
    {
        "regNo15": "231282600012345",
        "name": "鸿运超市",
        "address": "黑龙江省肇东市正阳大街12号",
        "divisionCode": "231282",
    },
    {"name": "鸿运超市", "address": "黑龙江省安达市正阳大街12号", "divisionCode": "231281"},
    {"uscc": "91350203M0001FUE2P", "name": "厦门穗岚商贸有限公司", "address": "厦门市思明区湖滨路1号"},
    {"name": "肇东市金穗食品有限公司安达分公司", "address": "黑龙江省安达市铁东街3号", "divisionCode": "231281"},
]


@dataclass
class Register:
    """A source of entities that fails after so many pages, where it is told to."""

    rows: list[dict] = field(default_factory=lambda: list(ROWS))
    pages_left: int = 10**6
    asked: int = 0

    @property
    def abilities(self) -> Mapping[str, Ability]:
        """Entities with all that may be copied, and one field that may not."""
        return {
            "Entity": Ability(frozenset({*COPIED, "legalRepresentative"}), frozenset(), frozenset(), frozenset(), False)
        }

    async def search(self, ask: Search) -> Rows:
        """A page by the source's own order."""
        assert "legalRepresentative" not in ask.columns
        self.asked += 1
        if self.pages_left == 0:
            raise SourceDown("not now")
        self.pages_left -= 1
        start = int(ask.after[0]) + 1 if ask.after else 0
        numbered = list(enumerate(self.rows))[start : start + ask.first]
        own = {AS_OF: "2026-11-20T08:00:00+08:00"}
        return Rows(
            ask.columns,
            [tuple({**row, **own, LOCAL: f"{n}"}.get(column) for column in ask.columns) for n, row in numbered],
        )


@dataclass
class Place:
    """A store and what seals in it."""

    database: Database
    vault: Vault

    def filling(self, register: Register, **changed) -> Filling:
        """What fills its index from this register."""
        told = {"fields": COPIED, "basis": "数据共享协议", "source": "register", **changed}
        return Filling(self.database.acting, self.database.reading, self.vault, adapter=register, timeout=5.0, **told)  # type: ignore[arg-type]

    def ask(self, work, now: int = NOW, seen=None):
        """Result of a function of the index."""

        def reading(connection):
            index: NameIndex = open_index(connection, self.vault, 7, now, seen)
            return work(index)

        return self.database.reading(reading)


def open_place(folder: Path, url: str = "sqlite:///hub.db") -> Place:
    """An empty store."""
    database = Database(url, folder)
    database.migrate()
    keys = open_keys(folder / "keys")
    return Place(database, Vault(keys.sealing, keys.digest))


def quiet(_: Step) -> None:
    """Listens to nothing."""
