"""The credentials of the demo: one entry a client, and one for the public, with what each may see.

What may be seen is folded from the grants themselves; tokens are made by whoever holds the key.
"""

import os
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import orjson

from auth.access import fold_policy
from auth.caller import Caller, Client
from auth.grants import Grant
from auth.roles import Role
from schema.catalogue import Catalogue


@dataclass(frozen=True, slots=True)
class Credential:
    """A client and the coordinates it may see, masked or for some rows at least, for its first purpose."""

    client: Client
    may_see: tuple[str, ...]
    may_not_see: tuple[str, ...]


def fold_credentials(
    clients: Iterable[Client], grants: Sequence[Grant], catalogue: Catalogue, day: date
) -> tuple[Credential, ...]:
    """Credentials of the clients on a day, in their order."""
    return tuple(_fold(client, grants, catalogue, day) for client in clients)


def write_credentials(path: Path, credentials: Iterable[Credential], issue: Callable[[str], str]) -> None:
    """Write the file in one step, readable by its owner only; `issue` makes the token of a client id."""
    entries = [_entry(credential, issue) for credential in credentials]
    draft = path.with_suffix(".draft")
    draft.touch(mode=0o600)
    draft.write_bytes(orjson.dumps(entries, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE))
    os.replace(draft, path)


def _fold(client: Client, grants: Sequence[Grant], catalogue: Catalogue, day: date) -> Credential:
    policy = fold_policy(Caller(client), client.purposes[0], grants, catalogue.fields.values(), day)
    hidden = set(catalogue.fields) - set(policy.held)
    return Credential(client, tuple(sorted(policy.held)), tuple(sorted(hidden)))


def _entry(credential: Credential, issue: Callable[[str], str]) -> dict[str, Any]:
    client = credential.client
    public = client.role is Role.PUBLIC
    return {
        "name": client.label,
        **({} if public else {"department": client.department}),
        "role": client.role.value,
        "purposes": list(client.purposes),
        **({} if public else {"client_id": client.id, "token": issue(client.id)}),
        "may_see": list(credential.may_see),
        "may_not_see": list(credential.may_not_see),
    }
