"""All rows of one question to a `soap` source, page by page, to the end or to a limit. Knows no keys and no fields.

Rows are never lost silently: an answer that contradicts itself (smaller pages than asked, the same page twice) is bad
data, and stopping before the end is said.
"""

from dataclasses import dataclass
from functools import partial

from adapters.asking import run_bounded, whole_number
from adapters.base import SourceBadData
from adapters.http_client import Call
from adapters.reading import RawRow
from adapters.rest_pages import Found
from adapters.soap_client import SoapClient
from adapters.soap_form import Request
from adapters.soap_options import SoapPages


@dataclass(frozen=True, slots=True)
class Pager:
    """Asks one source on behalf of one call."""

    client: SoapClient
    call: Call

    async def read(self, request: Request, page: SoapPages | None, limit: int) -> Found:
        """Rows until there are no more or, at the end of a page, more than `limit`."""
        if page is None:
            return Found((await self.client.ask(request, self.call)).rows, complete=True)
        if page.total is not None:
            return await self._by_total(request, page, limit)
        return await self._until_empty(request, page, limit)

    async def count(self, request: Request, page: SoapPages | None) -> int:
        """Number of all rows, as the first page tells it."""
        found = await self.client.ask(request if page is None else _at(request, page, 0, 0), self.call)
        return whole_number(found.total)

    async def _by_total(self, request: Request, page: SoapPages, limit: int) -> Found:
        first = await self.client.ask(_at(request, page, 0, 0), self.call)
        rows, total = first.rows, whole_number(first.total)
        if len(rows) < min(total, page.size):
            raise SourceBadData("the source gives smaller pages than it was asked for")
        last = min(-(-total // page.size), page.most, limit // page.size + 1)
        asked = [
            partial(self.client.ask, _at(request, page, number, number * page.size), self.call)
            for number in range(1, last)
        ]
        rows = rows + [row for later in await run_bounded(asked, page.parallel) for row in later.rows]
        return Found(rows, complete=len(rows) >= total)

    async def _until_empty(self, request: Request, page: SoapPages, limit: int) -> Found:
        rows: list[RawRow] = []
        before: list[RawRow] = []
        for number in range(page.most):
            # Rows are counted as they come: the source may give smaller pages than it was asked for.
            found = (await self.client.ask(_at(request, page, number, len(rows)), self.call)).rows
            if not found:
                return Found(rows, complete=True)
            if found == before:
                raise SourceBadData("the source answers every page alike")
            rows += found
            before = found
            if len(rows) > limit:
                break
        return Found(rows, complete=False)


def _at(request: Request, page: SoapPages, pages: int, rows: int) -> Request:
    if page.size_parameter is not None:
        request = request.saying(page.size_parameter, page.size)
    return request.saying(page.parameter, page.number(pages, rows))
