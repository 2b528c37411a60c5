"""The city's fixed inhabitants: entities that are always there, because each once tripped a real system.

Their names, codes and particulars stand in a table; what departments know of them is said in persona_records.py.
"""

from dataclasses import dataclass
from datetime import date
from functools import cache

from hub.demo.calendar_days import calm_stamp
from hub.demo.records import DemoEntity
from hub.demo.tables import read_table
from hub.demo.values import Address, Person, Stamp
from schema.enums import EntityKind, RegistrationStatus

README_USCC = "91231282MA9X0A019P"
"""Code of the entity that the first question asks for; every department knows something of it."""

ROOM = 100
"""Row numbers up to this one belong to personas, in every table."""


@dataclass(frozen=True, slots=True)
class Persona:
    """A fixed inhabitant: its key, name and identifiers; one of the two is always there."""

    key: str
    name: str
    uscc: str | None
    reg_no15: str | None


@cache
def personas() -> dict[str, Persona]:
    """All personas by key, in the order of their row numbers."""
    rows = read_table("personas.csv")
    return {row["key"]: Persona(row["key"], row["name"], row["uscc"] or None, row["reg_no15"] or None) for row in rows}


def code_of(key: str) -> str:
    """Credit code of a persona that has one; KeyError otherwise."""
    found = personas()[key].uscc
    if found is None:
        raise KeyError(f"{key} has no credit code")
    return found


def persona_entity(key: str, today: date) -> DemoEntity:
    """One persona as a registered entity; StopIteration if there is none of this key."""
    found = zip(personas(), persona_entities(today), strict=True)
    return next(entity for name, entity in found if name == key)


def persona_entities(today: date) -> list[DemoEntity]:
    """The personas as registered entities, numbered from 1."""
    return [_entity(number, row, today) for number, row in enumerate(read_table("personas.csv"), 1)]


def _entity(number: int, row: dict[str, str], today: date) -> DemoEntity:
    uscc = row["uscc"] or None
    return DemoEntity(
        number=number,
        uscc=uscc,
        reg_no15=row["reg_no15"] or None,
        org_code=uscc[8:17] if uscc else None,
        name=row["name"],
        former_names=(row["former"],) if row["former"] else (),
        kind=EntityKind[row["kind"]],
        status=RegistrationStatus[row["status"]],
        representative=Person(row["surname"], row["given"]),
        capital=row["capital"] or None,
        established=date.fromisoformat(row["established"]),
        address=Address(row["street"], row["rest"]),
        division=row["division"],
        industry=row["industry"],
        scope=row["scope"],
        registrar=row["registrar"],
        phone=row["phone"] or None,
        permit="",
        stamp=Stamp(calm_stamp(today).updated, row["key"] == "disputed"),
    )
