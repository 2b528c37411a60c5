"""What happened in the city before anybody looked: a few acts of its people, so that no page of the console begins empty.

Each is done by the account that does such things, through the gateway, as if they had sat in front of the console; so
clocks, notices and the record know of it. Once, in a store that was just made.
"""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any, NamedTuple

import structlog

from adapters.base import SourceError
from auth.admission import Credentials
from auth.caller import Standing
from auth.tokens import Terms
from hub.answer import OnDenied
from hub.app import Hub
from hub.demo.clients import WORKBENCH
from hub.demo.personas import README_USCC, code_of
from hub.errors import HubError
from hub.exchange.quality_running import TakenError
from hub.gateway import Request
from hub.http_question import new_request_id
from hub.quality_runs import departments_of, runner_of
from hub.store.database import StoreError
from hub.store.pulse import count

log = structlog.get_logger()
_BATCH = 500
_LIFE = timedelta(minutes=5)
_PURPOSE = "ADMINISTRATION"
_CORRECTION = "mutation ($c: CorrectionInput!) { raiseCorrection(correction: $c) { correction { number } } }"
_REVIEW = "mutation ($p: PairInput!) { queueReview(pair: $p) { review { number } } }"
_GLASS = "mutation ($e: EmergencyInput!) { breakGlass(emergency: $e) { id } }"
_REQUEST = "mutation ($g: [GrantInput!]!, $r: String!) { requestAccess(grants: $g, reason: $r) { request { number } } }"
_NAMES = "query ($u: [USCC!]!) { entitiesByUscc(usccs: $u) { uscc name address } }"
_DOUBTED = ("chain_head", "elder_home")
"""Entities that somebody else keeps under another name."""


class Deed(NamedTuple):
    """One act: whose, its text and its variables."""

    username: str
    text: str
    variables: dict[str, Any]


async def begin_day(hub: Hub) -> None:
    """Do them all; what is refused is left out and said in the log."""
    for number, deed in enumerate(_deeds(await _names(hub)), 1):
        try:
            await _ask(
                hub, deed.text, deed.variables, _credentials(hub, deed.username), f"first-day-{number:02d}-{number}"
            )
        except HubError as fault:
            log.warning("an act of the demo was refused", act=number, code=fault.code)


async def look_over(hub: Hub) -> None:
    """Run over the quality of each source once, so that the board has something to show; a silent one is left out."""
    runner = runner_of(hub)
    for name, department in sorted(departments_of(hub).items()):
        try:
            await runner.run(hub.sources[name], department, _BATCH)
        except (SourceError, StoreError, TakenError) as fault:
            log.warning("a source of the demo was not looked over", source=name, fault=type(fault).__name__)


async def _names(hub: Hub) -> Mapping[str, Mapping[str, str]]:
    """Names and places of the entities whose records are doubted, as everybody may read them."""
    codes = [code_of(key) for key in _DOUBTED]
    data = await _ask(hub, _NAMES, {"u": codes}, Credentials(), None)
    return {one["uscc"]: one for one in data["entitiesByUscc"] if one is not None}


def _deeds(names: Mapping[str, Mapping[str, str]]) -> Iterator[Deed]:
    for number, one in enumerate(names.values(), 1):
        yield Deed("credit", _REVIEW, {"p": _pair(number, one)})
    yield Deed(
        "clerk", _CORRECTION, {"c": _wrong("Entity.contactPhone", "窗口核对时当事人更换了联系电话", "当事人现场陈述")}
    )
    yield Deed("officer", _CORRECTION, {"c": _wrong("Entity.address", "经营场所已迁至正阳街 118 号", "现场检查照片")})
    asked = {"role": "CLERK", "purposes": ["GOVERNMENT_SERVICE"], "fields": ["CreditRating.grade"]}
    basis = {"legalBasis": "《黑龙江省社会信用条例》", "entitiesADay": 200}
    yield Deed("clerk", _REQUEST, {"g": [{**asked, **basis}], "r": "绿色通道核对信用等级"})
    glass = {
        "fields": ["CreditRating.grade"],
        "purpose": "INSPECTION",
        "case": "肇市监检〔2026〕17号",
        "uscc": README_USCC,
    }
    yield Deed("officer", _GLASS, {"e": {**glass, "reason": "追查涉事食品的最终流向，来不及申请"}})


def _pair(number: int, registered: Mapping[str, str]) -> dict[str, Any]:
    """A record of a department, which leaves the region out and writes the house otherwise, beside the registered one."""
    name, address = registered["name"], registered["address"]
    left = {"name": name.replace("肇东市", "")} | (
        {"address": address.replace("肇东市", "") + "一层"} if address else {}
    )
    return {
        "cause": "POSSIBLE" if number == 1 else "CONFLICT",
        "key": f"XY-{number:04d}",
        "entity": {"uscc": registered["uscc"]},
        "left": left,
        "right": {"name": name, "address": address, "uscc": registered["uscc"]},
        "probability": 0.91 if number == 1 else 0.5,
        "reasons": ["名称相同，仅地区写法不同"],
    }


def _wrong(coordinate: str, stated: str, evidence: str) -> dict[str, Any]:
    told = {"field": coordinate, "stated": stated, "evidence": evidence}
    return {"entity": {"uscc": README_USCC}, "owner": "market", **told}


def _credentials(hub: Hub, username: str) -> Credentials:
    """A token of somebody who just signed in at the console."""
    found = hub.attendant.perform(lambda ledger: ledger.people.of_username(username))
    if found is None:
        raise HubError("UNAUTHENTICATED")
    terms = Terms(found.id, Standing(found.department, found.role), pulse=hub.database.reading(count))
    return Credentials(hub.issuer.issue(WORKBENCH, hub.gateway.clock.now(), _LIFE, terms), _PURPOSE)


async def _ask(
    hub: Hub, text: str, variables: dict[str, Any], credentials: Credentials, key: str | None
) -> dict[str, Any]:
    request = Request(
        text=text,
        operation_name=None,
        variables=variables,
        credentials=credentials,
        on_denied=OnDenied.QUIET,
        request_id=new_request_id(),
        idempotency_key=key,
    )
    answer = (await hub.gateway.answer(request)).body
    found: dict[str, Any] | None = answer.get("data")
    if found is None:
        raise HubError(answer["errors"][0]["extensions"]["code"])
    return found
