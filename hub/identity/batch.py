"""Sheets of candidates resolved against the name index: a result with every row, and a sheet of what a person must look at.

Goes on where it stopped. The rules are those of one candidate; nothing is decided otherwise because there are many.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from hub.cells import inert
from hub.identity.blocking import RULES as KEYS
from hub.identity.comparing import RULES
from hub.identity.outcome import Candidate, Outcome, Resolution
from hub.identity.pairs import told_of
from hub.identity.sheets import Sheet, forget_unless, written

COLUMNS = {
    "key": ("id", "row_id", "编号", "序号"),
    "name": ("entity_name", "名称", "企业名称", "主体名称", "单位名称"),
    "address": ("地址", "住所", "经营场所", "注册地址"),
    "uscc": ("统一社会信用代码", "信用代码", "credit_code"),
    "reg_no15": ("注册号", "regno15"),
    "org_code": ("组织机构代码", "orgcode"),
    "division_code": ("行政区划代码", "divisioncode"),
}
"""Columns of a sheet of candidates with the other heads they may have."""
RESULT = ("row", "key", "outcome", "probability", "uscc", "registered_name", "link", "reasons")
REVIEW = (*RESULT, "asked_name", "asked_address", "others", "decision")
_AT_ONCE = 64
Resolve = Callable[[list[Candidate]], list[Resolution]]
Told = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a sheet: its number from 1, bytes read so far, and the candidate."""

    number: int
    read: int
    candidate: Candidate


def sheet_of(source: Path) -> Sheet:
    """The sheet of candidates of a file; the heads may be Chinese."""
    aliases = {alias: name for name, others in COLUMNS.items() for alias in others}
    return Sheet(source, (), tuple(COLUMNS), aliases)


def candidates(sheet: Sheet) -> Iterator[Row]:
    """Rows that have a name or a number, and those that have neither."""
    for number, (read, row) in enumerate(sheet.rows(), 1):
        yield Row(number, read, Candidate(**{name: value[:512] for name, value in row.items()}))


def resolve_sheet(source: Path, target: Path, review: Path, resolve: Resolve, told: Told) -> dict[str, int]:
    """Resolve every row of a sheet; how many there are of each outcome, those of an interrupted run included.

    SheetFault for a file that is no such sheet; what resolving raises passes through, and what was written stays.
    """
    sheet = sheet_of(source)
    mark = f"resolve {RULES} {KEYS} {sheet.mark()}"
    counts = dict.fromkeys(map(str, Outcome), 0)
    forget_unless((target, review), mark)
    with written(target, RESULT, mark) as result, written(review, REVIEW, mark) as doubtful:
        for kept in result.kept():
            counts[kept[2]] += 1
        # Rows of the review that lie beyond the result's are written again: it is put on the disk first.
        doubtful.cut(sum(counts[outcome] for outcome in ("POSSIBLE", "CONFLICT")))
        for piece in _pieces(candidates(sheet), result.done):
            found = resolve([row.candidate for row in piece])
            for row, one in zip(piece, found, strict=True):
                counts[one.outcome.value] += 1
                if one.outcome in (Outcome.POSSIBLE, Outcome.CONFLICT):
                    doubtful.write(_for_review(row, one))
            doubtful.sync()
            for row, one in zip(piece, found, strict=True):
                result.write(_told(row, one))
            result.sync()
            told(piece[-1].read)
    return counts


def _pieces(rows: Iterator[Row], done: int) -> Iterator[list[Row]]:
    piece: list[Row] = []
    for row in rows:
        if row.number > done:
            piece.append(row)
        if len(piece) == _AT_ONCE:
            yield piece
            piece = []
    if piece:
        yield piece


def _told(row: Row, found: Resolution) -> tuple[str, ...]:
    entity = found.entity
    return (
        str(row.number),
        inert(found.candidate.key),
        found.outcome.value,
        f"{found.probability:.4f}",
        (entity.uscc or entity.reg_no15) if entity else "",
        inert(entity.name) if entity else "",
        found.link.value if found.link else "",
        told_of(found.reasons),
    )


def _for_review(row: Row, found: Resolution) -> tuple[str, ...]:
    others = "; ".join(
        f"{one.entity.uscc or one.entity.reg_no15} {one.entity.name} {one.comparison.probability:.2f}".strip()
        for one in found.others
    )
    return (*_told(row, found), inert(row.candidate.name), inert(row.candidate.address), inert(others), "")
