"""What all commands share of the terminal: where they write, how the configuration is named, how they refuse it."""

from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer
from rich.console import Console
from rich.containers import Lines
from rich.text import Text

from hub.settings import Settings, load_settings
from hub.settings_mistakes import BadSettings

out = Console(highlight=False, soft_wrap=True)
err = Console(stderr=True, highlight=False, soft_wrap=True)

ConfigOption = Annotated[Path, typer.Option("--config", help="配置文件 / configuration file")]


_wrap = Text.wrap


def _fold(self: Text, console: Console, width: int, *, overflow: Any = None, **options: Any) -> Lines:
    """Wrap a text; what is wider than its column goes on in the next line."""
    return _wrap(self, console, width, overflow="fold" if overflow == "ellipsis" else overflow, **options)


# Help stands in columns that end in an ellipsis where a word is too wide: and Chinese sentences are such words.
Text.wrap = _fold  # type: ignore[method-assign]


def read_settings(config: Path) -> Settings:
    """Settings of a file; names every mistake and ends the command where there are any."""
    try:
        return load_settings(config)
    except BadSettings as fault:
        refuse(config, fault)


def refuse(config: Path, fault: BadSettings) -> NoReturn:
    """Name every mistake of the configuration and end the command."""
    err.print(fault.report(config), markup=False)
    raise typer.Exit(2)
