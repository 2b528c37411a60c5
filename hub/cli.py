"""`chengxin-hub`: the commands people type. Each one wires what it needs and says plainly what went wrong."""

import asyncio
import sys
from datetime import timedelta
from pathlib import Path
from typing import Annotated, NoReturn

import orjson
import typer

from adapters.base import SourceError
from auth.admission import Credentials
from auth.scopes import Scope
from auth.tokens import Terms
from hub import serving
from hub.answer import OnDenied
from hub.app import Hub, wire
from hub.callers.offices import OFFICES, is_closed
from hub.cli_audit import audit_export, verify_audit
from hub.cli_bootstrap import bootstrap
from hub.cli_calendar import calendar_cli
from hub.cli_callers import freeze, frozen, migrate, people_cli, thaw
from hub.cli_cases import cases_cli
from hub.cli_clients import clients_cli, keys_cli
from hub.cli_codes import codes_cli
from hub.cli_corrections import corrections_cli
from hub.cli_disclosures import disclosures_cli
from hub.cli_doctor import doctor
from hub.cli_grants import grants_cli
from hub.cli_identities import identities_cli
from hub.cli_import import import_files
from hub.cli_init import init
from hub.cli_linking import link_sheet
from hub.cli_log_keys import list_log_keys, retire_log, rotate_log
from hub.cli_names import names_cli
from hub.cli_notices import notices
from hub.cli_operating import known, refused
from hub.cli_quality import quality_cli
from hub.cli_receipts import verify_receipt_file
from hub.cli_record import record_cli
from hub.cli_requests import requests_cli
from hub.cli_resolve import resolve
from hub.cli_roster import departments_cli
from hub.cli_simulator import as_of, replay, selfcheck, unused_grants
from hub.cli_standing_in import deputies_cli, emergencies_cli
from hub.cli_suggest import suggest_mapping
from hub.cli_witness import witness
from hub.errors import ERRORS, HubError
from hub.explained import explained_text
from hub.gateway import Request
from hub.settings import load_settings
from hub.settings_mistakes import BadSettings
from hub.terminal import ConfigOption, err, out, refuse
from schema.catalogue import fold_catalogue
from schema.shaped import ShapedSchemas

cli = typer.Typer(
    no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, help="码上诚信查询网关 / Chengxin Hub"
)
demo_cli = typer.Typer(add_completion=False, help="演示城市 / The demo city")
cli.add_typer(demo_cli, name="demo")
VarOption = Annotated[Path, typer.Option(help="状态目录 / folder of all state")]
ClientOption = Annotated[str, typer.Option("--client", help="客户端编号 / client id from the configuration")]


@demo_cli.callback(invoke_without_command=True)
def demo(
    context: typer.Context,
    port: Annotated[int, typer.Option(min=0, max=65_535, help="端口 / port")] = 8000,
    var: VarOption = Path("var/demo"),
    twin: Annotated[bool, typer.Option(help="非公开值全部不同的同一座城 / same city, other non-public values")] = False,
) -> None:
    """启动演示城市:十多个部门、两千个虚构主体 / Run the embedded demo city."""
    if context.invoked_subcommand is not None:
        return
    from hub.demo.run import run_demo  # noqa: PLC0415 - the demo's libraries are its own

    raise typer.Exit(serving.run(run_demo(var, port, twin=twin, announce=out.print)))


# Without this, -2h would be taken for an option.
@demo_cli.command(context_settings={"ignore_unknown_options": True})
def clock(
    move: Annotated[str, typer.Argument(help="+3d、-2h、+30m,或 0 复位 / or 0 to reset")],
    var: VarOption = Path("var/demo"),
) -> None:
    """拨动演示城市的时钟 / Move the clock of the demo city."""
    from hub.demo.moving_clock import MovingClock  # noqa: PLC0415 - the same

    moving = MovingClock(var / "clock")
    try:
        moving.move(move)
    except ValueError:
        err.print(f"{move}: 须为 +3d、-2h、+30m 或 0 / must be like +3d, -2h, +30m or 0", markup=False)
        raise typer.Exit(2) from None
    except OSError as fault:
        err.print(f"{var}: 没有演示城市 / no demo city here ({fault.strerror})", markup=False)
        raise typer.Exit(2) from None
    out.print(f"{moving.now():%Y-%m-%d %H:%M} UTC", markup=False)


@demo_cli.command("code")
def one_time_code(
    username: Annotated[str, typer.Argument(help="账号 / account name")],
    var: VarOption = Path("var/demo"),
) -> None:
    """显示演示人员当前的动态码 / Show the one-time code that a person of the demo city has now."""
    from hub.demo.credentials import PEOPLE, code_of  # noqa: PLC0415 - the same
    from hub.demo.moving_clock import MovingClock  # noqa: PLC0415 - the same

    try:
        code = code_of(var, username, MovingClock(var / "clock").now().timestamp())
    except (OSError, ValueError):
        refused(f"{var}: 没有演示城市;请先执行 make demo", "there is no demo city here: run make demo first")
    if code is None:
        refused(
            f"没有使用验证器的账号 {username};全部人员见 {var / PEOPLE}",
            f"nobody of this name has an authenticator; everybody stands in {var / PEOPLE}",
        )
    out.print(code, markup=False)


@cli.command()
def serve(
    config: ConfigOption = Path("hub.toml"),
    host: Annotated[str, typer.Option(help="监听地址 / address to listen on")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65_535, help="端口 / port")] = 8000,
) -> None:
    """按配置文件运行网关 / Run the hub from a configuration."""
    raise typer.Exit(serving.serve(config, host, port))


@cli.command()
def check(config: ConfigOption = Path("hub.toml")) -> None:
    """检查配置并逐一试连数据源 / Check the configuration and try every source."""
    hub = _wired(config)
    failed = asyncio.run(_try_sources(hub))
    raise typer.Exit(1 if failed else 0)


cli.command()(init)
cli.command()(doctor)
cli.command()(bootstrap)
cli.command("import")(import_files)
cli.command("suggest-mapping")(suggest_mapping)
cli.command()(migrate)
cli.command()(freeze)
cli.command()(thaw)
cli.command()(frozen)
cli.command("verify-audit")(verify_audit)
cli.command("audit-export")(audit_export)
cli.command()(resolve)
keys_cli.command("log")(list_log_keys)
keys_cli.command("rotate-log")(rotate_log)
keys_cli.command("retire-log")(retire_log)
cli.command("verify-receipt")(verify_receipt_file)
cli.command()(witness)
cli.add_typer(cases_cli, name="cases")
cli.command()(notices)
cli.command()(selfcheck)
grants_cli.command("as-of")(as_of)
grants_cli.command()(replay)
grants_cli.command("unused")(unused_grants)
cli.add_typer(keys_cli, name="keys")
cli.add_typer(clients_cli, name="clients")
cli.add_typer(departments_cli, name="departments")
cli.add_typer(people_cli, name="people")
cli.add_typer(grants_cli, name="grants")
cli.add_typer(names_cli, name="names")
cli.add_typer(requests_cli, name="requests")
identities_cli.command("link-sheet")(link_sheet)
cli.add_typer(identities_cli, name="identities")
cli.add_typer(corrections_cli, name="corrections")
cli.add_typer(quality_cli, name="quality")
cli.add_typer(calendar_cli, name="calendar")
cli.add_typer(codes_cli, name="codes")
cli.add_typer(deputies_cli, name="deputies")
cli.add_typer(emergencies_cli, name="emergencies")
cli.add_typer(disclosures_cli, name="disclosures")
cli.add_typer(record_cli, name="record")


@cli.command()
def explain(
    question: Annotated[str, typer.Argument(help="查询语句或文件 / question, or a file that holds one")],
    client: Annotated[
        str | None, typer.Option("--client", help="客户端编号;不给则为公众 / client id, else the public")
    ] = None,
    config: ConfigOption = Path("hub.toml"),
    purpose: Annotated[str | None, typer.Option(help="用途 / purpose")] = None,
    case: Annotated[str | None, typer.Option(help="案件编号 / case number")] = None,
    variables: Annotated[str, typer.Option(help="变量(JSON) / variables as JSON")] = "{}",
) -> None:
    """不取数,只说明会问谁、问哪些列、哪些被拒 / Print the plan of a question without asking anyone."""
    hub = _wired(config)
    path = Path(question)
    text = path.read_text(encoding="utf-8") if len(question) < 255 and path.is_file() else question
    token = hub.issuer.issue(_known(hub, client), hub.gateway.clock.now(), timedelta(minutes=1)) if client else None
    request = Request(text, None, _variables(variables), Credentials(token, purpose, case), OnDenied.EXPLAIN, "explain")
    try:
        bound, rows = hub.gateway.plan(request)
        out.print(explained_text(bound, rows, hub.gateway.wording), markup=False)
    except HubError as fault:
        _fail(fault)


@cli.command("print-schema")
def print_schema(
    config: Annotated[Path | None, typer.Option("--config", help="配置文件 / configuration file")] = None,
    client: Annotated[str | None, typer.Option("--client", help="只打印该客户端可查的 / cut to this client")] = None,
    purpose: Annotated[str | None, typer.Option(help="用途 / purpose")] = None,
) -> None:
    """打印模式(SDL),全部或某客户端可查的部分 / Print the schema, whole or as one client holds it."""
    if config is None:
        out.print(ShapedSchemas(fold_catalogue()).whole().sdl, markup=False)
        return
    hub = _wired(config)
    token = None
    if client is not None:
        token = hub.issuer.issue(_known(hub, client), hub.gateway.clock.now(), timedelta(minutes=1))
    try:
        access = hub.gateway.admit(Credentials(token, purpose, "print-schema"))
    except HubError as fault:
        _fail(fault)
    out.print(hub.gateway.schemas.held_by(access).sdl, markup=False)


@cli.command()
def token(
    client: ClientOption,
    config: ConfigOption = Path("hub.toml"),
    minutes: Annotated[int, typer.Option(min=1, max=10, help="有效分钟 / lifetime in minutes")] = 10,
    person: Annotated[str | None, typer.Option(help="人员 / person behind the client")] = None,
    purpose: Annotated[list[str] | None, typer.Option(help="只限这些用途 / narrow to these purposes")] = None,
    scope: Annotated[list[Scope] | None, typer.Option(help="只限这些范围 / narrow to these scopes")] = None,
) -> None:
    """为客户端签发访问令牌 / Sign an access token for a client."""
    hub = _wired(config)
    _refuse_impersonation(hub, _known(hub, client), person)
    allowed = hub.roster.clients[_known(hub, client)].purposes
    foreign = sorted(set(purpose or ()) - set(allowed))
    if foreign:
        err.print(f"{client} 没有用途 / has no purpose {', '.join(foreign)}; {', '.join(allowed)}", markup=False)
        raise typer.Exit(2)
    terms = Terms(person=person, purposes=purpose or (), scopes=scope or ())
    signed = hub.issuer.issue(client, hub.gateway.clock.now(), timedelta(minutes=minutes), terms)
    sys.stdout.write(signed + "\n")


def _refuse_impersonation(hub: Hub, client: str, person: str | None) -> None:
    """Once there are officers, nobody speaks as one of them, or as any person, because they may run commands here."""
    office = hub.roster.clients[client].role in OFFICES
    if (office or person is not None) and hub.database.reading(is_closed):
        refused(
            "三员已设立:不能为三员的客户端或为个人签发令牌,须由其本人登录",
            "there are officers: no token is signed for a client of theirs, nor for a person, who has to sign in",
            code=1,
        )


def _wired(config: Path) -> Hub:
    try:
        return wire(load_settings(config))
    except BadSettings as fault:
        refuse(config, fault)
    except OSError as fault:
        err.print(f"无法运行 / cannot run: {fault}", markup=False)
        raise typer.Exit(1) from None


def _fail(fault: HubError) -> NoReturn:
    text = ERRORS[fault.code]
    err.print(f"{fault.code}: {text.zh.format_map(fault.names)} / {text.en.format_map(fault.names)}", markup=False)
    raise typer.Exit(1)


def _known(hub: Hub, client: str) -> str:
    return known(("客户端", "client"), client, hub.roster.clients)


def _variables(text: str) -> dict[str, object]:
    try:
        found = orjson.loads(text)
    except orjson.JSONDecodeError:
        found = None
    if not isinstance(found, dict):
        err.print("--variables 须为 JSON 对象 / must be a JSON object", markup=False)
        raise typer.Exit(2)
    return found


async def _try_sources(hub: Hub) -> int:
    failed = 0
    for source in hub.sources.values():
        try:
            await source.adapter.check()
            out.print(f"{source.name}: 可用 / answers", markup=False)
        except SourceError as fault:
            failed += 1
            out.print(f"{source.name}: {fault.code}: {fault}", markup=False)
    await hub.close()
    return failed
