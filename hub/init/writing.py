"""Writes what was asked: the secrets, then a draft of the configuration, which takes its name when it has no mistake.

Nothing is ever overwritten, and what a failure or Ctrl-C leaves is removed.
"""

import contextlib
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from hub.init.answers import WrongAnswer
from hub.settings import load_settings
from hub.sources import open_sources
from hub.toml_text import write_toml
from schema.catalogue import Catalogue

SECRETS = "secrets"
_HEAD = """# 由 chengxin-hub init 写成;每个键的含义见 docs/configuration.md。
# Written by chengxin-hub init; every key is explained in docs/configuration.md.

"""


@dataclass(frozen=True, slots=True)
class Draft:
    """What will be written: the configuration, and files beside it with their text, secret ones and plain ones."""

    folder: Path
    document: dict[str, Any] = field(default_factory=dict)
    secrets: dict[str, str] = field(default_factory=dict, repr=False)
    files: dict[str, str] = field(default_factory=dict)

    def keep(self, name: str, secret: str) -> str:
        """The reference of a secret that will be written under this name, or the next one that is free."""
        path = self._free(f"{SECRETS}/{name}")
        self.secrets[path] = secret
        return f"file:{path}"

    def add_file(self, name: str, text: str) -> str:
        """The path of a file that will be written under this name, or the next one that is free."""
        stem, dot, suffix = name.partition(".")
        path = self._free(stem, f"{dot}{suffix}")
        self.files[path] = text
        return path

    def _free(self, stem: str, suffix: str = "") -> str:
        names = [f"{stem}{suffix}", *(f"{stem}-{number}{suffix}" for number in range(2, 100))]
        taken = {*self.secrets, *self.files}
        return next(name for name in names if name not in taken and not (self.folder / name).exists())


def refuse_existing(config: Path) -> None:
    """Return if there is no such file yet; WrongAnswer says what to do otherwise."""
    if config.exists() or config.is_symlink():
        raise WrongAnswer(
            f"{config} 已存在,不会覆盖:请改用 --config 另一个文件名,或先把它移开 / "
            "exists and is not overwritten: name another file with --config, or move it away first"
        )


def write_draft(draft: Draft, config: Path, catalogue: Catalogue) -> None:
    """Write everything, or nothing: BadSettings names every mistake, WrongAnswer a file that is there meanwhile."""
    refuse_existing(config)
    made = config.with_name(f".{config.name}.draft")
    with _undone() as written:
        for name, text in {**draft.secrets, **draft.files}.items():
            _write(draft.folder / name, text, 0o600 if name in draft.secrets else 0o644, written)
        made.unlink(missing_ok=True)
        _write(made, _HEAD + write_toml(draft.document), 0o644, written)
        open_sources(load_settings(made), catalogue)
        try:
            # Unlike a renaming, a link never takes the place of a file that is there.
            os.link(made, config)
        except FileExistsError:
            refuse_existing(config)
        made.unlink()


@contextlib.contextmanager
def _undone() -> Iterator[list[Path]]:
    """Paths that are removed again if the block does not end well."""
    written: list[Path] = []
    try:
        yield written
    except BaseException:
        for path in reversed(written):
            with contextlib.suppress(OSError):
                path.rmdir() if path.is_dir() else path.unlink()
        raise


def _write(path: Path, text: str, mode: int, written: list[Path]) -> None:
    for folder in reversed([each for each in path.parents if not each.exists()]):
        folder.mkdir(mode=0o700)
        written.append(folder)
    number = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    written.append(path)
    with os.fdopen(number, "w", encoding="utf-8") as file:
        file.write(text)


def said(table: Mapping[str, Any]) -> dict[str, Any]:
    """A table without what has no value."""
    return {name: value for name, value in table.items() if value not in (None, "", {}, [])}
