"""What can be wrong with a file, and what is told of its rows. Plain values; knows neither files nor the store."""

import json
from dataclasses import dataclass
from typing import Any


class FileFault(Exception):
    """A file that is not taken: nothing of it enters the store, and it is looked at again once it has changed.

    `zh` is for the report, `en` for operators; neither holds a value.
    """

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(en)
        self.zh = zh
        self.en = en


class CutShort(FileFault):
    """The file is not whole: it ends early, or is not what its marker says."""


class Changed(FileFault):
    """The file changed while it was read."""

    def __init__(self) -> None:
        super().__init__("读取过程中文件发生变化，待其稳定后重新读取", "it changed while it was read")


@dataclass(frozen=True, slots=True)
class RowFault:
    """One line of the report: why a row was rejected, or what of it could not be read; row 0 is the whole file."""

    row: int
    column: str
    reason: str
    advice: str
    rejected: bool
    cells: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a file has been read: rows so far, and bytes of all bytes."""

    file: str
    rows: int
    bytes_read: int
    bytes_total: int


def fault_values(fault: RowFault) -> dict[str, Any]:
    """A fault as tables keep it."""
    return {
        "row": fault.row,
        "column": fault.column,
        "reason": fault.reason,
        "advice": fault.advice,
        "rejected": int(fault.rejected),
        "cells": json.dumps(fault.cells, ensure_ascii=False),
    }
