"""The reference tables: divisions (GB/T 2260) and industries (GB/T 4754), held in memory from CSV files.

Whoever owns the codes, their names are the same for everybody.
"""

from pathlib import Path
from typing import Any

from hub.demo.records import CityRecords
from hub.demo.tables import FOLDER

_TARGET = "tables"
FILES = (f"{_TARGET}/divisions.csv", f"{_TARGET}/industries.csv")


def reference_files(_city: CityRecords) -> dict[str, bytes]:
    """The files by their place beside the configuration, so that the demo's folder is complete in itself."""
    return {name: (FOLDER / Path(name).name).read_bytes() for name in FILES}


def tables_source() -> dict[str, Any]:
    """The tables as the configuration writes them."""
    return {
        "name": "tables",
        "kind": "memory",
        "department": "statistics",
        "label": "标准代码表",
        "basis": "GB/T 2260;GB/T 4754-2017",
        "record": [
            _table("Division", FILES[0], ("code", "name", "level")),
            _table("Industry", FILES[1], ("code", "name", "parent")),
        ],
    }


def _table(record: str, file: str, columns: tuple[str, ...]) -> dict[str, Any]:
    return {
        "record": record,
        "file": file,
        "local": "code",
        "columns": {column: column for column in columns},
    }
