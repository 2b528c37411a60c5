"""Whose turn it is: of all workers of a store, on whatever machine, one does what must not be done twice at a time.

A turn ends with the process that has it, however that ends; then the next one to ask gets it.
"""

import fcntl
import os
from contextlib import suppress
from pathlib import Path
from threading import Lock
from typing import Protocol

from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import DBAPIError


class Turn(Protocol):
    """A turn that one worker has at a time. Blocking."""

    def take(self) -> bool:
        """True if it is this worker's, now or still."""

    def release(self) -> None:
        """Let the next worker have it."""


class FileTurn:
    """A turn among the processes of one machine: the lock of a file, which stays empty."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._handle: int | None = None

    def take(self) -> bool:
        """True if it is this worker's."""
        if self._handle is not None:
            return True
        try:
            handle = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
        except OSError:
            return False
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(handle)
            return False
        self._handle = handle
        return True

    def release(self) -> None:
        """Let the next worker have it."""
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None


class SessionTurn:
    """A turn among the sessions of a PostgreSQL database: a lock that a session of its own holds."""

    def __init__(self, engine: Engine, number: int) -> None:
        self._engine = engine
        self._number = number
        self._session: Connection | None = None
        self._one = Lock()

    def take(self) -> bool:
        """True if it is this worker's; a session that the server ended has lost it."""
        with self._one:
            return self._take()

    def release(self) -> None:
        """Let the next worker have it."""
        with self._one:
            self._release()

    def _take(self) -> bool:
        try:
            if self._session is not None:
                self._session.execute(text("SELECT 1"))
                return True
            session = self._engine.connect().execution_options(isolation_level="AUTOCOMMIT")
            taken = session.execute(text("SELECT pg_try_advisory_lock(:number)"), {"number": self._number}).scalar()
        except DBAPIError:
            self._release()
            return False
        if not taken:
            session.close()
            return False
        self._session = session
        return True

    def _release(self) -> None:
        if self._session is not None:
            # Let go of at once, while a session that is closed ends a moment later – unless the server ended it already.
            with suppress(DBAPIError):
                self._session.execute(text("SELECT pg_advisory_unlock(:number)"), {"number": self._number})
            # With the session, not to its pool: what it holds would go there with it.
            self._session.invalidate()
            self._session.close()
            self._session = None
