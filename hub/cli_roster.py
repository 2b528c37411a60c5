"""`chengxin-hub departments`, `clients put | end`: what a system administrator does to the roster, by command."""

import tomllib
from pathlib import Path
from typing import Annotated, Any

import typer
from pydantic import ValidationError

from auth.standing import Stopped
from hub.callers.stopping import list_frozen
from hub.cli_clients import clients_cli
from hub.cli_operating import open_hub, refused
from hub.cli_signed import AsOption, CodeOption
from hub.cli_staff import bindings_input, signed_for
from hub.settings_tables import ClientTable
from hub.terminal import ConfigOption, err, out

departments_cli = typer.Typer(no_args_is_help=True, help="部门 / Departments")
_LARGEST = 262_144
"""Bytes of a file of clients."""
CodeArgument = Annotated[str, typer.Argument(metavar="DEPARTMENT", help="部门代码 / code of the department")]


@departments_cli.command("list")
def list_departments(config: ConfigOption = Path("hub.toml")) -> None:
    """列出部门:代码、名称、联系方式、冻结 / List departments: code, name, contact, whether frozen."""
    hub = open_hub(config)
    frozen = {one.name for one in hub.database.reading(list_frozen) if one.kind is Stopped.DEPARTMENT}
    for code, found in sorted(hub.roster.departments.items()):
        line = [code, found.label, *filter(None, [found.contact]), *(["已冻结 / frozen"] if code in frozen else [])]
        out.print("  ".join(line), markup=False)


@departments_cli.command("put")
def put_department(
    department: CodeArgument,
    label: Annotated[str, typer.Option(help="名称 / name")],
    acting: AsOption,
    config: ConfigOption = Path("hub.toml"),
    label_en: Annotated[str | None, typer.Option(help="英文名称 / English name")] = None,
    contact: Annotated[str | None, typer.Option(help="联系方式 / contact")] = None,
    how_to_request: Annotated[str | None, typer.Option(help="如何申请 / how access is asked for")] = None,
    code: CodeOption = None,
) -> None:
    """新增或更改部门 / Add a department, or change one."""
    given = {
        "code": department,
        "label": label,
        "labelEn": label_en or "",
        "contact": contact or "",
        "howToRequest": how_to_request or "",
    }
    text = "mutation ($given: DepartmentInput!) { done: putDepartment(department: $given) { changed } }"
    with signed_for(config, acting, code) as signed:
        _say(signed.ask(text, {"given": given})["done"]["changed"])


@departments_cli.command("end")
def end_department(
    department: CodeArgument, acting: AsOption, config: ConfigOption = Path("hub.toml"), code: CodeOption = None
) -> None:
    """撤销部门 / End a department to which nothing belongs any more."""
    text = "mutation ($code: String!) { done: endDepartment(code: $code) { changed } }"
    with signed_for(config, acting, code) as signed:
        _say(signed.ask(text, {"code": department})["done"]["changed"])


@clients_cli.command("put")
def put_clients(
    file: Annotated[
        Path, typer.Argument(help="含 [[client]] 的 TOML 文件 / TOML file with [[client]]", exists=True, dir_okay=False)
    ],
    acting: AsOption,
    config: ConfigOption = Path("hub.toml"),
    code: CodeOption = None,
) -> None:
    """登记或更改客户端 / Register or change the clients of a file."""
    clients = _read_clients(file)
    text = "mutation ($given: ClientInput!) { done: putClient(client: $given) { changed } }"
    with signed_for(config, acting, code) as signed:
        for client in clients:
            err.print(client.id, markup=False)
            _say(signed.ask(text, {"given": _client_input(client)})["done"]["changed"])


@clients_cli.command("end")
def end_client(
    client: Annotated[str, typer.Argument(help="客户端编号 / client id")],
    acting: AsOption,
    config: ConfigOption = Path("hub.toml"),
    code: CodeOption = None,
) -> None:
    """注销客户端,其令牌和密钥立即失效 / End a client; its tokens and secrets are dead at once."""
    text = "mutation ($id: String!) { done: endClient(id: $id) { changed } }"
    with signed_for(config, acting, code) as signed:
        _say(signed.ask(text, {"id": client})["done"]["changed"])


def _say(changed: bool) -> None:
    out.print("已办理 / done" if changed else "并无不同 / nothing was different", markup=False)


def _read_clients(file: Path) -> list[ClientTable]:
    """The clients of a file; ends the command where it is none."""
    with file.open("rb") as opened:
        text = opened.read(_LARGEST)
    try:
        raw = tomllib.loads(text.decode())
        found = [ClientTable.model_validate(table) for table in raw.get("client", [])]
    except (ValueError, TypeError) as fault:
        what = (
            fault.errors(include_input=False, include_url=False)[0]["loc"] if isinstance(fault, ValidationError) else ()
        )
        place = ".".join(map(str, what)) or "TOML"
        refused(
            f"{file.name} 不可读:{place}。写法同 hub.toml 的 [[client]]",
            f"the file cannot be read: {place}. It is written like [[client]] of hub.toml",
        )
    if not found:
        refused(f"{file.name} 中没有 [[client]]", "there is no [[client]] in it")
    return found


def _client_input(client: ClientTable) -> dict[str, Any]:
    return {
        "id": client.id,
        "label": client.label,
        "department": client.department,
        "role": client.role.value,
        "purposes": list(client.purposes),
        "bindings": bindings_input(client.bindings),
        "authentication": client.authentication.value,
        "machine": client.machine,
        "signIn": client.sign_in,
        "portal": client.portal,
        "redirectUris": list(client.redirect_uris),
        "device": client.device,
        "dpop": client.dpop,
        "pushed": client.pushed,
    }
