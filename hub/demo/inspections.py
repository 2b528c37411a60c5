"""Inspections of the last two years and the caps that departments have published for classes of industry.

Each visit carries which one of its department it was that calendar year, and the cap that then applied.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cache
from random import Random

from hub.demo.calendar_days import at_work, calm_stamp, days_before, draw_stamp
from hub.demo.draw import chance, stream
from hub.demo.licences import MARKET
from hub.demo.officers import officers_of
from hub.demo.records import DemoCap, DemoCertificate, DemoEntity, DemoInspection
from hub.demo.tables import industry_classes, read_table
from hub.demo.values import Person
from schema.enums import RegistrationStatus

_RESULTS = ("未发现问题", "未发现问题", "未发现问题", "发现问题已责令改正", "当场改正")
_COVERAGES = ("全面检查", "专项检查", "专项检查", "综合查一次")
_CAP_BASIS = "国办发〔2024〕54号;黑政办发〔2025〕4号"
_LETTERS = {"市监": "肇市监", "卫健": "肇卫", "应急": "肇应急", "消防": "肇消", "药械": "绥药械", "农业": "肇农"}


@dataclass(frozen=True, slots=True)
class Field:
    """A field a department inspects: on what basis, what is looked at, in which industries, how often at most."""

    department: str
    name: str
    basis: str
    cap: int
    items: tuple[str, ...]
    industries: tuple[str, ...]
    letters: str

    def concerns(self, industry: str) -> bool:
        """True if businesses of this class are inspected."""
        return industry.startswith(self.industries)


@dataclass(frozen=True, slots=True)
class Party:
    """Who may go, what decides the rest, and the day it is written down."""

    officers: Sequence[Person]
    rng: Random
    today: date


@cache
def inspected_fields() -> tuple[Field, ...]:
    """All fields in the order of the table."""
    return tuple(
        Field(
            department=row["department"],
            name=row["field"],
            basis=row["basis"],
            cap=int(row["cap"]),
            items=tuple(row["items"].split(";")),
            industries=tuple(row["industries"].split()),
            letters=_LETTERS.get(row["officers"], "肇文旅"),
        )
        for row in read_table("inspections.csv")
    )


def draw_caps(today: date) -> list[DemoCap]:
    """Caps of this year, once they are published in January, and of the last; numbered from 1."""
    years = [year for year in (today.year - 1, today.year) if _published(year) <= today]
    drawn: list[DemoCap] = []
    for year in years:
        for field in inspected_fields():
            for industry in industry_classes(field.industries):
                drawn.append(_cap(len(drawn) + 1, industry, field, year, today))
    return drawn


def _published(year: int) -> date:
    return date(year, 1, 20)


def _cap(number: int, industry: str, field: Field, year: int, today: date) -> DemoCap:
    published = _published(year)
    stamp = calm_stamp(today)
    return DemoCap(number, industry, field.department, field.name, year, field.cap, _CAP_BASIS, published, stamp)


def draw_inspections(
    seed: str, today: date, entities: Sequence[DemoEntity], certificates: list[DemoCertificate]
) -> list[DemoInspection]:
    """Visits to the trading entities of the last two years, in the order of the entities; numbered from 101."""
    drawn: list[DemoInspection] = []
    for entity in entities:
        if entity.uscc is None or entity.status is not RegistrationStatus.ACTIVE:
            continue
        rng = stream(seed, "inspection", str(entity.number))
        for field in inspected_fields():
            share = 0.3 if field.concerns(entity.industry) else 0.0
            while chance(rng, share):
                started = at_work(max(entity.established, days_before(today, 1, 700, rng)), rng)
                officers = officers_of(certificates, field.department)
                drawn.append(visit(101 + len(drawn), entity.uscc, field, started, Party(officers, rng, today)))
                share = 0.25
    return drawn


def visit(number: int, uscc: str, field: Field, started: datetime, drawn_from: Party) -> DemoInspection:
    """One visit by two officers; its place in the year is counted later."""
    rng = drawn_from.rng
    coverage = rng.choice(_COVERAGES)
    return DemoInspection(
        number=number,
        uscc=uscc,
        started=started,
        department=field.department,
        field=field.name,
        basis=field.basis,
        officers=tuple(rng.sample(drawn_from.officers, 2)),
        notice_no=notice_number(field.letters, started.year, rng.randrange(100), number % 1000),
        items=field.items if coverage == "全面检查" else field.items[:1],
        coverage=coverage,
        result=rng.choice(_RESULTS),
        by_scan=chance(rng, 0.4),
        count=0,
        year_cap=field.cap,
        stamp=draw_stamp(drawn_from.today, rng),
    )


def notice_number(letters: str, year: int, batch: int, number: int) -> str:
    """Number of an inspection notice; what follows the batch survives masking."""
    return f"{letters}检通〔{year}〕{batch:02d}{number:03d}号"


def count_up(visits: Iterable[DemoInspection]) -> tuple[DemoInspection, ...]:
    """The visits, each with its place among those of its department to the same entity in the calendar year."""
    kept = list(visits)
    seen: Counter[tuple[str, str, str, int]] = Counter()
    counted: dict[int, int] = {}
    for place in sorted(range(len(kept)), key=lambda n: (kept[n].started, n)):
        one = kept[place]
        key = (one.uscc, one.department, one.field, one.started.year)
        seen[key] += 1
        counted[place] = seen[key]
    return tuple(replace(one, count=counted[place]) for place, one in enumerate(kept))


def by_market(visits: Iterable[DemoInspection], *, own: bool) -> tuple[DemoInspection, ...]:
    """Visits of market supervision, or of all other departments."""
    return tuple(one for one in visits if (one.department == MARKET) is own)
