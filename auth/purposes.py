"""What a question is for: configuration, so that a city can name its own purposes."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CaseSource:
    """Where case numbers of a purpose can be looked up: a field of a record at a source.

    departments: whose case numbers they are; empty for all that may ask for the purpose.
    """

    source: str
    record: str
    key: str
    departments: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Purpose:
    """A purpose of use; exactly one of a deployment is the public's.

    requires_consent: nothing is answered for it without the consent of whom it is about · verifies_case: a case that
    neither an open task nor a case source knows is refused · delay_days: for how many days an entity is not told of a
    question for it that named a case, by `delay_basis`.
    """

    code: str
    zh: str
    en: str
    scenario: str | None = None
    requires_case: bool = False
    public: bool = False
    requires_consent: bool = False
    verifies_case: bool = False
    case_sources: tuple[CaseSource, ...] = ()
    delay_days: int = 0
    delay_basis: str = ""


def allowed_purposes(clients: tuple[str, ...], persons: tuple[str, ...], asked: tuple[str, ...]) -> tuple[str, ...]:
    """What is left of a client's purposes by a person's and by what was asked for; empty where all are.

    Where nothing is left, the name of no purpose: a token that says nothing narrows nothing.
    """
    left = tuple(p for p in clients if (not persons or p in persons) and (not asked or p in asked))
    if left == clients:
        return ()
    return left or ("-",)
