"""How a Python peer is served, each the same way as the hub: one uvicorn process on uvloop and httptools.

The environment names the database and the port: DATABASE, PORT.
"""

import os

import uvicorn
from starlette.types import ASGIApp

DATABASE = os.environ.get("DATABASE", "")
POOL = 4
"""Sessions of each of the four pools."""


def serve(app: ASGIApp) -> None:
    """Serve until told to stop."""
    uvicorn.run(
        app,
        host="127.0.0.1",
        port=int(os.environ["PORT"]),
        loop="uvloop",
        http="httptools",
        ws="none",
        lifespan="on",
        access_log=False,
        log_level="warning",
        server_header=False,
    )
