"""A MariaDB or MySQL for the tests: the one named, or the one that runs here.

Knows nothing of the hub. `HUB_TEST_MARIADB` names a server (mysql://user:password@host:port); without it the one at
127.0.0.1:3306 is asked as root, without a password.
"""

import asyncio
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import unquote, urlsplit

import asyncmy
from asyncmy.errors import Error

LOCAL = "mysql://root@127.0.0.1:3306"


class NoMariadbError(Exception):
    """No server; the message names where it was looked for."""


@contextmanager
def server() -> Iterator[str]:
    """The address of a server on which databases may be created. Raises NoMariadbError."""
    address = os.environ.get("HUB_TEST_MARIADB", "") or LOCAL
    try:
        asyncio.run(_execute(address, "SELECT 1"))
    except (OSError, Error):
        place = urlsplit(address)
        raise NoMariadbError(f"no MariaDB at {place.hostname}:{place.port or 3306}") from None
    yield address


@contextmanager
def fresh_database(server_address: str) -> Iterator[str]:
    """The address of a new database, dropped afterwards. Its collation ignores case and trailing blanks, as most do."""
    name = f"hub_test_{secrets.token_hex(6)}"
    asyncio.run(_execute(server_address, f"CREATE DATABASE {name} CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci"))
    try:
        yield urlsplit(server_address)._replace(path=f"/{name}").geturl()
    finally:
        asyncio.run(_execute(server_address, f"DROP DATABASE {name}"))


async def connect(address: str) -> Any:
    """A session that may write, on the server or database of an address."""
    place = urlsplit(address)
    return await asyncmy.connect(
        host=place.hostname,
        port=place.port or 3306,
        user=unquote(place.username or "root"),
        password=unquote(place.password or ""),
        database=place.path.strip("/") or None,
        connect_timeout=5,
        autocommit=True,
    )


async def _execute(address: str, statement: str) -> None:
    connection = await connect(address)
    try:
        async with connection.cursor() as cursor:
            await cursor.execute(statement)
    finally:
        await connection.ensure_closed()
