"""doctor on a store that lies on a server: whether it can be written, and whether it keeps what it was given."""

from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any, cast

import pytest
from pydantic import SecretStr
from sqlalchemy import create_engine, text

from hub.doctor.store import examine_store
from hub.settings import Settings
from hub.store.database import Database


def found(folder, url) -> dict[str, Any]:
    """Findings about a store by code, with what they name."""
    settings = cast("Settings", SimpleNamespace(folder=folder, hub=SimpleNamespace(store=SecretStr(url))))
    return {finding.code: finding.names for finding in examine_store(settings)}


@contextmanager
def beside(dsn):
    """A session behind the hub's back."""
    engine = create_engine(dsn.replace("postgresql:", "postgresql+psycopg:"), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        yield lambda statement: connection.execute(text(statement))
    engine.dispose()


def test_a_store_on_a_server(tmp_path, postgres_dsn):
    """New before the first start, good afterwards, never made by looking; a server that syncs nothing is told of."""
    with beside(postgres_dsn) as execute:
        syncs = execute("SHOW fsync").scalar() == "on" and execute("SHOW full_page_writes").scalar() == "on"
        assert set(found(tmp_path, postgres_dsn)) == {"STORE_NEW"} | (set() if syncs else {"STORE_FORGETFUL"})
        assert set(found(tmp_path, postgres_dsn)) >= {"STORE_NEW"}
        database = Database(postgres_dsn, tmp_path)
        database.migrate()
        database.close()
        assert "STORE_GOOD" in found(tmp_path, postgres_dsn)


def test_a_store_that_takes_nothing_but_questions(tmp_path, postgres_dsn):
    """A standby, or a user without rights, cannot hold the record."""
    name = postgres_dsn.rpartition("/")[2]
    with beside(postgres_dsn) as execute:
        execute(f"ALTER DATABASE {name} SET default_transaction_read_only = on")
        assert "STORE_UNWRITABLE" in found(tmp_path, postgres_dsn)
        execute("SET default_transaction_read_only = off")
        execute(f"ALTER DATABASE {name} RESET default_transaction_read_only")


@pytest.mark.parametrize("address", ["postgresql://hub:hunter2@127.0.0.1:1/hub", "postgresql://nobody-here@{}/hub"])
def test_a_server_that_is_not_there(tmp_path, postgres_dsn, address):
    """It is said by the name of the error, without address, user or password."""
    place = postgres_dsn.rpartition("@")[2].partition("/")[0]
    names = found(tmp_path, address.format(place))["STORE_UNWRITABLE"]
    assert names == {"fault": "OperationalError"}
