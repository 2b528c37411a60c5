"""Other identity providers: people sign in through them (OpenID Connect, code flow with PKCE), and tokens of theirs hold.

The hub is the client here. What a sign-in needs again is handed out and given back (`Begun`); names are returned, never
kept. What providers publish is followed in the background.
"""

import asyncio
import base64
import hmac
import re
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass, field
from functools import partial
from hashlib import sha256
from typing import Any, Final
from urllib.parse import quote_plus, urlencode

import structlog

from auth.admission import Verifier
from auth.outside import Expected, is_identity
from auth.outside_signed import Signed, read_header, read_signed
from auth.verifiers import OutsideVerifier, Verifiers
from hub.callers.outside_documents import PERIOD, Announced, Answer, Documents, Unanswered
from hub.callers.outside_person import OutsideCode, OutsideFault, OutsidePerson, lacks, read_person
from hub.clock import Clock
from hub.settings_providers import ProviderTable

log = structlog.get_logger()
_MAX_CODE = 4096
_MAX_IDENTITY: Final = 16_384
"""Characters of an ID token."""
_ERROR = re.compile(r"[a-z_]{1,40}")
_LATER = frozenset({"server_error", "temporarily_unavailable"})


@dataclass(frozen=True, slots=True)
class Begun:
    """A sign-in under way: where the browser goes, and what must be known again when it comes back."""

    address: str
    provider: str
    callback: str
    state: str = field(repr=False)
    nonce: str = field(repr=False)
    verifier: str = field(repr=False)

    def written(self) -> dict[str, str]:
        """As JSON keeps it."""
        return asdict(self)

    @classmethod
    def read(cls, written: Mapping[str, str]) -> "Begun":
        """From what was written."""
        return cls(**written)


class Outside:
    """The providers of a hub; `digest` gives what is kept of a value of some kind (`Vault.short`)."""

    def __init__(
        self,
        providers: Sequence[ProviderTable],
        clock: Clock,
        digest: Callable[[str, str], str],
        period: float = PERIOD,
    ) -> None:
        self._clock = clock
        self._documents = {one.name: Documents(one, period) for one in providers}
        self._verifiers = {
            one.name: OutsideVerifier(one.trust(), partial(digest, f"outside {one.name}"))
            for one in providers
            if one.accept_tokens
        }
        self._spread()

    def offered(self) -> list[ProviderTable]:
        """Providers that people may choose at the sign-in page, in the order of the configuration."""
        return [one.provider for one in self._documents.values() if one.provider.sign_in]

    def verifier(self, own: Verifier) -> Verifier:
        """The hub's own verifier, with those of the providers whose tokens are accepted."""
        return Verifiers(own, list(self._verifiers.values())) if self._verifiers else own

    @asynccontextmanager
    async def following(self, changed: Callable[[], Awaitable[None]] | None = None) -> AsyncIterator[None]:
        """Within the block keep up with what the providers publish; `changed` is called when keys have come or gone."""

        async def renewed() -> None:
            if self._spread() and changed is not None:
                await changed()

        tasks = [asyncio.create_task(one.follow(renewed)) for one in self._documents.values()]
        try:
            yield
        finally:
            for task in tasks:
                task.cancel()
            if tasks:
                await asyncio.wait(tasks)

    async def begin(self, provider: str, callback: str) -> Begun:
        """Begin a sign-in through a provider, which sends the browser back to the callback; OutsideFault if it is down."""
        documents, announced = self._offering(provider)
        table = documents.provider
        state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
        asked = {
            "response_type": "code",
            "client_id": table.client_id,
            "redirect_uri": callback,
            "scope": " ".join(table.scopes),
            "state": state,
            "nonce": nonce,
            "code_challenge": _digest(verifier),
            "code_challenge_method": "S256",
            # At a counter or in a family, whoever is signed in there may be somebody else.
            **({"prompt": "login"} if table.kind == "real_name" else {}),
        }
        joint = "&" if "?" in announced.authorization else "?"
        address = f"{announced.authorization}{joint}{urlencode(asked)}"
        return Begun(address, provider, callback, state, nonce, verifier)

    async def complete(self, provider: str, parameters: Mapping[str, str], kept: Begun) -> OutsidePerson:
        """Who came back from the provider; OutsideFault if nobody did, or nobody who may act here."""
        try:
            return await self._complete(provider, parameters, kept)
        except OutsideFault as fault:
            name = provider if provider in self._documents else ""
            log.info("nobody signed in through a provider", provider=name, code=fault.code.value, detail=fault.detail)
            raise

    async def _complete(self, provider: str, parameters: Mapping[str, str], kept: Begun) -> OutsidePerson:
        documents, announced = self._offering(provider)
        if kept.provider != provider or not hmac.compare_digest(
            parameters.get("state", "").encode("utf-8", "surrogatepass"), kept.state.encode()
        ):
            raise OutsideFault(OutsideCode.BAD_ANSWER, "state")
        named = parameters.get("iss")
        if named != documents.provider.issuer and (named is not None or announced.names_itself):
            raise OutsideFault(OutsideCode.BAD_ANSWER, "iss")
        code = parameters.get("code", "")
        if "error" in parameters or not 0 < len(code) <= _MAX_CODE:
            raise _refused(parameters.get("error"))
        try:
            told = await _exchanged(documents, announced, code, kept)
            claims = await self._identity(documents, told, kept)
            if announced.userinfo is not None and lacks(documents.provider, claims):
                claims = {**await _userinfo(documents, announced.userinfo, told, claims), **claims}
        except Unanswered as fault:
            raise OutsideFault(OutsideCode.PROVIDER_DOWN, str(fault)) from None
        return read_person(documents.provider, claims)

    async def _identity(self, documents: Documents, told: Mapping[str, Any], kept: Begun) -> dict[str, Any]:
        """Claims of the ID token."""
        text, access_token = told.get("id_token"), told.get("access_token")
        if not isinstance(text, str):
            raise OutsideFault(OutsideCode.BAD_ANSWER, "no ID token")
        signed = read_signed(text, documents.keys, _MAX_IDENTITY)
        if signed is None and _has_new_key(text, documents) and await documents.refetch_keys():
            signed = read_signed(text, documents.keys, _MAX_IDENTITY)
        if signed is None or not self._is_expected(signed, documents.provider, kept, access_token):
            raise OutsideFault(OutsideCode.BAD_ANSWER, "ID token")
        return signed.claims

    def _is_expected(self, signed: Signed, provider: ProviderTable, kept: Begun, access_token: object) -> bool:
        shown = access_token if isinstance(access_token, str) else None
        expected = Expected(provider.issuer, provider.client_id or "", kept.nonce, shown)
        return is_identity(signed, expected, self._clock.now())

    def _offering(self, provider: str) -> tuple[Documents, Announced]:
        """A provider through which people sign in, and what it announces."""
        documents = self._documents.get(provider)
        if documents is None or not documents.provider.sign_in or documents.announced is None:
            raise OutsideFault(OutsideCode.PROVIDER_DOWN, "not known" if documents is None else "never answered")
        return documents, documents.announced

    def _spread(self) -> bool:
        """Have the verifiers use the keys there are; True if some are not the same as before."""
        changes = [one.replace(self._documents[name].keys) for name, one in self._verifiers.items()]
        return any(changes)


def _refused(error: str | None) -> OutsideFault:
    """What a provider's own refusal means; its code is repeated only if it looks like one."""
    if error is None:
        return OutsideFault(OutsideCode.BAD_ANSWER, "no code")
    code = OutsideCode.PROVIDER_DOWN if error in _LATER else OutsideCode.PROVIDER_REFUSED
    return OutsideFault(code, error if _ERROR.fullmatch(error) else "")


async def _exchanged(documents: Documents, announced: Announced, code: str, kept: Begun) -> Mapping[str, Any]:
    """What the provider gives for the code."""
    table = documents.provider
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": kept.callback,
        "code_verifier": kept.verifier,
    }
    headers: dict[str, str] = {}
    client, secret = table.client_id or "", table.client_secret.get_secret_value() if table.client_secret else None
    if secret is not None and table.authentication == "basic":
        pair = f"{quote_plus(client)}:{quote_plus(secret)}".encode()
        headers["Authorization"] = f"Basic {base64.b64encode(pair).decode()}"
    else:
        form |= {"client_id": client, **({} if secret is None else {"client_secret": secret})}
    answer = await documents.ask(announced.token, form, **headers)
    if answer.status != 200:
        raise _not_exchanged(answer)
    return answer.body


def _not_exchanged(answer: Answer) -> OutsideFault:
    error = answer.body.get("error")
    detail = error if isinstance(error, str) and _ERROR.fullmatch(error) else f"HTTP {answer.status}"
    return OutsideFault(OutsideCode.PROVIDER_DOWN if answer.status >= 500 else OutsideCode.BAD_ANSWER, detail)


async def _userinfo(
    documents: Documents, url: str, told: Mapping[str, Any], claims: Mapping[str, Any]
) -> Mapping[str, Any]:
    """What the provider says of the same user where it is asked with the access token."""
    token = told.get("access_token")
    if not isinstance(token, str) or not token.isascii() or not token.isprintable():
        raise OutsideFault(OutsideCode.BAD_ANSWER, "no access token")
    answer = await documents.ask(url, Authorization=f"Bearer {token}")
    if answer.status != 200 or answer.body.get("sub") != claims.get("sub"):
        raise OutsideFault(OutsideCode.BAD_ANSWER, "userinfo")
    return answer.body


def _has_new_key(text: str, documents: Documents) -> bool:
    """True if an ID token names a key that is not known."""
    header = read_header(text, _MAX_IDENTITY)
    return header is not None and header.get("kid") not in {None, *(key.kid for key in documents.keys)}


def _digest(verifier: str) -> str:
    return base64.urlsafe_b64encode(sha256(verifier.encode()).digest()).decode().rstrip("=")
