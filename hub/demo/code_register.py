"""The provincial register of codes: about three hundred entities that applied for one, and what became of it."""

from collections.abc import Sequence
from datetime import date
from random import Random

from hub.demo.calendar_days import days_after, days_before, draw_stamp
from hub.demo.draw import chance, stream
from hub.demo.records import DemoCode, DemoEntity
from schema.enums import CodeIssuer, CodeStatus, RegistrationStatus
from schema.uscc import ALPHABET

SHARE = 0.19
_STATUSES = {CodeStatus.VALID: 90, CodeStatus.PENDING: 7, CodeStatus.CANCELLED: 3}
_PLACES = ("门头", "收银台", "前厅公示栏", "餐桌", "产品包装", "线上店铺")
_CANCELLED = ("经营主体申请注销", "因停止经营满{n}个月注销")


def token_of(seed: str, number: int) -> str:
    """What the code of a row says: the province's prefix and sixteen characters of the alphabet of codes."""
    rng = stream(seed, "token", str(number))
    return "HL23" + "".join(rng.choice(ALPHABET) for _ in range(16))


def draw_codes(seed: str, today: date, entities: Sequence[DemoEntity]) -> list[DemoCode]:
    """Codes of trading entities, numbered from 101."""
    drawn: list[DemoCode] = []
    for entity in entities:
        rng = stream(seed, "code", str(entity.number))
        if entity.uscc and entity.status is RegistrationStatus.ACTIVE and chance(rng, SHARE):
            drawn.append(_code(seed, today, entity, 101 + len(drawn), rng))
    return drawn


def _code(seed: str, today: date, entity: DemoEntity, number: int, rng: Random) -> DemoCode:
    status = rng.choices(tuple(_STATUSES), tuple(_STATUSES.values()))[0]
    issued = max(entity.established, days_before(today, 15, 480, rng))
    since = (today - issued).days
    shown = status is not CodeStatus.PENDING and chance(rng, 0.85)
    ended = status is CodeStatus.CANCELLED
    return DemoCode(
        number=number,
        uscc=entity.uscc or "",
        token=token_of(seed, number),
        status=status,
        status_since=days_after(issued, rng.randint(1, since)) if ended else issued,
        status_reason=write_reason(rng) if ended else None,
        issued_to=entity.name,
        issued=issued,
        displayed=days_after(issued, rng.randint(0, since)) if shown else None,
        printed=issued if shown else None,
        places=tuple(rng.sample(_PLACES, rng.randint(1, 3))) if shown else (),
        issuer=CodeIssuer.PROVINCIAL,
        stamp=draw_stamp(today, rng),
    )


def write_reason(rng: Random) -> str:
    """Why a code is not valid."""
    return rng.choice(_CANCELLED).format(n=rng.randint(3, 24))


def write_withdrawal(rng: Random) -> str:
    """Why a code was suspended or revoked."""
    return rng.choice(("核查发现产品标识不实{n}处", "整改{n}日内未完成", "被投诉{n}次正在核查")).format(
        n=rng.randint(2, 30)
    )
