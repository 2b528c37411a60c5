"""A small database at the MariaDB of the tests, and a session on it that may write."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from tests import mariadb

SLOW = "CREATE OR REPLACE VIEW slow AS SELECT d.* FROM division d WHERE sleep(20) = 0"
QUICK = "CREATE OR REPLACE VIEW slow AS SELECT d.* FROM division d"


class Database:
    """A session that may write."""

    def __init__(self, connection: Any) -> None:
        self.connection = connection

    async def execute(self, *statements: str) -> Any:
        """Run statements, and give the rows of the last."""
        async with self.connection.cursor() as cursor:
            for statement in statements:
                await cursor.execute(statement)
            return await cursor.fetchall()

    async def name(self) -> str:
        """Name of the database."""
        ((name,),) = await self.execute("SELECT database()")
        return str(name)

    async def sessions(self) -> dict[int, str | None]:
        """Other sessions on the database and what they run, None if nothing."""
        found = await self.execute(
            "SELECT id, info FROM information_schema.processlist WHERE db = database() AND id <> connection_id()"
        )
        return dict(found)

    async def runs(self, part: str) -> bool:
        """True if a session runs a statement with this in it."""
        return any(part in (info or "") for info in (await self.sessions()).values())


@asynccontextmanager
async def divisions(url: str) -> AsyncIterator[Database]:
    """A session that may write, and a table of thirty divisions."""
    connection = await mariadb.connect(url)
    database = Database(connection)
    await database.execute(
        "CREATE TABLE division (id bigint PRIMARY KEY, code varchar(20), name varchar(50), KEY by_code (code))",
        "INSERT INTO division SELECT seq, concat('33', lpad(seq, 4, '0')), concat('示例', seq % 3) FROM seq_1_to_30",
        QUICK,
    )
    try:
        yield database
    finally:
        await connection.ensure_closed()
