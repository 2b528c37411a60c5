"""What every source says of itself in `hub.toml`, and how it refers to secrets and files.

A kind of source adds its own options by subclassing `SourceOptions`; unknown keys are refused. Secrets are never
written into the configuration: `env:NAME` and `file:PATH` say where they are.
"""

import os
from pathlib import Path
from typing import Annotated, Any, ClassVar
from urllib.parse import urlsplit

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, SecretStr, ValidationInfo

from adapters.mapping import RecordOptions


def base_folder(info: ValidationInfo) -> Path:
    """Folder of the configuration file: relative paths in it start there."""
    context = info.context or {}
    return Path(context.get("base", "."))


def _resolve_secret(value: Any, info: ValidationInfo) -> SecretStr:
    if isinstance(value, SecretStr):
        return value
    if not isinstance(value, str):
        raise ValueError("a secret is a text: env:NAME or file:PATH")
    way, _, rest = value.partition(":")
    if way == "env" and rest:
        found = os.environ.get(rest)
        if found is None:
            raise ValueError(f"environment variable {rest} is not set")
        return SecretStr(found)
    if way == "file" and rest:
        path = base_folder(info) / rest
        if not path.is_file():
            raise ValueError(f"secret file {rest} does not exist")
        return SecretStr(path.read_text(encoding="utf-8").strip())
    raise ValueError("write env:NAME or file:PATH; a secret is never written into the configuration")


def _resolve_url(value: Any, info: ValidationInfo) -> SecretStr:
    if isinstance(value, str) and not value.startswith(("env:", "file:")):
        if urlsplit(value).password:
            raise ValueError("holds a password: write env:NAME or file:PATH instead of the address")
        return SecretStr(value)
    return _resolve_secret(value, info)


def _resolve_path(value: Any, info: ValidationInfo) -> Path:
    if not isinstance(value, (str, Path)):
        raise ValueError("a path is a text")
    return base_folder(info) / value


Secret = Annotated[SecretStr, BeforeValidator(_resolve_secret)]
"""A secret given by reference."""

Url = Annotated[SecretStr, BeforeValidator(_resolve_url)]
"""An address in clear if it holds no password, else by reference."""

LocalPath = Annotated[Path, BeforeValidator(_resolve_path)]
"""A path, relative to the configuration file."""


class SourceOptions(BaseModel):
    """Options every kind of source has; `record` lists what it owns.

    joins_local: the kind can tell rows apart by several columns together.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)
    joins_local: ClassVar[bool] = False

    name: str = Field(pattern=r"^[a-z][a-z0-9_]{0,31}$")
    kind: str
    department: str
    label: str = ""
    basis: str | None = None
    timeout_ms: int = Field(default=2000, ge=10, le=60_000)
    max_rows: int = Field(default=20_000, ge=1, le=200_000)
    attempts: int = Field(default=2, ge=1, le=5)
    lanes: int = Field(default=8, ge=1, le=64)
    concurrency: int = Field(default=16, ge=1, le=256)
    waiting: int = Field(default=256, ge=0, le=10_000)
    breaker_failures: int = Field(default=5, ge=1, le=100)
    breaker_percent: int = Field(default=50, ge=1, le=100)
    breaker_seconds: float = Field(default=2.0, ge=0.1, le=60)
    breaker_longest_seconds: float = Field(default=30.0, ge=0.1, le=600)
    record: tuple[RecordOptions, ...]
