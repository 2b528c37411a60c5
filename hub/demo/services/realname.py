"""A real-name identity provider in small: OpenID Connect, code flow with PKCE, ID tokens signed with Ed25519.

It stands in for the platform at which people prove with their ID card who they are. Here they are invented, chosen from a
list, and have no ID number. Knows one client, and nothing else of the hub. State lies in memory.
"""

import base64
import hmac
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from hashlib import sha256, sha512
from html import escape
from pathlib import Path
from string import Template
from typing import Any
from urllib.parse import quote_plus, urlencode, urlsplit

from aiohttp import web
from joserfc import jwt
from joserfc.jwk import OKPKey

from hub.demo.services.rows import equal, json_answer, signed_basic
from hub.demo.tables import read_table

ALGORITHM = "Ed25519"
NAME_CLAIM, VERIFIED_CLAIM = "name", "real_name_verified"
_PAGE = Template(Path(__file__).with_name("realname.html").read_text(encoding="utf-8"))
_STYLE = _PAGE.template.partition("<style>")[2].partition("</style>")[0]
_STYLE_HASH = base64.b64encode(sha256(_STYLE.encode()).digest()).decode()
_WRONG = '<p role="alert">用户名或口令不对 <span lang="en">Wrong user name or password</span></p>'
_TICKET_SECONDS, _CODE_SECONDS, _TOKEN_SECONDS = 600, 60, 300
_MOST = 1000
"""Sign-ins under way that are remembered."""


@dataclass(frozen=True, slots=True)
class RealPerson:
    """Somebody to be played; `verified`: they have proven their real name."""

    username: str
    name: str
    remark: str
    verified: bool = True


@dataclass(frozen=True, slots=True)
class RealNameClient:
    """The one client: its id and secret, and where people are sent back to."""

    client_id: str
    secret: str = field(repr=False)
    redirect_uri: str


@dataclass(frozen=True, slots=True)
class _Asked:
    """A sign-in under way, and who it turned out to be."""

    parameters: Mapping[str, str]
    expires: float
    person: RealPerson | None = None


def demo_people() -> tuple[RealPerson, ...]:
    """The legal representatives of the city's personas, one stranger, and one who has proven nothing."""
    rows = read_table("personas.csv")
    known = [RealPerson(row["key"], row["surname"] + row["given"], f"{row['name']} · 法定代表人") for row in rows]
    return (
        *known,
        RealPerson("bystander", "诸葛宁澄", "不是任何主体的法定代表人 · represents nobody"),
        RealPerson("unverified", "司徒禾岚", "尚未实名 · real name not verified", verified=False),
    )


class RealNameProvider:
    """The provider; `issuer` tells its address once it listens, `seconds` the time since 1970."""

    def __init__(
        self,
        people: tuple[RealPerson, ...],
        password: str,
        client: RealNameClient,
        issuer: Callable[[], str],
        seconds: Callable[[], float],
    ) -> None:
        self._people = {person.username: person for person in people}
        self._password = password
        self._client = client
        self._issuer = issuer
        self._seconds = seconds
        self._key = OKPKey.generate_key("Ed25519", {"use": "sig", "alg": ALGORITHM}, auto_kid=True)
        self._tickets: dict[str, _Asked] = {}
        self._codes: dict[str, _Asked] = {}

    def build(self) -> web.Application:
        """The application."""
        service = web.Application(client_max_size=2**16)
        service.router.add_get("/.well-known/openid-configuration", self._discovery)
        service.router.add_get("/jwks", self._jwks)
        service.router.add_get("/authorize", self._authorize)
        service.router.add_post("/authorize", self._sign_in)
        service.router.add_post("/token", self._token)
        return service

    async def _discovery(self, _: web.Request) -> web.Response:
        issuer = self._issuer()
        return json_answer(
            {
                "issuer": issuer,
                "authorization_endpoint": f"{issuer}/authorize",
                "token_endpoint": f"{issuer}/token",
                "jwks_uri": f"{issuer}/jwks",
                "scopes_supported": ["openid", "profile"],
                "response_types_supported": ["code"],
                "subject_types_supported": ["pairwise"],
                "id_token_signing_alg_values_supported": [ALGORITHM],
                "token_endpoint_auth_methods_supported": ["client_secret_basic"],
                "code_challenge_methods_supported": ["S256"],
                "claims_supported": ["sub", NAME_CLAIM, VERIFIED_CLAIM],
                "authorization_response_iss_parameter_supported": True,
            }
        )

    async def _jwks(self, _: web.Request) -> web.Response:
        return json_answer({"keys": [self._key.as_dict(private=False)]})

    async def _authorize(self, request: web.Request) -> web.Response:
        asked = request.query
        if asked.get("client_id") != self._client.client_id or asked.get("redirect_uri") != self._client.redirect_uri:
            return web.Response(text="未知的应用 / unknown client", status=400)
        fault = _fault(asked)
        if fault is not None:
            return self._back(asked, {"error": fault})
        ticket = _keep(self._tickets, _Asked(dict(asked), self._seconds() + _TICKET_SECONDS), self._seconds())
        return self._page(ticket)

    async def _sign_in(self, request: web.Request) -> web.Response:
        form = {name: value for name, value in (await request.post()).items() if isinstance(value, str)}
        ticket = form.get("ticket", "")
        asked = self._tickets.get(ticket)
        if asked is None or asked.expires <= self._seconds():
            return web.Response(text="登录已过期,请重新开始 / the sign-in has expired", status=400)
        if form.get("decision") == "deny":
            del self._tickets[ticket]
            return self._back(asked.parameters, {"error": "access_denied"})
        person = self._people.get(form.get("username", ""))
        if not equal(form.get("password", ""), self._password) or person is None:
            return self._page(ticket, _WRONG, 401)
        del self._tickets[ticket]
        made = _Asked(asked.parameters, self._seconds() + _CODE_SECONDS, person)
        return self._back(asked.parameters, {"code": _keep(self._codes, made, self._seconds())})

    async def _token(self, request: web.Request) -> web.Response:
        form = await request.post()
        signed = signed_basic(quote_plus(self._client.client_id), quote_plus(self._client.secret))
        if not equal(request.headers.get("Authorization", ""), signed):
            return json_answer({"error": "invalid_client"}, 401)
        if form.get("grant_type") != "authorization_code":
            return json_answer({"error": "unsupported_grant_type"}, 400)
        asked = self._codes.pop(str(form.get("code")), None)
        if asked is None or asked.person is None or asked.expires <= self._seconds():
            return json_answer({"error": "invalid_grant"}, 400)
        proven = _challenge(str(form.get("code_verifier"))) == asked.parameters["code_challenge"]
        if not proven or form.get("redirect_uri") != asked.parameters["redirect_uri"]:
            return json_answer({"error": "invalid_grant"}, 400)
        return json_answer(self._told(asked.person, asked.parameters))

    def _told(self, person: RealPerson, asked: Mapping[str, str]) -> dict[str, Any]:
        now, access_token = int(self._seconds()), secrets.token_urlsafe(24)
        claims = {
            "iss": self._issuer(),
            "sub": self._subject(person),
            "aud": self._client.client_id,
            "iat": now,
            "exp": now + _TOKEN_SECONDS,
            "auth_time": now,
            "amr": ["pwd"],
            "at_hash": base64.urlsafe_b64encode(sha512(access_token.encode()).digest()[:32]).decode().rstrip("="),
            NAME_CLAIM: person.name,
            VERIFIED_CLAIM: person.verified,
            **({"nonce": asked["nonce"]} if "nonce" in asked else {}),
        }
        header = {"alg": ALGORITHM, "kid": self._key.kid}
        identity = jwt.encode(header, claims, self._key, algorithms=[ALGORITHM])
        return {
            "access_token": access_token,
            "token_type": "Bearer",
            "expires_in": _TOKEN_SECONDS,
            "id_token": identity,
            "scope": "openid profile",
        }

    def _subject(self, person: RealPerson) -> str:
        """Who somebody is for this client, and for no other."""
        return hmac.new(self._client.secret.encode(), person.username.encode(), sha256).hexdigest()[:32]

    def _page(self, ticket: str, alert: str = "", status: int = 200) -> web.Response:
        people = self._people.values()
        cells = ((f"<code>{escape(one.username)}</code>", escape(one.name), escape(one.remark)) for one in people)
        text = _PAGE.substitute(
            alert=alert,
            ticket=escape(ticket),
            password=escape(self._password),
            options="".join(f'<option value="{escape(one.username)}">' for one in people),
            rows="\n".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in cells),
        )
        target = urlsplit(self._client.redirect_uri)
        policy = (
            f"default-src 'none'; style-src 'sha256-{_STYLE_HASH}'; base-uri 'none'; frame-ancestors 'none'; "
            f"form-action 'self' {target.scheme}://{target.netloc}"
        )
        headers = {"content-security-policy": policy, "cache-control": "no-store", "referrer-policy": "no-referrer"}
        return web.Response(text=text, status=status, content_type="text/html", charset="utf-8", headers=headers)

    def _back(self, asked: Mapping[str, str], told: Mapping[str, str]) -> web.Response:
        answer = {**told, "iss": self._issuer(), **({"state": asked["state"]} if "state" in asked else {})}
        return web.Response(status=303, headers={"location": f"{self._client.redirect_uri}?{urlencode(answer)}"})


def _fault(asked: Mapping[str, str]) -> str | None:
    """Why no sign-in begins, as OAuth calls it."""
    if asked.get("response_type") != "code":
        return "unsupported_response_type"
    if "openid" not in asked.get("scope", "").split():
        return "invalid_scope"
    if asked.get("code_challenge_method") != "S256" or len(asked.get("code_challenge", "")) != 43:
        return "invalid_request"
    return None


def _keep(kept: dict[str, _Asked], asked: _Asked, now: float) -> str:
    """Remember something under a fresh name; what has expired is forgotten, and beyond the bound the oldest."""
    for old in [name for name, one in kept.items() if one.expires <= now]:
        del kept[old]
    while len(kept) >= _MOST:
        del kept[next(iter(kept))]
    name = secrets.token_urlsafe(24)
    kept[name] = asked
    return name


def _challenge(verifier: str) -> str:
    return base64.urlsafe_b64encode(sha256(verifier.encode()).digest()).decode().rstrip("=")
