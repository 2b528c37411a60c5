"""Sums of money of departments → (amount in units of the currency, ISO 4217 code, what the source wrote).

A reader raises ValueError or ArithmeticError where it cannot tell the sum; it never guesses one. Knows no column and
no option.
"""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

Sum = tuple[str, str, str]
"""Amount as decimal text, currency, original."""

_LARGEST = 18
"""Decimal exponent beyond which a number is no sum of money: written out it would fill the memory."""


def money_reader(unit: Decimal, currency: str) -> Callable[[Any], Sum | None]:
    """Reads a plain number in units of `unit`; commas are left out."""

    def read(raw: Any) -> Sum | None:
        text = str(raw).strip().replace(",", "")
        return (written_amount(Decimal(text) * unit), currency, str(raw).strip()) if text else None

    return read


def written_amount(amount: Decimal) -> str:
    """The amount without exponent and trailing zeros; ValueError if it is no sum of money."""
    if not amount.is_finite() or abs(amount.normalize().adjusted()) > _LARGEST:
        raise ValueError("not an amount")
    return format(amount.normalize(), "f")
