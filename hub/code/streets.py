"""A street as it is printed: a ZIP with the door plates of its codes, and what became of the rows that have none."""

import csv
import io
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection

from hub.cells import inert
from hub.clock import Moment
from hub.code.batches import Batches
from hub.code.codes import Codes
from hub.code.forms import Use
from hub.code.lifecycle import REASONS
from hub.code.printing import Format, Plate, Printer, Unprintable
from schema.enums import CodeStatus

_AT_ONCE = 100
_PLATES = ("统一社会信用代码", "名称", "码值")
_REJECTED = ("行号", "统一社会信用代码", "理由", "办法")


@dataclass(frozen=True, slots=True)
class Street:
    """Ids of codes with their plates, and the rows that have none: line, code, why, what to do."""

    plates: list[tuple[str, Plate]]
    rejected: list[tuple[int, str, str, str]]


def street_of(connection: Connection, batch: str, moment: Moment) -> Street:
    """The plates of a batch in the order of its file: of codes that hold now."""
    codes, street = Codes(connection, moment), Street([], [])
    for row in Batches(connection, moment.second).rows(batch):
        code = codes.of_id(row.code) if row.code is not None else None
        if code is not None and code.status is CodeStatus.VALID and code.issued_on is not None:
            plate = Plate(code.token, code.entity, code.name, date.fromisoformat(code.issued_on))
            street.plates.append((code.id, plate))
        elif row.reason is not None:
            said = REASONS[row.reason]
            street.rejected.append((row.line, row.entity or "", said.zh, said.remedy_zh))
    return street


def street_zip(printer: Printer, street: Street) -> bytes:
    """One PDF of all plates, an SVG of each, and two lists. Blocking; Missing where nothing can be printed.

    Names that no font here can write are told with the rejected rows.
    """
    plates: list[Plate] = []
    told = list(street.rejected)
    for _, plate in street.plates:
        try:
            printer.check_name(plate)
            plates.append(plate)
        except Unprintable as fault:
            told.append(
                (0, plate.entity, f"名称中有字库未收的字：{fault}", "请系统管理员补充字体（[code] fonts）后重印")
            )
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        if plates:
            _put(archive, "plates.pdf", *printer.print_all(plates, Use.DOOR, Format.PDF))
        # A hundred at a time: all pictures of a long street are two hundred megabytes before they are packed.
        for start in range(0, len(plates), _AT_ONCE):
            some = plates[start : start + _AT_ONCE]
            for plate, picture in zip(some, printer.print_all(some, Use.DOOR, Format.SVG), strict=True):
                _put(archive, f"plates/{plate.entity}-{plate.token}.svg", picture)
        _put(archive, "plates.csv", _csv(_PLATES, [(plate.entity, plate.name, plate.token) for plate in plates]))
        _put(archive, "rejected.csv", _csv(_REJECTED, told))
    return made.getvalue()


def zipped(files: Mapping[str, bytes]) -> bytes:
    """A ZIP of files; the same files are the same bytes."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name, content in files.items():
            _put(archive, name, content)
    return made.getvalue()


def _put(archive: zipfile.ZipFile, name: str, content: bytes) -> None:
    archive.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), content, zipfile.ZIP_DEFLATED)


def _csv(head: Sequence[str], rows: Sequence[Sequence[Any]]) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(head)
    writer.writerows([[inert(cell) for cell in row] for row in rows])
    return b"\xef\xbb\xbf" + text.getvalue().encode()
