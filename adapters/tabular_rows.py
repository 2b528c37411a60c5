"""Rows of a file → rows of the store: each cell by its column's mapping, each row accepted or rejected with its reason.

What each column needs is worked out once; the loop over rows is the hot one. Repeated cells are converted once.
Knows neither the file's format nor the store.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum
from operator import itemgetter
from typing import Any

from adapters.base import AS_OF, LOCAL, Unreadable
from adapters.tabular_advice import Advice, doubtful_code, lost_digits, shown_cell, unreadable
from adapters.tabular_cells import is_lossy, is_spoilt, narrow, narrow_number
from adapters.tabular_fault import RowFault
from adapters.tabular_file import Broken
from adapters.tabular_header import Header, normalise_name
from adapters.tabular_layout import RecordPlan, Source, key_column
from schema.catalogue import Kind


class Lost(Enum):
    """Stands for a cell whose digits are gone."""

    DIGITS = "lost"


_REMEMBERED = 4096
_FOOT = re.compile(
    r"(?:合\s*计|总\s*计|小\s*计|共\s*计|汇\s*总)\s*(?:[::(\d].*)?"
    r"|(?:备\s*注|说\s*明|注|填[表报]\w{0,3}|制表\w{0,3}|审核\w{0,3}|复核\w{0,3}|导出\w{0,3}|打印\w{0,3})\s*[::].*"
    r"|[共计]+\s*\d+\s*[条行户家件].*",
    re.DOTALL,
)
_LOCAL_PLACE = 0
_MARKS = frozenset({Lost.DIGITS, Unreadable.VALUE})


@dataclass(frozen=True, slots=True)
class Stamp:
    """What every row of a file shares: the store's number of the file, its time, its data time if it has one."""

    file: int
    time: float
    as_of: str | None


class RowReader:
    """Rows of one file; what was wrong with the row read last is appended to `faults`."""

    def __init__(self, plan: RecordPlan, header: Header, stamp: Stamp, *, ragged: bool) -> None:
        self.faults: list[RowFault] = []
        self.first_rows: dict[str, int] = {}
        self._plan = plan
        self._header = header
        self._ragged = ragged
        has_own_time = any(source.name == AS_OF for source in plan.sources)
        self._file_columns = () if has_own_time else (stamp.as_of,)
        self._stamp = stamp
        places = [header.places[source.column] for source in plan.sources]
        # Twice the first, so that there are always several to get.
        self._get = itemgetter(places[0], *places)
        self._joined = [header.places[column] for column in plan.sources[_LOCAL_PLACE].joined]
        self._converters = [_converter(source) for source in plan.sources]
        self._required = _required(plan)
        # Twice the identifier, so that there are several to get.
        self._needs = itemgetter(_LOCAL_PLACE, *self._required)
        self._codes = [n for n, source in enumerate(plan.sources) if source.kind is Kind.CODE]
        deletion = plan.options.deletion
        self._deletion = None if deletion is None else (header.places[deletion.column], frozenset(deletion.values))
        self._local_place = places[_LOCAL_PLACE]
        self._local_heading = normalise_name(header.names[self._local_place])
        personal = {source.column for source in plan.sources if source.personal}
        self.shown = sorted(plan.wanted, key=lambda column: header.places[column])
        self._shown = [(header.places[column], column in personal) for column in self.shown]

    def read(self, number: int, cells: list[str] | Broken) -> tuple[Any, ...] | None:
        """The row as it is stored; null if it is blank, a heading or a remark, or rejected, which `faults` tells."""
        if isinstance(cells, Broken):
            self._reject(number, (), "", _broken_advice(ragged=self._ragged))
            return None
        try:
            picked = self._pick(cells)
        except IndexError:
            if not self.is_beside(cells):
                # Which cell is whose is not known: a person's may stand where a code belongs.
                self._reject(number, (), "", _TOO_FEW)
            return None
        if self._ragged and len(cells) > self._header.width and any(map(str.strip, cells[self._header.width :])):
            self._reject(number, (), "", _TOO_MANY)
            return None
        values = [convert(raw) for convert, raw in zip(self._converters, picked, strict=True)]
        if self._deletion is not None and cells[self._deletion[0]].strip() in self._deletion[1]:
            return self._withdraw(number, cells, values[_LOCAL_PLACE])
        if not self._is_row(number, cells, picked, values):
            return None
        for place in self._codes:
            if isinstance(values[place], str) and (advice := doubtful_code(values[place])) is not None:
                self._tell(number, cells, self._plan.sources[place].column, advice)
        return (*values, *self._tail(number, gone=0))

    def _pick(self, cells: Sequence[str]) -> tuple[Any, ...]:
        """The cells of each source; IndexError where the row is too short."""
        picked: tuple[Any, ...] = self._get(cells)[1:]
        if not self._joined:
            return picked
        return ((picked[_LOCAL_PLACE], *(cells[place] for place in self._joined)), *picked[1:])

    def _tail(self, number: int, *, gone: int) -> tuple[Any, ...]:
        return *self._file_columns, gone, number, self._stamp.file, self._stamp.time

    def _is_row(self, number: int, cells: list[str], picked: Sequence[str], values: list[Any]) -> bool:
        """True for a row to be stored; cells that could not be read stand in `values` as what the store holds then."""
        local = values[_LOCAL_PLACE]
        # Totals and remarks are written in Chinese, where an identifier would stand or beside it.
        if (local is None or (isinstance(local, str) and not local.isascii())) and self.is_beside(cells):
            return False
        lacks = not _MARKS.isdisjoint(values) or None in self._needs(values)
        if lacks and not self._settle(number, cells, picked, values):
            return False
        first = self.first_rows.setdefault(local, number)
        if first != number:
            self._reject(number, cells, self._plan.sources[_LOCAL_PLACE].column, _twice(first))
            return False
        return True

    def is_beside(self, cells: Sequence[str]) -> bool:
        """True for what is no row: nothing at all, a total, a remark, the heading once more."""
        first = next(filter(None, map(str.strip, cells)), "")
        if not first or _FOOT.fullmatch(first):
            return True
        return len(cells) > self._local_place and normalise_name(cells[self._local_place]) == self._local_heading

    def _settle(self, number: int, cells: list[str], picked: Sequence[str], values: list[Any]) -> bool:
        """Tell what is missing, lost or unreadable; true if the row can be stored without it."""
        kept = True
        for place, value in enumerate(values):
            source, raw = self._plan.sources[place], picked[place]
            if value is Lost.DIGITS:
                advice = lost_digits("" if source.personal or source.joined else raw)
            elif value is None and place in self._required:
                advice = _missing(place)
            elif value is Unreadable.VALUE:
                advice = unreadable(source, "" if source.joined else raw)
                values[place] = source.stored.unreadable
            else:
                continue
            rejected = place in self._required or value is Lost.DIGITS
            kept = kept and not rejected
            self._tell(number, cells, source.column, advice, rejected=rejected)
        return kept

    def _withdraw(self, number: int, cells: list[str], local: Any) -> tuple[Any, ...] | None:
        if not isinstance(local, str):
            column = self._plan.sources[_LOCAL_PLACE].column
            self._reject(number, cells, column, lost_digits("") if local is Lost.DIGITS else _missing(_LOCAL_PLACE))
            return None
        if self.first_rows.setdefault(local, number) != number:
            self._reject(number, cells, self._plan.sources[_LOCAL_PLACE].column, _twice(self.first_rows[local]))
            return None
        return (local, *(None for _ in self._converters[1:]), *self._tail(number, gone=1))

    def _reject(self, number: int, cells: Sequence[str], column: str, advice: Advice) -> None:
        self._tell(number, cells, column, advice, rejected=True)

    def _tell(self, number: int, cells: Sequence[str], column: str, advice: Advice, *, rejected: bool = False) -> None:
        fault = RowFault(number, column, *advice, rejected, self._cells(cells))
        # Two fields may be read from one column.
        if fault not in self.faults[-len(self._converters) :]:
            self.faults.append(fault)

    def _cells(self, cells: Sequence[str]) -> tuple[str, ...]:
        width = len(cells)
        return tuple(shown_cell(cells[n], personal=personal) if n < width else "" for n, personal in self._shown)


_TOO_MANY: Advice = ("单元格比表头多", "单元格内若含分隔符，须用双引号括起")
_TOO_FEW: Advice = ("单元格比表头少", "检查单元格内是否有未加引号的换行，或该行是否完整")


def _missing(place: int) -> Advice:
    return ("缺少行标识" if place == _LOCAL_PLACE else "缺少必填内容"), "补填后重新提供"


def _twice(first: int) -> Advice:
    return f"行标识与第 {first} 行重复", "每行的标识须唯一；删去重复的一行"


def _broken_advice(*, ragged: bool) -> Advice:
    if ragged:
        return "引号不成对", "单元格内的双引号须写成两个，并用双引号括起整个单元格"
    return "合并单元格的延续行", "取消合并单元格，每行各自填写"


def _required(plan: RecordPlan) -> frozenset[int]:
    declared = plan.options.required
    names = tuple(plan.held.options.keys) if declared is None else declared
    stored = {LOCAL} | {key_column(name) if name in plan.held.options.keys else name for name in names}
    return frozenset(n for n, source in enumerate(plan.sources) if source.name in stored)


def _converter(source: Source) -> Callable[[Any], Any]:
    if source.joined:
        return lambda cells: Lost.DIGITS if any(map(is_lossy, cells)) else source.read(tuple(map(narrow_number, cells)))
    return _Known(_exact(_reading(source)) if source.exact else _reading(source)).__getitem__


class _Known(dict[str, Any]):
    """What cells are converted to: the first different ones are remembered."""

    def __init__(self, convert: Callable[[str], Any]) -> None:
        super().__init__()
        self._convert = convert

    def __missing__(self, raw: str) -> Any:
        value = self._convert(raw)
        if len(self) < _REMEMBERED:
            self[raw] = value
        return value


def _exact(read: Callable[[str], Any]) -> Callable[[str], Any]:
    return lambda raw: Lost.DIGITS if is_lossy(raw) else read(raw)


def _reading(source: Source) -> Callable[[str], Any]:
    own = _keeping_original(source.read) if source.kind is Kind.MONEY and source.exact else source.read
    read = own if source.stored.pack is None else _packing(own, source.stored.pack)
    narrowed = narrow_number if source.kind is Kind.TEXT else str if source.kind is Kind.MONEY else narrow

    def read_text(raw: str) -> Any:
        return Unreadable.VALUE if is_spoilt(raw) else read(narrowed(raw))

    def read_code(raw: str) -> Any:
        found = read(raw)
        return read(narrow(raw)) if found is Unreadable.VALUE else found

    return read_code if source.kind is Kind.ENUM else read_text


def _keeping_original(read: Callable[[Any], Any]) -> Callable[[str], Any]:
    def read_money(raw: str) -> Any:
        found = read(narrow(raw))
        return (*found[:2], raw.strip()) if isinstance(found, tuple) else found

    return read_money


def _packing(read: Callable[[Any], Any], pack: Callable[[Any], Any]) -> Callable[[str], Any]:
    def packed(raw: str) -> Any:
        value = read(raw)
        return value if value is None or value is Unreadable.VALUE else pack(value)

    return packed
