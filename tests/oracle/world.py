"""The little city: sixty-four entities and what five sources say of them, drawn once from a seed.

Some rows lack what a row usually has: a code, any number, a date; some cells cannot be read.
"""

import random
from collections.abc import Iterator

from schema.enums import EntityKind, RegistrationStatus
from schema.uscc import ALPHABET, check_digit
from tests.oracle.departments import departmental_tables
from tests.oracle.rows import BROKEN, City, Row, Table, sum_of

DIVISIONS = ("320501", "320502", "320581", "320102", "330106", "310101")
INDUSTRIES = ("6210", "6220", "8411", "8425", "F51", "F5211")
SURNAMES = ("王", "欧阳", "李", "司徒", "Van Dyk")
_WITHOUT_CODE = range(52, 60)
_WITHOUT_NUMBER = range(57, 60)
WRONG_DIGIT = 5


def build_city(*, certificates: bool = False) -> City:
    """The city; with `certificates` those of officers are connected too, while the register maps one field less."""
    rng = random.Random(20260310)
    entities = tuple(_entities(rng))
    fields = tuple(name for name in entities[0].cells if name != "orgCode" or not certificates)
    register = Table("register", "Entity", fields, entities, fresh_days=30)
    return City((register, *departmental_tables(rng, entities, certificates=certificates)))


def uscc(number: int) -> str:
    """Code of the entity of that number; one of them has a wrong check digit."""
    first = f"9132050{number % 10}MA{number:03d}XY{number % 7}00"[:17]
    right = check_digit(first)
    if number != WRONG_DIGIT:
        return first + right
    return first + ALPHABET[(ALPHABET.index(right) + 1) % 31]


def _entities(rng: random.Random) -> Iterator[Row]:
    for number in range(64):
        cells = _identity(number, rng) | _particulars(number, rng) | _person(number, rng)
        as_of = (None, "2026-03-09T18:00:00+08:00", "2026-01-02T00:00:00+08:00", "2026-02-08T09:30:00+08:00")
        dated = BROKEN if number in (2, 26) else as_of[number % 4]
        yield Row(f"r{number * 37 % 100}", cells, as_of=dated, disputed=(None, False, True)[number % 3])


def _identity(number: int, rng: random.Random) -> dict[str, object]:
    numbered = number % 3 == 0 or number in _WITHOUT_CODE
    return {
        "uscc": BROKEN if number == 60 else None if number in _WITHOUT_CODE else uscc(number),
        "regNo15": f"3205{number:011d}" if numbered and number not in _WITHOUT_NUMBER else None,
        "orgCode": f"MA{number:06d}X" if number % 4 == 0 else None,
        "name": _name(number),
        "formerNames": (None, ("旧名甲",), ("旧名甲", "旧名乙"), None, BROKEN if number == 24 else None)[number % 5],
        "kind": BROKEN if number in (8, 31) else rng.choice(list(EntityKind)).name,
        "status": BROKEN if number == 9 else None if number == 33 else rng.choice(list(RegistrationStatus)).name,
    }


def _name(number: int) -> str | None:
    if number == 41:
        return None
    odd = {3: "Ａ级面馆", 4: "🍜汤面", 7: "豈字号", 11: "abc Noodles", 12: "ABC Noodles", 13: "Zebra's"}
    return odd.get(number, f"示例经营部{number:02d}")


def _particulars(number: int, rng: random.Random) -> dict[str, object]:
    capital = (sum_of("1200.50", "1200.5"), sum_of("1,000", "1000"), None, BROKEN if number == 19 else None)
    established = f"20{rng.randrange(10, 26)}-{rng.randrange(1, 13):02d}-{rng.randrange(1, 29):02d}"
    return {
        "registeredCapital": capital[number % 4],
        "establishedOn": BROKEN if number in (14, 15) else None if number in (16, 17) else established,
        "divisionCode": BROKEN if number == 20 else None if number == 21 else rng.choice(DIVISIONS),
        "industryCode": None if number == 22 else rng.choice(INDUSTRIES),
        "registrationAuthority": rng.choice(("市局", "区局", None)),
    }


def _person(number: int, rng: random.Random) -> dict[str, object]:
    streets = ("苏州市姑苏区观前街10号", "苏州市吴中区木渎镇2-3", "Unit 4", None, BROKEN if number == 23 else "人民路")
    phones = ("13812345678", "0512-6512345", "0512 65123456", "12", None)
    return {
        "legalRepresentative": None if number == 25 else f"{rng.choice(SURNAMES)}小{number}",
        "address": streets[number % 5],
        "contactPhone": phones[number % 5],
    }
