"""`chengxin-hub calendar`: the working days that clocks of requests go by, for an operator."""

from pathlib import Path
from typing import Annotated

import typer

from hub.callers.ledger import StoreLedger
from hub.cli_operating import event, open_hub, performed, refused
from hub.exchange.calendar import Published, read_published, years_of
from hub.exchange.calendar_days import ends_soon, list_days, load_days, replace_days
from hub.exchange.clocks import recount
from hub.exchange.corrections import Corrections
from hub.exchange.requests import Requests
from hub.terminal import ConfigOption, err, out

calendar_cli = typer.Typer(no_args_is_help=True, help="工作日历 / Calendar of working days")
_MAX_FILE = 1_000_000


@calendar_cli.command("import")
def import_calendar(
    file: Annotated[Path, typer.Argument(help="CSV:day,working,name")],
    config: ConfigOption = Path("hub.toml"),
) -> None:
    """导入某年的放假与调休安排,并重算未答复申请的期限 / Take in what is published of a year."""
    days = _read(file)
    hub = open_hub(config)

    def work(ledger: StoreLedger) -> tuple[list[int], int]:
        years = replace_days(ledger.connection, days)
        requests = Requests(ledger.connection, hub.attendant.vault, ledger.now)
        moved = len(recount(requests, load_days(ledger.connection)))
        corrections = Corrections(ledger.connection, hub.attendant.vault, ledger.now)
        moved += corrections.recount(load_days(ledger.connection), hub.settings.corrections.days)
        told = {"years": " ".join(map(str, years)), "days": str(len(days)), "moved": str(moved)}
        ledger.record(event("CALENDAR_IMPORTED", "GRANTED", "", told=told))
        return years, moved

    years, moved = performed(hub, work)
    shown = ", ".join(map(str, years))
    out.print(f"{shown}: {len(days)} 天 / days;{moved} 个期限改变 / last days that moved", markup=False)


@calendar_cli.command("show")
def show_calendar(
    year: Annotated[int, typer.Argument(min=2000, max=2100, help="年份 / year")],
    config: ConfigOption = Path("hub.toml"),
) -> None:
    """显示某年的放假与调休安排 / Show what is published of a year."""
    hub = open_hub(config)
    found = hub.database.reading(lambda connection: list_days(connection, year))
    for one in found:
        word = "上班 work" if one.working else "放假 off "
        out.print(f"{one.day}  {one.day:%a}  {word}  {one.name}", markup=False)
    if not found:
        err.print(f"{year}: 尚无安排,按周一至周五计 / nothing is published: Monday to Friday", markup=False)
    if ends_soon(hub.database.reading(load_days), hub.gateway.clock.today()):
        err.print("下一年尚未导入 / the next year is not imported yet", markup=False)


def _read(file: Path) -> list[Published]:
    try:
        if file.stat().st_size > _MAX_FILE:
            refused(f"{file} 过大", f"{file} is too large")
        days = read_published(file.read_text(encoding="utf-8"))
    except OSError as fault:
        refused(f"读不到 {file}", f"{file} cannot be read: {fault.strerror}")
    except UnicodeDecodeError:
        refused(f"{file} 须为 UTF-8", f"{file} is not UTF-8")
    except ValueError as fault:
        refused(f"{file} 有误(列为 day,working,name;working 填 work 或 off)", f"{file}: {fault}")
    if years_of(days)[0] < 2000:
        refused(f"{file} 中的年份过早", f"{file} holds years before 2000")
    return days
