"""`chengxin-hub`: brings what a command needs. `serve` runs without what only the other commands are made of."""

import gc
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

_DEFAULTS = {"--config": "hub.toml", "--host": "127.0.0.1", "--port": "8000"}


def served(words: Sequence[str]) -> tuple[Path, str, int] | None:
    """Configuration, host and port of a `serve` that is plainly written; None for the rest, which typer explains."""
    if not words or words[0] != "serve" or len(words) % 2 == 0:
        return None
    given = dict(zip(words[1::2], words[2::2], strict=True))
    plain = given.keys() <= _DEFAULTS.keys() and not any(value.startswith("-") for value in given.values())
    options = {**_DEFAULTS, **given}
    if not plain or len(given) * 2 + 1 != len(words) or options["--port"] not in map(str, range(65_536)):
        return None
    return Path(options["--config"]), options["--host"], int(options["--port"])


def main() -> None:
    """Entry point of the command."""
    wanted = served(sys.argv[1:])
    if wanted is None:
        from hub.cli import cli  # noqa: PLC0415 - typer and all commands

        cli()
        return
    # What is loaded and wired stays: walking it again and again would take an eighth of the start. Serving turns it on.
    gc.disable()
    # structlog would load it for coloured tracebacks, which a server never shows.
    modules: dict[str, Any] = sys.modules
    modules.setdefault("rich", None)
    from hub.serving import serve  # noqa: PLC0415 - after what it must not load

    sys.exit(serve(*wanted))
