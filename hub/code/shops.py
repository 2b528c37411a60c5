"""What the departments say of an entity that applies for a code: its registration, lists it stands on, a code elsewhere.

Nothing of it is kept but the registered name. A register that is down is told as such; a list that is down leaves the
application pending instead of refusing it.
"""

import asyncio
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import structlog

from adapters.base import KEY, MAX_KEYS, Lookup, SourceDown, SourceError
from hub.code.lifecycle import Why
from hub.fetch import Source
from hub.plan.model import ENTITY, SUBJECT
from hub.settings_code import OWN_CODES, CodeTable, Issuing
from schema.enums import CodeStatus, RegistrationStatus
from schema.uscc import holds_citizen_id

log = structlog.get_logger()
_PURPOSE = "HUB_CODE"
_LIST, _CODE = "ListEntry", "HonestyCode"
_LISTED = ("list", "removedOn")
_HELD = frozenset({CodeStatus.PENDING.name, CodeStatus.VALID.name, CodeStatus.SUSPENDED.name})
"""States in which a code of the province is the entity's code."""
_REFUSED: Mapping[RegistrationStatus, Why] = {
    RegistrationStatus.ANNULLED: Why.DEREGISTERED,
    RegistrationStatus.DEREGISTERED: Why.DEREGISTERED,
    RegistrationStatus.MOVED_OUT: Why.MOVED_OUT,
    RegistrationStatus.REVOKED: Why.REVOKED,
    RegistrationStatus.SUSPENDED: Why.TRADING_SUSPENDED,
}
BATCH = MAX_KEYS
MOST_NAME = 200
"""Characters of a name that are kept: what the store has room for."""


@dataclass(frozen=True, slots=True)
class Shop:
    """An entity as the departments have it; `lists` is None where one of them does not answer.

    provincial: what a code of another issuer says, which the entity has.
    """

    name: str
    status: RegistrationStatus | None
    lists: frozenset[str] | None = frozenset()
    provincial: str | None = None


class Shops:
    """Asks the sources that know of entities, lists, and codes of other issuers.

    Who an entity is, those say that lead; the `others` are only compared with them.
    """

    def __init__(self, sources: Collection[Source], others: Collection[str] = ()) -> None:
        self._sources = sources
        self._others = frozenset(others)

    async def ask(self, codes: Sequence[str]) -> dict[str, Shop]:
        """Entities by their codes, at most `BATCH`; those nobody knows are absent. SourceError if the register is silent."""
        found = await self.registered(codes)
        lists, held = await asyncio.gather(self._listed(tuple(found)), self._provincial(tuple(found)))
        return {
            code: Shop(
                name,
                status,
                None if lists is None or held is None else frozenset(lists.get(code, ())),
                (held or {}).get(code),
            )
            for code, (name, status) in found.items()
        }

    async def registered(self, codes: Sequence[str]) -> dict[str, tuple[str, RegistrationStatus | None]]:
        """Registered names and states by code, at most `BATCH`; SourceError if the register is silent."""
        telling = [one for one in self._with(ENTITY, "name") if one.name not in self._others]
        if not telling:
            raise SourceDown("no source tells names of entities")
        found: dict[str, tuple[str, RegistrationStatus | None]] = {}
        for source in telling:
            # A register that does not tell states makes every application end with that as its reason.
            told = ("name", *({"status"} & source.adapter.abilities[ENTITY].columns))
            for code, name, *status in await rows_of(source, ENTITY, told, codes):
                if isinstance(name, str) and name:
                    found[code] = name[:MOST_NAME], _status(*status)
        return found

    async def _listed(self, codes: Sequence[str]) -> dict[str, set[str]] | None:
        """Lists on which each stands now; None if somebody who keeps one is silent."""
        found: dict[str, set[str]] = {}
        for source in self._with(_LIST, *_LISTED):
            try:
                for code, listed, removed in await rows_of(source, _LIST, _LISTED, codes):
                    if isinstance(listed, str) and not isinstance(removed, str):
                        found.setdefault(code, set()).add(listed)
            except SourceError as fault:
                log.warning("a list does not answer", source=source.name, fault=type(fault).__name__)
                return None
        return found

    async def _provincial(self, codes: Sequence[str]) -> dict[str, str] | None:
        """What codes of other issuers say, by entity; None if one is silent."""
        found: dict[str, str] = {}
        for source in self._with(_CODE, "status", "token"):
            if source.name == OWN_CODES:
                continue
            try:
                rows = await rows_of(source, _CODE, ("status", "token"), codes)
            except SourceError as fault:
                log.warning("a register of codes does not answer", source=source.name, fault=type(fault).__name__)
                return None
            found.update({code: token for code, status, token in rows if status in _HELD and isinstance(token, str)})
        return found

    def _with(self, record: str, *columns: str) -> list[Source]:
        able = ((source, source.adapter.abilities.get(record)) for source in self._sources)
        return [source for source, ability in able if ability and {*columns} <= ability.columns]


def _status(told: object = None) -> RegistrationStatus | None:
    return RegistrationStatus.__members__.get(told) if isinstance(told, str) else None


async def rows_of(
    source: Source, record: str, columns: tuple[str, ...], codes: Sequence[str], by: str = SUBJECT
) -> Sequence[tuple[Any, ...]]:
    """Rows of the asked columns, each with its key in front: the entity's code unless `by` names another one."""
    if not codes:
        return ()
    deadline = asyncio.get_running_loop().time() + source.timeout
    ask = Lookup(record, (KEY, *columns), by, tuple(codes), deadline, _PURPOSE)
    return (await source.adapter.fetch(ask)).rows


def refusal_of(status: RegistrationStatus | None) -> Why | None:
    """Why an entity in this state of the register has no valid code, None if it may have one."""
    if status is RegistrationStatus.ACTIVE:
        return None
    return Why.STATE_UNKNOWN if status is None else _REFUSED.get(status, Why.STATE_UNKNOWN)


def judge(entity: str, shop: Shop | None, table: CodeTable, adopted: str | None = None) -> Why | None:
    """Why this entity gets no code, None if it gets one. Lists that did not answer are no reason.

    adopted: what a code of another issuer says, which is to be this entity's here, too.
    """
    if holds_citizen_id(entity):
        return Why.LOOKS_LIKE_CITIZEN_ID
    if table.issuer is Issuing.PROVINCIAL and adopted is None:
        return Why.ISSUED_BY_PROVINCE
    if shop is None:
        return Why.ENTITY_UNKNOWN
    registered = refusal_of(shop.status)
    if registered is not None:
        return registered
    if shop.lists and shop.lists & set(table.blocking_lists):
        return Why.LISTED
    if adopted is not None:
        taken = table.issuer is not Issuing.LOCAL and (shop.lists is None or shop.provincial == adopted)
        return None if taken else Why.FOREIGN_CODE
    if table.issuer is Issuing.BOTH and shop.provincial:
        return Why.PROVINCIAL_CODE
    return None
