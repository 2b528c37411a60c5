"""`chengxin-hub doctor`: examines the hub and all its sources side by side, and says what it found."""

import asyncio
from pathlib import Path
from typing import Annotated

import orjson
import typer

from hub.clock import Clock
from hub.doctor.own import examine_hub
from hub.doctor.sources import examine_source
from hub.findings.findings import Finding
from hub.findings.saying import Severity
from hub.settings import Settings
from hub.settings_code import OWN_CODES
from hub.terminal import ConfigOption, out, read_settings
from schema.catalogue import fold_catalogue


def doctor(
    config: ConfigOption = Path("hub.toml"),
    host: Annotated[str, typer.Option(help="serve 将监听的地址 / address that serve will listen on")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="serve 将使用的端口 / port that serve will use")] = 8000,
    seconds: Annotated[int, typer.Option(min=1, max=600, help="全部检查的时限(秒) / time limit in seconds")] = 30,
    as_json: Annotated[bool, typer.Option("--json", help="供程序读取 / for machines")] = False,
) -> None:
    """逐项检查网关和数据源,说明问题和办法 / Examine the hub and its sources: what is wrong and what to do."""
    settings = read_settings(config)
    found = examine_hub(settings, config, Clock(), (host, port))
    found += asyncio.run(_examine(settings, seconds))
    if as_json:
        typer.echo(orjson.dumps([finding.json() for finding in found], option=orjson.OPT_INDENT_2))
    else:
        _show(found)
    raise typer.Exit(1 if any(finding.severity is Severity.BAD for finding in found) else 0)


async def _examine(settings: Settings, seconds: float) -> list[Finding]:
    catalogue, clock = fold_catalogue(), Clock()
    # The hub's own register is its store, which is looked at as such.
    sources = [options for options in settings.sources if options.name != OWN_CODES]
    each = (examine_source(options, catalogue, clock, seconds) for options in sources)
    return [finding for found in await asyncio.gather(*each) for finding in found]


def _show(found: list[Finding]) -> None:
    for finding in found:
        said = finding.json()
        out.print(f"{finding.severity.sign} {finding.place}: {said['zh']} / {said['en']}", markup=False)
        if said["todo_zh"]:
            out.print(f"    → {said['todo_zh']} / {said['todo_en']}", markup=False)
    bad = sum(finding.severity is Severity.BAD for finding in found)
    notes = sum(finding.severity is Severity.NOTE for finding in found)
    out.print(f"有误 {bad} 项,注意 {notes} 项 / {bad} bad, {notes} to note", markup=False)
