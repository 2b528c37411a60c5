"""The register of licensed financial institutions: the branches of village banks, and small-loan companies."""

from collections.abc import Sequence
from datetime import date

from hub.demo.calendar_days import draw_stamp
from hub.demo.draw import stream
from hub.demo.records import DemoEntity, DemoInstitution
from schema.enums import InstitutionKind, InstitutionStatus, RegistrationStatus

BANKS = "国家金融监督管理总局绥化监管分局"
LOANS = "黑龙江省地方金融管理局"
_STATUSES = {
    RegistrationStatus.ACTIVE: InstitutionStatus.OPERATING,
    RegistrationStatus.SUSPENDED: InstitutionStatus.RECTIFYING,
}


def draw_institutions(seed: str, today: date, entities: Sequence[DemoEntity]) -> list[DemoInstitution]:
    """Institutions among the entities, by their class of industry; numbered like their entity."""
    return [made for entity in entities if (made := institution(seed, today, entity)) is not None]


def institution(seed: str, today: date, entity: DemoEntity) -> DemoInstitution | None:
    """The entity as its regulator registers it, None if it is no financial institution."""
    kinds = {"6621": InstitutionKind.VILLAGE_BANK, "6635": InstitutionKind.SMALL_LOAN}
    kind = kinds.get(entity.industry)
    if kind is None or entity.uscc is None:
        return None
    bank = kind is InstitutionKind.VILLAGE_BANK
    return DemoInstitution(
        number=entity.number,
        uscc=entity.uscc,
        licence_no=f"S{entity.number:04d}S323120001"
        if bank
        else f"黑金贷〔{entity.established.year}〕{entity.number:03d}号",
        kind=kind,
        status=_STATUSES.get(entity.status, InstitutionStatus.WITHDRAWN),
        approved=entity.established,
        authority=BANKS if bank else LOANS,
        stamp=draw_stamp(today, stream(seed, "institution", str(entity.number))),
    )
