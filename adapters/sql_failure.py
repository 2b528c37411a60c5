"""What the failure of a driver means for a source: down, too late, or not what was agreed.

The texts of drivers quote values and addresses, so only the class and the code of an error are repeated.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import asyncpg
from sqlalchemy.exc import DBAPIError, NoSuchTableError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from adapters.base import SourceBadData, SourceDown, SourceError, SourceTimeout

_STATE = 5
"""Characters of an SQLSTATE, which PostgreSQL and its relatives give and whose first two are the class."""
_REFUSED = "42501"
# Cancelled or too slow, by the words of PostgreSQL, SQLite, MariaDB (statement, killed query, lock), MySQL (statement,
# pattern), Oracle (cancelled, call).
_TIMEOUTS = frozenset(
    {"57014", "SQLITE_INTERRUPT", "SQLITE_BUSY", "1969", "1317", "1205", "3024", "3699", "ORA-01013", "DPY-4024"}
)
_BAD_DATA = frozenset(
    {
        *("3F000", "SQLITE_CORRUPT", "SQLITE_NOTADB", "SQLITE_ERROR"),
        # MariaDB and MySQL: no table · no column · syntax · pattern · collations · a broken view · a value in the wrong
        # form. Their SQLSTATEs put refused rights into the same class as missing columns.
        *("1146", "1054", "1064", "1139", "1267", "1270", "1271", "1356", "1449", "1292", "1366", "1525"),
        # Oracle: no table · no column · types that cannot be compared · numbers and days in the wrong form.
        *("ORA-00942", "ORA-00904", "ORA-00932", "ORA-01722", "ORA-01839", "ORA-01843", "ORA-01858", "ORA-01861"),
        # 达梦: no table or view · no column · no schema.
        *("-2106", "-2111", "-2103"),
    }
)


@contextmanager
def translated() -> Iterator[None]:
    """Every failure of a driver becomes a SourceError without values and secrets."""
    try:
        yield
    except NoSuchTableError as error:
        raise SourceBadData(f"there is no table {error}") from None
    except PoolTimeout:
        raise SourceTimeout("no session became free in time") from None
    except (ValueError, ArithmeticError, RecursionError) as error:
        raise SourceBadData(f"the driver cannot read the answer: {type(error).__name__}") from None
    except DBAPIError as error:
        raise failure_of(error.orig) from None
    except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
        raise failure_of(error) from None


def failure_of(error: BaseException | None) -> SourceError:
    """What an error of a driver means for the source."""
    code = _code(error)
    text = f"{type(error).__name__} {code}".strip()
    if code in _TIMEOUTS or isinstance(error, TimeoutError):
        return SourceTimeout(f"the database did not answer in time: {text}")
    if code in _BAD_DATA or (len(code) == _STATE and code[:2] in ("22", "42") and code != _REFUSED):
        return SourceBadData(f"the database does not hold what the mapping says: {text}")
    return SourceDown(f"the database failed or refused: {text}")


def _code(error: BaseException | None) -> str:
    first = error.args[0] if error is not None and error.args else None
    if isinstance(first, int):
        return str(first)
    # asyncpg · SQLite · psycopg2 and its relatives; Oracle and 达梦 say it in the first argument.
    named = ((error, "sqlstate"), (error, "sqlite_errorname"), (error, "pgcode"), (error, "kbcode"))
    inner = ((first, "full_code"), (first, "code"))
    return next((str(code) for place, name in (*named, *inner) if (code := getattr(place, name, None))), "")
