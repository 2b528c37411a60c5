"""Commands that act as a person: who signs in with password and one-time code, and asks through the rooms of the gateway.

Nothing here decides what the person may do: the same mutations and questions as over HTTP, with their codes.
"""

import asyncio
import os
import secrets
from collections.abc import Coroutine, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any, NamedTuple, TypeVar

import typer

from auth.admission import Credentials
from auth.server import second_factor
from auth.server.ledger import Event
from auth.server.passwords import is_right
from auth.tokens import Terms
from hub.answer import OnDenied
from hub.app import Hub
from hub.callers.certifying import RECORD, Certifier
from hub.callers.ledger import StoreLedger
from hub.callers.people import Account
from hub.callers.throttle import Counted, Throttle, sign_in_counters
from hub.cli_operating import open_hub, performed, refused, typed
from hub.errors import ERRORS, HubError
from hub.gateway import Request
from hub.terminal import err

Result = TypeVar("Result")
PASSWORD_FILE = "HUB_PASSWORD_FILE"  # noqa: S105 - the name of a variable
"""Names a file whose first line is the password, for programs; else it is asked for."""
_MACHINE = "the machine itself"
_CODES = 20
AsOption = Annotated[str, typer.Option("--as", metavar="USERNAME", help="以谁的身份 / who acts: their account name")]
PurposeOption = Annotated[str | None, typer.Option("--purpose", help="用途 / purpose of what is asked")]
CodeOption = Annotated[
    str | None, typer.Option("--code", help="动态码,不给则询问 / one-time code; asked for without it")
]


class Turned(NamedTuple):
    """Why a question was not answered: the code, and its sentence in Chinese and English."""

    code: str
    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Signed:
    """A person who signed in at this machine."""

    hub: Hub
    account: Account
    purpose: str | None
    _token: str
    _runner: asyncio.Runner

    def ask(self, text: str, variables: Mapping[str, Any], *, case: str | None = None) -> dict[str, Any]:
        """Data of an answer; the command ends with its code and sentence where it is refused."""
        found = self.attempt(text, variables, case=case)
        if isinstance(found, Turned):
            refused(f"{found.code}: {found.zh}", found.en, code=1)
        return found

    def attempt(self, text: str, variables: Mapping[str, Any], *, case: str | None = None) -> "dict[str, Any] | Turned":
        """Data of an answer, or why there is none. A mutation gets a key of its own, so that it is done once."""
        credentials = Credentials(self._token, self.purpose, case)
        key = secrets.token_urlsafe(16)
        asked = Request(text, None, dict(variables), credentials, OnDenied.PARTIAL, "command", idempotency_key=key)
        try:
            body = self._runner.run(self.hub.gateway.answer(asked)).body
        except HubError as fault:
            said = ERRORS[fault.code]
            return Turned(fault.code, said.zh.format_map(fault.names), said.en.format_map(fault.names))
        for error in body.get("errors", ()):
            told = error["extensions"]
            return Turned(told["code"], error["message"], told["messageEn"])
        data: dict[str, Any] = body["data"]
        return data

    def run(self, work: Coroutine[Any, Any, Result]) -> Result:
        """The result of something that needs a loop: this person's."""
        return self._runner.run(work)


@contextmanager
def signed_in(config: Path, username: str, code: str | None = None, purpose: str | None = None) -> Iterator[Signed]:
    """Somebody who proves who they are; the command ends where they do not."""
    hub = open_hub(config)
    name = typed(username, 64, "--as").casefold()
    account = _proved(hub, name, _password())
    if account.must_change or (account.needs_second_factor and account.second_factor is None):
        refused(
            "请先在浏览器中登录一次,设置自己的密码和验证器",
            "sign in once in a browser first, to set a password of your own and an authenticator",
            code=1,
        )
    factors = ["pwd"]
    if account.second_factor is not None:
        _prove_code(hub, account, code or typer.prompt("动态码 / one-time code", err=True))
        factors.append("otp")
    with asyncio.Runner() as runner:
        runner.run(_prepare(hub, account))
        yield Signed(hub, account, purpose, _token(hub, account, factors, purpose), runner)
        runner.run(hub.close())


def _password() -> str:
    named = os.environ.get(PASSWORD_FILE)
    if named is None:
        return str(typer.prompt("密码 / password", hide_input=True, err=True))
    try:
        return Path(named).read_text(encoding="utf-8").partition("\n")[0]
    except OSError as fault:
        refused(
            f"读不到 {PASSWORD_FILE} 所指的文件",
            f"the file that {PASSWORD_FILE} names cannot be read: {fault.strerror}",
        )


def _proved(hub: Hub, name: str, password: str) -> Account:
    """Whose name and password this is. Neither words nor time tell whether there is such an account."""
    counters = sign_in_counters(name, _MACHINE, None)
    account, wait = performed(
        hub, lambda ledger: (ledger.people.of_username(name), _throttle(hub, ledger).wait(counters))
    )
    if wait:
        _wait(wait)
    right = is_right(account.password if account is not None else None, password)

    def work(ledger: StoreLedger) -> None:
        throttle = _throttle(hub, ledger)
        throttle.succeed(counters) if right else throttle.fail(counters)
        if account is not None and not right:
            ledger.record(Event("SIGN_IN_FAILED", "", "WRONG_PASSWORD", account.id))

    performed(hub, work)
    if account is None or not right:
        refused("账号或密码不对", "the account name or the password is wrong", code=1)
    return account


def _prove_code(hub: Hub, account: Account, code: str) -> None:
    counter = Counted(f"code {account.id} {_MACHINE}", _CODES)

    def work(ledger: StoreLedger) -> int | bool:
        known, throttle = ledger.people.of_id(account.id), _throttle(hub, ledger)
        if wait := throttle.wait([counter]):
            return wait
        key = known.second_factor if known is not None else None
        step = second_factor.step_of(key, code, ledger.now, known.last_step) if known is not None and key else None
        if step is None:
            throttle.fail([counter])
            ledger.record(Event("SIGN_IN_FAILED", "", "WRONG_CODE", account.id))
            return False
        ledger.people.take_step(account.id, step)
        throttle.succeed([counter])
        return True

    found = performed(hub, work)
    if found is False:
        refused(
            "动态码不对或已用过:请等下一个", "the one-time code is wrong or was used: wait for the next one", code=1
        )
    if found is not True:
        _wait(found)


def _wait(seconds: int) -> None:
    refused(f"尝试次数过多:请 {seconds} 秒后再试", f"too many tries: try again in {seconds} seconds", code=1)


def _throttle(hub: Hub, ledger: StoreLedger) -> Throttle:
    return Throttle(ledger.connection, hub.attendant.vault, ledger.now)


async def _prepare(hub: Hub, account: Account) -> None:
    """Take notice of what is stopped, and of an officer's certificate."""
    await hub.attendant.refresh()
    sources = [source for source in hub.sources.values() if RECORD in source.adapter.abilities]
    await Certifier(hub.attendant, sources).certify(account, "command")


def _token(hub: Hub, account: Account, factors: list[str], purpose: str | None) -> str:
    """A token of a minute for the person, through a client that people of their department and role sign in through."""
    client = _client(hub, account, purpose)

    def work(ledger: StoreLedger) -> Terms:
        person = ledger.person(account.id)
        if person is None:
            refused("账号已停用", "the account was ended", code=1)
        ledger.record(Event("SIGNED_IN", client, "GRANTED", account.id, told={"by": " ".join(factors)}))
        return Terms(account.id, person.standing, purposes=person.purposes, pulse=ledger.pulse(), at=ledger.now)

    terms = performed(hub, work)
    return hub.issuer.issue(client, hub.gateway.clock.now(), timedelta(minutes=10), terms)


def _client(hub: Hub, account: Account, purpose: str | None) -> str:
    """A portal, or one of their own; of these one that may ask for the purpose."""
    found = hub.roster.registrations
    own = [n for n, r in found.items() if r.sign_in and _is_of(r.client.department, r.client.role, account)]
    portals = [n for n, r in found.items() if r.sign_in and r.client.portal]
    if not own and not portals:
        refused(
            "没有可供其登录的客户端([[client]] sign_in 或 portal)",
            "there is no client through which they sign in ([[client]] sign_in or portal)",
            code=1,
        )
    err.print(f"{account.username}  {account.department}  {account.role.value}", markup=False)
    able = [*portals, *own]
    fitting = [name for name in able if purpose is None or purpose in found[name].client.purposes]
    return (fitting or able)[0]


def _is_of(department: str, role: object, account: Account) -> bool:
    return (department, role) == (account.department, account.role)
