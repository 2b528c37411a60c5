"""The credentials of the demo: one entry a client or person, and one for the public, with what each may see.

What may be seen is folded from the grants themselves; tokens are made by whoever holds the key.
"""

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import orjson

from auth.access import fold_policy
from auth.caller import Caller, Client
from auth.grants import Grant
from schema.catalogue import Catalogue


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


Open = Callable[[str, str], Mapping[str, str]]
"""What opens the hub for a client, or for a person through it: token, client_secret, username, password, totp_secret."""


def write_credentials(path: Path, credentials: Iterable[Credential], opening: Open) -> None:
    """Write the file in one step, readable by its owner only."""
    entries = [_entry(credential, opening) for credential in credentials]
    draft = path.with_suffix(".draft")
    draft.touch(mode=0o600)
    draft.write_bytes(orjson.dumps(entries, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE))
    os.replace(draft, path)


def _fold(client: Client, grants: Sequence[Grant], catalogue: Catalogue, day: date) -> Credential:
    policy = fold_policy(Caller(client), client.purposes[0], grants, catalogue.fields.values(), day)
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
