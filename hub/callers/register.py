"""What the register says of who represents an entity, for comparing only: names are never kept, only keyed digests.

A register that says nothing comparable – no name, a masked one – says nothing, and changes nothing.
"""

import asyncio
import re
import unicodedata
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from adapters.base import KEY, MAX_KEYS, Lookup, SourceDown
from hub.callers.vault import Vault
from hub.fetch import Source
from hub.plan.model import ENTITY, SUBJECT
from schema.enums import RegistrationStatus

_PURPOSE = "HUB_MANDATE"
_NAME, _STATUS = "legalRepresentative", "status"
_ENDED = frozenset({RegistrationStatus.DEREGISTERED.name, RegistrationStatus.ANNULLED.name})
"""States in which nobody represents it any more; one whose licence was revoked still stands in the register."""
_NOTHING = re.compile(r"[\s.\u00b7\u2022\u2027\u2219\u22c5\u2e30\u2e31\u30fb]+")
"""What stands between the parts of a name in one register and not in another: blanks, and dots of all kinds."""
BATCH = MAX_KEYS


@dataclass(frozen=True, slots=True)
class Registered:
    """An entity as it stands in the register; `representative` is empty where nothing can be compared."""

    representative: str = field(repr=False)
    ended: bool


class Register:
    """Asks the sources that own entities, but for the `others` that are only compared with the one that leads."""

    def __init__(self, sources: Collection[Source], others: Collection[str] = ()) -> None:
        self._sources = sources
        self._others = frozenset(others)

    @property
    def asked(self) -> list[Source]:
        """Sources that say who an entity is."""
        return [one for one in self._sources if one.name not in self._others and _columns(one)]

    async def ask(self, codes: Sequence[str]) -> Mapping[str, Registered]:
        """Entities by their codes, at most `BATCH`; those that are not known are absent. SourceError if nobody says."""
        telling = [source for source in self.asked if _NAME in _columns(source)]
        if not telling:
            raise SourceDown("no source tells who represents an entity")
        found: dict[str, Registered] = {}
        for source in telling:
            columns = (KEY, _NAME, *({_STATUS} & _columns(source)))
            deadline = asyncio.get_running_loop().time() + source.timeout
            ask = Lookup(ENTITY, columns, SUBJECT, tuple(codes), deadline, _PURPOSE)
            for row in (await source.adapter.fetch(ask)).rows:
                read = dict(zip(columns, row, strict=True))
                found[read[KEY]] = Registered(_comparable(read[_NAME]), read.get(_STATUS) in _ENDED)
        return found

    async def knows(self, code: str) -> bool:
        """True if there is such an entity, whatever else is told of it; SourceError if nobody says."""
        if not self.asked:
            raise SourceDown("no source owns entities")
        for source in self.asked:
            deadline = asyncio.get_running_loop().time() + source.timeout
            ask = Lookup(ENTITY, (KEY,), SUBJECT, (code,), deadline, _PURPOSE)
            if (await source.adapter.fetch(ask)).rows:
                return True
        return False


def normal_name(text: str) -> str:
    """A name as it is compared: NFKC, without blanks, middle dots and what can't be seen, in one case."""
    seen = "".join(c for c in unicodedata.normalize("NFKC", text) if unicodedata.category(c) != "Cf")
    return _NOTHING.sub("", seen).casefold()


def representative_digest(vault: Vault, uscc: str, name: str) -> bytes:
    """What is kept of a representative's name: equal for equal names of one entity, and nothing else is told."""
    return vault.digest("representative", f"{uscc}\n{normal_name(name)}")


def _comparable(name: object) -> str:
    return name if isinstance(name, str) and normal_name(name) and "*" not in normal_name(name) else ""


def _columns(source: Source) -> frozenset[str]:
    ability = source.adapter.abilities.get(ENTITY)
    return ability.columns if ability is not None else frozenset()
