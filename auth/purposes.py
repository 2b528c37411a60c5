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


def allowed_purposes(clients: tuple[str, ...], persons: tuple[str, ...], asked: tuple[str, ...]) -> tuple[str, ...]:
    """What is left of a client's purposes by a person's and by what was asked for; empty where all are.

    Where nothing is left, the name of no purpose: a token that says nothing narrows nothing.
    """
    left = tuple(p for p in clients if (not persons or p in persons) and (not asked or p in asked))
    if left == clients:
        return ()
    return left or ("-",)
