"""A question as it is asked of the hub and of the oracle alike."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Question:
    """Text, raw variables, what a denial does, and which sources are silent, with the code of their failure."""

    text: str
    variables: Mapping[str, Any] = field(default_factory=dict)
    on_denied: str = "partial"
    silent: Mapping[str, str] = field(default_factory=dict)
