"""Mappings of sources: which column each field is read from, tried on some rows before anybody changes it.

Trying is a mutation because each look at rows leaves an entry in the record. Nothing that runs is changed by it.
"""

from collections.abc import Sequence
from typing import Annotated, Protocol

import strawberry
from strawberry.types import Info

from auth.roles import Role
from schema.base import offer
from schema.scalars import Position


@strawberry.type(description="一个数据源中一种记录的映射 / The mapping of one record at one source")
class SourceMapping:
    source: str = strawberry.field(description="数据源简称 / Short name of the source")
    label: str = strawberry.field(description="数据源名称 / Its name")
    department: str = strawberry.field(description="负责部门 / Department that answers for it")
    kind: str = strawberry.field(description="数据源类型 / Kind of source")
    record: str = strawberry.field(description="记录 / Record")
    record_label: str = strawberry.field(description="记录名称 / Its Chinese label")
    sampled: bool = strawberry.field(
        description="可取样试读;否则须粘贴一份应答 / Its rows can be read for a trial; else an answer has to be pasted"
    )
    mapping: str = strawberry.field(description="现行映射(hub.toml 片段) / What runs, as in hub.toml")


@strawberry.type(description="映射中的一处错误 / One thing that is wrong with a mapping")
class MappingFault:
    place: str = strawberry.field(description="位置 / Where")
    text: str = strawberry.field(description="说明 / What")


@strawberry.type(description="数据源的一列 / A column of the source")
class SourceColumn:
    name: str = strawberry.field(description="列名 / Name")
    label: str | None = strawberry.field(description="注释 / What its database says of it")
    veiled: bool = strawberry.field(description="涉及个人,不显示其值 / It concerns persons; its values are not shown")


@strawberry.type(description="试读的一格 / One cell, before and after")
class TriedCell:
    place: str = strawberry.field(description="字段,或 keys、local、as_of、disputed / Field, or one of these")
    column: str = strawberry.field(description="列 / Column")
    before: str | None = strawberry.field(description="源头所写 / As the source has it")
    after: str | None = strawberry.field(description="读成 / What becomes of it")
    readable: bool = strawberry.field(description="可识别 / It can be read")
    masked: bool = strawberry.field(description="已脱敏 / Masked")


@strawberry.type(description="试读的一行 / One row")
class TriedRow:
    cells: list[TriedCell] = strawberry.field(description="各格 / Its cells")


@strawberry.type(description="一个字段在样本中的情况 / How a place fares in the sample")
class TriedPlace:
    place: str = strawberry.field(description="字段 / Field")
    filled: int = strawberry.field(description="有值的行数 / Rows with a value")
    unreadable: int = strawberry.field(description="无法识别的行数 / Rows that cannot be read")


@strawberry.type(description="映射建议 / What is suggested for a place")
class MappingSuggestion:
    place: str = strawberry.field(description="字段,或 keys.uscc 等 / Field, or keys.uscc and the like")
    column: str = strawberry.field(description="列 / Column")
    how: str = strawberry.field(description="写法(TOML) / How it would be written, as TOML")
    confidence: float = strawberry.field(description="把握,0–1 / How sure, 0 to 1")
    reasons: list[str] = strawberry.field(description="依据 / What speaks for it")


@strawberry.type(description="试读的结果 / What came of a trial")
class MappingTrial:
    faults: list[MappingFault] = strawberry.field(
        description="映射的错误;有错误则不读数据 / What is wrong with it: then no row is read"
    )
    unsampled: str | None = strawberry.field(description="没有样本的原因 / Why there are no rows, in Chinese")
    unsampled_en: str | None = strawberry.field(description="英文 / In English")
    rows: list[TriedRow] = strawberry.field(description="至多 10 行 / 10 rows at most")
    count: int = strawberry.field(description="样本行数,至多 50 / Rows of the sample, 50 at most")
    places: list[TriedPlace] = strawberry.field(description="各字段 / Each place")
    columns: list[SourceColumn] = strawberry.field(description="数据源的列 / Columns of the source")
    missing: list[str] = strawberry.field(description="映射要读而数据源没有的列 / Columns it reads that are not there")
    withheld: list[str] = strawberry.field(
        description="会读到个人信息的字段,不试读 / Fields that would be read from what concerns persons; they are not tried"
    )
    suggestions: list[MappingSuggestion] = strawberry.field(
        description="建议,最有把握的在前 / Suggestions, surest first"
    )
    mapping: str = strawberry.field(
        description="规整后的映射(hub.toml 片段) / The mapping, as it would stand in hub.toml"
    )
    difference: str = strawberry.field(description="与现行映射的差异 / What it changes, line by line")
    position: Position = strawberry.field(description="审计记录中的位置 / Position of its entry in the record")


class MappingDesk(Protocol):
    """What is said of mappings, to one caller."""

    def mappings(self, source: str | None) -> Sequence[SourceMapping]: ...


class MappingDeeds(Protocol):
    """What one caller may try."""

    def attempt(self, source: str, record: str, draft: str | None, answer: str | None) -> MappingTrial: ...


class _Looking(Protocol):
    @property
    def store(self) -> "_Stored": ...


class _Stored(Protocol):
    @property
    def mapping(self) -> MappingDesk: ...


class _Doing(Protocol):
    @property
    def mapping(self) -> MappingDeeds: ...


def _mappings(
    info: Info[_Looking, None],
    source: Annotated[str | None, strawberry.argument(description="只列此数据源的 / Only of this source")] = None,
) -> list[SourceMapping]:
    return list(info.context.store.mapping.mappings(source))


def _try_mapping(
    info: Info[_Doing, None],
    source: Annotated[str, strawberry.argument(description="数据源简称 / Short name of the source")],
    record: Annotated[str, strawberry.argument(description="记录 / Record")],
    mapping: Annotated[
        str | None,
        strawberry.argument(
            description="映射(hub.toml 片段),默认现行的 / The mapping, as in hub.toml; what runs if not given"
        ),
    ] = None,
    answer: Annotated[
        str | None,
        strawberry.argument(
            description="粘贴的应答(JSON),不得含证件号码 / An answer of the source, as JSON, without identity numbers"
        ),
    ] = None,
) -> MappingTrial:
    return info.context.mapping.attempt(source, record, mapping, answer)


@strawberry.type
class MappingQuery:
    """The root of the query that reads mappings."""

    source_mappings: list[SourceMapping] = offer(
        "数据源的现行映射;数源部门只见本部门的",
        "Mappings that run; a steward sees those of their department",
        Role.ADMIN,
        Role.AUDIT,
        Role.STEWARD,
        by=_mappings,
    )


@strawberry.type
class MappingMutation:
    """The root of the mutation that tries a mapping."""

    try_mapping: MappingTrial = offer(
        "用数据源的少量行试读一份映射,个人信息脱敏;不改变正在运行的映射",
        "Try a mapping on some rows of one's own source, masked where they concern persons; what runs is not changed",
        Role.STEWARD,
        by=_try_mapping,
    )
