"""Who somebody is, as another provider says it: read from the claims of an ID token that was found good.

Names stand in memory only: nothing here is logged or stored. Why nobody is signed in is a code.
"""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from auth.caller import Standing
from auth.outside import Mapped, act_as, claim_at, text_of, texts_of
from auth.roles import Role
from hub.settings_providers import ProviderTable

_MAX_NAME = 100
_MAX_USERNAME = 64
_MAX_FACTORS = 8


class OutsideCode(StrEnum):
    """Why nobody was signed in."""

    PROVIDER_DOWN = "PROVIDER_DOWN"
    PROVIDER_REFUSED = "PROVIDER_REFUSED"
    BAD_ANSWER = "BAD_ANSWER"
    NOT_MAPPED = "NOT_MAPPED"
    NOT_VERIFIED = "NOT_VERIFIED"


class OutsideFault(Exception):
    """Nobody was signed in: the code; `detail` is for the log and holds nothing that the provider wrote."""

    def __init__(self, code: OutsideCode, detail: str = "") -> None:
        super().__init__(code.value)
        self.code = code
        self.detail = detail


@dataclass(frozen=True, slots=True)
class OutsidePerson:
    """Somebody the provider vouches for, and as whom they may act here.

    subject: who they are there, for ever · verified: the provider checked their real name ·
    factors: how they proved themselves there (RFC 8176), where it says so.
    """

    provider: str
    subject: str = field(repr=False)
    username: str | None = field(repr=False)
    name: str = field(repr=False)
    standing: Standing
    purposes: tuple[str, ...] = ()
    verified: bool = False
    factors: tuple[str, ...] = ()
    certificate_no: str | None = field(default=None, repr=False)


def read_person(provider: ProviderTable, claims: Mapping[str, Any]) -> OutsidePerson:
    """The person of these claims; OutsideFault where they may not act here."""
    real = provider.kind == "real_name"
    name = _line(claim_at(claims, provider.name_claim or "name"), _MAX_NAME)
    if real and (claim_at(claims, provider.verified_claim or "") is not True or not name):
        raise OutsideFault(OutsideCode.NOT_VERIFIED)
    mapped = _merchant(provider) if real else act_as(provider.trust().rules, claims)
    if mapped is None:
        raise OutsideFault(OutsideCode.NOT_MAPPED)
    username = _line(claim_at(claims, provider.username_claim), _MAX_USERNAME)
    return OutsidePerson(
        provider=provider.name,
        subject=text_of(claims.get("sub")),
        username=username or None,
        name=name or username or provider.label,
        standing=mapped.standing,
        purposes=mapped.purposes,
        verified=real,
        factors=texts_of(claims.get("amr"))[:_MAX_FACTORS],
        certificate_no=_certificate(provider, claims),
    )


def lacks(provider: ProviderTable, claims: Mapping[str, Any]) -> bool:
    """True if a claim that is looked for is not there: it may stand in what the provider says of a user elsewhere."""
    wanted = {provider.name_claim or "name", provider.username_claim, provider.verified_claim}
    wanted |= {provider.certificate_claim, *(rule.claim for rule in provider.mapping)}
    wanted |= {w[1:] for rule in provider.mapping for w in rule.bindings.values() if isinstance(w, str)}
    return any(claim_at(claims, path) is None for path in wanted if path)


def _merchant(provider: ProviderTable) -> Mapped:
    # Which entities they act for is looked up at the hub; their purposes are those of the client.
    return Mapped(Standing(provider.department or "", Role.MERCHANT), ())


def _certificate(provider: ProviderTable, claims: Mapping[str, Any]) -> str | None:
    if provider.certificate_claim is None:
        return None
    return _line(claim_at(claims, provider.certificate_claim), _MAX_USERNAME) or None


def _line(value: object, longest: int) -> str:
    """A text as people read it, in one form (NFKC would change what names are written with); empty for any other."""
    text = unicodedata.normalize("NFC", text_of(value)).strip()
    return text if len(text) <= longest else ""
