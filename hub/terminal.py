"""What all commands share of the terminal: where they write, how the configuration is named, how they refuse it."""

from pathlib import Path
from typing import Annotated, NoReturn

import typer
from rich.console import Console

from hub.settings import BadSettings, Settings, load_settings

out = Console(highlight=False, soft_wrap=True)
err = Console(stderr=True, highlight=False, soft_wrap=True)

ConfigOption = Annotated[Path, typer.Option("--config", help="配置文件 / configuration file")]


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
