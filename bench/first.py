"""How long the first page of a code takes after a start of the demo city: asked at once, and once the hub has settled.

Each is the first page of a hub of its own. Slow 3G is reckoned as browsers imitate it: 400 ms and 50 kB a second.
"""

import asyncio
import re
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp

from bench.load import NotReady

LATENCY, BYTES_A_SECOND = 0.4, 50_000
SETTLED = 4.0
"""Seconds after which a hub has made its pages ready."""
_MOST = 120.0
_PAGE = re.compile(r"http://\S+/c/[0-9A-Z]+")
_MAIN = "import sys; from hub.command import main; sys.exit(main())"


async def run(port: int) -> None:
    """Print a line for each: milliseconds of the first and the third page, bytes sent, seconds on slow 3G."""
    print("first page      first ms   third ms   bytes   slow 3G s")
    for name, wait in (("at once", 0.0), ("settled", SETTLED)):
        async with _demo(port) as page, aiohttp.ClientSession(auto_decompress=False) as session:
            await asyncio.sleep(wait)
            seconds, sizes = zip(*[await _asked(session, page) for _ in range(3)], strict=True)
        slow = LATENCY + seconds[0] + sizes[0] / BYTES_A_SECOND
        print(f"{name:12} {seconds[0] * 1000:11.1f} {seconds[2] * 1000:10.1f} {sizes[0]:7} {slow:11.2f}")


async def _asked(session: aiohttp.ClientSession, page: str) -> tuple[float, int]:
    """Seconds and bytes of one page."""
    began = time.perf_counter()
    async with session.get(page, headers={"accept-encoding": "gzip"}) as response:
        body = await response.read()
    head = sum(len(name) + len(value) + 4 for name, value in response.raw_headers)
    return time.perf_counter() - began, len(body) + head


@asynccontextmanager
async def _demo(port: int) -> AsyncIterator[str]:
    """A demo city with an empty store; the address of a page of a code, once the hub serves."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-c", _MAIN, "demo", "--port", str(port), "--var", str(Path(folder) / "demo")]
        running = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE)
        try:
            async with asyncio.timeout(_MOST):
                yield await _told(running)
        except TimeoutError:
            raise NotReady("the demo city did not start in time") from None
        finally:
            if running.returncode is None:
                running.terminate()
            await running.wait()


async def _told(running: asyncio.subprocess.Process) -> str:
    assert running.stdout is not None
    async for line in running.stdout:
        found = _PAGE.search(line.decode())
        if found is not None:
            return found[0]
    raise NotReady("the demo city did not start: is the port free?")
