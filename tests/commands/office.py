"""Whoever types the commands of an operator: a configuration, its hub, and what is found in the store afterwards."""

import json
import re
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import insert
from typer.testing import CliRunner, Result

from auth.roles import Role
from auth.server.ledger import SignIn
from hub.app import Hub, wire
from hub.callers.people import Account
from hub.cli import cli
from hub.settings import load_settings
from hub.store.caller_tables import browser_sessions, outside_identities
from tests.callers.stand import configure
from tests.golden.world import since_set_up

CITIZEN = "11010519491231002X"
CLERK = ("--label", "张三", "--department", "market", "--role", "CLERK")
BOUND = """
[[grant]]
id = "G-BOUND"
department = "market"
role = "CLERK"
purposes = ["SERVICE"]
scopes = ["entity.identity"]
rows = { divisionCode = { in = "$division" } }
starts = 2026-01-01
ends = 2099-12-31
legal_basis = "测试"
approved_by = "测试"

[mandates]
department = "market"
"""


@dataclass
class Office:
    """A configuration, its hub, and the commands over both."""

    folder: Path
    hub: Hub

    def type(self, *words: str, answer: str | None = None) -> Result:
        """What a command says."""
        return CliRunner().invoke(cli, [*words, "--config", str(self.folder / "hub.toml")], input=answer)

    def done(self, *words: str) -> Result:
        """The same of a command that is done."""
        result = self.type(*words)
        assert result.exit_code == 0, result.output
        return result

    def refused(self, *words: str, code: int = 2) -> str:
        """What a command that is refused says: Chinese first, then English, and nothing on the standard output."""
        result = self.type(*words)
        assert (result.exit_code, result.stdout) == (code, ""), result.output
        chinese, mark, english = result.stderr.partition(" / ")
        assert mark, result.stderr
        assert re.search(r"[\u4e00-\u9fff]", chinese), result.stderr
        assert re.search(r"[a-z]{2}", english), result.stderr
        return result.stderr

    def rows(self, statement: str) -> list[Any]:
        """Rows of the store."""
        with sqlite3.connect(self.folder / "hub.db") as store:
            return store.execute(statement).fetchall()

    def acts(self) -> list[tuple[str, str]]:
        """Acts on record since the store was filled, and how they went."""
        found = [json.loads(row[0]) for row in self.rows("SELECT body FROM entries ORDER BY position")]
        return [(one["act"], one["outcome"]) for one in since_set_up(found)]

    def account(self, name: str) -> Account:
        """An account or person."""
        found = self.hub.attendant.perform(lambda ledger: ledger.people.named(name))
        assert found is not None
        return found

    def store(self) -> bytes:
        """Everything the store holds."""
        return b"".join(path.read_bytes() for path in self.folder.glob("hub.db*"))

    def outsider(self) -> str:
        """Somebody whom another provider vouches for, who is signed in; their id."""

        def work(ledger: Any) -> str:
            made = ledger.people.add(Account("", None, "外人", "market", Role.CLERK))
            row = {"provider": "portal-sso", "subject": b"x", "person": made.id, "seen_at": ledger.now}
            ledger.connection.execute(insert(outside_identities).values(row))
            return str(made.id)

        return self.hub.attendant.perform(work)

    def signed_in(self, person: str) -> None:
        """Have somebody be signed in, at a client and in a browser."""

        def work(ledger: Any) -> None:
            ledger.begin(SignIn("s-" + person, "portal", person, ("pwd",), ledger.now, ledger.now + 999, None))
            row = {"digest": person.encode(), "person": person, "factors": "pwd", "made_at": 0, "expires_at": 2**31}
            ledger.connection.execute(insert(browser_sessions).values(row))

        self.hub.attendant.perform(work)

    def still_signed_in(self) -> tuple[int, int]:
        """Sign-ins and sessions of browsers that have not ended."""
        (at_clients,) = self.rows("SELECT count(*) FROM sign_ins WHERE ended_at IS NULL")
        (in_browsers,) = self.rows("SELECT count(*) FROM browser_sessions")
        return at_clients[0], in_browsers[0]


@contextmanager
def opened(folder: Path) -> Iterator[Office]:
    """A hub whose clerks are bound to a division."""
    path = configure(folder, "http://127.0.0.1:8000", more=BOUND)
    hub = wire(load_settings(path))
    yield Office(path.parent, hub)
    hub.database.close()
