"""Credentials of a source over HTTP: what header a request carries, and where its token comes from.

A token is asked for once however many requests wait for it, and again shortly before it expires or when it is
refused. Nothing here is ever part of a text.
"""

import asyncio
import base64
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Protocol
from urllib.parse import quote_plus

from adapters.base import SourceBadData
from adapters.http_options import BasicAuth, ClientAuth, KeyAuth, NoAuth

Form = Mapping[str, str]
AskToken = Callable[[ClientAuth, Form, Mapping[str, str]], Awaitable[Any]]
"""Posts a form with headers to the authorisation server; JSON, or a SourceError."""

_UNSTATED_LIFE = 300.0
_MARGIN = 30.0


class Auth(Protocol):
    """What a request carries; `refused` says whether asking again with other credentials makes sense."""

    async def headers(self) -> Mapping[str, str]: ...

    def refused(self, headers: Mapping[str, str]) -> bool: ...

    async def aclose(self) -> None: ...


def build_auth(options: NoAuth | KeyAuth | BasicAuth | ClientAuth, ask: AskToken) -> Auth:
    """Credentials from options; `ask` reaches the authorisation server."""
    if isinstance(options, ClientAuth):
        return TokenAuth(options, ask)
    if isinstance(options, KeyAuth):
        return FixedAuth({options.header: options.prefix + options.key.get_secret_value()})
    if isinstance(options, BasicAuth):
        pair = f"{options.user}:{options.password.get_secret_value()}"
        return FixedAuth({"Authorization": "Basic " + base64.b64encode(pair.encode()).decode()})
    return FixedAuth({})


class FixedAuth:
    """The same header in every request, or none."""

    def __init__(self, headers: Mapping[str, str]) -> None:
        self._headers = headers

    async def headers(self) -> Mapping[str, str]:
        """The header."""
        return self._headers

    def refused(self, headers: Mapping[str, str]) -> bool:  # noqa: ARG002  # the protocol's signature
        """Never: there is no other."""
        return False

    async def aclose(self) -> None:
        """Nothing to release."""


class TokenAuth:
    """A bearer token of the client credentials grant, cached until shortly before it expires."""

    def __init__(self, options: ClientAuth, ask: AskToken) -> None:
        self._options = options
        self._ask = ask
        self._expires = 0.0
        self._asking: asyncio.Task[Mapping[str, str]] | None = None

    async def headers(self) -> Mapping[str, str]:
        """The token as a header; one request for it serves all that wait, and fails all that wait."""
        if self._asking is None or self._is_over(self._asking):
            self._asking = asyncio.create_task(self._renew())
            self._asking.add_done_callback(_seen)
        # A caller that is cancelled must not take the token away from the others.
        return await asyncio.shield(self._asking)

    def refused(self, headers: Mapping[str, str]) -> bool:
        """True: another token may do. The refused one is dropped, unless another has replaced it already."""
        task = self._asking
        if task is not None and _is_good(task) and task.result() is headers:
            self._asking = None
        return True

    async def aclose(self) -> None:
        """Stop asking."""
        if self._asking is not None:
            self._asking.cancel()
            await asyncio.wait([self._asking])

    def _is_over(self, task: asyncio.Task[Mapping[str, str]]) -> bool:
        return task.done() and (not _is_good(task) or asyncio.get_running_loop().time() >= self._expires)

    async def _renew(self) -> Mapping[str, str]:
        options = self._options
        form = {"grant_type": "client_credentials"} | ({"scope": options.scope} if options.scope else {})
        secret = options.client_secret.get_secret_value()
        headers: dict[str, str] = {}
        if options.in_body:
            form |= {"client_id": options.client_id, "client_secret": secret}
        else:
            pair = f"{quote_plus(options.client_id)}:{quote_plus(secret)}"
            headers["Authorization"] = "Basic " + base64.b64encode(pair.encode()).decode()
        token, life = _read_token(await self._ask(options, form, headers))
        self._expires = asyncio.get_running_loop().time() + life - min(_MARGIN, life / 10)
        return {"Authorization": f"Bearer {token}"}


def _read_token(answer: Any) -> tuple[str, float]:
    if not isinstance(answer, dict):
        raise SourceBadData("the authorisation server's answer is not an object")
    token = answer.get("access_token")
    if not isinstance(token, str) or not token or not token.isascii() or not token.isprintable() or " " in token:
        raise SourceBadData("the authorisation server's answer holds no token")
    if str(answer.get("token_type", "")).lower() != "bearer":
        raise SourceBadData("the authorisation server's token is not a bearer token")
    try:
        return token, float(answer.get("expires_in", _UNSTATED_LIFE))
    except (TypeError, ValueError):
        raise SourceBadData("the authorisation server's answer does not say how long its token lives") from None


def _is_good(task: asyncio.Task[Mapping[str, str]]) -> bool:
    return task.done() and not task.cancelled() and task.exception() is None


def _seen(task: asyncio.Task[Mapping[str, str]]) -> None:
    # A failure that nobody waits for any more is not an error of the event loop.
    if not task.cancelled():
        task.exception()
