"""Acts that were done, by their idempotency keys: a key is its caller's, stands for one request, and is kept for a day."""

from dataclasses import dataclass, field
from typing import Any

import orjson
from sqlalchemy import Connection, delete, insert, select

from auth.access import Access
from hub.audit.recorder import Recorded
from hub.callers.vault import Vault
from hub.errors import HubError
from hub.gateway import Request
from hub.store.caller_tables import acts_done

KEPT = 24 * 3600
"""Seconds."""
MAX_KEY_CHARS = 128


@dataclass(frozen=True, slots=True)
class Named:
    """A request by its key: digests of whose key it is, and of what is asked with it."""

    digest: bytes
    request: bytes


@dataclass(frozen=True, slots=True)
class Done:
    """What an act gave: JSON of its data; `withheld` if something in it was shown the first time only; its last entry."""

    data: bytes = field(repr=False)
    withheld: bool = False
    replayed: bool = False
    recorded: Recorded | None = None


def name_request(request: Request, access: Access, vault: Vault) -> Named:
    """The request by its key; HubError if it has none, or one that is not good."""
    key = request.idempotency_key
    if key is None:
        raise HubError("IDEMPOTENCY_KEY_REQUIRED")
    if len(key) > MAX_KEY_CHARS or not key.isprintable():
        raise HubError("BAD_REQUEST", detail="幂等键过长或含控制字符", detail_en="the idempotency key is not valid")
    caller = access.caller
    whose = [caller.client.id, caller.person, key, *([caller.principal] if caller.principal else [])]
    asked = [request.text, request.operation_name, request.variables, access.purpose, access.case]
    return Named(vault.digest("idempotency", _text(whose)), vault.digest("request", _text(asked)))


@dataclass(frozen=True, slots=True)
class Memory:
    """The acts that are remembered, in one transaction; `now` in seconds since 1970."""

    connection: Connection
    vault: Vault
    now: int

    def find(self, named: Named) -> Done | None:
        """What the request gave when it was done; HubError if its key was another request's."""
        row = self.connection.execute(select(acts_done).where(acts_done.c.digest == named.digest)).first()
        if row is None or row.until <= self.now:
            return None
        if bytes(row.request) != named.request:
            raise HubError("IDEMPOTENCY_KEY_REUSED")
        kept = orjson.loads(self.vault.open(_place(named), row.result))
        # What was done by an earlier version told nothing of its entry.
        recorded = Recorded(*kept["recorded"]) if kept.get("recorded") else None
        return Done(orjson.dumps(kept["data"]), kept["withheld"], replayed=True, recorded=recorded)

    def keep(self, named: Named, data: bytes, secrets: list[str], recorded: Recorded | None = None) -> Done:
        """Remember what was done, but for the secrets in it, which are shown once; what is remembered says so."""
        kept = data
        for secret in secrets:
            kept = kept.replace(orjson.dumps(secret), b"null")
        told = {
            "data": orjson.loads(kept),
            "withheld": kept != data,
            "recorded": [recorded.index, recorded.hash] if recorded else [],
        }
        text = orjson.dumps(told).decode()
        self.connection.execute(delete(acts_done).where(acts_done.c.digest == named.digest))
        row = {
            "digest": named.digest,
            "request": named.request,
            "result": self.vault.seal(_place(named), text),
            "until": self.now + KEPT,
        }
        self.connection.execute(insert(acts_done).values(row))
        return Done(data, recorded=recorded)


def _text(parts: list[Any]) -> str:
    return orjson.dumps(parts, option=orjson.OPT_SORT_KEYS).decode()


def _place(named: Named) -> str:
    return f"acts_done.result.{named.digest.hex()}"
