"""Every source of the city, in the order in which a list of their rows shows them: what it writes, and how it is read.

Knows the departments and their services; writing, starting and stopping them is the city's business.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from aiohttp import web

from hub.demo.database import Table
from hub.demo.departments import (
    approval,
    court,
    credit,
    device,
    device_filings,
    education,
    food,
    health,
    incentives,
    justice,
    market,
    penalty,
    province,
    reference,
    regulator,
    tax,
)
from hub.demo.records import CityRecords
from hub.demo.services import court as court_service
from hub.demo.services import credit as credit_service
from hub.demo.services import device as device_service
from hub.demo.services import health as health_service
from hub.demo.services import penalty as penalty_service
from hub.demo.services import province as province_service
from hub.demo.sheets import Drop

Configured = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Stored:
    """A department with a database of its own."""

    file: str
    tables: Callable[[CityRecords], list[Table]]
    source: Callable[[], Configured]


@dataclass(frozen=True, slots=True)
class Served:
    """A department with a web service: its rows, the application that answers from them, where its secret lies.

    `described`: the description of the service that its callers keep, and where.
    """

    rows: Callable[[CityRecords], Any]
    build: Callable[[Any, str], web.Application]
    secret: str
    source: Callable[[str], Configured]
    content_type: str = "application/json"
    described: tuple[Path, str] | None = None


@dataclass(frozen=True, slots=True)
class Dropping:
    """A department that drops files."""

    files: Callable[[CityRecords, date], list[Drop]]
    source: Callable[[], Configured]


@dataclass(frozen=True, slots=True)
class Held:
    """A department whose few rows the hub holds in memory: files, by their place in the city's folder."""

    files: Callable[[CityRecords], Mapping[str, bytes]]
    source: Callable[[], Configured]


Office = Stored | Served | Dropping | Held

OFFICES: Mapping[str, Office] = {
    "market": Stored(market.DATABASE, market.market_tables, market.market_source),
    "health": Served(health.health_rows, health_service.build_service, health.SECRET, health.health_source),
    "credit": Served(
        credit.credit_rows,
        credit_service.build_service,
        credit.SECRET,
        credit.credit_source,
        described=(credit_service.SDL, credit.SCHEMA),
    ),
    "incentives": Stored(incentives.DATABASE, incentives.incentive_tables, incentives.incentive_source),
    "tables": Held(reference.reference_files, reference.tables_source),
    "approval": Dropping(approval.approval_files, approval.approval_source),
    "archive": Dropping(approval.archive_files, approval.archive_source),
    "device": Served(device.device_rows, device_service.build_service, device.SECRET, device.device_source),
    "device_filings": Dropping(device_filings.filing_files, device_filings.filing_source),
    "penalty": Served(
        penalty.penalty_rows,
        penalty_service.build_service,
        penalty.SECRET,
        penalty.penalty_source,
        content_type="text/xml",
        described=(penalty_service.WSDL, penalty.WSDL),
    ),
    "food": Stored(food.DATABASE, food.food_tables, food.food_source),
    "justice": Stored(justice.DATABASE, justice.justice_tables, justice.justice_source),
    "education": Dropping(education.education_files, education.education_source),
    "province": Served(
        province.province_rows, province_service.build_service, province.SECRET, province.province_source
    ),
    "regulator": Held(lambda city: {regulator.FILE: regulator.regulator_file(city)}, regulator.regulator_source),
    "tax": Dropping(tax.tax_files, tax.tax_source),
    "court": Served(court.court_rows, court_service.build_service, court.SECRET, court.court_source),
}
