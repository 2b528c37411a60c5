"""Trade on the campuses of the city: canteens run by the school or under contract, suppliers and shops.

A canteen under contract has two rows: the school that holds the licence, and the company that runs it.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from random import Random

from hub.demo.calendar_days import days_after, days_before, draw_stamp, years_after
from hub.demo.codes import COUNTY, food_licence_number
from hub.demo.draw import chance, stream
from hub.demo.records import DemoEntity, DemoLicence, DemoTrade
from hub.demo.values import Campus, Contract, Stamp
from schema.enums import CampusPart, RegistrationStatus

CANTEEN, MEALS, SHOP = "学校食堂", "学生集体用餐配送", "校内超市"
CAMPUS = f"XY{COUNTY}001"
"""Code of the campus whose canteen a contractor runs."""
CANTEEN_LICENCE = food_licence_number(3, 6)
"""Licence of the canteen that a contractor runs; it is the school's."""
_SCHOOLS = "83"


def campus_of(number: int, school: str) -> Campus:
    """The main campus of a school."""
    return Campus(f"XY{COUNTY}{number:03d}", f"{school}本部", school)


def contract_number(year: int, number: int, batch: int) -> str:
    """Number of a contract of an operator with a school."""
    return f"XYHT-{year}-{batch:02d}{number:03d}"


def draw_trades(
    seed: str, today: date, entities: Sequence[DemoEntity], licences: Sequence[DemoLicence]
) -> list[DemoTrade]:
    """Who trades on the campuses of all schools that have a canteen; numbered from 101."""
    trading = [e for e in entities if e.uscc and e.status is RegistrationStatus.ACTIVE]
    schools = [e for e in trading if e.industry.startswith(_SCHOOLS) and e.permit == "canteen"]
    market = _Market(
        held={row.uscc: row.certificate.number for row in licences if row.uscc},
        caterers=[e for e in trading if e.industry == "6210" and (e.uscc or "").startswith("91")],
        suppliers=[e for e in trading if e.industry == "6241"],
        shops=[e for e in trading if e.industry in ("5212", "5213", "5229") and e.permit == "sale"],
    )
    drawn: list[DemoTrade] = []
    for place, school in enumerate(schools):
        campus, rng = campus_of(101 + place, school.name), stream(seed, "campus", str(school.number))
        for trader, part in _traders(school, market, rng):
            stand = Stand(campus, trader, part, market.held.get(trader.uscc))
            drawn.append(stand.draw(101 + len(drawn), today, rng))
    return drawn


@dataclass(frozen=True, slots=True)
class _Market:
    """Who could trade on a campus, and the number of the licence that an entity holds."""

    held: Mapping[str | None, str | None]
    caterers: Sequence[DemoEntity]
    suppliers: Sequence[DemoEntity]
    shops: Sequence[DemoEntity]


def _traders(school: DemoEntity, market: _Market, rng: Random) -> Iterator[tuple[DemoEntity, CampusPart]]:
    yield school, CampusPart.SCHOOL
    for part, share, some in (
        (CampusPart.CONTRACTOR, 0.5, market.caterers),
        (CampusPart.SUPPLIER, 0.2, market.suppliers),
        (CampusPart.SHOP, 0.4, market.shops),
    ):
        if some and chance(rng, share):
            yield rng.choice(some), part


@dataclass(frozen=True, slots=True)
class Stand:
    """Who trades where on a campus, in which part, under which licence."""

    campus: Campus
    trader: DemoEntity
    part: CampusPart
    licence_no: str | None

    def draw(self, number: int, today: date, rng: Random) -> DemoTrade:
        """A row with a contract of this year, where there is a contract."""
        start = days_before(today, 20, 340, rng)
        made = contract_number(start.year, number % 1000, rng.randrange(100))
        own = self.part is CampusPart.SCHOOL
        contract = None if own else Contract(made, start, years_after(start, 1))
        return self.row(number, contract, draw_stamp(today, rng))

    def row(self, number: int, contract: Contract | None, stamp: Stamp) -> DemoTrade:
        """A row; the number of a canteen is the same for the school and for who runs it."""
        words = {CampusPart.SUPPLIER: (MEALS, "P", "食堂分餐间"), CampusPart.SHOP: (SHOP, "C", "一号楼一层")}
        business, letter, premises = words.get(self.part, (CANTEEN, "T", "食堂一层"))
        return DemoTrade(
            number=number,
            uscc=self.trader.uscc or "",
            campus=self.campus,
            part=self.part,
            facility_no=f"{self.campus.code}-{letter}1",
            business=business,
            licence_no=self.licence_no,
            contract=contract,
            premises=premises,
            stamp=stamp,
        )


def canteen_under_contract(
    parties: tuple[DemoEntity, DemoEntity], campus: Campus, today: date, stamp: Stamp
) -> list[DemoTrade]:
    """One canteen of two entities, numbered from 1: the school holds the licence, the contractor runs it under that."""
    school, contractor = parties
    start = days_after(today, -150)
    contract = Contract(contract_number(start.year, 2, 0), start, years_after(start, 1))
    return [
        Stand(campus, school, CampusPart.SCHOOL, CANTEEN_LICENCE).row(1, None, stamp),
        Stand(campus, contractor, CampusPart.CONTRACTOR, CANTEEN_LICENCE).row(2, contract, stamp),
    ]
