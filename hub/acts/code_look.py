"""What one caller is told of codes: merchants of those they act for, counters and offices of all."""

from collections.abc import Sequence
from datetime import date, timedelta

import strawberry

from auth.roles import Role
from hub.acts.auditing import Read
from hub.acts.batching import Batching
from hub.acts.code_shown import rules_of, shown_code, shown_step
from hub.acts.code_told import moment_of
from hub.acts.doing import Doing, bad_input, line_of
from hub.clock import Moment
from hub.code.address import MOST, Scanned
from hub.code.codes import Code, Codes
from hub.code.displays import Displays
from hub.code.listing import RECENT, Seen, Wanted, list_codes, scans_since
from hub.code.parsers import Foreign
from hub.code.reports import WARNED_FOR, Reports, is_copied
from hub.code.scans import ScanTotal, scans_of, total_of
from hub.code.story import Stories
from hub.errors import HubError
from schema.coding_enums import CodeSort
from schema.coding_look import CodeBatchPreview, CodeFilter, CodeList, CodeSigns, CodeStep, ListedCode
from schema.coding_types import CodeBatch, CodeScanCount, CodeScanTotals, OwnCode
from schema.enums import CodeStatus

_LONGEST = timedelta(days=366)
_MOST_PAGE, _MOST_SKIPPED, _MOST_STEPS = 100, 100_000, 200
_STOPPED = frozenset({CodeStatus.SUSPENDED, CodeStatus.REVOKED, CodeStatus.CANCELLED})


class CodeLook:
    """What one caller is told of codes, in one transaction; that they saw a photo is put to `read`, and recorded."""

    def __init__(self, doing: Doing, read: list[Read]) -> None:
        self._doing = doing
        self._read = read

    def code(self, uscc: str, period: tuple[str | None, str | None]) -> OwnCode | None:
        """The code of an entity, None if it has none."""
        first, last = (date.fromisoformat(day) if day is not None else None for day in period)
        if first is not None:
            _check_period(first, last or date.fromisoformat(self._doing.occasion.at[:10]))
        found = self._of(str(uscc))
        return None if found is None else shown_code(self._doing, found, (first, last))

    def scans(self, uscc: str, period: tuple[str, str]) -> Sequence[CodeScanCount]:
        """Scans of the code of an entity by day, audience and place."""
        first, last = _period(period)
        found = self._of(str(uscc))
        counted = scans_of(self._doing.connection, found.id, first, last) if found is not None else ()
        return [
            CodeScanCount(day=one.day.isoformat(), audience=one.audience, place=one.place, scans=one.scans)  # type: ignore[arg-type]
            for one in counted
        ]

    def scan_totals(self, uscc: str, period: tuple[str, str]) -> CodeScanTotals:
        """What the same scans come to; nothing where there is no code."""
        first, last = _period(period)
        found = self._of(str(uscc))
        total = total_of(self._doing.connection, found.id, first, last) if found is not None else ScanTotal(0, 0, 0, 0)
        return CodeScanTotals(scans=total.scans, days=total.days, places=total.places, unplaced=total.unplaced)

    def listed(self, sought: CodeFilter, sort: tuple[CodeSort, bool], page: tuple[int, int]) -> CodeList:
        """Codes that fit; for merchants those of entities they act for."""
        doing, (first, skip), moment = self._doing, page, self._moment
        rules_of(doing)
        if not 1 <= first <= _MOST_PAGE or not 0 <= skip <= _MOST_SKIPPED:
            raise bad_input(
                f"first 须在 1 到 {_MOST_PAGE} 之间，skip 在 0 到 {_MOST_SKIPPED:,} 之间",
                f"first lies between 1 and {_MOST_PAGE}, skip between 0 and {_MOST_SKIPPED:,}",
            )
        wanted = Wanted(
            text=self._text(sought.text or ""),
            status=sought.status,
            issuer=sought.issuer,
            counter=sought.department,
            entities=self._own(),
            sort=sort[0],
            descending=sort[1],
            first=first,
            skip=skip,
        )
        displays = Displays(doing.connection, moment)
        total, found = list_codes(doing.connection, wanted, displays, moment.day)
        return CodeList(total=total, codes=[_listed(one) for one in found])

    def life(self, uscc: str) -> Sequence[CodeStep]:
        """What was done to the code of an entity; applications that were refused included."""
        self._check(str(uscc))
        named = self._doing.access.caller.client.role is not Role.MERCHANT
        steps = Stories(self._doing.connection, self._moment.second).of_entity(str(uscc), _MOST_STEPS)
        return [shown_step(step, named=named) for step in steps]

    def signs(self, uscc: str) -> CodeSigns | None:
        """Whether something is suspicious about the code of an entity, None if it has none."""
        doing, today, code = self._doing, self._moment.day, self._of(str(uscc))
        if code is None:
            return None
        signs = Reports(doing.connection, doing.vault).signs(code.token, (today - RECENT).isoformat())
        stopped = code.status in _STOPPED
        return CodeSigns(
            reports=signs.reports,
            open_reports=signs.waiting,
            places=signs.places,
            copied=is_copied(doing.connection, code.token, (today - WARNED_FOR).isoformat()),
            scans_while_stopped=scans_since(doing.connection, [code.id], code.status_since).get(code.id, 0)
            if stopped
            else 0,
        )

    def photo(self, uscc: str, digest: str) -> str | None:
        """The photo of a display in base 64, None if there is none of this digest."""
        doing, code = self._doing, self._of(str(uscc))
        if code is None:
            return None
        found = Displays(doing.connection, self._moment).photo(doing.vault, code.id, digest)
        if found is not None:
            self._read.append(Read("CODE_PHOTO_SEEN", doing.entity(code.entity), {"code": code.id, "photo": digest}))
        return found

    def preview(self, csv: str) -> CodeBatchPreview:
        """What the file of a street would begin."""
        return Batching(self._doing, rules_of(self._doing)).preview(csv)

    def batches(self) -> Sequence[CodeBatch]:
        """Batches of the caller's department."""
        return Batching(self._doing, rules_of(self._doing)).listed()

    def batch(self, name: str) -> CodeBatch | None:
        """One of them with its rows."""
        return Batching(self._doing, rules_of(self._doing)).named(name)

    @property
    def _moment(self) -> Moment:
        return moment_of(self._doing.occasion)

    def _of(self, entity: str) -> Code | None:
        self._check(entity)
        return Codes(self._doing.connection, self._moment).of_entity(entity)

    def _check(self, entity: str) -> None:
        """HubError if the caller is a merchant who does not act for this entity, or where this hub keeps no codes."""
        rules_of(self._doing)
        own = self._own()
        if own is not None and entity not in own:
            raise HubError("CODE_NOT_YOURS")

    def _own(self) -> frozenset[str] | None:
        """Entities a merchant acts for; None for those who look after all."""
        doing = self._doing
        if doing.access.caller.client.role is not Role.MERCHANT:
            return None
        return frozenset(doing.mandates.acted_for(doing.person()))

    def _text(self, text: str) -> str:
        """What is looked for: the token in what was scanned, else the text as it was typed."""
        if not text.strip():
            return ""
        said = line_of(text, MOST, "text")
        found = rules_of(self._doing).read(said)
        return found.token if isinstance(found, Scanned) else found.value if isinstance(found, Foreign) else said


def _listed(seen: Seen) -> ListedCode:
    code = seen.code
    return ListedCode(
        id=strawberry.ID(code.id),
        uscc=code.entity,  # type: ignore[arg-type]
        token=code.token,
        name=code.name,
        issuer=code.issuer,
        department=code.counter,
        status=code.status,
        status_since=code.status_since,  # type: ignore[arg-type]
        issued_on=code.issued_on,  # type: ignore[arg-type]
        displayed_since=code.displayed_since,  # type: ignore[arg-type]
        displayed_days=seen.days,
        scans=seen.scans,
    )


def _period(period: tuple[str, str]) -> tuple[date, date]:
    first, last = (date.fromisoformat(day) for day in period)
    _check_period(first, last)
    return first, last


def _check_period(first: date, last: date) -> None:
    if not timedelta() <= last - first <= _LONGEST:
        raise bad_input("from 与 until 须为一年以内的时段", "from and until are a period of a year at most")
