"""Pushed authorisation requests (RFC 9126): what a client asks for never passes through the browser."""

import secrets

import orjson
from authlib.oauth2.rfc6749 import InvalidRequestError, OAuth2Error
from sqlalchemy import Connection, delete, select

from auth.server.form import FormRequest
from auth.server.house import PUSHED_SECONDS
from auth.server.ledger import digest_of
from auth.server.server import OAuthServer, Response
from hub.store.caller_tables import pending_requests

PREFIX = "urn:ietf:params:oauth:request_uri:"
_PROOFS = frozenset({"client_secret", "client_assertion", "client_assertion_type"})


def push_request(server: OAuthServer, form: FormRequest) -> Response:
    """Keep a request that is good, and tell its client under which name."""
    try:
        client = server.authenticate_client(form, ())
        asked = [(name, value) for name, values in form.payload.datalist.items() for value in values]
        parameters = [("client_id", client.client_id), *((n, v) for n, v in asked if n not in {"client_id", *_PROOFS})]
        bound = form.payload.data.get("dpop_jkt")
        if form.key is not None and bound not in {None, form.key}:
            raise InvalidRequestError("'dpop_jkt' is of another key than the proof.")
        if form.key is not None and bound is None:
            parameters.append(("dpop_jkt", form.key))
        checked = FormRequest("GET", parameters)
        server.get_consent_grant(checked)
        server.agreed(checked)
    except OAuth2Error as fault:
        fault.redirect_uri = None
        status, body, headers = fault(None)
        return Response(status, dict(body), headers)
    name = secrets.token_urlsafe(32)
    written = {"pairs": orjson.dumps(parameters).decode()}
    server.ledger.push(digest_of(PREFIX + name), client.client_id, written, server.now + PUSHED_SECONDS)
    return Response(201, {"request_uri": PREFIX + name, "expires_in": PUSHED_SECONDS}, ())


def take_pushed(connection: Connection, name: str, client: str, now: int) -> list[tuple[str, str]] | None:
    """The request of this name, once; None if this client has none that holds."""
    table = pending_requests
    found = connection.execute(select(table).where(table.c.digest == digest_of(name))).first()
    if found is None or found.client != client or found.expires_at <= now:
        return None
    connection.execute(delete(table).where(table.c.digest == found.digest))
    return [(name, value) for name, value in orjson.loads(orjson.loads(found.parameters)["pairs"])]
