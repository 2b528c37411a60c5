"""`/scan` and what a phone checks plates with: the published keys and the signed list of codes that do not hold.

The list is made anew at most once a second, however many ask.
"""

import time
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import orjson
from sqlalchemy.exc import SQLAlchemyError
from starlette.requests import Request
from starlette.responses import Response

from hub.acts.code_house import CodeHouse
from hub.asgi import refusal
from hub.clock import Clock
from hub.code.revoked import sign_list, stopped_tokens
from hub.errors import HubError
from hub.http_question import JSON, new_request_id
from hub.pages.edge import Edge
from hub.store.database import Database
from hub.web import assets
from hub.web.assets import asset_url
from hub.web.code_page import ScanPage

KEPT = 1.0
"""Seconds for which a list is given out again."""
SCRIPTS = ("scan.js", "plates.js", "vendor/qr/decode.js", "vendor/qr/index.js", "vendor/ed25519/index.js")
_HEADERS = {"cache-control": "no-cache", "x-content-type-options": "nosniff", "x-robots-tag": "noindex"}


@dataclass(slots=True)
class Checking:
    """Serves the camera page, and what it checks with."""

    edge: Edge
    database: Database
    house: CodeHouse
    clock: Clock
    _made: bytes = b""
    _until: float = 0.0

    async def scan(self, request: Request) -> Response:
        """The page with the camera."""
        page = ScanPage("/scan", self.house.rules.address.origin, self.edge.is_large(request))
        return self.edge.shown(request, page)

    async def revoked(self, _request: Request) -> Response:
        """The signed list of codes that do not hold."""
        if time.monotonic() >= self._until:
            try:
                stopped = await self.database.read(stopped_tokens)
            except (SQLAlchemyError, OSError):
                return refusal(HubError("RECORD_UNAVAILABLE"), new_request_id(), JSON)
            signed = sign_list(self.house.keys, stopped, self.clock.moment())
            self._made = orjson.dumps({"text": signed.text, "kid": signed.kid, "signature": signed.signature})
            self._until = time.monotonic() + KEPT
        return Response(self._made, 200, _HEADERS, JSON)

    async def offline(self, _request: Request) -> Response:
        """The service worker: it keeps the page of the camera, and what it checks with, for a phone without a network."""
        headers = {
            **_HEADERS,
            "service-worker-allowed": "/scan",
            "content-security-policy": "default-src 'none'; connect-src 'self'",
        }
        return Response(_worker(), 200, headers, "text/javascript; charset=utf-8")


@cache
def _worker() -> str:
    kept = ["/scan", "/codes/keys", "/codes/revoked", *map(asset_url, SCRIPTS), asset_url("hub.svg")]
    text = (Path(assets.__file__).parent / "static" / "scan_offline.js").read_text(encoding="utf-8")
    return f"const KEPT = {orjson.dumps(kept).decode()};\n{text}"
