"""Tables of the local store: the rows of a record, its stage, the files taken, what was wrong with their rows, and reports.

Says what they look like and how a record's table is brought to a changed mapping. Opens nothing.
"""

from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from adapters.base import AS_OF, LOCAL
from adapters.tabular_layout import FILE, GONE, ROW, TIME, RecordPlan

STATE = sa.MetaData()
INTAKE = sa.Table(
    "$intake",
    STATE,
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("record", sa.Text, nullable=False),
    sa.Column("file", sa.Text, nullable=False),
    sa.Column("digest", sa.Text, nullable=False),
    sa.Column("mapping", sa.Text, nullable=False),
    sa.Column("time", sa.Float, nullable=False),
    sa.Column("as_of", sa.Text),
    sa.Column("taken", sa.Float),
    sa.Column("reported", sa.Integer, nullable=False, default=0),
    sa.Column("read", sa.Integer, nullable=False, default=0),
    sa.Column("rows", sa.Integer, nullable=False, default=0),
    sa.Column("rejected", sa.Integer, nullable=False, default=0),
    sa.Column("doubtful", sa.Integer, nullable=False, default=0),
    sa.Column("shown", sa.Text, nullable=False, default="[]"),
)
FAULT = sa.Table(
    "$fault",
    STATE,
    sa.Column("intake", sa.Integer, nullable=False, index=True),
    sa.Column("row", sa.Integer, nullable=False),
    sa.Column("column", sa.Text, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("advice", sa.Text, nullable=False),
    sa.Column("rejected", sa.Integer, nullable=False),
    sa.Column("cells", sa.Text, nullable=False),
)
REPORT = sa.Table(
    "$report",
    STATE,
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("record", sa.Text, nullable=False, index=True),
    sa.Column("file", sa.Text, nullable=False),
    sa.Column("intake", sa.Integer),
    sa.Column("ended", sa.Float, nullable=False),
    sa.Column("rows", sa.Integer, nullable=False),
    sa.Column("rejected", sa.Integer, nullable=False),
    sa.Column("doubtful", sa.Integer, nullable=False),
    sa.Column("withdrawn", sa.Integer, nullable=False),
    sa.Column("as_of", sa.Text),
    sa.Column("read_as", sa.Text, nullable=False),
    sa.Column("fault", sa.Text),
    sa.Column("fault_en", sa.Text),
    sa.Column("shown", sa.Text, nullable=False),
    # A number is never given again: an address of one file must not lead to another.
    sqlite_autoincrement=True,
)
REPORT_ROW = sa.Table(
    "$report_row",
    STATE,
    sa.Column("report", sa.Integer, primary_key=True),
    sa.Column("line", sa.Integer, primary_key=True),
    sa.Column("row", sa.Integer, nullable=False),
    sa.Column("column", sa.Text, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("advice", sa.Text, nullable=False),
    sa.Column("rejected", sa.Integer, nullable=False),
    sa.Column("cells", sa.Text, nullable=False),
)


def rows_table(plan: RecordPlan) -> sa.Table:
    """The held rows of a record."""
    return _table(plan.name, plan)


def stage_table(plan: RecordPlan) -> sa.Table:
    """Rows of a file that is being read."""
    return _table(f"$stage {plan.name}", plan)


def row_columns(plan: RecordPlan) -> list[tuple[str, type[Any]]]:
    """Names and types, in the order in which a row is staged."""
    read = [(source.name, source.stored.type) for source in plan.sources]
    names = {name for name, _ in read}
    # A file's own data time stands where no column holds it; it is null where the column does.
    own = [(name, sa.Text) for name in (AS_OF,) if name not in names]
    return [*read, *own, (GONE, sa.Integer), (ROW, sa.Integer), (FILE, sa.Integer), (TIME, sa.Float)]


def index_statements(plan: RecordPlan, table: str, number: int) -> list[str]:
    """Statements that give a table its indexes; `number` tells those of one stage from another's."""
    quoted = _quote(table)
    made = [
        f"CREATE UNIQUE INDEX IF NOT EXISTS {_quote(f'{number} {plan.name} {LOCAL}')} ON {quoted} ({_quote(LOCAL)})"
    ]
    for column in plan.indexed:
        # With the identifier beside it, an index serves the order of a page as well.
        both = f"{_quote(column)}, {_quote(LOCAL)}"
        made.append(f"CREATE INDEX IF NOT EXISTS {_quote(f'{number} {plan.name} {column}')} ON {quoted} ({both})")
    return made


def rename_statement(old: str, new: str) -> str:
    """Statement that renames a table."""
    return f"ALTER TABLE {_quote(old)} RENAME TO {_quote(new)}"


def has_table(session: Connection, name: str) -> bool:
    """True if there is such a table."""
    return sa.inspect(session).has_table(name)


def fit_rows(session: Connection, plan: RecordPlan) -> None:
    """Bring the held rows to the columns of the plan: what is no longer mapped goes, what is new is unreadable."""
    if not has_table(session, plan.name):
        return
    found = {column["name"]: type(column["type"]) for column in sa.inspect(session).get_columns(plan.name)}
    table = rows_table(plan)
    wanted = {
        column.name: sa.TEXT if isinstance(column.type, sa.Text) else _TYPES[type(column.type)] for column in table.c
    }
    if found == wanted:
        return
    same = {name for name, kind in wanted.items() if found.get(name) is kind}
    fill: dict[str, Any] = {source.name: source.stored.unreadable for source in plan.sources}
    old = f"$old {plan.name}"
    session.exec_driver_sql(rename_statement(plan.name, old))
    table.create(session)
    before = sa.table(old, *(sa.column(name) for name in same))
    given = [before.c[name] if name in same else sa.literal(fill.get(name), sa.types.NullType()) for name in wanted]
    session.execute(table.insert().from_select(list(wanted), sa.select(*given)))
    session.exec_driver_sql(f"DROP TABLE {_quote(old)}")
    for statement in index_statements(plan, plan.name, 0):
        session.exec_driver_sql(statement)


_TYPES: dict[type[Any], type[Any]] = {sa.Integer: sa.INTEGER, sa.Float: sa.FLOAT}


def _table(name: str, plan: RecordPlan) -> sa.Table:
    columns = [sa.Column(column, kind, nullable=column != LOCAL) for column, kind in row_columns(plan)]
    return sa.Table(name, sa.MetaData(), *columns)


def _quote(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
