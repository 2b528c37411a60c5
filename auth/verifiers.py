"""Tokens of several issuers: the hub's own first, every other one by the verifier of the issuer it names.

A token causes nothing but computation: which keys an issuer has is told from elsewhere (`replace`), never asked for
because a token names one. What a good token says is remembered while its issuer's keys stay.
"""

import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b
from typing import Final, Literal

from auth.admission import Verifier
from auth.caller import Caller
from auth.outside import Access, Trust, read_access
from auth.outside_signed import TrustedKey, issuer_of, read_signed
from auth.standing import Mark, Stops

MAX_TOKEN_CHARS: Final = 8192
_MAX_VERIFIED = 4_096
Answer = Caller | Literal["INVALID", "EXPIRED"] | None


@dataclass(frozen=True, slots=True)
class _Verified:
    """What a token with a good signature says; its period, and what stops it, are looked at every time."""

    caller: Caller
    access: Access
    mark: Mark


class OutsideVerifier:
    """Checks access tokens of one provider against the keys it is known to have; without keys, none is good.

    A provider counts no pulses: whatever is stopped counts as stopped after its tokens were issued, for as long as the
    hub's own tokens from before would have lived.
    """

    def __init__(self, trust: Trust, digest: Callable[[str], str]) -> None:
        self.trust = trust
        self._digest = digest
        self._stops = Stops()
        self._keys: tuple[TrustedKey, ...] = ()
        self._salt = secrets.token_bytes(32)
        self._verified: dict[bytes, _Verified] = {}

    def replace(self, keys: tuple[TrustedKey, ...]) -> bool:
        """Trust these keys from now on and no others; True if they are not the same as before."""
        if keys == self._keys:
            return False
        self._keys = keys
        self._verified.clear()
        return True

    def renew(self, stops: Stops) -> None:
        """Honour nothing that these stops name."""
        self._stops = stops

    def verify(self, token: str, now: datetime) -> Answer:
        """A caller, or why the token is no good."""
        if token.count(".") != 2:
            return None
        found = self._known(token) if len(token) <= MAX_TOKEN_CHARS else None
        if found is None or found.access.starts > now or self._stops.concern(found.mark):
            return "INVALID"
        return found.caller if found.access.ends > now else "EXPIRED"

    def _known(self, token: str) -> _Verified | None:
        digest = blake2b(token.encode("utf-8", "surrogatepass"), key=self._salt, digest_size=32).digest()
        found = self._verified.get(digest)
        if found is None and (found := self._read(token)) is not None:
            if len(self._verified) >= _MAX_VERIFIED:
                self._verified.clear()
            self._verified[digest] = found
        return found

    def _read(self, token: str) -> _Verified | None:
        signed = read_signed(token, self._keys, MAX_TOKEN_CHARS)
        access = read_access(self.trust, signed, self._digest) if signed is not None else None
        if access is None:
            return None
        client = access.client
        caller = Caller(client, access.person, expires=access.ends, key=access.key)
        return _Verified(caller, access, Mark(client.id, client.department, access.person or "", token=access.token))


class Verifiers:
    """The `Verifier` of a hub that accepts tokens of other issuers beside its own."""

    def __init__(self, own: Verifier, others: Sequence[OutsideVerifier]) -> None:
        self._own = own
        self._others = {other.trust.issuer: other for other in others}

    def renew(self, stops: Stops) -> None:
        """Honour nothing that these stops name, whoever issued it."""
        self._own.renew(stops)
        for other in self._others.values():
            other.renew(stops)

    def verify(self, token: str, now: datetime) -> Answer:
        """What the hub's own verifier says of a token, or where it knows none such, the one of the issuer it names."""
        found = self._own.verify(token, now)
        if found != "INVALID":
            return found
        other = self._others.get(issuer_of(token, MAX_TOKEN_CHARS))
        return "INVALID" if other is None else other.verify(token, now)
