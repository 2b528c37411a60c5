"""`chengxin-hub people | freeze | thaw | frozen | migrate`: what administrators do to people and to what asks.

Every act is recorded in the transaction that makes it. A password is shown once, alone on the standard output, and
stored nowhere.
"""

from collections.abc import Callable
from dataclasses import replace
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from auth.roles import Role
from auth.scopes import Scope
from auth.server.passwords import fresh_password, hash_password
from auth.standing import Stopped
from hub.acts.officers_told import Telling, owners_of_field
from hub.app import Hub
from hub.callers.ledger import StoreLedger
from hub.callers.mandates import Mandates
from hub.callers.people import Account
from hub.callers.stopping import freeze as freeze_in
from hub.callers.stopping import is_frozen, list_frozen
from hub.callers.stopping import thaw as thaw_in
from hub.cli_accounts import Typed, changed, read_username, shown_contact, warn_of_certificate
from hub.cli_operating import (
    MAX_NAME,
    Result,
    event,
    known,
    known_client,
    known_department,
    moment_of,
    open_hub,
    performed,
    refused,
    typed,
    unknown,
)
from hub.cli_signed import AsOption, CodeOption
from hub.cli_staff import (
    AsAdminOption,
    add_as,
    appoint_as,
    change_as,
    end_as,
    open_for_operator,
    reset_as,
    show_password,
    signed_for,
)
from hub.events import Event
from hub.notices.wording_mandates import Ending
from hub.owners import owners_of
from hub.terminal import ConfigOption, err, out
from schema.catalogue import fold_catalogue

people_cli = typer.Typer(no_args_is_help=True, help="人员账号 / Accounts of people")
_FREEZABLE = {
    kind.value.lower(): kind
    for kind in (Stopped.CLIENT, Stopped.DEPARTMENT, Stopped.FIELD, Stopped.GRANT, Stopped.PERSON)
}
_MAX_REASON = 200


class Office(StrEnum):
    """One of the three offices."""

    ADMIN = "ADMIN"
    AUDIT = "AUDIT"
    SEC = "SEC"


_ACCOUNT = ("账号或人员编号", "account or person's id")
_LIST = ("。全部人员:chengxin-hub people list", ". Everybody: chengxin-hub people list")
PersonArgument = Annotated[
    str, typer.Argument(metavar="USERNAME", help="账号或人员编号 / account name, or person's id")
]
PurposeOption = Annotated[list[str] | None, typer.Option(help="只限这些用途 / these purposes only")]
BindingOption = Annotated[list[str] | None, typer.Option(help="行过滤的值 / NAME=VALUE of row filters")]
CertificateOption = Annotated[str | None, typer.Option(help="执法证号 / number of the enforcement certificate")]
KindArgument = Annotated[str, typer.Argument(help="client、department、field、grant 或 / or person")]
NameArgument = Annotated[str, typer.Argument(help="编号、账号、字段或范围 / id, account name, field or scope")]
EmailOption = Annotated[str | None, typer.Option(help="通知用邮箱 / where notices may be mailed")]
PhoneOption = Annotated[str | None, typer.Option(help="通知用电话 / telephone for notices")]
ReasonOption = Annotated[str, typer.Option("--reason", help="理由 / reason", prompt="理由 / reason")]


def migrate(config: ConfigOption = Path("hub.toml")) -> None:
    """把存储升级到本版本的结构 / Bring the store to the schema of this version."""
    database = open_hub(config).database
    text = "已升级 / brought up to date" if database.brought_on else "已是最新 / up to date already"
    out.print("已建立 / made" if database.made else text, markup=False)


@people_cli.command("list")
def list_people(config: ConfigOption = Path("hub.toml")) -> None:
    """列出人员:编号、账号或身份源、姓名、部门、角色 / List people: id, account name or provider, name, department, role."""
    hub = open_hub(config)
    everybody, providers, frozen = hub.attendant.perform(
        lambda ledger: (
            ledger.people.all(),
            ledger.people.providers(),
            {(one.kind, one.name) for one in list_frozen(ledger.connection)},
        )
    )
    for one in everybody:
        name = one.username or f"({providers.get(one.id, '–')})"
        marks = {
            "二次验证 / second factor": one.second_factor is not None,
            "已冻结 / frozen": (Stopped.PERSON, one.id) in frozen,
            "部门已冻结 / department frozen": (Stopped.DEPARTMENT, one.department) in frozen,
        }
        line = [
            one.id,
            name,
            one.label,
            one.department,
            one.role.value,
            *shown_contact(one),
            *(mark for mark, holds in marks.items() if holds),
        ]
        out.print("  ".join(line), markup=False)


@people_cli.command()
def add(
    username: Annotated[str, typer.Argument(help="账号 / account name")],
    label: Annotated[str, typer.Option("--label", help="姓名 / name")],
    department: Annotated[str, typer.Option("--department", help="部门 / department")],
    role: Annotated[Role, typer.Option("--role", help="角色 / role")],
    config: ConfigOption = Path("hub.toml"),
    purpose: PurposeOption = None,
    binding: BindingOption = None,
    certificate: CertificateOption = None,
    email: EmailOption = None,
    phone: PhoneOption = None,
    acting: AsAdminOption = None,
    code: CodeOption = None,
) -> None:
    """新增账号,显示一次性密码 / Add a person; the password for the first sign-in is shown this once."""
    said = Typed(label, department, role, purpose, binding, certificate, email, phone)
    if acting is not None:
        with signed_for(config, acting, code) as signed:
            add_as(signed, username, said)
        return
    hub = open_for_operator(config)
    empty = Account(id="", username=read_username(username), label="", department="", role=role, must_change=True)
    account = changed(hub, empty, said)
    password = fresh_password()
    stored = hash_password(password)

    def work(ledger: StoreLedger) -> str:
        made = ledger.people.add(replace(account, password=stored))
        ledger.record(event("PERSON_ADDED", role.value, made.id))
        return made.id

    made = performed(hub, work)
    err.print(f"已新增 {account.username},编号 / added, id: {made}", markup=False)
    warn_of_certificate(account)
    show_password(password)


@people_cli.command()
def change(
    username: PersonArgument,
    config: ConfigOption = Path("hub.toml"),
    label: Annotated[str | None, typer.Option(help="姓名 / name")] = None,
    department: Annotated[str | None, typer.Option(help="部门 / department")] = None,
    role: Annotated[Role | None, typer.Option(help="角色 / role")] = None,
    purpose: PurposeOption = None,
    binding: BindingOption = None,
    certificate: CertificateOption = None,
    email: EmailOption = None,
    phone: PhoneOption = None,
    acting: AsAdminOption = None,
    code: CodeOption = None,
) -> None:
    """更改账号,此前的令牌立即作废 / Change an account; its tokens from before end at once."""
    said = Typed(label, department, role, purpose, binding, certificate, email, phone)
    if said == Typed():
        refused("没有要更改的内容:请给出 --label 等选项", "there is nothing to change: give --label or another option")
    if acting is not None:
        with signed_for(config, acting, code) as signed:
            change_as(signed, username, said)
        return
    hub = open_for_operator(config)

    def work(ledger: StoreLedger, person: Account) -> bool:
        _check_own(person)
        after = changed(hub, person, said)
        _check_merchant(person, after)
        what = _differences(person, after)
        ledger.people.change(after, "PERSON_CHANGED")
        ledger.people.reach(after.id, after.email, after.phone)
        ledger.record(event("PERSON_CHANGED", "GRANTED" if what else "ALREADY", person.id, told={"changed": what}))
        warn_of_certificate(after)
        return bool(what)

    done = _on_person(hub, username, work)
    out.print("已更改 / changed" if done else "并无不同 / nothing was different", markup=False)


@people_cli.command()
def reset(
    username: PersonArgument,
    config: ConfigOption = Path("hub.toml"),
    acting: AsAdminOption = None,
    code: CodeOption = None,
) -> None:
    """重置密码,显示一次性密码 / Give a person a new password for one sign-in; all others end."""
    if acting is not None:
        with signed_for(config, acting, code) as signed:
            reset_as(signed, username)
        return
    hub = open_for_operator(config)
    password = fresh_password()
    stored = hash_password(password)

    def work(ledger: StoreLedger, person: Account) -> None:
        _check_own(person)
        ledger.people.change_password(person.id, stored, must_change=True)
        ledger.record(event("PASSWORD_RESET", "GRANTED", person.id))

    _on_person(hub, username, work)
    show_password(password)


@people_cli.command()
def end(
    username: PersonArgument,
    config: ConfigOption = Path("hub.toml"),
    acting: AsAdminOption = None,
    code: CodeOption = None,
) -> None:
    """停用账号,所有登录立即结束 / End an account; every sign-in ends at once."""
    if acting is not None:
        with signed_for(config, acting, code) as signed:
            end_as(signed, username)
        return
    hub = open_for_operator(config)

    def work(ledger: StoreLedger, person: Account) -> None:
        held = Mandates(ledger.connection, ledger.vault, ledger.now)
        for mandate in held.held_by(person.id):
            held.end(mandate, Ending.HOLDER_ENDED)
        ledger.people.end(person.id)
        ledger.record(event("PERSON_ENDED", "GRANTED", person.id))

    _on_person(hub, username, work)
    out.print("已停用 / ended", markup=False)


@people_cli.command("appoint")
def appoint(
    username: PersonArgument,
    office: Annotated[Office, typer.Argument(help="ADMIN、AUDIT 或 / or SEC")],
    acting: AsOption,
    config: ConfigOption = Path("hub.toml"),
    code: CodeOption = None,
) -> None:
    """任命三员:系统管理员提出,审计管理员确认 / Give an office: proposed by ADMIN, confirmed by AUDIT."""
    with signed_for(config, acting, code) as signed:
        appoint_as(signed, username, office.value)


def freeze(
    kind: KindArgument,
    name: NameArgument,
    reason: ReasonOption,
    config: ConfigOption = Path("hub.toml"),
) -> None:
    """冻结客户端、部门、字段、授权或人员,立即生效 / Freeze a client, department, field, grant or person, everywhere."""
    hub = open_hub(config)
    why = typed(reason, _MAX_REASON, "--reason")
    stopped = _freezable(kind)
    found = _named(hub, stopped, name)

    def work(ledger: StoreLedger) -> bool:
        done = freeze_in(ledger.connection, stopped, found, ledger.now, why)
        ledger.record(event("FROZEN", "GRANTED" if done else "ALREADY", found, told={"kind": stopped.value}))
        if done:
            _tell(hub, ledger, Event.FROZEN, (stopped, found))
        return done

    out.print("已冻结 / frozen" if performed(hub, work) else "此前已冻结 / was frozen already", markup=False)


def thaw(kind: KindArgument, name: NameArgument, config: ConfigOption = Path("hub.toml")) -> None:
    """解除冻结;此前的令牌不恢复 / Lift a freeze; tokens from before stay dead."""
    hub = open_hub(config)
    stopped = _freezable(kind)
    # What has left the configuration since, or the hub, can be thawed all the same.
    still = hub.database.reading(lambda connection: is_frozen(connection, [(stopped, name)]))
    found = name if still else _named(hub, stopped, name)

    def work(ledger: StoreLedger) -> bool:
        done = thaw_in(ledger.connection, stopped, found, ledger.now)
        ledger.record(event("THAWED", "GRANTED" if done else "ALREADY", found, told={"kind": stopped.value}))
        if done:
            _tell(hub, ledger, Event.THAWED, (stopped, found))
        return done

    out.print("已解除 / lifted" if performed(hub, work) else "并未冻结 / was not frozen", markup=False)


def _tell(hub: Hub, ledger: StoreLedger, what: Event, stop: tuple[Stopped, str]) -> None:
    wording = hub.gateway.wording
    owners = owners_of(hub.settings, wording.catalogue, wording.topology)
    owned = owners_of_field(owners, *stop)
    Telling(ledger.connection, ledger.vault, ledger.now).stopped(what, stop, owned)


def frozen(config: ConfigOption = Path("hub.toml")) -> None:
    """列出被冻结的 / List what is frozen: kind, name, since when, and why."""
    hub = open_hub(config)
    found, names = hub.attendant.perform(
        lambda ledger: (
            list_frozen(ledger.connection),
            {one.id: one.username for one in ledger.people.all() if one.username},
        )
    )
    for one in found:
        name = names.get(one.name, one.name) if one.kind is Stopped.PERSON else one.name
        out.print(f"{one.kind.value.lower()}  {name}  {moment_of(one.since)}  {one.reason}", markup=False)
    if not found:
        err.print("没有被冻结的 / nothing is frozen", markup=False)


def _on_person(hub: Hub, name: str, work: Callable[[StoreLedger, Account], Result]) -> Result:
    asked = typed(name, MAX_NAME, "USERNAME")

    def found(ledger: StoreLedger) -> Result:
        person = ledger.people.named(asked)
        if person is None:
            unknown(_ACCOUNT, asked, {one.username for one in ledger.people.all() if one.username}, _LIST)
        return work(ledger, person)

    return performed(hub, found)


def _check_own(person: Account) -> None:
    if person.username is None:
        refused(
            "此人由外部身份源担保,没有本网关的账号:请在那里更改,或更改其映射([[provider]] mapping)",
            "another provider vouches for this person, who has no account here: change it there, or in its mapping",
            code=1,
        )


def _check_merchant(before: Account, after: Account) -> None:
    if before.role is not after.role and Role.MERCHANT in (before.role, after.role):
        refused(
            "经营主体账号不能改作其他角色,其他账号也不能改作经营主体:请停用后另建",
            "an account of a merchant stays one, and no other becomes one: end it and add another",
            code=1,
        )


def _differences(before: Account, after: Account) -> str:
    """Names of what differs; never what it was or is."""
    names = ("label", "department", "role", "purposes", "bindings", "certificate_no", "email", "phone")
    return " ".join(name for name in names if getattr(before, name) != getattr(after, name))


def _freezable(kind: str) -> Stopped:
    return _FREEZABLE[known(("种类", "kind"), kind.lower(), _FREEZABLE)]


def _named(hub: Hub, stopped: Stopped, name: str) -> str:
    if stopped is Stopped.PERSON:
        return _on_person(hub, name, lambda _ledger, person: person.id)
    if stopped is Stopped.CLIENT:
        return known_client(hub, name)
    if stopped is Stopped.DEPARTMENT:
        return known_department(hub, name)
    if stopped is Stopped.FIELD:
        return known(("字段或范围", "field or scope"), name, {*fold_catalogue().fields, *Scope})
    return known(("授权", "grant"), name, {grant.id for grant in hub.roster.grants})
