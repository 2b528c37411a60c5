"""Static files under addresses that carry a hash of their content.

All files are read once at start, and what they hold is known by its hash from then on: a file that has become another
is not sent any more. A request only looks its address up in that table, so it can never name a file.
The files of one folder in vendor/ share a hash and so do all others: they may refer to each other by relative address.
Knows nothing of pages.
"""

import gzip
import hashlib
import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path, PurePosixPath
from typing import Final

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import Route

from hub.errors import error_json
from hub.http_question import new_request_id

_ROOT: Final = Path(__file__).parent / "static"
_PREFIX: Final = "/static/"
_YEAR: Final = "public, max-age=31536000, immutable"
_ACCEPTS_GZIP: Final = re.compile(r"\bgzip\b(?!\s*;\s*q=0(?:\.0*)?\s*(?:,|$))")
_MEDIA_TYPES: Final = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".md": "text/plain; charset=utf-8",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
    ".wasm": "application/wasm",
    ".woff2": "font/woff2",
}
_ALREADY_SMALL: Final = frozenset({"image/png", "font/woff2"})


@dataclass(frozen=True, slots=True)
class Asset:
    """One file: where it lies, how it is sent, the digest of what it held at the start and that of its group."""

    file: Path
    media_type: str
    content: bytes
    digest: str


def asset_url(path: str) -> str:
    """The address of a file, given its path below `hub/web/static`; a path without a file raises LookupError."""
    try:
        return f"{_PREFIX}{_by_path()[path].digest}/{path}"
    except KeyError:
        raise LookupError(f"no static file {path!r}") from None


def routes() -> list[Route]:
    """The one route that serves every file; reads them all, so that a mistake in the folder stops the start."""
    _by_address()
    return [Route(_PREFIX + "{address:path}", _serve, name="static")]


async def _serve(request: Request) -> Response:
    address: str = request.path_params["address"]
    asset = _by_address().get(address)
    if asset is None:
        return _not_found()
    headers = {
        "cache-control": _YEAR,
        "cross-origin-resource-policy": "same-origin",
        "etag": f'W/"{asset.digest}"',
        "vary": "accept-encoding",
        "x-content-type-options": "nosniff",
    }
    if headers["etag"] in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    small = asset.media_type not in _ALREADY_SMALL and _ACCEPTS_GZIP.search(request.headers.get("accept-encoding", ""))
    try:
        if small:
            body = await run_in_threadpool(_compressed, address)
            return Response(body, media_type=asset.media_type, headers={**headers, "content-encoding": "gzip"})
        await run_in_threadpool(_check, asset)
    except OSError:
        return _not_found()
    # Piece by piece, so that whoever reads slowly holds a piece of it and not the whole.
    return FileResponse(asset.file, media_type=asset.media_type, headers=headers)


def _not_found() -> JSONResponse:
    request_id = new_request_id()
    body = {"errors": [error_json("NOT_FOUND", request_id)], "extensions": {"requestId": request_id}}
    return JSONResponse(body, 404, {"cache-control": "no-store"}, "application/json; charset=utf-8")


@cache
def _compressed(address: str) -> bytes:
    """A file as nearly all are sent, kept for whoever asks next; OSError if it has changed."""
    asset = _by_address()[address]
    _check(asset)
    return gzip.compress(asset.file.read_bytes(), compresslevel=6, mtime=0)


def _check(asset: Asset) -> None:
    """OSError if a file does not hold any more what it held at the start."""
    if _content(asset.file) != asset.content:
        raise OSError(f"{asset.file} is not what it was at the start")


@cache
def _by_address() -> Mapping[str, Asset]:
    return {f"{asset.digest}/{path}": asset for path, asset in _by_path().items()}


@cache
def _by_path() -> Mapping[str, Asset]:
    groups: dict[PurePosixPath, dict[str, Path]] = defaultdict(dict)
    for path, file in _files(_ROOT):
        groups[_group(path)][path.as_posix()] = file
    found: dict[str, Asset] = {}
    for files in groups.values():
        contents = {name: _content(file) for name, file in files.items()}
        digest = _digest(contents)
        for name, file in files.items():
            found[name] = Asset(file, _media_type(name), contents[name], digest)
    return found


def _files(root: Path) -> list[tuple[PurePosixPath, Path]]:
    files = sorted(file for file in root.rglob("*") if file.is_file() and not file.name.startswith("."))
    return [(PurePosixPath(file.relative_to(root).as_posix()), file) for file in files]


def _content(file: Path) -> bytes:
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").digest()


def _group(path: PurePosixPath) -> PurePosixPath:
    return PurePosixPath(*path.parts[:2]) if path.parts[0] == "vendor" else PurePosixPath()


def _digest(contents: Mapping[str, bytes]) -> str:
    whole = hashlib.sha256()
    for name, content in sorted(contents.items()):
        whole.update(f"{name}\0".encode())
        whole.update(content)
    return whole.hexdigest()[:16]


def _media_type(name: str) -> str:
    suffix = PurePosixPath(name).suffix
    if suffix not in _MEDIA_TYPES:
        raise ValueError(f"static file {name!r}: no media type is declared for {suffix or 'a name without suffix'!r}")
    return _MEDIA_TYPES[suffix]
