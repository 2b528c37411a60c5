"""`chengxin-hub keys | clients`: keys that sign tokens, secrets and keys of clients, by command.

Every act is recorded in the transaction that makes it. A secret is shown once, alone on the standard output, and stored
nowhere.
"""

from pathlib import Path
from typing import Annotated, NoReturn

import orjson
import typer

from auth.server.registration import Authentication
from auth.signer import SigningKey
from auth.standing import Stopped
from hub.app import Hub
from hub.callers.client_secrets import ClientCredential, add_key, add_secret, list_credentials, withdraw
from hub.callers.ledger import StoreLedger
from hub.callers.signing import AHEAD, load_keys, refuse_while_one_waits, rotate_key
from hub.callers.stopping import list_frozen
from hub.cli_operating import day_of, event, known_client, moment_of, open_hub, performed, refused, typed
from hub.cli_signed import CodeOption
from hub.cli_staff import AsAdminOption, operating
from hub.terminal import ConfigOption, err, out

keys_cli = typer.Typer(no_args_is_help=True, help="签名密钥 / Keys that sign tokens, and the record")
clients_cli = typer.Typer(no_args_is_help=True, help="客户端密钥 / Secrets and keys of clients")
DaysOption = Annotated[int, typer.Option(min=1, max=730, help="有效天数 / days until it ends")]
ClientArgument = Annotated[str, typer.Argument(help="客户端编号 / client id")]
_LARGEST = 65_536
"""Bytes of a file that may be a key."""
_CONVERT = (
    "python -c 'import json, sys; from joserfc.jwk import OKPKey as K; "
    "print(json.dumps(K.import_key(open(sys.argv[1]).read()).as_dict(private=False)))' public.pem > public.jwk"
)


@keys_cli.command("list")
def list_keys(config: ConfigOption = Path("hub.toml")) -> None:
    """列出仍在使用的签名密钥 / List the keys that sign, will sign or still verify."""
    hub = open_hub(config)
    now, folder = hub.attendant.clock.moment().second, hub.attendant.keys.folder
    found = hub.database.reading(lambda connection: load_keys(connection, folder))
    for one in found:
        if one.verifies_until is None or one.verifies_until > now:
            out.print(_key_line(one), markup=False)


def _key_line(one: SigningKey) -> str:
    begins = moment_of(one.signs_from) if one.signs_from else "最初 / the first start"
    ends = "未定 / not set" if one.verifies_until is None else moment_of(one.verifies_until)
    here = "私钥在此 / private half is here" if one.private else "私钥不在此 / private half is not here"
    return f"{one.kid}  签名始于 / signs from {begins}  验证至 / verifies until {ends}  {here}"


@keys_cli.command()
def rotate(
    config: ConfigOption = Path("hub.toml"),
    at_once: Annotated[
        bool,
        typer.Option(
            "--at-once", help="密钥已泄露:旧令牌与登录立即作废 / it was stolen: tokens and sign-ins end at once"
        ),
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help="不再确认 / do not ask again")] = False,
) -> None:
    """更换签名密钥,在用令牌不受影响 / Have a new key sign; no live token breaks."""
    hub = open_hub(config)
    if at_once and not yes:
        _confirm()

    def work(ledger: StoreLedger) -> tuple[str, int]:
        if not at_once:
            refuse_while_one_waits(ledger.connection, ledger.now)
        made = rotate_key(ledger.connection, hub.attendant.keys.folder, ledger.now, at_once=at_once)
        ledger.record(event("SIGNING_KEY_CHANGED", "AT_ONCE" if at_once else "IN_TIME", made))
        return made, ledger.now + (0 if at_once else AHEAD)

    kid, start = performed(hub, work)
    err.print(f"新密钥,签名始于 / new key, signs from {moment_of(start)}:", markup=False)
    out.print(kid, markup=False)
    file = f"token-{kid}.pem"
    err.print(f"请将 {file} 复制到其他工作机的密钥目录 / copy {file} to the key folder of other machines", markup=False)


def _confirm() -> None:
    question = "所有令牌、登录与浏览器会话将立即结束,继续吗? / Every token, sign-in and browser session ends. Go on?"
    try:
        sure = typer.confirm(question, err=True)
    except typer.Abort:
        sure = False
    if not sure:
        refused("未更换;确需更换请加 --yes", "nothing was changed; add --yes if it is to be", code=1)


@clients_cli.command("list")
def list_clients(config: ConfigOption = Path("hub.toml")) -> None:
    """列出客户端的密钥、到期日与冻结 / List clients, their secrets and keys, when those end, and who is frozen."""
    hub = open_hub(config)
    now = hub.attendant.clock.moment().second
    held: dict[str, list[ClientCredential]] = {name: [] for name in sorted(hub.roster.clients)}
    for one in hub.database.reading(list_credentials):
        held.setdefault(one.client, []).append(one)
    frozen = {(one.kind, one.name) for one in hub.database.reading(list_frozen)}
    for client, found in held.items():
        mark = _client_marks(hub, client, frozen)
        for one in found:
            state = "" if one.holds(now) else "  已失效 / holds no more"
            out.print(f"{client}  {one.kind}  {one.id}  → {day_of(one.expires_at)}{state}{mark}", markup=False)
        if not found:
            out.print(f"{client}  –  {_lacks(hub, client)}{mark}", markup=False)


def _lacks(hub: Hub, client: str) -> str:
    if hub.roster.registrations[client].authentication is Authentication.NONE:
        return "无须密钥 / needs no secret or key"
    return "没有密钥 / has no secret or key"


def _client_marks(hub: Hub, client: str, frozen: set[tuple[Stopped, str]]) -> str:
    marks = ["已冻结 / frozen"] if (Stopped.CLIENT, client) in frozen else []
    found = hub.roster.clients.get(client)
    if found is None:
        marks.append("不在配置中 / not in the configuration")
    elif (Stopped.DEPARTMENT, found.department) in frozen:
        marks.append("部门已冻结 / department frozen")
    return "".join(f"  {mark}" for mark in marks)


@clients_cli.command()
def secret(
    client: ClientArgument,
    config: ConfigOption = Path("hub.toml"),
    days: DaysOption = 180,
    acting: AsAdminOption = None,
    code: CodeOption = None,
) -> None:
    """发放一个密钥,只显示这一次 / Give a client one more secret; it is shown this once."""
    with operating(config, acting, code) as (hub, person):
        client = known_client(hub, client)
        _check_authentication(hub, client, Authentication.SECRET)

        def work(ledger: StoreLedger) -> tuple[str, str, int]:
            made, text = add_secret(ledger.connection, client, ledger.now, days)
            ledger.record(event("SECRET_ADDED", "GRANTED", made.id, client, person=person))
            return made.id, text, made.expires_at

        name, text, until = performed(hub, work)
    err.print(
        f"{client} 的密钥 / secret of {client}: {name} → {day_of(until)}\n只显示这一次 / shown this once:", markup=False
    )
    out.print(text, markup=False)


@clients_cli.command()
def key(
    client: ClientArgument,
    file: Annotated[
        Path, typer.Argument(help="公钥(JWK 文件) / its public key, a JWK file", exists=True, dir_okay=False)
    ],
    config: ConfigOption = Path("hub.toml"),
    days: DaysOption = 365,
    acting: AsAdminOption = None,
    code: CodeOption = None,
) -> None:
    """登记一个公钥(private_key_jwt) / Register one more public key of a client."""
    with operating(config, acting, code) as (hub, person):
        client = known_client(hub, client)
        _check_authentication(hub, client, Authentication.PRIVATE_KEY_JWT)
        jwk = _read_jwk(file)

        def work(ledger: StoreLedger) -> ClientCredential:
            made = add_key(ledger.connection, client, ledger.now, days, jwk)
            ledger.record(event("KEY_ADDED", "GRANTED", made.id, client, person=person))
            return made

        made = performed(hub, work)
    out.print(f"{client}  key  {made.id}  → {day_of(made.expires_at)}", markup=False)


def _check_authentication(hub: Hub, client: str, wanted: Authentication) -> None:
    there = hub.roster.registrations[client].authentication
    if there is wanted:
        return
    instead = {
        Authentication.SECRET: ("请用 chengxin-hub clients secret", "give it a secret: chengxin-hub clients secret"),
        Authentication.PRIVATE_KEY_JWT: ("请用 chengxin-hub clients key", "register a key: chengxin-hub clients key"),
        Authentication.NONE: ("它无须密钥", "it needs neither secret nor key"),
    }[there]
    refused(
        f'{client} 在配置中为 authentication = "{there.value}":{instead[0]},或更改配置',
        f"the configuration says otherwise: {instead[1]}, or change authentication",
    )


def _read_jwk(file: Path) -> dict[str, object]:
    with file.open("rb") as opened:
        text = opened.read(_LARGEST)
    if b"-----BEGIN" in text:
        _refuse_pem(private=b"PRIVATE KEY-----" in text)
    try:
        jwk = orjson.loads(text)
    except orjson.JSONDecodeError:
        jwk = None
    if not isinstance(jwk, dict):
        refused(
            f'{file.name} 不是 JWK。须为一个公钥,例如 {{"kty":"OKP","crv":"Ed25519","x":"…"}}',
            'it is not a JWK: give one public key, like {"kty":"OKP","crv":"Ed25519","x":"…"}',
        )
    if "keys" in jwk:
        refused("这是一组密钥(JWK Set):请只给出其中一个公钥", "it is a set of keys: give one public key of it")
    return jwk


def _refuse_pem(*, private: bool) -> NoReturn:
    if private:
        refused(
            "此 PEM 文件含私钥,此私钥已不再保密,必须更换:请为客户端另生成一对密钥,只交公钥",
            "this PEM file holds a private key, which is secret no longer and must now be replaced: "
            "make the client a new pair, and give the public half alone",
        )
    err.print(
        '这是 PEM 文件,须为 JWK,例如 {"kty":"OKP","crv":"Ed25519","x":"…"};可如下转换(EC 用 ECKey,RSA 用 RSAKey) / '
        "this is a PEM file, and a JWK is wanted; convert it like this (ECKey for EC, RSAKey for RSA):\n" + _CONVERT,
        markup=False,
    )
    raise typer.Exit(2)


@clients_cli.command("withdraw")
def withdraw_one(
    credential: Annotated[str, typer.Argument(help="密钥编号 / id of the secret or key")],
    config: ConfigOption = Path("hub.toml"),
    acting: AsAdminOption = None,
    code: CodeOption = None,
) -> None:
    """收回一个密钥 / Let a secret or key open nothing any more."""
    with operating(config, acting, code) as (hub, person):
        credential = typed(credential, 64, "CREDENTIAL")

        def work(ledger: StoreLedger) -> bool:
            found = withdraw(ledger.connection, credential, ledger.now)
            told = "GRANTED" if found else "UNKNOWN"
            ledger.record(event("SECRET_WITHDRAWN", told, credential, person=person))
            return found

        withdrawn = performed(hub, work)
    if not withdrawn:
        refused(
            f"没有在用的密钥 {credential}:请用 chengxin-hub clients list 查看编号",
            "no such secret or key holds: see chengxin-hub clients list for their ids",
        )
    out.print("已收回 / withdrawn", markup=False)
