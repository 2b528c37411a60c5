"""Rows of one question, wherever they stand in the answers and however many pages they take. Knows no keys.

Rows are never lost silently: stopping before the end is said, and an error that may hide rows is the call's error.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from adapters.base import KEY, LOCAL, OrderKey, SourceBadData
from adapters.graphql_answer import Reply, gather
from adapters.graphql_client import GraphqlClient
from adapters.graphql_document import TYPE_NAME, Form, Operation, Slot, Values
from adapters.graphql_options import PageOptions
from adapters.http_client import Call
from adapters.paths import ABSENT, Path, find, read_path
from adapters.reading import RawRow, Reading
from schema.predicate import fields_of

ALL = 2**31


@dataclass(frozen=True)
class Wanted:
    """What is read: the columns, the order in which rows must come, when there are enough, and rows of a page."""

    reading: Reading
    order: Sequence[OrderKey] = ()
    limit: int = ALL
    size: int = ALL

    @cached_property
    def columns(self) -> list[Path]:
        """Paths of all columns from the row."""
        return [read_path(source) for source in self.reading.sources]

    def raw(self, objects: Sequence[Mapping[str, Any]]) -> RawRow:
        """A row from the objects it stands in: the value of each column under its whole path."""
        return {".".join(column): _value(objects, column) for column in self.columns}

    @cached_property
    def vital(self) -> list[Path]:
        """Paths without which a row would be attributed, filtered or placed wrongly."""
        needed = {KEY, LOCAL, *fields_of(self.reading.where), *(key.column for key in self.order)}
        return [cell.path for cell in self.reading.cells if cell.column in needed and cell.path is not None]


@dataclass(frozen=True, slots=True)
class Found:
    """Raw rows by alias, and whether they are all there are."""

    rows: Mapping[str, list[RawRow]]
    complete: bool


@dataclass(frozen=True, slots=True)
class Layout:
    """Where the rows of a question stand in its answers."""

    form: Form

    @property
    def page(self) -> PageOptions | None:
        """How pages are read, where there are any."""
        return self.form.question.page

    @property
    def rows(self) -> Path:
        """Path from the asked field to the rows."""
        return read_path(self.form.question.rows)

    def operation(self, slots: Sequence[Slot], columns: Sequence[Path]) -> Operation:
        """Operation that asks for columns, and for what says whether the rows are all."""
        page = (self.page.next, self.page.more) if self.page else ()
        beside = [read_path(path) for path in (*self.form.question.cut, *page)]
        # Where nothing of the row itself is wanted, it must be asked for all the same.
        bare = all(column[0].startswith("^") for column in columns)
        wanted = [*columns, TYPE_NAME] if bare else columns
        return self.form.write(slots, [*map(self.form.question.path_of, wanted), *beside])

    def turn(self, slot: Slot, cursor: str | int | None, size: int) -> Slot:
        """The slot at the page that starts at a cursor, null for the first."""
        if self.page is None:
            return slot
        position: Values = () if cursor is None else ((self.page.after, cursor),)
        return replace(slot, values=(*slot.values, (self.page.first, min(self.page.size, size)), *position))

    def asked(self, reply: Reply, alias: str) -> Any:
        """What the asked field holds; null is an answer where one key was asked for, else an unsaid failure."""
        *outer, name = read_path(self.form.question.field)
        found = reply.asked((*outer, alias or name))
        if found is None and not alias:
            raise SourceBadData("the answer holds nothing where the rows should be")
        return found

    def rows_of(self, reply: Reply, asked: Any, wanted: Wanted) -> list[RawRow]:
        """Raw rows; SourceError where an error has emptied what a row cannot do without."""
        fields = self.form.fields
        typed = [self.form.question.on is not None]
        typed += [step in fields and fields[step].on is not None for step in self.rows]
        rows = [wanted.raw(objects) for objects in reply.rows(asked, self.rows, typed)]
        if reply.fault is not None and any(find(row, path) is ABSENT for row in rows for path in wanted.vital):
            raise reply.fault
        return rows

    def cursor_of(self, reply: Reply, asked: Any) -> str | int | None:
        """Where the next page starts, null if there is none."""
        return reply.cursor(asked, read_path(self.page.more), read_path(self.page.next)) if self.page else None

    def is_cut(self, reply: Reply, asked: Any) -> bool:
        """True if the answer says that it left rows out."""
        return any(reply.is_cut(asked, read_path(path)) for path in self.form.question.cut)


@dataclass(frozen=True, slots=True)
class Asker:
    """Asks one source on behalf of one call."""

    client: GraphqlClient
    call: Call

    async def read(self, layout: Layout, slots: Sequence[Slot], wanted: Wanted) -> Found:
        """Rows of every slot until there are no more or, at the end of a page, more than enough."""
        rows: dict[str, list[RawRow]] = {slot.alias: [] for slot in slots}
        seen: set[tuple[str, str | int]] = set()
        whole = True
        cursors: dict[str, str | int | None] = dict.fromkeys(rows)
        for _ in range(layout.page.most if layout.page else 1):
            waiting = [layout.turn(slot, cursors[slot.alias], wanted.size) for slot in slots if slot.alias in cursors]
            reply = await self.client.send(layout.operation(waiting, wanted.columns), self.call)
            answers = {alias: layout.asked(reply, alias) for alias in cursors}
            for alias, asked in answers.items():
                rows[alias] += layout.rows_of(reply, asked, wanted)
                whole = whole and not layout.is_cut(reply, asked)
            found = {alias: layout.cursor_of(reply, asked) for alias, asked in answers.items()}
            cursors = {alias: cursor for alias, cursor in found.items() if cursor is not None}
            if not cursors:
                return Found(rows, whole)
            if not seen.isdisjoint(cursors.items()):
                raise SourceBadData("the source gave the same cursor twice")
            seen.update((alias, cursor) for alias, cursor in found.items() if cursor is not None)
            if sum(map(len, rows.values())) > wanted.limit:
                break
        return Found(rows, complete=False)

    async def count(self, layout: Layout, slot: Slot, path: str) -> int:
        """Number of all rows, as the source tells it."""
        total = read_path(path)
        reply = await self.client.send(layout.form.write([slot], [total]), self.call)
        return reply.total(layout.asked(reply, slot.alias), total)


def _value(objects: Sequence[Mapping[str, Any]], column: Path) -> Any:
    outwards = len(column[0]) if column[0].startswith("^") else 0
    return gather(objects[-1 - outwards], column[1:] if outwards else column)
