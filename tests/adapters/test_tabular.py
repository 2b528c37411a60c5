"""Files in a folder: the conformance suite on CSV in every encoding, XLSX and XLS, each written as others write it."""

import csv
import io
from datetime import date, datetime

import pytest

from adapters import tabular
from tests.adapters import tabular_files as files
from tests.conformance.records import MAPPINGS, ROWS, as_texts
from tests.conformance.suite import Conformance, Subject, expect

TEXTS = {
    record: [{column: "" if cell is None else str(cell) for column, cell in as_texts(row).items()} for row in rows]
    for record, rows in ROWS.items()
}
"""The shared rows as a file holds them: texts, and nothing for what is missing."""


def _records(suffix):
    return [
        {**mapping, "files": f"{mapping['record']}.{suffix}", "take": "rename", "required": []} for mapping in MAPPINGS
    ]


async def _subject(catalogue, base, suffix):
    taken = files.options(base, *_records(suffix))
    adapter = tabular.open_source(taken, catalogue)
    await adapter.check()
    return adapter, Subject(
        adapter,
        lambda max_rows: tabular.open_source(files.options(base, *_records(suffix), max_rows=max_rows), catalogue),
        expect(taken, catalogue, TEXTS),
    )


def _lines(record, native):
    rows = ROWS[record] if native else TEXTS[record]
    kept = [[_native(cell) for cell in row.values()] for row in rows]
    return [[*rows[0]], *kept]


def _native(cell):
    """Days and whole numbers as a spreadsheet holds them; all else as text."""
    if cell is None or isinstance(cell, (bool, int, date, datetime)):
        return cell
    return str(cell)


class TestCsv(Conformance):
    """A CSV in UTF-8 with BOM, in UTF-8 and in GB18030 keeps every promise."""

    @pytest.fixture(scope="class", params=["utf-8-sig", "utf-8", "gb18030"])
    async def subject(self, request, catalogue, tmp_path_factory):
        """The shared rows in files of one encoding."""
        base = tmp_path_factory.mktemp("csv")
        for record, rows in TEXTS.items():
            text = io.StringIO(newline="")
            writer = csv.DictWriter(text, rows[0])
            writer.writeheader()
            writer.writerows(rows)
            files.drop(base, f"{record}.csv", text.getvalue().encode(request.param))
        adapter, subject = await _subject(catalogue, base, "csv")
        yield subject
        await adapter.aclose()


class TestXlsx(Conformance):
    """A workbook keeps every promise."""

    @pytest.fixture(scope="class")
    async def subject(self, catalogue, tmp_path_factory):
        """The shared rows in workbooks, with days and numbers as such."""
        base = tmp_path_factory.mktemp("xlsx")
        (base / "in").mkdir()
        for record in ROWS:
            files.write_xlsx(base / f"in/{record}.xlsx", _lines(record, native=True))
        adapter, subject = await _subject(catalogue, base, "xlsx")
        yield subject
        await adapter.aclose()


class TestXls(Conformance):
    """A workbook of the old format keeps every promise."""

    @pytest.fixture(scope="class")
    async def subject(self, catalogue, tmp_path_factory):
        """The shared rows in workbooks, with days and numbers as such."""
        base = tmp_path_factory.mktemp("xls")
        (base / "in").mkdir()
        for record in ROWS:
            files.write_xls(base / f"in/{record}.xls", _lines(record, native=True))
        adapter, subject = await _subject(catalogue, base, "xls")
        yield subject
        await adapter.aclose()
