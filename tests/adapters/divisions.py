"""Thirty divisions in a table of a database, and sources that read it."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from adapters import sql
from schema.catalogue import Catalogue
from tests.conformance.subject import PATIENCE

DIVISION = {"record": "Division", "local": "id", "table": "division", "columns": {"code": "code", "name": "name"}}


@asynccontextmanager
async def opening(catalogue: Catalogue, url: str) -> AsyncIterator[Callable[..., sql.SqlSource]]:
    """Opens sources of one record, the divisions unless another is given, with options of one's own."""
    opened: list[sql.SqlSource] = []

    def open_record(record: Any = DIVISION, **more: Any) -> sql.SqlSource:
        given = {"name": "divisions", "kind": "sql", "department": "market", "url": url, "record": [record], **more}
        opened.append(sql.open_source(sql.OPTIONS.model_validate({**PATIENCE, **given}), catalogue))
        return opened[-1]

    yield open_record
    for source in opened:
        await source.aclose()
