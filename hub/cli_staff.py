"""Who may change people, clients and departments by command: the operator of the machine until there are officers, from then
on a system administrator who signs in.
"""

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

import typer

from auth.roles import Role
from hub.app import Hub
from hub.callers.offices import is_closed
from hub.cli_accounts import Typed
from hub.cli_operating import open_hub, refused
from hub.cli_signed import Signed, signed_in
from hub.terminal import err, out

ADMINISTRATION = "ADMINISTRATION"
"""Purpose of what administrators do, where the configuration has one of this code."""
PURPOSE = "HUB_PURPOSE"
"""Names another one, where it has none."""
AsAdminOption = Annotated[
    str | None,
    typer.Option(
        "--as",
        metavar="USERNAME",
        help="系统管理员账号,三员设立后必填 / a system administrator; needed once there are officers",
    ),
]
_ACCOUNT = "{ id changed oneTimePassword }"


@contextmanager
def signed_for(config: Path, username: str, code: str | None) -> Iterator[Signed]:
    """Somebody who signed in, for the purpose of administration where there is one, or the one that is named."""
    with signed_in(config, username, code) as signed:
        known = {purpose.code for purpose in signed.hub.settings.purposes}
        usual = ADMINISTRATION if ADMINISTRATION in known else None
        yield replace(signed, purpose=os.environ.get(PURPOSE, usual))


@contextmanager
def operating(config: Path, username: str | None, code: str | None) -> Iterator[tuple[Hub, str]]:
    """The hub, and the id of the system administrator who acts, empty for the operator while there are no officers."""
    if username is None:
        yield open_for_operator(config), ""
        return
    with signed_for(config, username, code) as signed:
        # Asked through the rooms, so that whoever is frozen, or no system administrator any more, is turned away.
        if signed.ask("{ me { role } }", {})["me"]["role"] != Role.ADMIN.value:
            refused("须为系统管理员", "a system administrator has to do this", code=1)
        yield signed.hub, signed.account.id


def open_for_operator(config: Path) -> Hub:
    """The hub for a command of the operator; ends the command once officers have to do it."""
    hub = open_hub(config)
    if hub.database.reading(is_closed):
        refused(
            "三员已设立:请加 --as 系统管理员账号",
            "there are officers: add --as with the account name of a system administrator",
            code=1,
        )
    err.print(
        "提示:三员尚未设立,任何能在本机运行命令的人都可更改人员和客户端;请运行 chengxin-hub bootstrap / "
        "note: there are no officers yet, and whoever may run commands here can change people and clients: "
        "run chengxin-hub bootstrap",
        markup=False,
    )
    return hub


def add_as(signed: Signed, username: str, said: Typed) -> None:
    """Add a person, as a system administrator."""
    text = f"mutation ($username: String!, $person: PersonInput!) {{ done: addPerson(username: $username, person: $person) {_ACCOUNT} }}"
    done = signed.ask(text, {"username": username, "person": person_input(said)})["done"]
    err.print(f"已新增,编号 / added, id: {done['id']}", markup=False)
    show_password(done["oneTimePassword"])


def change_as(signed: Signed, username: str, said: Typed) -> None:
    """Change an account, as a system administrator."""
    text = (
        "mutation ($username: String!, $person: PersonInput!) "
        f"{{ done: changePerson(username: $username, person: $person) {_ACCOUNT} }}"
    )
    done = signed.ask(text, {"username": username, "person": person_input(said)})["done"]
    out.print("已更改 / changed" if done["changed"] else "并无不同 / nothing was different", markup=False)


def reset_as(signed: Signed, username: str) -> None:
    """Give somebody a new password, as a system administrator."""
    text = f"mutation ($username: String!) {{ done: resetPassword(username: $username) {_ACCOUNT} }}"
    show_password(signed.ask(text, {"username": username})["done"]["oneTimePassword"])


def end_as(signed: Signed, username: str) -> None:
    """End an account, as a system administrator."""
    text = f"mutation ($username: String!) {{ done: endPerson(username: $username) {_ACCOUNT} }}"
    signed.ask(text, {"username": username})
    out.print("已停用 / ended", markup=False)


def appoint_as(signed: Signed, username: str, office: str) -> None:
    """Propose somebody for an office, or confirm them."""
    text = (
        "mutation ($username: String!, $office: Office!) "
        "{ done: appoint(username: $username, office: $office) { appointed waiting expiresAt } }"
    )
    done = signed.ask(text, {"username": username, "office": office})["done"]
    waits = f"待审计管理员确认,至 / waits for the audit administrator, until {done['expiresAt']}"
    out.print("已任命 / done" if done["appointed"] else waits, markup=False)


def show_password(password: str) -> None:
    """Show a password for one sign-in, alone on the standard output."""
    err.print("一次性密码,只显示这一次 / password for one sign-in, shown this once:", markup=False)
    out.print(password, markup=False)


def person_input(said: Typed) -> dict[str, Any]:
    """What was typed of an account, as the mutation takes it."""
    given = {
        "label": said.label,
        "department": said.department,
        "role": said.role.value if said.role is not None else None,
        "purposes": _listed(said.purposes),
        "bindings": _bindings(said.bindings) if said.bindings is not None else None,
        "certificate": said.certificate,
        "email": said.email,
        "phone": said.phone,
    }
    return {name: value for name, value in given.items() if value is not None}


def bindings_input(found: Mapping[str, Sequence[str]]) -> list[dict[str, Any]]:
    """Values of row filters as a mutation takes them."""
    return [{"name": name, "values": list(values)} for name, values in found.items()]


def _listed(given: Sequence[str] | None) -> list[str] | None:
    """A list as it was typed, in which one empty text stands for none at all."""
    return None if given is None else [one for one in given if one]


def _bindings(given: Sequence[str]) -> list[dict[str, Any]]:
    found: dict[str, list[str]] = {}
    for one in given:
        if not one:
            continue
        name, _, value = one.partition("=")
        if not name.strip() or not value.strip():
            refused(
                "--binding 须写作 名称=值,例如 division=440106",
                "--binding is written NAME=VALUE, for example division=440106",
            )
        found.setdefault(name.strip(), []).append(value.strip())
    return bindings_input(found)
