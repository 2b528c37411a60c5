"""What entities are named by: a field of the register and its value. Sealed in the store, found by a keyed digest."""

from typing import NamedTuple, Protocol


class Keeping(Protocol):
    """Seals texts for a place in the store, and digests what is only compared."""

    def seal(self, place: str, text: str) -> bytes:
        """The text as it is stored there."""

    def open(self, place: str, sealed: bytes) -> str:
        """The text that was sealed for this place; InvalidTag if it was not."""

    def lasting(self, kind: str, value: str) -> str:
        """Keyed digest of a value by which it is looked up, in any month: 32 hexadecimal digits."""


class Anchor(NamedTuple):
    """The field of the register by which an entity is known, and its value: that of its opaque id."""

    field: str
    value: str

    @property
    def text(self) -> str:
        """The anchor as it is sealed."""
        return f"{self.field}:{self.value}"


def read_anchor(text: str) -> Anchor:
    """An anchor that was sealed."""
    field, _, value = text.partition(":")
    return Anchor(field, value)


def digest_of(keeping: Keeping, anchor: Anchor) -> str:
    """What finds an anchor in the store."""
    return keeping.lasting("anchor", anchor.text)
