"""Refuses a mutation in whose arguments a citizen number stands, before anything of it is looked at or kept."""

from collections.abc import Iterator
from typing import Any

from graphql.language import DocumentNode, IntValueNode, StringValueNode, Visitor, visit

from hub.errors import HubError
from schema.uscc import holds_citizen_id


def refuse_citizen_ids(document: DocumentNode, variables: dict[str, Any]) -> None:
    """HubError if one stands anywhere in what was written or in the variables."""
    written = _Written()
    visit(document, written)
    if any(map(holds_citizen_id, (*written.texts, *_texts(variables)))):
        raise HubError("LOOKS_LIKE_CITIZEN_ID")


class _Written(Visitor):
    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []

    def enter_string_value(self, node: StringValueNode, *_: object) -> None:
        self.texts.append(node.value)

    def enter_int_value(self, node: IntValueNode, *_: object) -> None:
        self.texts.append(node.value)


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for inner in value.values():
            yield from _texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _texts(inner)
    elif isinstance(value, str | int) and not isinstance(value, bool):
        yield str(value)
