"""The four questions of the yardstick, in the hub's schema; every server is asked them word for word.

W1 one entity · W2 a page of a hundred · W3 fifty codes · W4 nothing but `__typename`. The bar is measured on the
variant that also asks where every record came from and how old it is; other servers are asked the plain one.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

PAGE, BATCH = 100, 50
_WHENCE = "&"
"""Stands in a template where a record's provenance may be asked."""


class Key(StrEnum):
    """What the keys of a question are."""

    NOTHING = "nothing"
    USCC = "uscc"
    DIVISION = "division"


@dataclass(frozen=True, slots=True)
class Question:
    """A question as a template; `keys` of a kind go into the variable, as a list where there are several."""

    name: str
    about: str
    template: str
    key: Key = Key.NOTHING
    variable: str = ""
    keys: int = 0

    @property
    def plain(self) -> str:
        """The text without provenance."""
        return self.template.replace(_WHENCE, "")

    @property
    def sourced(self) -> str:
        """The text that asks source and data time of every record."""
        return self.template.replace(_WHENCE, " provenance { source asOf }")

    @property
    def varies(self) -> bool:
        """True if the two texts differ."""
        return _WHENCE in self.template

    def variables(self, keys: Sequence[str]) -> dict[str, object]:
        """Variables that ask for these keys."""
        if not self.variable:
            return {}
        return {self.variable: list(keys) if self.keys > 1 else keys[0]}


_IDENTITY = "uscc name legalRepresentative address industryCode divisionCode status establishedOn kind contactPhone&"
_LISTED = "uscc name legalRepresentative divisionCode status establishedOn contactPhone&"
_LICENCES = "licences { kind certificateName certificateNo scope validFrom validTo status authority& }"
_LISTED_LICENCES = "licences { kind certificateName certificateNo validFrom validTo status authority& }"
_CREDIT = "creditStatus { ratings { scheme grade label issuer assessedOn validTo& } }"
_INCENTIVES = "incentives { measureName scenario department grantedOn validTo status& }"

_W1 = f"query W1($uscc: USCC) {{ entity(uscc: $uscc) {{ {_IDENTITY} {_LICENCES} {_CREDIT} {_INCENTIVES} }} }}"
_W2 = (
    f"query W2($division: String) {{ entities(filter: {{ divisionCode: $division }}, first: {PAGE}) "
    f"{{ edges {{ node {{ {_LISTED} {_LISTED_LICENCES} {_CREDIT} }} }} }} }}"
)
_W3 = f"query W3($usccs: [USCC!]!) {{ entitiesByUscc(usccs: $usccs) {{ {_IDENTITY} {_CREDIT} }} }}"

QUESTIONS = {
    "w1": Question("w1", "one entity by its code: 10 + 3×8 + 6 + 2×6 fields", _W1, Key.USCC, "uscc", 1),
    "w2": Question("w2", f"a page of {PAGE} entities of a division: 3,400 fields", _W2, Key.DIVISION, "division", 1),
    "w3": Question("w3", f"{BATCH} entities by their codes: 10 + 6 fields each", _W3, Key.USCC, "usccs", BATCH),
    "w4": Question("w4", "nothing but { __typename }", "{ __typename }"),
}
"""The questions by name, in their order."""
