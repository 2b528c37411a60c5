"""What a browser is known by: cookies, and marks in forms that only its own pages carry.

Cookies are for this origin alone, out of reach of scripts; where the hub is reached by TLS, a browser takes them from
nobody else (`__Host-`). Knows no person.
"""

import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256

from starlette.requests import Request
from starlette.responses import Response

from auth.server.ledger import digest_of

_YEAR = 365 * 24 * 3600
_MAX_COOKIE = 128


@dataclass(frozen=True, slots=True)
class Cookies:
    """The hub's cookies at its address, and the key of the marks in its forms."""

    base_url: str
    key: bytes

    def flow(self, request: Request) -> str | None:
        """What a sign-in under way belongs to."""
        return self._read(request, "flow")

    def session(self, request: Request) -> str | None:
        """What a person stays signed in by."""
        return self._read(request, "session")

    def known_to(self, request: Request, username: str) -> str | None:
        """A name of the browser, if this person has signed in with it before."""
        name, _, mark = (self._read(request, "browser") or "").partition(".")
        return name if name and hmac.compare_digest(mark, self._browser_mark(name, username)) else None

    def set_flow(self, response: Response, value: str) -> None:
        """Have the browser keep it until it is closed."""
        self._set(response, "flow", value, None)

    def set_session(self, response: Response, value: str, seconds: int) -> None:
        """Have the browser keep it for so long."""
        self._set(response, "session", value, seconds)

    def end_session(self, response: Response) -> None:
        """Have the browser forget it."""
        self._set(response, "session", "", 0)

    def remember(self, response: Response, username: str) -> None:
        """Have the browser be known as one this person signs in with."""
        name = secrets.token_urlsafe(16)
        self._set(response, "browser", f"{name}.{self._browser_mark(name, username)}", _YEAR)

    def mark(self, *parts: str) -> str:
        """The mark of a form, which tells it from one that another site made."""
        return hmac.new(self.key, "\n".join(("form", *parts)).encode(), sha256).hexdigest()

    def is_own_form(self, request: Request, form: Mapping[str, str], *parts: str) -> bool:
        """True if a posted form is one of ours, sent by the browser it was made for."""
        origin = request.headers.get("origin")
        site = request.headers.get("sec-fetch-site")
        if (origin is not None and origin != self.base_url) or site not in {None, "same-origin"}:
            return False
        return hmac.compare_digest(form.get("csrf", "").encode(), self.mark(*parts).encode())

    def _browser_mark(self, name: str, username: str) -> str:
        text = f"browser\n{name}\n{username.casefold()}".encode()
        return hmac.new(self.key, text, sha256).hexdigest()

    def _name(self, name: str) -> str:
        return f"__Host-hub_{name}" if self.base_url.startswith("https:") else f"hub_{name}"

    def _read(self, request: Request, name: str) -> str | None:
        found = request.cookies.get(self._name(name))
        return found if found and len(found) <= _MAX_COOKIE and found.isascii() else None

    def _set(self, response: Response, name: str, value: str, seconds: int | None) -> None:
        secure = self.base_url.startswith("https:")
        response.set_cookie(self._name(name), value, seconds, path="/", secure=secure, httponly=True, samesite="lax")


def fresh_cookie() -> str:
    """A value that nobody can guess."""
    return secrets.token_urlsafe(32)


def browser_digest(flow: str) -> str:
    """What is stored of the cookie that a sign-in belongs to."""
    return digest_of(flow).hex()
