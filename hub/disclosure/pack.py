"""The yearly audit pack: a folder that says how the record was used, what was conspicuous, and that it is what was signed.

Metadata and counts; no value, no name of a person, no text that somebody wrote. The manifest has the hash of every file.
"""

import csv
import io
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import partial
from hashlib import sha256
from html import escape
from pathlib import Path
from typing import Any

import orjson
from sqlalchemy import Connection, case, func, literal_column, select

from auth.roles import ROLE_LABELS, Role
from hub.audit.keeping import KnownLog, newest
from hub.audit.opening import checkpoint_file
from hub.audit.outside import notes_in
from hub.audit.verifying import Report, Verification
from hub.cases.sampling import draw, unknown_cases
from hub.cells import inert
from hub.clock import SHANGHAI, day_of
from hub.disclosure.anomalies import MOST_DAYS, find_anomalies
from hub.disclosure.searching import between
from hub.settings import Settings
from hub.settings_tables import DepartmentTable
from hub.store.database import Database
from hub.store.disclosure_tables import objections, recall_positions, recalls, record_index
from hub.store.officer_tables import emergencies
from hub.store.tree_tables import tree_checkpoints

_VERSION = 1
_TITLES = {
    "counts.csv": ("各部门各用途查询情况", "Questions by department and purpose"),
    "denials.csv": ("被拒绝的查询", "Questions that were refused, or touched what is not granted"),
    "unverified.csv": ("无法核实的案件（抽样）", "Cases nobody knew, with a sample of the questions"),
    "break-glass.csv": ("应急调阅", "Broken glass"),
    "anomalies.csv": ("异常（不等于不当）", "What was conspicuous, which is no verdict"),
    "objections.csv": ("经营主体的异议", "Objections of entities"),
    "recalls.csv": ("召回", "Recalls"),
}
"""Tables of the pack, in their order."""
Table = tuple[Sequence[str], list[Sequence[Any]]]


@dataclass(frozen=True, slots=True)
class Contents:
    """What is packed: the year, and how samples are drawn – the seed, and a share in percent."""

    settings: Settings
    log: KnownLog
    offices: Mapping[str, DepartmentTable]
    year: int
    seed: str
    share: float

    @property
    def first(self) -> date:
        """The first day."""
        return date(self.year, 1, 1)

    @property
    def last(self) -> date:
        """The last day."""
        return date(self.year, 12, 31)


def write_pack(
    database: Database,
    contents: Contents,
    folder: Path,
    tell: Callable[[str], None],
    reach: Callable[[int, int], None],
) -> dict[str, Any]:
    """Write the pack into a folder, and give its manifest. OSError if it can't be written.

    tell: hears what is under way · reach: how many entries of how many were hashed anew; what they raise ends it.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    tables: dict[str, Table] = {}
    for name, work in _TABLES.items():
        tell(" / ".join(_TITLES[name]))
        tables[name] = database.reading(partial(work, contents=contents))
    files = {name: _csv(table) for name, table in tables.items()}
    files["checkpoints.txt"] = database.reading(partial(_checkpoints, contents=contents))
    tell("核验 / verify")
    report = _verify(database, contents, reach)
    files["verify.json"] = orjson.dumps(_verified(report), option=orjson.OPT_INDENT_2)
    files["summary.html"] = _page(contents, tables, report, contents.offices).encode()
    for name, content in files.items():
        write_new(folder / name, content)
    low, high = database.reading(lambda connection: between(connection, contents.first, contents.last))
    manifest = {
        "version": _VERSION,
        "log": contents.log.origin,
        "year": contents.year,
        "firstPosition": low,
        "positions": high - low,
        "sample": {"seed": contents.seed, "percent": contents.share},
        "differences": report.differing,
        "files": [
            {"name": name, "bytes": len(content), "sha256": sha256(content).hexdigest()}
            for name, content in sorted(files.items())
        ],
    }
    # Last, so that a folder with a manifest is whole.
    write_new(folder / "manifest.json", orjson.dumps(manifest, option=orjson.OPT_INDENT_2))
    return manifest


def _counts(connection: Connection, contents: Contents) -> Table:
    table = record_index
    head = ("department", "role", "purpose", "questions", "answered", "rejected", "failed", "entities", "values denied")
    groups = (table.c.department, table.c.role, table.c.purpose)

    def ended(*outcomes: str) -> Any:
        return func.sum(case((table.c.outcome.in_(outcomes), 1), else_=0))

    counted = (
        func.count(),
        ended("ANSWERED"),
        ended("REJECTED", "REFUSED"),
        ended("FAILED", "CANCELLED"),
        func.sum(table.c.entities),
        func.sum(table.c.denied),
    )
    query = select(*groups, *counted).where(*_of_year(connection, contents), table.c.act == "")
    rows = connection.execute(query.group_by(*groups).order_by(*groups)).all()
    return head, [tuple(row) for row in rows]


def _denials(connection: Connection, contents: Contents) -> Table:
    table = record_index
    head = ("department", "client", "purpose", "questions refused", "questions with values denied", "values denied")
    refused = func.sum(case((table.c.outcome.in_(("REJECTED", "REFUSED")), 1), else_=0))
    touched = func.sum(case((table.c.denied > 0, 1), else_=0))
    groups = (table.c.department, table.c.client, table.c.purpose)
    named = (table.c.act == "", table.c.role != Role.PUBLIC.value)
    query = select(*groups, refused, touched, func.sum(table.c.denied)).where(*_of_year(connection, contents), *named)
    rows = connection.execute(query.group_by(*groups).having((refused > 0) | (touched > 0)).order_by(*groups)).all()
    return head, [tuple(row) for row in rows]


def _unverified(connection: Connection, contents: Contents) -> Table:
    head = ("department", "purpose", "case digest", "state", "first day", "last day", "questions", "positions drawn")
    cases = [
        one for one in unknown_cases(connection, contents.first.isoformat()) if min(one.days) <= str(contents.last)
    ]
    drawn = set(draw(cases, contents.share, contents.seed))
    return head, [
        (
            *(one.department, one.purpose, one.digest, max(one.days.values())),
            *(min(one.days), max(one.days), len(one.positions)),
            " ".join(str(position) for position in one.positions if position in drawn),
        )
        for one in cases
    ]


def _break_glass(connection: Connection, contents: Contents) -> Table:
    table = emergencies.c
    head = ("id", "department", "role", "purpose", "fields", "began", "until", "review due", "reviewed", "justified")
    query = select(emergencies).where(*_seconds(table.began_at, contents)).order_by(table.began_at)
    return head, [
        (
            *(row.id, row.department, row.role, row.purpose, " ".join(orjson.loads(row.fields))),
            *(day_of(row.began_at), day_of(row.until), row.due_on),
            *("" if row.reviewed_at is None else day_of(row.reviewed_at), row.justified),
        )
        for row in connection.execute(query)
    ]


def _anomalies(connection: Connection, contents: Contents) -> Table:
    head = ("day", "kind", "department", "client", "person digest", "entity digest", "count", "bound", "sentence")
    rows: list[Sequence[Any]] = []
    first = contents.first
    while first <= contents.last:
        last = min(first + timedelta(days=MOST_DAYS - 1), contents.last)
        for one in reversed(find_anomalies(connection, contents.settings.anomalies, first, last)):
            asker = (one.asker.department, one.asker.client, one.asker.person, one.entity)
            rows.append((one.day, one.kind.name, *asker, one.count, one.bound, one.sentence()[0]))
        first = last + timedelta(days=1)
    return head, rows


def _objections(connection: Connection, contents: Contents) -> Table:
    table = objections.c
    head = ("number", "position", "department", "filed", "due", "state", "decided")
    query = select(objections).where(*_seconds(table.filed_at, contents)).order_by(table.number)
    return head, [
        (
            *(row.number, row.position, row.department, day_of(row.filed_at), row.due_on, row.state),
            "" if row.decided_at is None else day_of(row.decided_at),
        )
        for row in connection.execute(query)
    ]


def _recalls(connection: Connection, contents: Contents) -> Table:
    table, of = recalls.c, recall_positions.c
    head = ("number", "department", "field", "kind", "made", "clients told", "entries")
    counted = {
        row.recall: tuple(row)[1:]
        for row in connection.execute(
            select(of.recall, func.count(of.client.distinct()), func.count()).group_by(of.recall)
        )
    }
    query = select(recalls).where(*_seconds(table.made_at, contents)).order_by(table.number)
    return head, [
        (row.number, row.department, row.field, row.kind, day_of(row.made_at), *counted.get(row.number, (0, 0)))
        for row in connection.execute(query)
    ]


_TABLES: dict[str, Callable[..., Table]] = {
    "counts.csv": _counts,
    "denials.csv": _denials,
    "unverified.csv": _unverified,
    "break-glass.csv": _break_glass,
    "anomalies.csv": _anomalies,
    "objections.csv": _objections,
    "recalls.csv": _recalls,
}


def _checkpoints(connection: Connection, contents: Contents) -> bytes:
    """The last checkpoint of each day, and the newest one there is."""
    table = tree_checkpoints.c
    # 28,800: days begin at midnight in China.
    local = table.made_at + literal_column("28800")
    day = local - local % literal_column("86400")
    last = select(func.max(table.size)).where(*_seconds(table.made_at, contents)).group_by(day)
    rows = connection.execute(select(tree_checkpoints).where(table.size.in_(last)).order_by(table.size)).all()
    notes = [bytes(row.note) for row in rows]
    kept = newest(connection)
    if kept is not None and kept.note not in notes:
        notes.append(kept.note)
    return b"\n".join(notes)


def _verify(database: Database, contents: Contents, reach: Callable[[int, int], None]) -> Report:
    return Verification(database, contents.log, [notes_in(checkpoint_file(contents.settings))], 0, reach).run()


def _verified(report: Report) -> dict[str, Any]:
    return {
        "entries": report.count,
        "signed": report.signed,
        "checkpointsInStore": report.inside,
        "checkpointsOutside": report.outside,
        "differences": [one._asdict() for one in report.differences],
        "moreDifferences": report.more,
    }


def _of_year(connection: Connection, contents: Contents) -> Iterator[Any]:
    low, high = between(connection, contents.first, contents.last)
    return iter((record_index.c.position >= low, record_index.c.position < high))


def _seconds(column: Any, contents: Contents) -> tuple[Any, Any]:
    start = int(datetime.combine(contents.first, time(), SHANGHAI).timestamp())
    end = int(datetime.combine(contents.last + timedelta(days=1), time(), SHANGHAI).timestamp())
    return column >= start, column < end


def _csv(table: Table) -> bytes:
    """With a byte-order mark, so that spreadsheets read the Chinese in it."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerows([table[0], *([inert(value) for value in row] for row in table[1])])
    return b"\xef\xbb\xbf" + text.getvalue().encode()


def _page(contents: Contents, tables: dict[str, Table], report: Report, offices: Mapping[str, DepartmentTable]) -> str:
    """A page that can be read without the hub, printed, and handed on."""
    labels = {code: one.label for code, one in offices.items()}
    labels |= {one.code: one.zh for one in contents.settings.purposes}
    labels |= {role.value: zh for role, (zh, _) in ROLE_LABELS.items()}
    verdict = (
        f"全部 {report.count} 条记录已重新计算，与 {report.inside + report.outside} 个检查点一致。"
        if not report.differences
        else f"与检查点不符之处：{report.differing}。详见 verify.json。"
    )
    parts = [
        f"<h1>{escape(contents.settings.hub.label)} {contents.year} 年度审计材料</h1>",
        f"<p>数据控制者：{escape(contents.settings.hub.controller)}。日志：{escape(contents.log.origin)}。{verdict}</p>",
        "<p>本材料只含统计和元数据，不含任何查询结果。文件散列见 manifest.json。</p>",
    ]
    for name, (zh, en) in _TITLES.items():
        head, rows = tables[name]
        parts.append(f"<h2>{zh} <small>{en}</small></h2>")
        parts.append(_html_table(head, rows[:_SHOWN], labels))
        if len(rows) > _SHOWN:
            parts.append(f"<p>另有 {len(rows) - _SHOWN} 行，见 {name}。</p>")
    return _FRAME.format(title=f"{contents.year} 年度审计材料", body="\n".join(parts))


_SHOWN = 200
_FRAME = """<!doctype html>
<html lang="zh-CN"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>{title}</title><style>
body {{ font: 15px/1.6 system-ui, sans-serif; margin: 2rem auto; max-width: 72rem; padding: 0 1rem; color: #1b1f24 }}
table {{ border-collapse: collapse; font-size: 13px; width: 100% }}
th, td {{ border: 1px solid #c8ccd1; padding: .25rem .5rem; text-align: left; vertical-align: top; overflow-wrap: anywhere }}
th {{ background: #f2f4f6 }} small {{ color: #59636e; font-weight: normal }}
</style></head><body>
{body}
</body></html>
"""


def _html_table(head: Sequence[str], rows: Iterable[Sequence[Any]], labels: dict[str, str]) -> str:
    cells = [[escape(labels.get(str(value), "" if value is None else str(value))) for value in row] for row in rows]
    if not cells:
        return "<p>无。</p>"
    body = "\n".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in cells)
    return f"<table><tr>{''.join(f'<th>{_HEADS.get(one, one)}</th>' for one in head)}</tr>\n{body}</table>"


_HEADS = {
    "answered": "已答复",
    "began": "开始",
    "bound": "界限",
    "case digest": "案件摘要",
    "client": "客户端",
    "clients told": "告知的调用方",
    "count": "数量",
    "day": "日期",
    "decided": "认定",
    "department": "部门",
    "due": "期限",
    "entities": "主体数",
    "entries": "记录数",
    "failed": "失败或取消",
    "field": "字段",
    "fields": "字段与范围",
    "filed": "提出",
    "first day": "首日",
    "id": "编号",
    "justified": "正当",
    "kind": "种类",
    "last day": "末日",
    "made": "作出",
    "number": "编号",
    "person digest": "人员摘要",
    "position": "位置",
    "positions drawn": "抽中的位置",
    "purpose": "用途",
    "questions": "查询次数",
    "questions refused": "被拒的查询",
    "questions with values denied": "含被拒内容的查询",
    "rejected": "被拒",
    "review due": "复核期限",
    "reviewed": "复核",
    "role": "角色",
    "sentence": "说明",
    "state": "状态",
    "until": "至",
    "values denied": "被拒的值",
}
"""Heads of tables in Chinese."""


def write_new(path: Path, content: bytes) -> None:
    """Write a file that was not there, for its owner only; OSError where it can't be. On the disk when this returns."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
