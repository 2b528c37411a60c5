"""Codes that the city itself issued, in the hub's own register: for entities without one of the province, every persona
among them; and the one of the province that the entity of the first question had taken up here.

Drawn from the seed, so that two cities of one seed have the same; why one was stopped is not public, and differs in the
twin.
"""

from datetime import date, datetime, time
from random import Random

from sqlalchemy import Connection, insert, select

from hub.app import Hub
from hub.callers.ledger import StoreLedger
from hub.clock import SHANGHAI, rfc3339
from hub.code.lifecycle import COMMITMENT
from hub.code.tokens import make_token
from hub.demo.calendar_days import days_after, days_before
from hub.demo.code_lives import COUNTER, draw_scans, draw_steps
from hub.demo.code_register import write_withdrawal
from hub.demo.draw import chance, stream
from hub.demo.generation import generate_city
from hub.demo.personas import README_USCC, ROOM
from hub.demo.records import CityRecords, DemoCode, DemoEntity
from hub.store.code_tables import code_displays, code_scans, code_steps, code_tokens, honesty_codes
from schema.enums import CodeIssuer, CodeStatus, RegistrationStatus
from schema.uscc import find_fault

SHARE = 0.12
_STATUSES = {CodeStatus.VALID: 94, CodeStatus.SUSPENDED: 4, CodeStatus.REVOKED: 2}
_PLACES = ("门头", "收银台", "餐桌", "前厅公示栏", "外卖店招")


def furnish_codes(hub: Hub, seed: str, today: date, *, twin: bool) -> None:
    """Have the city's own codes in the hub's register, unless there are any."""

    def work(ledger: StoreLedger) -> None:
        if ledger.connection.execute(select(honesty_codes.c.id).limit(1)).first() is not None:
            return
        city = generate_city(seed, today)
        adopted = [_adopted(code) for code in city.codes if code.uscc == README_USCC]
        steps: list[dict[str, object]] = []
        scans: list[dict[str, object]] = []
        for row, token, shown in [*draw_local_codes(seed, today, city, twin=twin), *adopted]:
            ledger.connection.execute(insert(honesty_codes).values(row))
            ledger.connection.execute(insert(code_tokens).values(token))
            if shown is not None:
                ledger.connection.execute(insert(code_displays).values(shown))
            steps += draw_steps(row, shown)
            scans += draw_scans(seed, today, row)
        ledger.connection.execute(insert(code_steps), steps)
        ledger.connection.execute(insert(code_scans), scans)

    hub.attendant.perform(work)


Rows = tuple[dict[str, object], dict[str, object], dict[str, object] | None]


def draw_local_codes(seed: str, today: date, city: CityRecords, *, twin: bool) -> list[Rows]:
    """Rows of the codes, of what they say, and of where they are displayed."""
    provincial = {code.uscc for code in city.codes}
    drawn = []
    for entity in city.entities:
        rng = stream(seed, "local code", str(entity.number))
        able = entity.uscc and find_fault(entity.uscc) is None and entity.status is RegistrationStatus.ACTIVE
        persona = entity.number <= ROOM
        if able and entity.uscc not in provincial and (chance(rng, SHARE) or persona):
            other = stream(seed, "local code twin" if twin else "local code reason", str(entity.number))
            drawn.append(_rows(entity, today, (rng, other), valid=persona))
    return drawn


def page_of(connection: Connection, uscc: str) -> str:
    """Path of the page of an entity's code, that of all codes where it has none."""
    token = connection.execute(select(honesty_codes.c.token).where(honesty_codes.c.entity == uscc)).scalar()
    return f"/c/{token}" if token else "/c"


def _adopted(code: DemoCode) -> Rows:
    """A code of the province in the hub's own register."""
    made, shown = f"{code.number:024x}", code.displayed
    day, places = code.issued.isoformat(), "\n".join(code.places)
    row: dict[str, object] = {
        "id": made,
        "entity": code.uscc,
        "token": code.token,
        "name": code.issued_to,
        "issued_to": code.issued_to,
        "issuer": code.issuer.name,
        "status": code.status.name,
        "status_since": code.status_since.isoformat(),
        "issued_on": day,
        "displayed_since": shown.isoformat() if shown else None,
        "places": places or None,
        "applied_as": "ADOPTED",
        "commitment": COMMITMENT,
        "changed_at": rfc3339(datetime.combine(code.status_since, time(9), SHANGHAI)),
    }
    said: dict[str, object] = {"token": code.token, "code": made, "issued_on": day}
    if shown is None:
        return row, said, None
    return row, said, _display(f"{code.number:023x}d", made, shown, places)


def _display(display: str, code: str, since: date, places: str) -> dict[str, object]:
    said_at = int(datetime.combine(since, time(9), SHANGHAI).timestamp())
    return {
        "id": display,
        "code": code,
        "since": since.isoformat(),
        "places": places,
        "said_by": "",
        "said_at": said_at,
    }


def _rows(entity: DemoEntity, today: date, chances: tuple[Random, Random], *, valid: bool) -> Rows:
    rng, other = chances
    made = f"{rng.getrandbits(96):024x}"
    status = CodeStatus.VALID if valid else rng.choices(tuple(_STATUSES), tuple(_STATUSES.values()))[0]
    issued = max(entity.established, days_before(today, 20, 300, rng))
    since = issued if status is CodeStatus.VALID else days_after(issued, rng.randint(1, (today - issued).days))
    shown = days_after(issued, rng.randint(0, (today - issued).days)) if chance(rng, 0.85) else None
    places = "\n".join(rng.sample(_PLACES, rng.randint(1, 2)))
    lasting = shown is not None and status is CodeStatus.VALID
    token = make_token(rng.choice)
    code: dict[str, object] = {
        "id": made,
        "entity": entity.uscc,
        "token": token,
        "name": entity.name,
        "issued_to": entity.name,
        "issuer": CodeIssuer.LOCAL.name,
        "status": status.name,
        "status_since": since.isoformat(),
        "status_reason": None if status is CodeStatus.VALID else write_withdrawal(other),
        "issued_on": issued.isoformat(),
        "displayed_since": shown.isoformat() if shown is not None and lasting else None,
        "places": places if lasting else None,
        "applied_as": "COUNTER",
        "applied_in": COUNTER,
        "commitment": COMMITMENT,
        "changed_at": rfc3339(datetime.combine(since, time(9), SHANGHAI)),
    }
    said: dict[str, object] = {"token": token, "code": made, "issued_on": issued.isoformat()}
    if shown is None or not lasting:
        return code, said, None
    return code, said, _display(f"{rng.getrandbits(96):024x}", made, shown, places)
