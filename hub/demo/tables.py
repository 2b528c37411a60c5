"""The city's own tables: trades, personas, divisions, industries and others, read once from CSV files beside it.

Knows only how the files are written; nothing is drawn here.
"""

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parent / "tables"


@dataclass(frozen=True, slots=True)
class Trade:
    """A trade: the word it has in names, its class of GB/T 4754, what permit it needs, its business scope."""

    group: str
    word: str
    industry: str
    permit: str
    scope: str


@cache
def trades(group: str) -> tuple[Trade, ...]:
    """Trades of one group in the order of the table."""
    return tuple(Trade(**row) for row in read_table("trades.csv") if row["group"] == group)


@cache
def division_name(code: str) -> str:
    """Name of a division; KeyError if the code is not in the table."""
    return _divisions()[code]


@cache
def towns() -> tuple[str, ...]:
    """Codes of the towns and townships of the county, without its urban sub-districts and farms."""
    return tuple(code for code in _divisions() if code.startswith(("2312821", "2312822")))


@cache
def industry_classes(prefixes: tuple[str, ...]) -> tuple[str, ...]:
    """Classes of four digits that begin with one of the prefixes, in the order of the table."""
    rows = read_table("industries.csv")
    return tuple(row["code"] for row in rows if row["level"] == "3" and row["code"].startswith(prefixes))


@cache
def _divisions() -> dict[str, str]:
    return {row["code"]: row["name"] for row in read_table("divisions.csv")}


def read_table(name: str) -> list[dict[str, str]]:
    """Rows of one CSV file; every cell is text."""
    with (FOLDER / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
