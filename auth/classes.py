"""How sensitive a field is and how its owner shares it.

Knows nothing of departments, callers or sources. Classes follow GB/T 39477 practice and the sharing
attributes of the catalogue of government data (无条件/有条件/不予共享).
"""

from enum import IntEnum, StrEnum


class Sensitivity(IntEnum):
    """Sensitivity class of a field; a higher number needs a higher station."""

    PUBLIC = 0
    INTERNAL = 1
    PERSONAL = 2
    SENSITIVE = 3


class Sharing(StrEnum):
    """Sharing attribute of a field: it decides whether and how fast access can be requested."""

    UNCONDITIONAL = "UNCONDITIONAL"
    CONDITIONAL = "CONDITIONAL"
    WITHHELD = "WITHHELD"
