"""Which kind of source each department has: assignments in which every department meets every kind once."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from schema.catalogue import Catalogue
from tests.oracle.cells import as_kept
from tests.oracle.kept import InFiles, InMariadb, InMemory, InPostgres, InSqlite, Keeper
from tests.oracle.kept_services import AtGraphql, AtRest, AtSoap
from tests.oracle.rows import City
from tests.oracle.stored import SOURCES

KINDS = ("postgres", "soap", "rest", "tabular", "graphql", "mariadb", "sqlite")


@dataclass(frozen=True, slots=True)
class Staging:
    """Kind by source; a source that is not named is in memory."""

    name: str
    kinds: Mapping[str, str]

    def city(self, city: City, catalogue: Catalogue) -> City:
        """The city as far as these kinds can hold it."""
        return City(
            tuple(
                as_kept(self.kind(table.source), table, catalogue.records[table.record].fields) for table in city.tables
            )
        )

    def kind(self, source: str) -> str:
        """Kind of a source."""
        return self.kinds.get(source, "memory")


@dataclass(frozen=True, slots=True)
class Servers:
    """Databases for the sources of one staging."""

    postgres: str = ""
    mariadb: str = ""


def keeper(staging: Staging, source: str, folder: Path, servers: Servers) -> Keeper:
    """What holds the rows of a source."""
    match staging.kind(source):
        case "sqlite":
            return InSqlite(source, folder)
        case "postgres":
            return InPostgres(source, servers.postgres, f"{source}_{secrets.token_hex(4)}")
        case "mariadb":
            return InMariadb(source, servers.mariadb)
        case "tabular":
            return InFiles(source, folder)
        case "rest":
            return AtRest(source)
        case "soap":
            return AtSoap(source, folder)
        case "graphql":
            return AtGraphql(source, folder)
    return InMemory(source, folder)


IN_MEMORY = Staging("memory", {})
WITH_DATABASES = Staging("databases", {"register": "sqlite", "market": "sqlite"})


def _turned(turn: int) -> Staging:
    kinds = {source: KINDS[(place + turn) % len(KINDS)] for place, source in enumerate(SOURCES)}
    return Staging(f"{kinds['register']}_first", kinds)


ALL_KINDS = tuple(_turned(turn) for turn in range(len(KINDS)))
"""Every department at every kind of source but memory, where `IN_MEMORY` has them all."""
