"""How a Python peer is served: one uvicorn process on uvloop and httptools, without anything it can do without.

The environment names the database and the port: DATABASE, PORT.
"""

import gc
import os

import uvicorn
from starlette.types import ASGIApp

DATABASE = os.environ.get("DATABASE", "")
POOL = 4
"""Sessions of each of the four pools."""


def serve(app: ASGIApp) -> None:
    """Serve until told to stop; what was built by now is kept out of garbage collection, as the hub does it."""
    gc.collect()
    gc.freeze()
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
        proxy_headers=False,
        server_header=False,
    )
