"""What graphql-core finds wrong with a question, said in the hub's words and without repeating what was sent.

A field that is hidden from the caller is not in its schema, so its fault reads exactly like a misspelling.
"""

import re

from graphql import GraphQLError

from hub.errors import HubError
from schema.scalars import ScalarFault

MAX_MESSAGE_CHARS = 300
_QUOTED = re.compile(r"'[^']*'")
"""A name as graphql-core writes it: a field may be called value without being one."""


def input_fault(fault: GraphQLError, place: str) -> HubError:
    """What is wrong with an input value, by the code of the scalar that refused it where there is one."""
    code = _scalar_code(fault)
    if code is not None and code != "BAD_USER_INPUT":
        return HubError(code)
    return HubError("BAD_USER_INPUT", detail=f"{place} 的值与模式不符", detail_en=f"{place} does not fit the schema")


def validation_fault(fault: GraphQLError) -> HubError:
    """What is wrong with a document."""
    code = _scalar_code(fault)
    if code is not None and code != "BAD_USER_INPUT":
        return HubError(code)
    place = fault.locations[0] if fault.locations else None
    where = f"（第 {place.line} 行第 {place.column} 列）" if place else ""
    return HubError("GRAPHQL_VALIDATION_FAILED", where=where, detail_en=_safe(fault.message))


def _scalar_code(fault: BaseException) -> str | None:
    cause: BaseException | None = fault
    for _ in range(8):
        if cause is None:
            break
        if isinstance(cause, ScalarFault):
            return str((cause.extensions or {}).get("code"))
        cause = getattr(cause, "original_error", None) or cause.__cause__
    return None


def _safe(message: str) -> str:
    """graphql-core's sentence; one about a value is replaced, for it repeats the value."""
    if "value" in _QUOTED.sub("", message).lower():
        return "A value does not fit the schema."
    return message[:MAX_MESSAGE_CHARS]
