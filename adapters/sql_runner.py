"""How statements run: what every kind of database offers for it, and what the asynchronous drivers share.

Sessions only read, are few, and are opened when first needed. Knows no record.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from sqlalchemy import Connection, Dialect, Executable, inspect
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.types import TypeEngine

from adapters.sql_failure import translated

if TYPE_CHECKING:
    # Brings the ORM along, which takes 6 MB that PostgreSQL and SQLite do not need.
    from sqlalchemy.ext.asyncio import AsyncEngine

Columns = Mapping[str, TypeEngine[Any]]


Given = Mapping[str, Any]
"""Values of the named parameters of a statement that is run many times."""
KEYS = "hub_keys"
"""Name of the parameter that gets the keys of a look-up, where a statement is the same for all of them."""


@dataclass(frozen=True, slots=True)
class Ready:
    """A statement as a driver takes it: its text, and its parameters in order with the values that never change.

    A name may stand there twice, where the driver counts places and not names.
    """

    text: str
    parameters: tuple[tuple[str, Any], ...]

    def given(self, values: Given) -> Sequence[Any]:
        """All values in order, with these where the statement has a place for them."""
        return [values.get(name, value) for name, value in self.parameters]


def written_out(statement: Executable, dialect: Dialect) -> Ready:
    """A statement, written out once."""
    compiled = statement.compile(dialect=dialect)  # type: ignore[attr-defined]
    if not isinstance(compiled, SQLCompiler):
        raise TypeError("not a statement")
    values: Mapping[str, Any] = compiled.params
    return Ready(str(compiled), tuple((name, values[name]) for name in compiled.positiontup or ()))


class Runner(Protocol):
    """Runs statements of one source; failures are SourceErrors."""

    def ready(self, statement: Executable) -> Any:
        """A statement that will be run many times, in the form in which `run` takes it."""

    async def run(self, ready: Any, given: Given) -> Sequence[Sequence[Any]]:
        """All rows of a statement that is ready, with these values; cancelling stops it at the source too."""

    async def rows(self, statement: Executable) -> Sequence[Sequence[Any]]:
        """All rows of a statement; cancelling stops it at the source too."""

    async def columns(self, table: str, schema: str | None) -> Columns:
        """Columns of a table or view and their types; SourceBadData if there is no such table."""

    async def aclose(self) -> None:
        """Close all sessions."""


@dataclass(frozen=True, slots=True)
class Session:
    """Whose sessions they are, how many there may be, and how long a statement may take, in milliseconds."""

    source: str
    connections: int
    timeout_ms: int


class AsyncRunner:
    """Statements on an asynchronous driver."""

    def __init__(self, engine: "AsyncEngine") -> None:
        self._engine = engine

    def ready(self, statement: Executable) -> Executable:
        """The statement itself."""
        return statement

    async def run(self, ready: Executable, given: Given) -> Sequence[Sequence[Any]]:
        """All rows of a statement, with these values."""
        with translated():
            async with self._engine.connect() as connection:
                found: Sequence[Sequence[Any]] = (await connection.execute(ready, given)).all()
                return found

    async def rows(self, statement: Executable) -> Sequence[Sequence[Any]]:
        """All rows of a statement."""
        return await self.run(statement, {})

    async def columns(self, table: str, schema: str | None) -> Columns:
        """Columns of a table or view and their types."""
        with translated():
            async with self._engine.connect() as connection:
                found: Columns = await connection.run_sync(columns_of, table, schema)
                return found

    async def aclose(self) -> None:
        """Close all sessions."""
        await self._engine.dispose()


def columns_of(connection: Connection, table: str, schema: str | None) -> Columns:
    """Columns of a table or view and their types."""
    return {column["name"]: column["type"] for column in inspect(connection).get_columns(table, schema=schema)}
