"""Where a column of codes holds the number of a person, in SQL: `is_citizen_id` and `is_personal` of `schema.uscc`.

Such a cell is unreadable, and must be so wherever rows are compared and ordered too. Texts are taken as stored, but for
a small x. Every database computes it: sums of digits, and no digit is read of a text that is not all digits.
"""

from collections.abc import Sequence

import sqlalchemy as sa

from adapters.sql_column import Condition, Flavour, Found
from schema.uscc import ALPHABET, ID_WEIGHTS, ORGANISATION_WEIGHTS, TYPES, WEIGHTS

_NUMBER = (
    "^[1-9][0-9]{5}(?:18[5-9][0-9]|19[0-9]{2}|20[0-9]{2}|2100)(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])"
    r"[0-9]{3}[0-9Xx]\Z"
)
_LAST = "10X98765432"
_ORGANISATION = "0X987654321"
_CODE = ALPHABET[0] + ALPHABET[:0:-1]
"""Check characters by the remainder of the sum."""
_KINDS = "^(?:" + "|".join(f"{first}[{second}]" for first, second in TYPES.items()) + ")"


def personal(text: Found, flavour: Flavour, *, vouched: bool) -> Condition:
    """True where the text is a citizen number; where a register vouches for it, and no organisation's code too."""
    number = flavour.matches(text, _NUMBER)
    found = sa.and_(number, _ends(text, number, (1, ID_WEIGHTS), _LAST, 18))
    if not vouched:
        return found
    organisation = _ends(text, number, (9, ORGANISATION_WEIGHTS), _ORGANISATION, 17)
    code = _ends(text, number, (1, WEIGHTS), _CODE, 18)
    return sa.and_(found, sa.not_(sa.and_(flavour.matches(text, _KINDS), organisation, code)))


def _ends(text: Found, number: Condition, weighed: tuple[int, Sequence[int]], checks: str, place: int) -> Condition:
    """True where a check character stands at a place: that of the weighted sum of the digits from the first one on."""
    first, weights = weighed
    digits = [sa.cast(_at(text, first + n), sa.Integer) for n in range(len(weights))]
    total = sum((digit * _number(weight) for digit, weight in zip(digits, weights, strict=True)), _number(0))
    # A case, for else a database may read digits of any text.
    check = sa.case(
        (
            number,
            sa.func.substr(sa.literal_column(f"'{checks}'"), total % _number(len(checks)) + _number(1), _number(1)),
        )
    )
    # Not upper(): of a text that equals nothing but itself some databases make no capitals.
    return sa.func.replace(_at(text, place), sa.literal_column("'x'"), sa.literal_column("'X'")) == check


def _at(text: Found, place: int) -> Found:
    return sa.func.substr(text, _number(place), _number(1))


def _number(number: int) -> sa.ColumnElement[int]:
    return sa.literal_column(str(number), sa.Integer)
