"""`chengxin-hub bootstrap`: makes the first system, security and audit administrator, and closes for good."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer
from sqlalchemy import Connection

from auth.roles import ROLE_LABELS, Role
from auth.server.passwords import fresh_password, hash_password
from hub.app import Hub
from hub.callers.ledger import StoreLedger
from hub.callers.offices import OFFICES, close, holders, is_any_made, is_closed
from hub.callers.people import Account
from hub.callers.register import normal_name
from hub.cli_accounts import read_username
from hub.cli_operating import event, known_department, open_hub, performed, refused, typed
from hub.terminal import ConfigOption, err, out

_MAX_LABEL = 100


def _name(role: Role) -> typer.models.OptionInfo:
    zh, en = ROLE_LABELS[role]
    option: typer.models.OptionInfo = typer.Option(help=f"{zh}账号 / account of the {en.lower()}")
    return option


def _label(role: Role) -> typer.models.OptionInfo:
    zh, en = ROLE_LABELS[role]
    option: typer.models.OptionInfo = typer.Option(help=f"{zh}姓名 / name of the {en.lower()}")
    return option


@dataclass(frozen=True, slots=True)
class _First:
    """One of the first three: their account, and the password that is shown once."""

    account: Account
    password: str


def bootstrap(
    config: ConfigOption = Path("hub.toml"),
    admin: Annotated[str | None, _name(Role.ADMIN)] = None,
    admin_label: Annotated[str | None, _label(Role.ADMIN)] = None,
    security: Annotated[str | None, _name(Role.SEC)] = None,
    security_label: Annotated[str | None, _label(Role.SEC)] = None,
    audit: Annotated[str | None, _name(Role.AUDIT)] = None,
    audit_label: Annotated[str | None, _label(Role.AUDIT)] = None,
    department: Annotated[str | None, typer.Option(help="三员所在部门 / their department")] = None,
    close_only: Annotated[
        bool, typer.Option("--close", help="三个岗位均已有人,只关闭 / the offices are held already: only close")
    ] = False,
) -> None:
    """设立首任三员并永久关闭本命令 / Make the first three officers; then this command is closed for good."""
    hub = open_hub(config)
    _refuse_made(hub.database.reading(lambda connection: _state(connection, close_only)))
    if close_only:
        performed(hub, _close)
        out.print("已关闭 / closed", markup=False)
        return
    _refuse_no_way_in(hub)
    place = known_department(hub, department or _asked("部门", "department"))
    given = {Role.ADMIN: (admin, admin_label), Role.SEC: (security, security_label), Role.AUDIT: (audit, audit_label)}
    first = [_first(role, place, *said) for role, said in given.items()]
    _check_apart([one.account for one in first])

    def work(ledger: StoreLedger) -> None:
        # Looked at once more where nobody else writes: of two that come together one is the first.
        _refuse_made(_state(ledger.connection, close_only))
        for one in first:
            made = ledger.people.add(one.account)
            ledger.record(event("PERSON_ADDED", one.account.role.value, made.id))
        close(ledger.connection, ledger.now)
        ledger.record(event("BOOTSTRAPPED", "GRANTED", ""))

    performed(hub, work)
    err.print(
        "三员已设立,此后人员、客户端和部门由他们管理。一次性密码只显示这一次,首次登录时设置自己的密码和验证器 / "
        "the three officers are there: people, clients and departments are theirs from now on. Passwords for the first "
        "sign-in, shown this once; there each sets a password of their own and an authenticator:",
        markup=False,
    )
    for one in first:
        out.print(f"{one.account.username}  {one.account.role.value}  {one.password}", markup=False)


def _state(connection: Connection, close_only: bool) -> str | None:
    """Why it can't be done now: CLOSED, HELD or LACKING; None if it can."""
    if is_closed(connection):
        return "CLOSED"
    if close_only:
        return None if all(holders(connection, role) for role in OFFICES) else "LACKING"
    return "HELD" if is_any_made(connection) else None


def _refuse_made(state: str | None) -> None:
    if state == "CLOSED":
        refused(
            "三员早已设立,本命令已永久关闭:新的任命请用 chengxin-hub people appoint",
            "the first officers were made, and this command is closed for good: appoint others with "
            "chengxin-hub people appoint",
            code=1,
        )
    if state == "HELD":
        refused(
            "已有账号担任过三员岗位:三个岗位都有人时,请用 --close 关闭",
            "somebody holds one of the offices, or did: once all three are held, close with --close",
            code=1,
        )
    if state == "LACKING":
        refused(
            "三个岗位尚未都有人:请先用 chengxin-hub people add 补齐",
            "not all three offices are held: add who is missing with chengxin-hub people add",
            code=1,
        )


def _close(ledger: StoreLedger) -> None:
    _refuse_made(_state(ledger.connection, close_only=True))
    close(ledger.connection, ledger.now)
    ledger.record(event("BOOTSTRAPPED", "ADOPTED", ""))


def _first(role: Role, department: str, username: str | None, label: str | None) -> _First:
    zh, en = ROLE_LABELS[role]
    name = read_username(username or _asked(f"{zh}账号", f"account of the {en.lower()}"))
    shown = typed(
        label or _asked(f"{zh}姓名", f"name of the {en.lower()}"), _MAX_LABEL, f"--{role.value.lower()}-label"
    )
    password = fresh_password()
    stored = hash_password(password)
    return _First(Account("", name, shown, department, role, password=stored, must_change=True), password)


def _asked(zh: str, en: str) -> str:
    return str(typer.prompt(f"{zh} / {en}", err=True))


def _check_apart(accounts: list[Account]) -> None:
    names = {one.username for one in accounts}
    labels = {normal_name(one.label) for one in accounts}
    if len(names) < len(accounts) or len(labels) < len(accounts):
        refused(
            "三员须为三个不同的人:账号和姓名都不能相同",
            "the three officers are three different people: neither account names nor names may be the same",
        )


def _refuse_no_way_in(hub: Hub) -> None:
    """From then on hub.toml says nothing of clients any more: what the officers sign in through must be there."""
    if not any(one.sign_in and one.client.portal for one in hub.roster.registrations.values()):
        refused(
            "没有门户客户端,三员将无处登录:请先在 hub.toml 中加一个([[client]],portal = true、sign_in = true)",
            "no client is a portal, so that they could not sign in anywhere: add one to hub.toml first ([[client]] with "
            "portal = true and sign_in = true)",
            code=1,
        )
