"""The endpoints that programs call: tokens, pushed requests, introspection, revocation, devices, keys, what there is.

Each is one transaction of the store; whatever is refused is refused in the shape its RFC says, in ASCII.
"""

from collections.abc import Awaitable, Callable
from typing import Any

import structlog
from authlib.oauth2.rfc6749 import OAuth2Error
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from adapters.frames import frames_of
from auth.server.discovery import metadata
from auth.server.dpop import Proof, Shown, read_proof
from auth.server.form import FormRequest
from auth.server.jose import ALGORITHMS
from auth.server.server import OAuthServer
from auth.server.server import Response as Told
from auth.signer import NoSigningKeyError
from hub.callers.attendant import Attendant
from hub.callers.certifying import Certifier
from hub.callers.forms import BadForm, read_form, refused, written
from hub.callers.possession import Possession
from hub.callers.pushing import push_request
from hub.http_question import new_request_id
from hub.store.database import StoreError

log = structlog.get_logger()
Answering = Callable[[Request, str], Awaitable[Response]]
_CHALLENGE = f'Bearer error="invalid_token", DPoP error="invalid_token", algs="{" ".join(ALGORITHMS)}"'
_PUBLISHED = {"cache-control": "public, max-age=300", "access-control-allow-origin": "*"}
"""Documents that everybody may keep for as long as a key is published before it signs."""


class Endpoints:
    """The authorisation server's endpoints for programs."""

    def __init__(self, attendant: Attendant, certifier: Certifier, possession: Possession) -> None:
        self._attendant = attendant
        self._certifier = certifier
        self._possession = possession
        purposes = list(attendant.admission.purposes)
        self._metadata = metadata(attendant.house, purposes)

    def routes(self) -> list[BaseRoute]:
        """Routes of them all."""
        posted = {
            "/oauth/token": self._token,
            "/oauth/par": self._push,
            "/oauth/introspect": self._named("introspection"),
            "/oauth/revoke": self._named("revocation"),
        }
        return [
            *(Route(path, masked(answering), methods=["POST"]) for path, answering in posted.items()),
            Route("/oauth/jwks", masked(self._jwks), methods=["GET"]),
            Route("/oauth/userinfo", masked(self._userinfo), methods=["GET", "POST"]),
            Route("/.well-known/openid-configuration", masked(self._discovery), methods=["GET"]),
            Route("/.well-known/oauth-authorization-server", masked(self._discovery), methods=["GET"]),
        ]

    async def device(self, request: Request, request_id: str) -> Response:
        """Give a device its codes; the page of its person has the same address."""
        return await self._named("device_authorization")(request, request_id)

    async def _token(self, request: Request, request_id: str) -> Response:
        form, proof = await self._read(request)
        await self._certifier.certify_for(form, request_id)

        def work(server: OAuthServer) -> Told:
            return _proven(server, proof) or server.create_token_response(form)

        return _sent(await self._attendant.serve(request_id, work))

    def _named(self, name: str) -> Answering:
        async def answer(request: Request, request_id: str) -> Response:
            form, proof = await self._read(request)

            def work(server: OAuthServer) -> Told:
                return _proven(server, proof) or server.create_endpoint_response(name, form)

            return _sent(await self._attendant.serve(request_id, work))

        return answer

    async def _push(self, request: Request, request_id: str) -> Response:
        form, proof = await self._read(request)

        def work(server: OAuthServer) -> Told:
            return _proven(server, proof) or push_request(server, form)

        return _sent(await self._attendant.serve(request_id, work))

    async def _read(self, request: Request) -> tuple[FormRequest, Proof | None]:
        pairs = await read_form(request)
        proof = self._proof(request)
        headers = {"Authorization": request.headers["authorization"]} if "authorization" in request.headers else {}
        return FormRequest("POST", pairs, headers, proof.key if proof else None), proof

    def _proof(self, request: Request) -> Proof | None:
        given = request.headers.getlist("dpop")
        if not given:
            return None
        attendant = self._attendant
        shown = Shown("POST", attendant.house.at(request.url.path))
        found = read_proof(given[0], shown, attendant.clock.moment().second) if len(given) == 1 else None
        if found is None:
            raise BadProof
        return found

    async def _jwks(self, _request: Request, _request_id: str) -> Response:
        return _published(self._attendant.ring.published())

    async def _discovery(self, _request: Request, _request_id: str) -> Response:
        return _published(self._metadata)

    async def _userinfo(self, request: Request, _request_id: str) -> Response:
        caller = await self._possession.caller(request)
        if caller is None or caller.person is None:
            challenge = [("www-authenticate", _CHALLENGE)]
            return refused("invalid_token", "The token is not one of a person, or does not hold.", 401, challenge)
        found = await self._attendant.look(lambda ledger: ledger.person(caller.person or ""))
        told: dict[str, Any] = {"sub": caller.person}
        if found is not None:
            told |= {"name": found.label, "preferred_username": found.username}
        told |= {"department": caller.client.department, "role": caller.client.role.value}
        return written(200, {name: value for name, value in told.items() if value is not None})


class BadProof(Exception):
    """A DPoP proof that is not good for its request."""


def masked(answering: Answering) -> Callable[[Request], Awaitable[Response]]:
    """The endpoint; whatever goes wrong in the one shape clients know, the unforeseen without its words."""

    async def answer(request: Request) -> Response:
        request_id = new_request_id()
        try:
            return await answering(request, request_id)
        except BadForm as fault:
            return refused("invalid_request", str(fault), fault.status)
        except BadProof:
            return refused("invalid_dpop_proof", "The DPoP proof is not good for this request.")
        except OAuth2Error as fault:
            status, body, headers = fault(None)
            return written(status, dict(body) if isinstance(body, dict | list) else str(body), headers)
        except ClientDisconnect:
            return Response(status_code=400)
        except (StoreError, NoSigningKeyError) as fault:
            log.warning("callers cannot be served", request_id=request_id, fault=type(fault).__name__)
            return refused("temporarily_unavailable", "Nothing was kept; try again in a moment.", 503)
        except Exception as fault:  # noqa: BLE001 - the edge is where the unforeseen is masked, and logged
            _note(request_id, fault)
            return refused("server_error", f"An internal error was logged as {request_id}.", 500)

    return answer


def _note(request_id: str, fault: Exception) -> None:
    """Log where it happened, without the fault's words: they may hold a value."""
    log.error("internal error", request_id=request_id, fault=type(fault).__name__, frames=frames_of(fault))


def _proven(server: OAuthServer, proof: Proof | None) -> Told | None:
    """A refusal if the proof came before."""
    if proof is None or server.ledger.first_time(proof.digest, proof.until):
        return None
    return Told(400, {"error": "invalid_dpop_proof", "error_description": "The proof was used before."}, ())


def _sent(told: Told) -> Response:
    return written(told.status, told.body, told.headers)


def _published(document: dict[str, Any]) -> Response:
    response = written(200, document)
    response.headers.update(_PUBLISHED)
    del response.headers["pragma"]
    return response
