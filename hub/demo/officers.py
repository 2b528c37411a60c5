"""Enforcement officers of the city's departments and their certificates: one has expired, one is suspended.

The same invented people inspect; a certificate belongs to its officer, not to any entity.
"""

from datetime import date

from hub.demo.calendar_days import days_after, days_before, draw_stamp, years_after
from hub.demo.draw import stream
from hub.demo.people import draw_person
from hub.demo.records import DemoCertificate
from hub.demo.tables import read_table
from hub.demo.values import Person
from schema.enums import CertificateStatus

EACH = 5
"""Officers of each department that inspects."""
EXPIRED, SUSPENDED = "08120000003", "08120000009"
"""Numbers of the certificate that ran out and of the one that is withheld."""
_YEARS = 5


def draw_certificates(seed: str, today: date) -> list[DemoCertificate]:
    """Certificates of all officers, department by department, numbered from 1."""
    fields: dict[str, list[str]] = {}
    for row in read_table("inspections.csv"):
        fields.setdefault(row["department"], []).append(row["field"])
    bodies = [body for body in fields for _ in range(EACH)]
    return [_certificate(seed, today, number, body, fields[body]) for number, body in enumerate(bodies, 1)]


def officers_of(certificates: list[DemoCertificate], department: str) -> list[Person]:
    """Officers of a department whose certificates are valid."""
    held = (one for one in certificates if one.department == department)
    return [one.holder for one in held if one.status is CertificateStatus.VALID]


def _certificate(seed: str, today: date, number: int, department: str, fields: list[str]) -> DemoCertificate:
    rng = stream(seed, "officer", str(number))
    certificate_no = f"0812{number:07d}"
    start = days_before(today, 30, 365 * _YEARS - 60, rng)
    if certificate_no == EXPIRED:
        start = days_after(today, -365 * _YEARS - 20)
    statuses = {EXPIRED: CertificateStatus.EXPIRED, SUSPENDED: CertificateStatus.SUSPENDED}
    return DemoCertificate(
        number=number,
        certificate_no=certificate_no,
        holder=draw_person(rng),
        department=department,
        field_of_law="、".join(fields),
        status=statuses.get(certificate_no, CertificateStatus.VALID),
        start=start,
        end=years_after(start, _YEARS),
        stamp=draw_stamp(today, rng),
    )
