"""A log as a stranger reads it: at the addresses of a hub, or in a folder that `audit-export` wrote. Believes nothing.

Sizes are capped before anything is read; redirects are not followed.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from hub.audit.checkpoint import Checkpoint
from hub.audit.note import MAX_NOTE
from hub.audit.tiles import WIDTH, Tile, TileError, reader, width_at
from hub.audit.tree import HASH_BYTES, prove_consistency, verify_consistency

MAX_KEYS_BYTES = 16_384
TIMEOUT = 20.0
"""Seconds that an address may take."""


class RemoteError(OSError):
    """Nothing, or too much, is to be read at a place."""


class Place(Protocol):
    """Where a log is read."""

    async def read(self, path: str, most: int) -> bytes:
        """What lies at a path below the log's; RemoteError if nothing does, or more bytes than `most`."""


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder as `audit-export` writes it."""

    path: Path

    async def read(self, path: str, most: int) -> bytes:
        """What lies in a file."""
        try:
            with (self.path / path).open("rb") as file:
                return _capped(file.read(most + 1), most, path)
        except OSError as fault:
            raise RemoteError(f"{self.path / path}: {fault.strerror or fault}") from None


@dataclass(frozen=True, slots=True)
class Address:
    """An address such as https://hub.example/audit, without a slash at its end."""

    url: str

    async def read(self, path: str, most: int) -> bytes:
        """What the hub answers."""
        url = f"{self.url}/{path}" if path else self.url
        return await get(url, most)


def place_at(text: str) -> Address | Folder:
    """The place that is written so: an address with its scheme, or a folder."""
    return Address(text.rstrip("/")) if text.startswith(("https://", "http://")) else Folder(Path(text))


async def get(url: str, most: int) -> bytes:
    """What an address gives, `most` bytes of it; RemoteError if it gives nothing, or more."""
    import aiohttp  # noqa: PLC0415 - for whoever asks an address

    timeout = aiohttp.ClientTimeout(total=TIMEOUT)
    try:
        async with (
            aiohttp.ClientSession(timeout=timeout, cookie_jar=aiohttp.DummyCookieJar()) as session,
            session.get(url, allow_redirects=False) as answer,
        ):
            if answer.status != 200:
                raise RemoteError(f"{url}: HTTP {answer.status}")
            found = bytearray()
            async for part in answer.content.iter_chunked(65_536):
                found += part
                if len(found) > most:
                    break
            return _capped(bytes(found), most, url)
    except (aiohttp.ClientError, TimeoutError, ValueError) as fault:
        raise RemoteError(f"{url}: {type(fault).__name__}") from None


async def newest_note(place: Place) -> bytes:
    """The newest checkpoint of a place, as it is written there."""
    return await place.read("checkpoint", MAX_NOTE)


async def check_grown(place: Place, old: Checkpoint, new: Checkpoint) -> None:
    """Return if the newer log begins with the older one, shown by the hashes of the place.

    ProofError if it does not, RemoteError if the place lacks what would show it.
    """
    known: dict[tuple[int, int], bytes] = {}
    while True:
        try:
            proof = prove_consistency(old.size, new.size, reader(lambda level, number: known[level, number]))
        except KeyError as missing:
            level, number = missing.args[0]
            known[level, number] = await _tile(place, level, number, new.size)
        except TileError as fault:
            raise RemoteError(f"a tile {fault}") from None
        else:
            verify_consistency(old.size, new.size, old.root, new.root, proof)
            return


async def _tile(place: Place, level: int, number: int, size: int) -> bytes:
    tile = Tile(level, number, width_at(level, number, size))
    return await place.read(f"tile/{tile.path}", WIDTH * HASH_BYTES)


def _capped(found: bytes, most: int, where: str) -> bytes:
    if len(found) > most:
        raise RemoteError(f"{where}: more than {most} bytes")
    return found
