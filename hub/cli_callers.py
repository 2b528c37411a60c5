"""`chengxin-hub keys | clients | people | freeze | thaw | migrate`: what administrators do to those who ask, by command.

Every act is recorded in the transaction that makes it. What opens something is shown once, on the terminal, and stored
nowhere.
"""

import getpass
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Annotated, NoReturn, TypeVar

import orjson
import typer

from auth.roles import Role
from auth.server.ledger import Event
from auth.server.passwords import fresh_password, hash_password
from auth.standing import Stopped
from hub.app import Hub, wire
from hub.callers.client_secrets import BadKeyError, add_key, add_secret, list_credentials, withdraw
from hub.callers.ledger import StoreLedger
from hub.callers.mandates import Mandates
from hub.callers.people import Account, PersonExistsError
from hub.callers.signing import rotate_key
from hub.callers.stopping import freeze as freeze_in
from hub.callers.stopping import thaw as thaw_in
from hub.clock import SHANGHAI
from hub.notices.wording import Ending
from hub.settings import BadSettings, load_settings
from hub.store.database import StoreError
from hub.terminal import ConfigOption, err, out, refuse

Result = TypeVar("Result")
keys_cli = typer.Typer(no_args_is_help=True, help="签名密钥 / Keys that sign tokens")
clients_cli = typer.Typer(no_args_is_help=True, help="客户端密钥 / Secrets and keys of clients")
people_cli = typer.Typer(no_args_is_help=True, help="人员账号 / Accounts of people")
_FREEZABLE = {kind.value.lower(): kind for kind in (Stopped.CLIENT, Stopped.DEPARTMENT, Stopped.GRANT, Stopped.PERSON)}
DaysOption = Annotated[int, typer.Option(min=1, max=730, help="有效天数 / days until it ends")]
KindArgument = Annotated[str, typer.Argument(help="client、department、grant 或 / or person")]
ReasonOption = Annotated[str, typer.Option("--reason", help="理由 / reason", prompt="理由 / reason")]


def migrate(config: ConfigOption = Path("hub.toml")) -> None:
    """把存储升级到本版本的结构 / Bring the store to the schema of this version."""
    hub = open_hub(config)
    changed = "已升级 / brought up to date" if hub.database.migrated else "已是最新 / up to date already"
    out.print(changed, markup=False)


@keys_cli.command("list")
def list_keys(config: ConfigOption = Path("hub.toml")) -> None:
    """列出仍在使用的签名密钥 / List the keys that sign, will sign or still verify."""
    hub = open_hub(config)
    for key in hub.attendant.ring.published()["keys"]:
        out.print(key["kid"], markup=False)


@keys_cli.command()
def rotate(
    config: ConfigOption = Path("hub.toml"),
    at_once: Annotated[
        bool, typer.Option("--at-once", help="密钥已泄露:旧令牌立即作废 / it was stolen: old tokens end at once")
    ] = False,
) -> None:
    """更换签名密钥,在用令牌不受影响 / Have a new key sign; no live token breaks."""
    hub = open_hub(config)

    def work(ledger: StoreLedger) -> str:
        made = rotate_key(ledger.connection, hub.attendant.keys.folder, ledger.now, at_once=at_once)
        ledger.record(_event("SIGNING_KEY_CHANGED", "AT_ONCE" if at_once else "IN_TIME", made))
        return made

    out.print(_performed(hub, work), markup=False)


@clients_cli.command("list")
def list_clients(config: ConfigOption = Path("hub.toml")) -> None:
    """列出客户端的密钥及到期日 / List secrets and keys of clients, and when they end."""
    hub = open_hub(config)
    now = hub.attendant.clock.moment().second
    for one in hub.database.reading(list_credentials):
        state = "" if one.holds(now) else " (已失效 / holds no more)"
        out.print(f"{one.client}  {one.kind}  {one.id}  → {_day(one.expires_at)}{state}", markup=False)


@clients_cli.command()
def secret(
    client: Annotated[str, typer.Argument(help="客户端编号 / client id")],
    config: ConfigOption = Path("hub.toml"),
    days: DaysOption = 180,
) -> None:
    """发放一个密钥,只显示这一次 / Give a client one more secret; it is shown this once."""
    hub = open_hub(config)
    _known(hub, client)

    def work(ledger: StoreLedger) -> tuple[str, str, int]:
        made, text = add_secret(ledger.connection, client, ledger.now, days)
        ledger.record(_event("SECRET_ADDED", "GRANTED", made.id, client))
        return made.id, text, made.expires_at

    name, text, until = _performed(hub, work)
    err.print(f"{client}  secret  {name}  → {_day(until)}", markup=False)
    out.print(text, markup=False)


@clients_cli.command()
def key(
    client: Annotated[str, typer.Argument(help="客户端编号 / client id")],
    file: Annotated[
        Path, typer.Argument(help="公钥(JWK 文件) / its public key, a JWK file", exists=True, dir_okay=False)
    ],
    config: ConfigOption = Path("hub.toml"),
    days: DaysOption = 365,
) -> None:
    """登记一个公钥(private_key_jwt) / Register one more public key of a client."""
    hub = open_hub(config)
    _known(hub, client)
    try:
        jwk = orjson.loads(file.read_bytes())
    except (OSError, orjson.JSONDecodeError):
        _refuse(f"{file}: 不是 JWK / is not a JWK")

    def work(ledger: StoreLedger) -> str:
        made = add_key(ledger.connection, client, ledger.now, days, jwk)
        ledger.record(_event("KEY_ADDED", "GRANTED", made.id, client))
        return f"{client}  key  {made.id}  → {_day(made.expires_at)}"

    out.print(_performed(hub, work), markup=False)


@clients_cli.command("withdraw")
def withdraw_one(
    credential: Annotated[str, typer.Argument(help="密钥编号 / id of the secret or key")],
    config: ConfigOption = Path("hub.toml"),
) -> None:
    """收回一个密钥 / Let a secret or key open nothing any more."""
    hub = open_hub(config)

    def work(ledger: StoreLedger) -> bool:
        found = withdraw(ledger.connection, credential, ledger.now)
        ledger.record(_event("SECRET_WITHDRAWN", "GRANTED" if found else "UNKNOWN", credential))
        return found

    if not _performed(hub, work):
        _refuse(f"没有在用的密钥 {credential} / no such secret or key holds; chengxin-hub clients list")
    out.print("已收回 / withdrawn", markup=False)


@people_cli.command("list")
def list_people(config: ConfigOption = Path("hub.toml")) -> None:
    """列出账号 / List accounts."""
    hub = open_hub(config)
    for one in hub.attendant.perform(lambda ledger: ledger.people.all()):
        factor = "二次验证 / second factor" if one.second_factor else ""
        out.print(f"{one.username}  {one.label}  {one.department}  {one.role}  {factor}".rstrip(), markup=False)


@people_cli.command()
def add(
    username: Annotated[str, typer.Argument(help="账号 / account name")],
    label: Annotated[str, typer.Option("--label", help="姓名 / name")],
    department: Annotated[str, typer.Option("--department", help="部门 / department")],
    role: Annotated[Role, typer.Option("--role", help="角色 / role")],
    config: ConfigOption = Path("hub.toml"),
    purpose: Annotated[list[str] | None, typer.Option(help="只限这些用途 / these purposes only")] = None,
    binding: Annotated[list[str] | None, typer.Option(help="行过滤的值 / NAME=VALUE of row filters")] = None,
    certificate: Annotated[str | None, typer.Option(help="执法证号 / number of the enforcement certificate")] = None,
) -> None:
    """新增账号,显示一次性口令 / Add a person; the password for the first sign-in is shown this once."""
    hub = open_hub(config)
    if department not in hub.settings.departments:
        _refuse(f"没有部门 {department} / no such department; {', '.join(sorted(hub.settings.departments))}")
    if not username.isascii() or not username.isprintable() or not 2 <= len(username) <= 64 or " " in username:
        _refuse("账号须为 2–64 个字母、数字或符号 / an account name has 2 to 64 letters, digits or signs")
    account = Account(
        id="",
        username=username,
        label=label,
        department=department,
        role=role,
        purposes=tuple(purpose or ()),
        bindings=_bindings(binding or []),
        must_change=True,
        certificate_no=certificate,
    )
    password = fresh_password()

    def work(ledger: StoreLedger) -> str:
        made = ledger.people.add(account, password)
        ledger.record(_event("PERSON_ADDED", role.value, made.id))
        return made.id

    err.print(_performed(hub, work), markup=False)
    out.print(password, markup=False)


@people_cli.command()
def reset(
    username: Annotated[str, typer.Argument(help="账号 / account name")], config: ConfigOption = Path("hub.toml")
) -> None:
    """重置口令,显示一次性口令 / Give a person a new password for one sign-in; all others end."""
    hub = open_hub(config)
    password = fresh_password()
    stored = hash_password(password)

    def work(ledger: StoreLedger, person: Account) -> None:
        ledger.people.change_password(person.id, stored, must_change=True)
        ledger.record(_event("PASSWORD_RESET", "GRANTED", person.id))

    _on_person(hub, username, work)
    out.print(password, markup=False)


@people_cli.command()
def end(
    username: Annotated[str, typer.Argument(help="账号 / account name")], config: ConfigOption = Path("hub.toml")
) -> None:
    """停用账号,所有登录立即结束 / End an account; every sign-in ends at once."""
    hub = open_hub(config)

    def work(ledger: StoreLedger, person: Account) -> None:
        held = Mandates(ledger.connection, ledger.vault, ledger.now)
        for mandate in held.held_by(person.id):
            held.end(mandate, Ending.HOLDER_ENDED)
        ledger.people.end(person.id)
        ledger.record(_event("PERSON_ENDED", "GRANTED", person.id))

    _on_person(hub, username, work)
    out.print("已停用 / ended", markup=False)


def freeze(
    kind: KindArgument,
    name: Annotated[str, typer.Argument(help="编号或账号 / id, or account name")],
    reason: ReasonOption,
    config: ConfigOption = Path("hub.toml"),
) -> None:
    """冻结客户端、部门、授权或人员,立即生效 / Freeze a client, department, grant or person, at once and everywhere."""
    hub = open_hub(config)
    stopped, found = _freezable(hub, kind, name)

    def work(ledger: StoreLedger) -> bool:
        done = freeze_in(ledger.connection, stopped, found, ledger.now, reason)
        ledger.record(_event("FROZEN", "GRANTED" if done else "ALREADY", found, told={"kind": stopped.value}))
        return done

    out.print("已冻结 / frozen" if _performed(hub, work) else "此前已冻结 / was frozen already", markup=False)


def thaw(
    kind: KindArgument,
    name: Annotated[str, typer.Argument(help="编号或账号 / id, or account name")],
    config: ConfigOption = Path("hub.toml"),
) -> None:
    """解除冻结;此前的令牌不恢复 / Lift a freeze; tokens from before stay dead."""
    hub = open_hub(config)
    stopped, found = _freezable(hub, kind, name)

    def work(ledger: StoreLedger) -> bool:
        done = thaw_in(ledger.connection, stopped, found, ledger.now)
        ledger.record(_event("THAWED", "GRANTED" if done else "ALREADY", found, told={"kind": stopped.value}))
        return done

    out.print("已解除 / lifted" if _performed(hub, work) else "并未冻结 / was not frozen", markup=False)


def open_hub(config: Path) -> Hub:
    """The hub of a configuration; ends the command where there can be none."""
    try:
        return wire(load_settings(config))
    except BadSettings as fault:
        refuse(config, fault)
    except OSError as fault:
        err.print(f"无法运行 / cannot run: {fault}", markup=False)
        raise typer.Exit(1) from None


def _performed(hub: Hub, work: Callable[[StoreLedger], Result]) -> Result:
    try:
        return hub.attendant.perform(work)
    except PersonExistsError:
        _refuse("账号已存在 / the account name is taken")
    except BadKeyError as fault:
        _refuse(f"公钥不可用 / the key is not taken: {fault}")
    except ValueError as fault:
        _refuse(str(fault))
    except StoreError as fault:
        err.print(
            f"存储不可写,什么也没有改变 / the store cannot be written, nothing was changed: {fault}", markup=False
        )
        raise typer.Exit(1) from None


def _on_person(hub: Hub, username: str, work: Callable[[StoreLedger, Account], None]) -> None:
    def find(ledger: StoreLedger) -> bool:
        person = ledger.people.of_username(username)
        if person is not None:
            work(ledger, person)
        return person is not None

    if not _performed(hub, find):
        _refuse(f"没有账号 {username} / no such account; chengxin-hub people list")


def _freezable(hub: Hub, kind: str, name: str) -> tuple[Stopped, str]:
    stopped = _FREEZABLE.get(kind.lower())
    if stopped is None:
        _refuse(f"{kind}: {', '.join(sorted(_FREEZABLE))}")
    if stopped is Stopped.PERSON:
        person = hub.attendant.perform(lambda ledger: ledger.people.of_username(name))
        if person is None:
            _refuse(f"没有账号 {name} / no such account; chengxin-hub people list")
        return stopped, person.id
    settings = hub.settings
    known = {
        Stopped.CLIENT: set(settings.clients),
        Stopped.DEPARTMENT: set(settings.departments),
        Stopped.GRANT: {grant.id for grant in settings.grants},
    }[stopped]
    if name not in known:
        _refuse(f"没有 {kind} {name} / no such {kind}; {', '.join(sorted(known))}")
    return stopped, name


def _known(hub: Hub, client: str) -> None:
    if client not in hub.settings.clients:
        _refuse(f"没有客户端 {client} / no such client; {', '.join(sorted(hub.settings.clients))}")


def _bindings(given: list[str]) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for one in given:
        name, mark, value = one.partition("=")
        if not name or not mark or not value:
            _refuse(f"{one}: NAME=VALUE")
        found[name] = (*found.get(name, ()), value)
    return found


def _event(act: str, outcome: str, subject: str, client: str = "", told: dict[str, str] | None = None) -> Event:
    """An act by command; who acts is the account of this machine that runs it."""
    return Event(act, client, outcome, f"operator {getpass.getuser()}", subject, told or {})


def _day(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, SHANGHAI).date().isoformat()


def _refuse(sentence: str) -> NoReturn:
    err.print(sentence, markup=False)
    raise typer.Exit(2)
