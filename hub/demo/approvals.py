"""What the approval office offers and decides: items with their papers and time limits, and cases on their way.

Time is counted in working days; a renewal that a licence says is pending has its case.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from functools import cache
from random import Random

from hub.demo.calendar_days import calm_stamp, days_after, days_before, draw_stamp, working_days_after
from hub.demo.codes import COUNTY
from hub.demo.draw import chance, stream
from hub.demo.records import DemoCase, DemoItem, DemoLicence
from hub.demo.tables import read_table
from hub.demo.values import Stamp
from schema.enums import CaseStatus

CATERING_ITEM = "231282131002"
"""Item under which a food business is licensed."""
_RENEWED = {CATERING_ITEM: "231282131012", "231282011001": "231282011002"}
"""Items that renew what another item grants; any other is renewed under its own."""
_OUTCOMES = {CaseStatus.GRANTED: 86, CaseStatus.REFUSED: 6, CaseStatus.WITHDRAWN: 8}


@cache
def _table() -> tuple[dict[str, str], ...]:
    return tuple(read_table("approval_items.csv"))


def draw_items(today: date) -> list[DemoItem]:
    """All items, numbered from 1."""
    return [_item(number, row, today) for number, row in enumerate(_table(), 1)]


def _item(number: int, row: dict[str, str], today: date) -> DemoItem:
    return DemoItem(
        number=number,
        code=row["code"],
        name=row["name"],
        authority=row["authority"],
        statutory_days=int(row["statutory"]),
        promised_days=int(row["promised"]),
        materials=tuple(row["materials"].split(";")),
        materials_replaced=tuple(row["replaced"].split(";")),
        credit_evidence=bool(row["credit_ago"]),
        since=days_after(today, -int(row["credit_ago"])) if row["credit_ago"] else None,
        basis=row["basis"],
        stamp=calm_stamp(today),
    )


def draw_cases(seed: str, today: date, licences: Sequence[DemoLicence]) -> list[DemoCase]:
    """Cases that the licences came from or will be renewed by, numbered from 101; only those of the last two years."""
    items = {item.code: item for item in draw_items(today)}
    drawn: list[DemoCase] = []
    for licence in licences:
        item = items.get(_RENEWED.get(licence.certificate.item_code, licence.certificate.item_code))
        first = items.get(licence.certificate.item_code)
        if licence.uscc is None or item is None or first is None:
            continue
        rng, number = stream(seed, "case", str(licence.number)), 101 + len(drawn)
        if licence.renewal:
            accepted = days_before(today, 1, 3, rng)
            drawn.append(open_case(number, licence.uscc, item, accepted, draw_stamp(today, rng)))
        elif (today - licence.decided).days < 700:
            drawn.append(_decided(number, licence, first, today, rng))
        elif chance(rng, 0.08):
            accepted = days_before(today, 0, item.promised_days + 3, rng)
            drawn.append(open_case(number, licence.uscc, item, accepted, draw_stamp(today, rng)))
    return drawn


def open_case(number: int, uscc: str, item: DemoItem, accepted: date, stamp: Stamp) -> DemoCase:
    """A case of renewal, accepted on that day and not decided."""
    return DemoCase(
        number=number,
        uscc=uscc,
        case_no=case_number(accepted, number),
        item_code=item.code,
        item_name=item.name,
        status=CaseStatus.ACCEPTED,
        renewal=True,
        accepted=accepted,
        due=working_days_after(accepted, item.promised_days),
        decided=None,
        statutory_days=item.statutory_days,
        promised_days=item.promised_days,
        authority=item.authority,
        stamp=stamp,
    )


def _decided(number: int, licence: DemoLicence, item: DemoItem, today: date, rng: Random) -> DemoCase:
    """The case whose decision was the licence – or another one before it that came to nothing."""
    outcome = rng.choices(tuple(_OUTCOMES), tuple(_OUTCOMES.values()))[0]
    accepted = days_after(licence.decided, -rng.randint(1, item.promised_days + 2))
    decided = licence.decided if outcome is CaseStatus.GRANTED else days_after(accepted, 1)
    return close_case(open_case(number, licence.uscc or "", item, accepted, draw_stamp(today, rng)), outcome, decided)


def close_case(case: DemoCase, outcome: CaseStatus, decided: date) -> DemoCase:
    """The case as a first one that came to an outcome."""
    return replace(case, status=outcome, renewal=False, decided=decided)


def case_number(accepted: date, number: int) -> str:
    """Number of a case: division, day of acceptance, sequence."""
    return f"{COUNTY}{accepted:%Y%m%d}{number:04d}"
