"""Addresses of the log (C2SP tlog-tiles): checkpoint and hashes for everybody, entries for auditors, on record.

A tile never changes, so that whoever fetched it may keep it. Addresses are taken as they are written and in no other way.
"""

from collections.abc import Awaitable, Callable
from functools import partial

from sqlalchemy import Connection
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from auth.caller import Caller
from auth.roles import Role
from auth.server.ledger import Event
from hub.asgi import masked
from hub.audit.keeping import bodies, newest, stored_tile
from hub.audit.log import RecordUnavailable
from hub.audit.sequencer import Sequencer
from hub.audit.tiles import WIDTH, Tile, TileError, read_path, width_at, write_bundle
from hub.audit.tree import HASH_BYTES
from hub.audit.witnessing import with_lines
from hub.callers.attendant import Attendant
from hub.callers.possession import Possession
from hub.errors import HubError
from hub.http_question import JSON, new_request_id
from hub.store.database import StoreError

_ALWAYS = {"x-content-type-options": "nosniff"}
_FOR_EVER = {**_ALWAYS, "cache-control": "public, max-age=31536000, immutable"}
_NOW = {**_ALWAYS, "cache-control": "no-cache"}
_PRIVATE = {**_ALWAYS, "cache-control": "no-store"}
_TILE = "/audit/tile/"
_OCTETS = "application/octet-stream"


class LogPages:
    """Serves what a log shows of itself."""

    def __init__(self, attendant: Attendant, sequencer: Sequencer, possession: Possession) -> None:
        self._attendant = attendant
        self._sequencer = sequencer
        self._possession = possession

    def routes(self) -> list[BaseRoute]:
        """Its addresses."""
        return [
            Route("/audit/checkpoint", partial(_masked, self._checkpoint), methods=["GET"]),
            Route("/audit/keys", partial(_masked, self._keys), methods=["GET"]),
            Route(_TILE + "{rest:path}", partial(_masked, self._tile), methods=["GET"]),
        ]

    async def _checkpoint(self, _request: Request, _request_id: str) -> Response:
        note = await self._attendant.database.read(_newest_note)
        if note is None:
            raise HubError("NOT_FOUND")
        return Response(note, headers=_NOW, media_type="text/plain; charset=utf-8")

    async def _keys(self, _request: Request, _request_id: str) -> Response:
        lines = "".join(f"{key}\n" for key in self._sequencer.log.keys.published())
        return Response(lines, headers=_NOW, media_type="text/plain; charset=utf-8")

    async def _tile(self, request: Request, request_id: str) -> Response:
        raw: bytes = request.scope.get("raw_path") or request.scope["path"].encode()
        try:
            tile = read_path(raw.partition(b"?")[0].decode("ascii").removeprefix(_TILE))
        except (TileError, UnicodeDecodeError):
            raise HubError("NOT_FOUND") from None
        if tile.level is None:
            return await self._entries(tile, request, request_id)
        found = await self._attendant.database.read(partial(_hashes, tile=tile))
        return Response(found, headers=_FOR_EVER, media_type=_OCTETS)

    async def _entries(self, tile: Tile, request: Request, request_id: str) -> Response:
        caller = await self._possession.caller(request)
        if caller is None:
            raise HubError("UNAUTHENTICATED")
        is_auditor = caller.client.role is Role.AUDIT
        # Reading the log is on record before anything of it leaves.
        read = _event(caller, tile, "GRANTED" if is_auditor else "DENIED")
        try:
            await self._attendant.act(request_id, lambda ledger: ledger.record(read))
        except StoreError as fault:
            raise RecordUnavailable(str(fault)) from fault
        if not is_auditor:
            raise HubError("AUDITORS_ONLY")
        found = await self._attendant.database.read(partial(_bundle, tile=tile))
        return Response(found, headers=_PRIVATE, media_type=_OCTETS)


def _newest_note(connection: Connection) -> bytes | None:
    kept = newest(connection)
    return None if kept is None else with_lines(connection, kept)


def _event(caller: Caller, tile: Tile, outcome: str) -> Event:
    return Event("LOG_READ", caller.client.id, outcome, caller.person or "", "", {"tile": tile.path})


def _hashes(connection: Connection, tile: Tile) -> bytes:
    """The hashes of a tile that the newest checkpoint covers."""
    level = tile.level or 0
    found = stored_tile(connection, level, tile.number)
    if not 0 < tile.width <= width_at(level, tile.number, _size(connection)):
        raise HubError("NOT_FOUND")
    return found[: tile.width * HASH_BYTES]


def _bundle(connection: Connection, tile: Tile) -> bytes:
    """The entries of a bundle that the newest checkpoint covers."""
    if not 0 < tile.width <= width_at(0, tile.number, _size(connection)):
        raise HubError("NOT_FOUND")
    start = tile.number * WIDTH
    return write_bundle(bodies(connection, start, start + tile.width))


def _size(connection: Connection) -> int:
    kept = newest(connection)
    return 0 if kept is None else kept.size


async def _masked(serve: Callable[[Request, str], Awaitable[Response]], request: Request) -> Response:
    request_id = new_request_id()
    return await masked(serve(request, request_id), request_id, JSON)
