"""All rows of one question, page by page, to the end or to a limit. Knows no keys and no fields.

Rows are never lost silently: an answer that contradicts itself (smaller pages than asked, a repeated cursor or
page) is bad data, and stopping before the end is said.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Literal

from adapters.asking import run_bounded, whole_number
from adapters.base import SourceBadData, UnsupportedSearch
from adapters.http_client import Call, Request
from adapters.paths import ABSENT, Path, find, place, read_path
from adapters.reading import RawRow
from adapters.rest_client import RestClient
from adapters.rest_options import PageOptions, RestOptions, RestRecord


@dataclass(frozen=True, slots=True)
class Layout:
    """How the answers of one question look, and how its pages are asked for."""

    rows: Path
    page: PageOptions | None
    total: Path
    next: Path
    null_is_empty: bool
    omits_nulls: bool

    def rows_of(self, answer: Any) -> list[RawRow]:
        """The list of rows; one object alone is a list of one. Raises SourceBadData if it is anything else."""
        if answer is ABSENT:
            return []
        found = find(answer, self.rows)
        if found is None and self.null_is_empty:
            return []
        rows = [found] if isinstance(found, dict) else found
        if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
            raise SourceBadData("the answer has no list of rows where it should be")
        return rows

    def total_of(self, answer: Any) -> int:
        """Number of rows on all pages."""
        if answer is ABSENT:
            return 0
        found = find(answer, self.total)
        return 0 if found is None and self.null_is_empty and not self.rows_of(answer) else whole_number(found)

    def cursor_of(self, answer: Any) -> str | int | None:
        """Where the next page starts, null after the last."""
        found = find(answer, self.next)
        if answer is ABSENT or found is None or found == "" or (found is ABSENT and self.omits_nulls):
            return None
        if isinstance(found, bool) or not isinstance(found, str | int):
            raise SourceBadData("the answer does not say where the next page starts")
        return found


@dataclass(frozen=True, slots=True)
class Found:
    """Raw rows, and whether they are all there are."""

    rows: list[RawRow]
    complete: bool


def build_layout(options: RestOptions, record: RestRecord, page: PageOptions | None) -> Layout:
    """Layout of a record's answers. Null instead of a list is no rows only where success is said elsewhere."""
    total, following = (read_path(path or "$") for path in ((page.total, page.next) if page else (None, None)))
    return Layout(read_path(record.rows), page, total, following, options.success is not None, options.omits_nulls)


def with_parameter(request: Request, name: str, value: Any) -> Request:
    """The request with one more parameter: in the body of a POST (a dotted name nests), else in the query."""
    if request.body is None:
        texts = value if isinstance(value, list | tuple) else [value]
        return replace(request, query=request.query + tuple((name, query_text(text)) for text in texts))
    body = _copied(request.body)
    place(body, read_path(name), value)
    return replace(request, body=body)


def with_list(request: Request, name: str, values: Sequence[Any], join: Literal["repeat", "comma"]) -> Request:
    """The request with a list: JSON in a body, repeated or joined by comma in a query."""
    if request.body is not None or join == "repeat":
        return with_parameter(request, name, list(values))
    texts = [query_text(value) for value in values]
    if any("," in text for text in texts):
        raise UnsupportedSearch("a value holds a comma, by which the source tells values apart")
    return with_parameter(request, name, ",".join(texts))


def query_text(value: Any) -> str:
    """A value as it stands in a query; empty for null."""
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else str(value)


@dataclass(frozen=True, slots=True)
class Pager:
    """Asks one source on behalf of one call."""

    client: RestClient
    call: Call

    async def read(self, layout: Layout, request: Request, limit: int) -> Found:
        """Rows until there are no more or, at the end of a page, more than `limit`."""
        if layout.page is None:
            return Found(layout.rows_of(await self.client.send(request, self.call)), complete=True)
        if layout.page.next is not None:
            return await self._by_cursor(layout, layout.page, request, limit)
        if layout.page.total is not None:
            return await self._by_total(layout, layout.page, request, limit)
        return await self._until_empty(layout, layout.page, request, limit)

    async def count(self, layout: Layout, request: Request, path: str) -> int:
        """Number of all rows, as the first page tells it."""
        page = layout.page
        asked = request if page is None else _sized(request, page) if page.next else _numbered(request, page, 0)
        return whole_number(find(await self.client.send(asked, self.call), read_path(path)))

    async def _by_cursor(self, layout: Layout, page: PageOptions, request: Request, limit: int) -> Found:
        rows: list[RawRow] = []
        cursors: set[str] = set()
        asked = _sized(request, page)
        for _ in range(page.most):
            answer = await self.client.send(asked, self.call)
            rows += layout.rows_of(answer)
            cursor = layout.cursor_of(answer)
            if cursor is None:
                return Found(rows, complete=True)
            if query_text(cursor) in cursors:
                raise SourceBadData("the source gave the same cursor twice")
            cursors.add(query_text(cursor))
            if len(rows) > limit:
                break
            asked = with_parameter(_sized(request, page), page.parameter, cursor)
        return Found(rows, complete=False)

    async def _by_total(self, layout: Layout, page: PageOptions, request: Request, limit: int) -> Found:
        answer = await self.client.send(_numbered(request, page, 0), self.call)
        rows = layout.rows_of(answer)
        total = layout.total_of(answer)
        if len(rows) < min(total, page.size):
            raise SourceBadData("the source gives smaller pages than it was asked for")
        last = min(-(-total // page.size), page.most, limit // page.size + 1)
        asked = [partial(self.client.send, _numbered(request, page, number), self.call) for number in range(1, last)]
        for later in await run_bounded(asked, page.parallel):
            rows += layout.rows_of(later)
        return Found(rows, complete=len(rows) >= total)

    async def _until_empty(self, layout: Layout, page: PageOptions, request: Request, limit: int) -> Found:
        rows: list[RawRow] = []
        before: list[RawRow] = []
        for number in range(page.most):
            # Rows are counted as they come: the source may give smaller pages than it was asked for.
            passed = len(rows) if page.counts == "rows" else number
            found = layout.rows_of(await self.client.send(_placed(request, page, passed), self.call))
            if not found:
                return Found(rows, complete=True)
            if found == before:
                raise SourceBadData("the source answers every page alike")
            rows += found
            before = found
            if len(rows) > limit:
                break
        return Found(rows, complete=False)


def _numbered(request: Request, page: PageOptions, number: int) -> Request:
    return _placed(request, page, number * page.size if page.counts == "rows" else number)


def _placed(request: Request, page: PageOptions, passed: int) -> Request:
    start = page.start if page.start is not None else int(page.counts == "pages")
    return with_parameter(_sized(request, page), page.parameter, start + passed)


def _sized(request: Request, page: PageOptions) -> Request:
    return request if page.size_parameter is None else with_parameter(request, page.size_parameter, page.size)


def _copied(body: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _copied(value) if isinstance(value, dict) else value for name, value in body.items()}
