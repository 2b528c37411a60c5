"""Which kinds of source there are: a kind is a module of this package that defines OPTIONS.

A module is imported only when a source of its kind is configured, so that its libraries are needed only then.
"""

import re
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from importlib.resources import files
from types import ModuleType

from adapters.base import Adapter
from adapters.options import SourceOptions
from schema.catalogue import Catalogue

_DEFINES_OPTIONS = re.compile(r"^OPTIONS\b", re.MULTILINE)


@cache
def kinds() -> frozenset[str]:
    """Names of all kinds."""
    return frozenset(_find_kinds())


def options_of(kind: str) -> type[SourceOptions]:
    """The options a source of this kind takes; KeyError, naming the kinds there are, if there is no such kind."""
    options: type[SourceOptions] = _module(kind).OPTIONS
    return options


def open_source(options: SourceOptions, catalogue: Catalogue) -> Adapter:
    """The adapter of a source; ValueError naming everything that is wrong with its mapping, one a line."""
    adapter: Adapter = _module(options.kind).open_source(options, catalogue)
    return adapter


def _find_kinds() -> Iterator[str]:
    # Read, not imported: one kind's missing library must not take the others with it.
    for file in files(__package__).iterdir():
        name, _, suffix = file.name.rpartition(".")
        if suffix == "py" and _DEFINES_OPTIONS.search(file.read_text(encoding="utf-8")):
            yield name


def _module(kind: str) -> ModuleType:
    if kind not in kinds():
        raise KeyError(f"{kind} is not a kind of source; there are {', '.join(sorted(kinds()))}")
    return import_module(f"{__package__}.{kind}")
