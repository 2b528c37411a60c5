"""Runs the ASGI application under uvicorn until it is told to stop. Access logs stay off: they would carry queries."""

import asyncio
import socket
from collections.abc import Callable

import uvicorn
from starlette.applications import Starlette


def server(app: Starlette, host: str, port: int) -> uvicorn.Server:
    """A uvicorn server for the application, with the limits an edge needs."""
    config = uvicorn.Config(
        app,
        host=host,
        port=port,
        loop="uvloop",
        http="httptools",
        ws="none",
        lifespan="on",
        access_log=False,
        log_level="warning",
        server_header=False,
        timeout_keep_alive=15,
        timeout_graceful_shutdown=10,
    )
    return uvicorn.Server(config)


async def serve_until_stopped(running: uvicorn.Server, announce: Callable[[], None]) -> None:
    """Serve, and announce once it listens; OSError where the port cannot be had."""
    # Bound here, because uvicorn answers a port that is taken with a stack trace.
    with listening(running.config.host, running.config.port) as bound:
        task = asyncio.create_task(running.serve(sockets=[bound]))
        while not running.started and not task.done():
            await asyncio.sleep(0.02)
        if running.started:
            announce()
        await task


def listening(host: str, port: int) -> socket.socket:
    """A listening socket; OSError naming the address where it can't be had."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=2048)
    except OSError as fault:
        raise OSError(f"{host}:{port}: {fault.strerror}") from None
