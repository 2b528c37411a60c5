"""What is asked of identity resolution and what it answers: candidates, outcomes, reasons. Plain frozen values.

A probability is a calibrated estimate that both sides are one entity; the outcome follows from it *and* from what
contradicts it, so that nothing of high probability becomes a MATCH over a contradiction.
"""

from dataclasses import dataclass
from enum import StrEnum


class Outcome(StrEnum):
    """What became of a candidate.

    MATCH: one entity, certain enough to act on · POSSIBLE: a person must look · NEW: nobody like that is known ·
    CONFLICT: the evidence contradicts itself, for example a code that belongs to somebody of another name.
    """

    MATCH = "MATCH"
    POSSIBLE = "POSSIBLE"
    NEW = "NEW"
    CONFLICT = "CONFLICT"


class Link(StrEnum):
    """How two sides that are not one entity belong together; they are linked and never merged."""

    BRANCH_OF = "BRANCH_OF"
    """The left side is a branch of the right one."""
    HEAD_OF = "HEAD_OF"
    """The left side is the head office of the right one."""
    SIBLING_BRANCH = "SIBLING_BRANCH"
    """Both are branches of one head office."""


@dataclass(frozen=True, slots=True)
class Reason:
    """One piece of evidence: its code, what it says to people (Chinese, English), and the weight it carried.

    `weight` is in log-odds: above 0 for the same entity, below against it, 0 for a remark.
    """

    code: str
    zh: str
    en: str
    weight: float = 0.0


@dataclass(frozen=True, slots=True)
class Candidate:
    """A business as somebody knows it. Any part may be empty; texts are as they were written.

    `key` is whatever the asker calls it, and comes back with the answer; `local_key` is what the asker's department calls
    it in its own books.
    """

    name: str = ""
    address: str = ""
    uscc: str = ""
    reg_no15: str = ""
    org_code: str = ""
    division_code: str = ""
    licence_no: str = ""
    key: str = ""
    local_key: str = ""


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two sides compared: outcome, probability between 0 and 1, reasons with the weightiest first, and their link."""

    outcome: Outcome
    probability: float
    reasons: tuple[Reason, ...]
    link: Link | None = None


@dataclass(frozen=True, slots=True)
class Known:
    """An entity as the name index holds it; `local` is its source's own row identifier."""

    local: str
    uscc: str = ""
    reg_no15: str = ""
    org_code: str = ""
    name: str = ""
    former_names: tuple[str, ...] = ()
    address: str = ""
    division_code: str = ""
    kind: str = ""
    status: str = ""
    industry_code: str = ""


@dataclass(frozen=True, slots=True)
class Found:
    """One entity that may be meant, and how it compares with the candidate."""

    entity: Known
    comparison: Comparison


@dataclass(frozen=True, slots=True)
class Resolution:
    """What became of one candidate: outcome, probability and reasons of the best entity, which is None where NEW.

    `others` are further entities that may be meant or are linked, the likeliest first, at most nine.
    """

    candidate: Candidate
    outcome: Outcome
    probability: float
    reasons: tuple[Reason, ...]
    entity: Known | None = None
    link: Link | None = None
    others: tuple[Found, ...] = ()
