"""The credentials of the demo: one entry a client or person, and one for the public, with what each may see.

What may be seen is folded from the grants themselves; tokens are made by whoever holds the key.
"""

import os
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import orjson

from auth.access import fold_policy, nothing_held
from auth.caller import Caller, Client
from auth.grants import Grant
from auth.server import second_factor
from hub.demo.clients import DEPARTMENTS, PURPOSES
from schema.catalogue import Catalogue

FILE, PEOPLE = "credentials.json", "people.md"
_DEPARTMENTS = {one.code: f"{one.label} {one.code}" for one in DEPARTMENTS}


@dataclass(frozen=True, slots=True)
class Credential:
    """A client and the coordinates it may see, masked or for some rows at least, for its first purpose.

    `username` and `label` are of the person who signs in through it, in whose department and role it then asks.
    """

    client: Client
    may_see: tuple[str, ...]
    may_not_see: tuple[str, ...]
    username: str = ""
    label: str = ""


def fold_credentials(
    clients: Iterable[Client], grants: Sequence[Grant], catalogue: Catalogue, day: date
) -> tuple[Credential, ...]:
    """Credentials of the clients on a day, in their order."""
    return tuple(_fold(client, grants, catalogue, day) for client in clients)


_CONSENT = frozenset(purpose.code for purpose in PURPOSES if purpose.requires_consent)


Open = Callable[[str, str], Mapping[str, str]]
"""What opens the hub for a client, or for a person through it: token, client_secret, username, password, totp_secret."""


def write_credentials(path: Path, credentials: Iterable[Credential], opening: Open) -> None:
    """Write the file, and beside it the short table of people, each in one step, readable by its owner only."""
    entries = [_entry(credential, opening) for credential in credentials]
    _put(path, orjson.dumps(entries, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE))
    _put(path.with_name(PEOPLE), people_table(entries, path.parent).encode())


def people_table(entries: Iterable[Mapping[str, Any]], folder: Path) -> str:
    """Whoever signs in, a line each: account, name, role, department, password, and how to get the one-time code."""
    lines = [
        "# 演示城市的人员 / People of the demo city",
        "",
        "全部虚构。动态码由下列命令给出,或把 `credentials.json` 中的 `totp_secret` 加入验证器。",
        "All invented. The command in the last column gives the one-time code; or add `totp_secret` of `credentials.json` to an authenticator.",
        "",
        "| 账号 / account | 姓名 / name | 角色 / role | 部门 / department | 密码 / password | 动态码 / one-time code |",
        "|---|---|---|---|---|---|",
    ]
    for entry in entries:
        if "username" in entry:
            name = entry["username"]
            code = f"`{_program()} demo code {name} --var {folder}`" if "totp_secret" in entry else "–"
            cells = [
                name,
                entry["name"],
                entry["role"],
                _DEPARTMENTS.get(entry.get("department", ""), "–"),
                f"`{entry['password']}`",
                code,
            ]
            lines.append(f"| {' | '.join(cells)} |")
    return "\n".join([*lines, ""])


def _program() -> str:
    """This command as it was called: on a fresh clone it stands in no search path."""
    called = Path(sys.argv[0])
    return str(called) if called.name == "chengxin-hub" else "chengxin-hub"


def code_of(folder: Path, username: str, seconds: float) -> str | None:
    """The one-time code of a person at a moment; None for nobody, or one who has no authenticator.

    OSError or ValueError where no demo city has been there.
    """
    entries = orjson.loads((folder / FILE).read_bytes())
    secrets = (one.get("totp_secret") for one in entries if one.get("username") == username)
    secret = next((one for one in secrets if one is not None), None)
    return second_factor.code_at(second_factor.key_of(secret), seconds) if secret is not None else None


def _put(path: Path, text: bytes) -> None:
    draft = path.with_suffix(".draft")
    draft.touch(mode=0o600)
    draft.write_bytes(text)
    os.replace(draft, path)


def _fold(client: Client, grants: Sequence[Grant], catalogue: Catalogue, day: date) -> Credential:
    purpose = client.purposes[0]
    folded = fold_policy(Caller(client), purpose, grants, catalogue.fields.values(), day)
    policy = nothing_held() if purpose in _CONSENT else folded
    hidden = set(catalogue.fields) - set(policy.held)
    return Credential(client, tuple(sorted(policy.held)), tuple(sorted(hidden)))


def _entry(credential: Credential, opening: Open) -> dict[str, Any]:
    client = credential.client
    public = not client.id
    return {
        "name": credential.label or client.label,
        **({"department": client.department} if client.department else {}),
        "role": client.role.value,
        "purposes": list(client.purposes),
        **({} if public else {"client_id": client.id, **opening(client.id, credential.username)}),
        "may_see": list(credential.may_see),
        "may_not_see": list(credential.may_not_see),
    }
