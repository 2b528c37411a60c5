"""Files that sources took: what became of each, and which of its rows were not accepted."""

from collections.abc import Sequence
from typing import Annotated, Protocol

import strawberry
from strawberry.types import Info

from auth.roles import Role
from schema.base import offer
from schema.importing_enums import ImportState
from schema.scalars import DateTime

_COUNTING = (Role.ADMIN, Role.AUDIT, Role.SEC, Role.STEWARD)
_READING = (Role.AUDIT, Role.STEWARD)


@strawberry.type(description="一份文件的收取结果 / What became of one file")
class ImportRun:
    number: strawberry.ID | None = strawberry.field(
        description="编号;正在收取的为空 / Number, null while it is being taken"
    )
    source: str = strawberry.field(description="数据源简称 / Short name of the source")
    record: str = strawberry.field(description="记录 / Record")
    file: str = strawberry.field(description="文件名 / Name of the file")
    state: ImportState = strawberry.field(description="结果 / What became of it")
    ended_at: DateTime | None = strawberry.field(
        description="处理时间;正在收取的为空 / When that was, null while it is being taken"
    )
    as_of: DateTime | None = strawberry.field(description="文件的数据时间 / Data time of the file")
    rows: int = strawberry.field(description="采用行数;正在收取的为已读行数 / Rows that were taken, or read so far")
    rejected: int = strawberry.field(description="拒绝行数 / Rows that were rejected")
    doubtful: int = strawberry.field(description="存疑行数 / Rows that were taken though something in them is doubtful")
    withdrawn: int = strawberry.field(description="撤回行数 / Rows that withdrew an earlier one")
    read_as: str | None = strawberry.field(description="读取方式 / How it was read, in Chinese")
    fault: str | None = strawberry.field(description="整份未采用的原因 / Why nothing of it was taken, in Chinese")
    fault_en: str | None = strawberry.field(description="整份未采用的原因(英文) / Why nothing of it was taken")


@strawberry.type(description="报告所列行中的一个单元格 / A cell of a row of a report")
class ImportCell:
    column: str = strawberry.field(description="列 / Column")
    text: str = strawberry.field(
        description="内容;姓名缩写,公民身份号码隐去 / Content, names of persons shortened and citizens' numbers hidden"
    )


@strawberry.type(description="未采用或存疑的一行 / A row that was rejected, or is doubtful")
class ImportRow:
    number: int = strawberry.field(description="序号 / Its number in the report")
    row: int | None = strawberry.field(
        description="文件中的行号;整份文件为空 / Row in the file, null for the whole file"
    )
    column: str | None = strawberry.field(description="列;整行为空 / Column, null for the row as a whole")
    rejected: bool = strawberry.field(description="该行未采用 / The row was not taken")
    reason: str = strawberry.field(description="问题 / What is wrong, in Chinese")
    advice: str = strawberry.field(description="建议 / What to do, in Chinese")
    cells: list[ImportCell] = strawberry.field(
        description="该行内容;仅本部门可见 / The row, as the report beside the file repeats it; for its own department only"
    )


class ImportDesk(Protocol):
    """What is known of files, to one caller."""

    def runs(self, source: str, record: str | None, first: int, before: str | None) -> Sequence[ImportRun]: ...
    def run(self, source: str, number: str) -> ImportRun | None: ...
    def rows(  # noqa: PLR0913, PLR0917 - the arguments of one GraphQL field
        self, source: str, run: str, rejected: bool | None, column: str | None, first: int, after: int
    ) -> Sequence[ImportRow]: ...


class _Looking(Protocol):
    @property
    def store(self) -> "_Stored": ...


class _Stored(Protocol):
    @property
    def imports(self) -> ImportDesk: ...


_SOURCE = strawberry.argument(description="数据源简称 / Short name of the source")


def _import_runs(
    info: Info[_Looking, None],
    source: Annotated[str, _SOURCE],
    record: Annotated[str | None, strawberry.argument(description="只列此记录的 / Only of this record")] = None,
    first: Annotated[int, strawberry.argument(description="份数,1–100 / How many, 1 to 100")] = 20,
    before: Annotated[
        strawberry.ID | None, strawberry.argument(description="早于此编号的 / Older than this number")
    ] = None,
) -> list[ImportRun]:
    return list(info.context.store.imports.runs(source, record, first, before))


def _import_run(
    info: Info[_Looking, None],
    source: Annotated[str, _SOURCE],
    number: Annotated[strawberry.ID, strawberry.argument(description="编号 / Number")],
) -> ImportRun | None:
    return info.context.store.imports.run(source, number)


def _import_rows(  # noqa: PLR0913, PLR0917 - the arguments of one GraphQL field
    info: Info[_Looking, None],
    source: Annotated[str, _SOURCE],
    run: Annotated[strawberry.ID, strawberry.argument(description="收件编号 / Number of the file")],
    rejected: Annotated[
        bool | None,
        strawberry.argument(description="只列未采用的,或只列存疑的 / Only rejected rows, or only doubtful ones"),
    ] = None,
    column: Annotated[str | None, strawberry.argument(description="只列此列的 / Only of this column")] = None,
    first: Annotated[int, strawberry.argument(description="条数,1–500 / How many, 1 to 500")] = 100,
    after: Annotated[int, strawberry.argument(description="从此序号之后 / After this number")] = 0,
) -> list[ImportRow]:
    return list(info.context.store.imports.rows(source, run, rejected, column, first, after))


@strawberry.type
class ImportQuery:
    """Roots of the query that read what became of files."""

    import_runs: list[ImportRun] = offer(
        "数据源收取的文件,新的在前;数源部门看本部门的数据源",
        "Files that a source took, the newest first; a steward sees those of their own department's sources",
        *_COUNTING,
        by=_import_runs,
    )
    import_run: ImportRun | None = offer(
        "按编号查一份文件的收取结果", "What became of one file, by its number", *_COUNTING, by=_import_run
    )
    import_rows: list[ImportRow] = offer(
        "一份文件中未采用或存疑的行及建议",
        "Rows of a file that were rejected or are doubtful, and what to do",
        *_READING,
        by=_import_rows,
    )
