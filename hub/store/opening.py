"""An empty store at the newest schema in one go: the tables as they are declared, where the revisions would come one by one."""

from sqlalchemy import Connection, Dialect, insert
from sqlalchemy.schema import CreateIndex, CreateTable, DDLElement

from hub.store import (
    access_tables,
    caller_tables,
    code_tables,
    correction_tables,
    crosswalk_tables,
    disclosure_tables,
    grantsdesk_tables,
    identity_tables,
    kept_tables,
    limit_tables,
    notice_tables,
    officer_tables,
    quality_tables,
    report_tables,
    request_tables,
    simulator_tables,
    tree_tables,
    witness_tables,
    work_tables,
)
from hub.store.tables import metadata

DECLARED = (
    *(access_tables, caller_tables, code_tables, correction_tables, crosswalk_tables, disclosure_tables),
    *(grantsdesk_tables, identity_tables, kept_tables, limit_tables, notice_tables, officer_tables, quality_tables),
    *(report_tables, request_tables, simulator_tables, tree_tables, witness_tables, work_tables),
)
"""Every module that declares tables: an imported one is in `metadata`."""


def open_empty(connection: Connection, revision: str) -> None:
    """Make all tables, their first rows, and Alembic's note of the revision; the connection's transaction is the caller's."""
    for statement in _SCRIPTS.get(connection.dialect.name) or _script(connection.dialect):
        connection.exec_driver_sql(statement)
    put_first_rows(connection)
    connection.exec_driver_sql("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL PRIMARY KEY)")
    connection.exec_driver_sql(f"INSERT INTO alembic_version (version_num) VALUES ('{revision}')")  # noqa: S608 - a file's name


def put_first_rows(connection: Connection) -> None:
    """Insert the rows that are in an empty store."""
    connection.execute(insert(caller_tables.pulse).values(id=1, value=0))
    connection.execute(insert(access_tables.roster_state).values(id=1, changed=0))


_SCRIPTS: dict[str, tuple[str, ...]] = {}


def _script(dialect: Dialect) -> tuple[str, ...]:
    """All at once for PostgreSQL, where each statement would be a way there and back; one by one for SQLite's driver."""
    parts: list[DDLElement] = []
    for table in metadata.sorted_tables:
        parts.append(CreateTable(table))
        parts += [CreateIndex(index) for index in sorted(table.indexes, key=lambda index: str(index.name))]
    made = [str(part.compile(dialect=dialect)) for part in parts]
    script = _SCRIPTS[dialect.name] = (";\n".join(made),) if dialect.name == "postgresql" else tuple(made)
    return script
