"""What a source of kind `tabular` says of itself: where files are dropped, when they are whole, how long a copy lives.

Refuses what could not be kept safely (no key, no maximum age, no basis) when it is read. Opens nothing.
"""

import base64
import binascii
import re
from pathlib import Path
from typing import Annotated, ClassVar, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr, model_validator

from adapters.mapping import RecordOptions
from adapters.options import LocalPath, Secret, SourceOptions

KEY_BYTES = 32
_HEX = re.compile(r"[0-9a-fA-F]{64}", re.ASCII)


def key_bytes(secret: SecretStr) -> bytes:
    """The 32 bytes of a store's key, written in hexadecimal or base64; ValueError if it is anything else."""
    text = secret.get_secret_value()
    try:
        found = bytes.fromhex(text) if _HEX.fullmatch(text) else base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        found = b""
    if len(found) != KEY_BYTES:
        raise ValueError("is not 32 bytes in hexadecimal or base64; make a key with: openssl rand -hex 32")
    return found


def _checked_key(secret: SecretStr) -> SecretStr:
    key_bytes(secret)
    return secret


def _checked_glob(pattern: str) -> str:
    if "/" in pattern or "\\" in pattern or pattern in ("", ".", ".."):
        raise ValueError("names files of the folder itself, like xk_*.csv")
    return pattern


StoreKey = Annotated[Secret, AfterValidator(_checked_key)]
Glob = Annotated[str, AfterValidator(_checked_glob)]


class Deletion(BaseModel):
    """Rows that withdraw an earlier one: the column that says so, and what it then holds."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    column: str
    values: tuple[str, ...] = Field(min_length=1)


class TabularRecord(RecordOptions):
    """Which files hold a record, and how they are read.

    take: a file is whole once it has its name (`rename`), once its `.ok` lies beside it (`ok`), or once size and time
    have not changed for `stable_seconds` (`stable`) · mode: a file holds everything (`replace`) or what has changed
    (`merge`) · required: fields and keys without which a row is rejected, the keys unless given · data_time: where the
    data time of a file stands, if no column holds it.
    """

    files: Glob
    take: Literal["rename", "ok", "stable"] = "stable"
    stable_seconds: int = Field(default=10, ge=1, le=3600)
    mode: Literal["replace", "merge"] = "replace"
    deletion: Deletion | None = None
    data_time: Literal["name", "mtime"] | None = None
    required: tuple[str, ...] | None = None
    sheet: str | int | None = None
    header_rows: int | None = Field(default=None, ge=1, le=5)

    @model_validator(mode="after")
    def _one_data_time(self) -> Self:
        if self.as_of is not None and self.data_time is not None:
            raise ValueError("the data time stands in a column (as_of) or belongs to the file (data_time), not both")
        return self


class TabularOptions(SourceOptions):
    """Files in a folder, copied into an encrypted store.

    Every field of a copy is held on `basis` and for at most `keep_days` after the time of its file. `max_bytes` bounds
    a file, unpacked; `most_rows` its rows.
    """

    joins_local: ClassVar[bool] = True

    basis: str = Field(min_length=2)
    keep_days: int = Field(ge=1, le=3650)
    folder: LocalPath
    store: LocalPath
    key: StoreKey
    reports: LocalPath | None = None
    poll_seconds: int = Field(default=30, ge=1, le=3600)
    max_bytes: int = Field(default=536_870_912, ge=1024, le=8_589_934_592)
    most_rows: int = Field(default=2_000_000, ge=1, le=20_000_000)
    record: tuple[TabularRecord, ...]

    @property
    def reports_folder(self) -> Path:
        """Where reports are written."""
        return self.reports or self.folder / "reports"
