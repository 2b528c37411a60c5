"""What a question is for: configuration, so that a city can name its own purposes."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Purpose:
    """A purpose of use; exactly one of a deployment is the public's."""

    code: str
    zh: str
    en: str
    scenario: str | None = None
    requires_case: bool = False
    public: bool = False
