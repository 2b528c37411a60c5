"""Who presents a token, as bearer or with a proof that they hold its key (RFC 6750, RFC 9449).

A proof is remembered in the store, so that it is taken once by all workers together.
"""

from collections.abc import Mapping

from starlette.requests import Request

from auth.admission import Credentials, Refused
from auth.caller import Caller
from auth.server.dpop import Shown, read_proof
from hub.callers.attendant import Attendant
from hub.errors import HubError
from hub.http_question import check_headers, plain_headers, presented


class Possession:
    """Checks proofs of possession against the hub's own addresses."""

    def __init__(self, attendant: Attendant) -> None:
        self._attendant = attendant

    async def prove(self, headers: Mapping[str, str], method: str, path: str) -> str:
        """Thumbprint of the key that was proven for this request; HubError if it was not."""
        found = presented(headers)
        attendant = self._attendant
        shown = Shown(method, attendant.house.at(path), found[1] if found else None)
        proof = read_proof(headers.get("dpop", ""), shown, attendant.clock.moment().second)
        if proof is None:
            raise HubError("UNAUTHENTICATED")
        if not await attendant.act("", lambda ledger: ledger.first_time(proof.digest, proof.until)):
            raise HubError("UNAUTHENTICATED")
        return proof.key

    async def caller(self, request: Request) -> Caller | None:
        """Whose token a request presents; None if it presents none that holds."""
        headers = plain_headers(request.headers.raw)
        try:
            check_headers(request.headers.raw)
            found = presented(headers)
            if found is None:
                return None
            key = await self.prove(headers, request.method, request.url.path) if found[0] == "dpop" else None
            now = self._attendant.clock.moment().instant
            return self._attendant.admission.identify(Credentials(found[1], key=key), now)
        except (HubError, Refused):
            return None
