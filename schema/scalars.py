"""Scalars of the schema: what text each accepts and how it is written.

Answers carry canonical text already, so serialising checks nothing; input is normalised and refused with a code.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import NewType

import strawberry
from graphql import GraphQLError
from strawberry.types.scalar import ScalarDefinition

from schema.uscc import MAX_TYPED, are_right, find_fault, normalise_uscc

USCC = NewType("USCC", str)
Date = NewType("Date", str)
DateTime = NewType("DateTime", str)
Position = NewType("Position", int)
JSON = NewType("JSON", dict[str, object])

_ISO_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


class ScalarFault(GraphQLError):
    """Input a scalar refuses; carries the error code and, where there is one, the suggestion. Never the input."""

    def __init__(self, code: str) -> None:
        super().__init__(code, extensions={"code": code})


class DoubtfulCode(str):
    """A code with a wrong check digit, for which the registry may vouch nevertheless."""

    __slots__ = ()


def read_uscc(value: object) -> str:
    """Normalised code; a wrong check digit alone passes, as a DoubtfulCode."""
    if not isinstance(value, str) or len(value) > MAX_TYPED:
        raise ScalarFault("USCC_FORMAT")
    code = normalise_uscc(value)
    fault = find_fault(code)
    if fault is not None and fault.suggestion is None:
        raise ScalarFault(fault.code)
    return code if fault is None else DoubtfulCode(code)


AT_ONCE: Mapping[str, Callable[[Sequence[str]], bool]] = {"USCC": are_right}
"""Scalars of which many values can be found to be canonical at once, each as it would be read by itself."""


def read_date(value: object) -> str:
    """ISO 8601 calendar date."""
    try:
        if isinstance(value, str) and _ISO_DATE.fullmatch(value):
            return date.fromisoformat(value).isoformat()
    except ValueError:
        pass
    raise ScalarFault("BAD_USER_INPUT")


def read_position(value: object) -> int:
    """A position in the record: a whole number that every store can hold."""
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**63:
        return value
    raise ScalarFault("BAD_USER_INPUT")


def refuse_json(_value: object) -> object:
    """JSON is given, never taken."""
    raise ScalarFault("BAD_USER_INPUT")


def _text(value: object) -> object:
    return value


SCALARS: dict[object, ScalarDefinition] = {
    USCC: strawberry.scalar(
        name="USCC",
        description="统一社会信用代码(GB 32100-2015):全角、小写、空格和连字符自动规范 / Unified social credit code",
        serialize=_text,
        parse_value=read_uscc,
    ),
    Date: strawberry.scalar(
        name="Date",
        description="日期(亚洲/上海),YYYY-MM-DD / Calendar date in Asia/Shanghai",
        serialize=_text,
        parse_value=read_date,
    ),
    DateTime: strawberry.scalar(
        name="DateTime",
        description="带时区的时刻(RFC 3339) / Instant with offset",
        serialize=_text,
        parse_value=_text,
    ),
    Position: strawberry.scalar(
        name="Position",
        description="审计记录中的位置,从 0 起的整数,可超过 32 位 / Position in the record, an integer that may exceed 32 bits",
        serialize=_text,
        parse_value=read_position,
    ),
    JSON: strawberry.scalar(
        name="JSON",
        description="JSON 对象,原样给出 / An object in JSON, given as it is",
        serialize=_text,
        parse_value=refuse_json,
    ),
}
