"""What commands of an operator share: the hub they open, what they check of what is typed, how they refuse and record.

A refusal is one sentence, Chinese first, that says what to do next. Nothing that may be a citizen number is shown again.
"""

import getpass
from collections.abc import Callable, Collection, Mapping
from datetime import date, datetime
from difflib import get_close_matches
from pathlib import Path
from typing import NoReturn, TypeVar

import typer

from auth.server.ledger import Event
from hub.acts.doing import line_of
from hub.app import Hub, wire
from hub.callers.client_secrets import MOST, BadKeyError, TooManyError
from hub.callers.ledger import StoreLedger
from hub.callers.people import PersonExistsError
from hub.callers.signing import RotatingError
from hub.clock import SHANGHAI
from hub.errors import ERRORS, HubError
from hub.settings import load_settings
from hub.settings_mistakes import BadSettings
from hub.store.database import StoreError
from hub.terminal import err, refuse

Result = TypeVar("Result")
MAX_NAME = 128
_MANY = 20
"""Names that are listed at most where one is misspelled."""


def open_hub(config: Path) -> Hub:
    """The hub of a configuration; ends the command where there can be none."""
    try:
        return wire(load_settings(config))
    except BadSettings as fault:
        refuse(config, fault)
    except OSError as fault:
        err.print(f"无法运行 / cannot run: {fault}", markup=False)
        raise typer.Exit(1) from None


def performed(hub: Hub, work: Callable[[StoreLedger], Result]) -> Result:
    """The result of an act, on record; ends the command where it is refused or cannot be kept."""
    try:
        return hub.attendant.perform(work)
    except PersonExistsError:
        refused(
            "账号已存在:请换一个,或用 chengxin-hub people change 更改",
            "the account name is taken: choose another one, or change that one with chengxin-hub people change",
            code=1,
        )
    except TooManyError as fault:
        refused(
            f"{fault} 已有 {MOST} 个有效的密钥:请先收回一个(chengxin-hub clients withdraw)",
            f"it has {MOST} that hold: withdraw one first (chengxin-hub clients withdraw)",
            code=1,
        )
    except RotatingError as fault:
        refused(
            f"上一次更换尚未生效:密钥 {fault.kid} 于 {moment_of(fault.signs_from)} 起签名。请届时再换;已泄露则加 --at-once",
            f"the last rotation is under way: that key signs from {moment_of(fault.signs_from)} on. "
            "Rotate after that, or add --at-once if a key was stolen",
            code=1,
        )
    except BadKeyError as fault:
        err.print(f"公钥不可用 / the key is not taken: {fault}", markup=False)
        raise typer.Exit(2) from None
    except StoreError as fault:
        err.print(
            f"存储不可写,什么也没有改变;请排除故障后重试 / the store cannot be written, nothing was changed; "
            f"mend it and try again: {fault}",
            markup=False,
        )
        raise typer.Exit(1) from None


def refused(chinese: str, english: str, code: int = 2) -> NoReturn:
    """End the command with a sentence: 2 for what is wrong as it was typed, 1 for what cannot be as things stand."""
    err.print(f"{chinese} / {english}", markup=False)
    raise typer.Exit(code)


def typed(text: str, most: int, name: str) -> str:
    """A text of one line as the acts take them; ends the command for any other, and for a citizen number."""
    try:
        return line_of(text, most, name)
    except HubError as fault:
        said = ERRORS[fault.code]
        refused(said.zh.format_map(fault.names), said.en.format_map(fault.names))


def known(what: tuple[str, str], name: str, names: Collection[str], more: tuple[str, str] = ("", "")) -> str:
    """A name that is one of these; else the command ends and says which one may be meant. `more`: what to do next."""
    name = typed(name, MAX_NAME, what[0])
    if name not in names:
        unknown(what, name, names, more)
    return name


def unknown(what: tuple[str, str], name: str, names: Collection[str], more: tuple[str, str] = ("", "")) -> NoReturn:
    """End the command because nothing has this name, and say what may be meant."""
    near = get_close_matches(name, sorted(names), n=3, cutoff=0.6)
    listed = ", ".join(sorted(names)[:_MANY]) + (" …" if len(names) > _MANY else "")
    choice = (f"可选:{listed}", f"there are: {listed}") if names else ("目前一个也没有", "there is none")
    guess = (f"是否应为 {', '.join(near)}?", f"did you mean {', '.join(near)}? ") if near else ("", "")
    refused(
        f"没有{what[0]} {name}。{guess[0]}{choice[0]}{more[0]}",
        f"there is no such {what[1]}. {guess[1]}{choice[1][:1].upper()}{choice[1][1:]}{more[1]}",
    )


def known_client(hub: Hub, client: str) -> str:
    """A client of the configuration."""
    return known(("客户端", "client"), client, hub.roster.clients)


def known_department(hub: Hub, department: str) -> str:
    """A department of the configuration."""
    return known(("部门", "department"), department, hub.roster.departments)


def event(
    act: str, outcome: str, subject: str, client: str = "", told: Mapping[str, str] | None = None, *, person: str = ""
) -> Event:
    """An act by command; who acts is the person who signed in, or else the account of this machine that runs it."""
    return Event(act, client, outcome, person or f"operator {getpass.getuser()}", subject, dict(told or {}))


def day_typed(option: str, text: str) -> str:
    """A day as it was typed; ends the command for any other text."""
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        refused(f"{option} 须为日期,如 2026-12-31", f"{option} is a day, for example 2026-12-31")


def day_of(seconds: float) -> str:
    """The day of an instant, in China."""
    return datetime.fromtimestamp(seconds, SHANGHAI).date().isoformat()


def moment_of(seconds: float) -> str:
    """The minute of an instant, in China."""
    return f"{datetime.fromtimestamp(seconds, SHANGHAI):%Y-%m-%d %H:%M:%S}"
