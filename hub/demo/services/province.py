"""The provincial register of codes: an authorisation server that gives short-lived tokens, and a query that takes them.

Answers from rows it is given and knows nothing of the hub.
"""

import secrets
import time
from dataclasses import dataclass, field
from urllib.parse import quote_plus

from aiohttp import web

from hub.demo.departments.province import CLIENT, QUERY, SCOPE, TOKEN
from hub.demo.services.rows import Rows, asked_of, equal, json_answer, nested, signed_basic

_LIFE = 300
_MOST = 100
_FILTERS = {"creditCodes": "holder.creditCode", "contents": "code.content"}


@dataclass(frozen=True, slots=True)
class Registry:
    """The rows, the client's secret, and the tokens given out with the time at which each ends."""

    rows: Rows
    secret: str
    tokens: dict[str, float] = field(default_factory=dict)

    async def token(self, request: web.Request) -> web.Response:
        """A bearer token for the one client there is, signed in with HTTP Basic."""
        form = await request.post()
        signed = signed_basic(quote_plus(CLIENT), quote_plus(self.secret))
        if not equal(request.headers.get("Authorization", ""), signed):
            return json_answer({"error": "invalid_client"}, 401)
        if form.get("grant_type") != "client_credentials":
            return json_answer({"error": "unsupported_grant_type"}, 400)
        if form.get("scope") != SCOPE:
            return json_answer({"error": "invalid_scope"}, 400)
        now = time.monotonic()
        for old in [token for token, ends in self.tokens.items() if ends <= now]:
            del self.tokens[old]
        made = secrets.token_urlsafe(24)
        self.tokens[made] = now + _LIFE
        return json_answer({"access_token": made, "token_type": "Bearer", "expires_in": _LIFE, "scope": SCOPE})

    async def query(self, request: web.Request) -> web.Response:
        """A page of the codes of the asked holders, or of those that say what is asked."""
        token = request.headers.get("Authorization", "").removeprefix("Bearer ")
        if self.tokens.get(token, 0) <= time.monotonic():
            return json_answer({"error": "invalid_token"}, 401)
        asked = asked_of(await request.read())
        match asked:
            case {"filter": dict(wanted), "page": {"offset": int(offset), "limit": int(limit)}}:
                ((name, values),) = wanted.items() if len(wanted) == 1 else (("", ()),)
                if name not in _FILTERS or not isinstance(values, list):
                    return json_answer({"error": "invalid_request"}, 400)
                found = [row for row in self.rows if row[_FILTERS[name]] in values]
                page = found[max(offset, 0) :][: min(max(limit, 0), _MOST)]
                return json_answer({"total": len(found), "items": [nested(row) for row in page]})
        return json_answer({"error": "invalid_request"}, 400)


def build_service(rows: Rows, secret: str) -> web.Application:
    """The application: tokens and the query."""
    registry = Registry(rows, secret)
    service = web.Application(client_max_size=2**20)
    service.router.add_post(TOKEN, registry.token)
    service.router.add_post(QUERY, registry.query)
    return service
