"""Code tables of a department: its own code for each value of an enumeration of the schema.

Several codes may mean the same value; the first one is written.
"""

from schema.enums import Labelled

Codes = dict[str, Labelled]


def code_of(codes: Codes, value: Labelled) -> str:
    """The department's code for a value; StopIteration if it has none."""
    return next(code for code, name in codes.items() if name is value)


def names_of(codes: Codes) -> dict[str, str]:
    """The table as a configuration writes it: code → name."""
    return {code: value.name for code, value in codes.items()}


def labels_of(kind: type[Labelled]) -> dict[str, str]:
    """The table of a department that writes the Chinese labels themselves."""
    return {value.zh: value.name for value in kind}
