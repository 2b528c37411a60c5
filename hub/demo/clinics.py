"""Registrations of medical institutions: their subjects, and when they were verified and must be again.

A hospital is verified every three years, any other every year; a few are late.
"""

from collections.abc import Sequence
from datetime import date
from random import Random

from hub.demo.calendar_days import days_before, draw_stamp, years_after
from hub.demo.codes import medical_register_number
from hub.demo.draw import chance, stream
from hub.demo.licences import HEALTH
from hub.demo.records import DemoClinic, DemoEntity
from schema.enums import RegistrationStatus

_HOSPITAL = "8411"
_LEVELS = {_HOSPITAL: "二级", "8423": "一级"}
_SUBJECTS = {
    _HOSPITAL: ("内科", "外科", "妇产科", "儿科", "急诊医学科", "医学检验科", "医学影像科"),
    "8423": ("预防保健科", "全科医疗科", "内科", "外科", "中医科"),
    "8424": ("预防保健科", "全科医疗科"),
}
_BY_WORD = {"口腔": ("口腔科",), "中医": ("中医科", "针灸科专业"), "儿科": ("儿科",), "内科": ("内科",)}


def draw_clinics(seed: str, today: date, entities: Sequence[DemoEntity]) -> list[DemoClinic]:
    """Registrations of every medical institution that is there, numbered from 101."""
    medical = [e for e in entities if e.uscc and e.permit in ("clinic", "hospital") and _open(e)]
    drawn = []
    for place, entity in enumerate(medical):
        rng = stream(seed, "clinic", str(entity.number))
        late = chance(rng, 0.05)
        drawn.append(register(101 + place, entity, _verified(entity, today, rng, late=late), today, rng))
    return drawn


def _open(entity: DemoEntity) -> bool:
    return entity.status in (RegistrationStatus.ACTIVE, RegistrationStatus.SUSPENDED)


def _verified(entity: DemoEntity, today: date, rng: Random, *, late: bool) -> date:
    days = 365 * _years(entity)
    day = days_before(today, days + 5, days + 90, rng) if late else days_before(today, 10, days - 10, rng)
    return max(entity.established, day)


def _years(entity: DemoEntity) -> int:
    return 3 if entity.industry == _HOSPITAL else 1


def subjects_of(entity: DemoEntity) -> tuple[str, ...]:
    """What an institution of this name and class treats."""
    named = next((subjects for word, subjects in _BY_WORD.items() if word in entity.name), ("全科医疗科", "内科"))
    return _SUBJECTS.get(entity.industry, named)


def register(number: int, entity: DemoEntity, verified: date, today: date, rng: Random) -> DemoClinic:
    """The registration of an entity that was last verified on that day."""
    uscc = entity.uscc or ""
    return DemoClinic(
        number=number,
        uscc=uscc,
        registration_no=medical_register_number(uscc[8:17], number),
        name=entity.name,
        level=_LEVELS.get(entity.industry, "未定级"),
        subjects=subjects_of(entity),
        premises=entity.address.street,
        verified=verified,
        due=years_after(verified, _years(entity)),
        authority=HEALTH,
        stamp=draw_stamp(today, rng),
    )
