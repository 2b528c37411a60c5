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
from hub.cli_callers import freeze, frozen, migrate, people_cli, thaw
from hub.cli_clients import clients_cli, keys_cli
from hub.cli_doctor import doctor
from hub.cli_import import import_files
from hub.cli_init import init
from hub.cli_operating import known
from hub.errors import ERRORS, HubError
from hub.explained import explained_text
from hub.gateway import Request
from hub.settings import BadSettings, Settings, load_settings
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
cli.command("import")(import_files)
cli.command()(migrate)
cli.command()(freeze)
cli.command()(thaw)
cli.command()(frozen)
cli.add_typer(keys_cli, name="keys")
cli.add_typer(clients_cli, name="clients")
cli.add_typer(people_cli, name="people")


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
    token = (
        hub.issuer.issue(_known(hub.settings, client), hub.gateway.clock.now(), timedelta(minutes=1))
        if client
        else None
    )
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
        token = hub.issuer.issue(_known(hub.settings, client), hub.gateway.clock.now(), timedelta(minutes=1))
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
    allowed = hub.settings.clients[_known(hub.settings, client)].purposes
    foreign = sorted(set(purpose or ()) - set(allowed))
    if foreign:
        err.print(f"{client} 没有用途 / has no purpose {', '.join(foreign)}; {', '.join(allowed)}", markup=False)
        raise typer.Exit(2)
    terms = Terms(person=person, purposes=purpose or (), scopes=scope or ())
    signed = hub.issuer.issue(client, hub.gateway.clock.now(), timedelta(minutes=minutes), terms)
    sys.stdout.write(signed + "\n")


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


def _known(settings: Settings, client: str) -> str:
    return known(("客户端", "client"), client, settings.clients)


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
