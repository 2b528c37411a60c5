"""The unified social credit code: normalise and check (GB 32100-2015, organisation part GB 11714-1997).

Says what is wrong, what the check digit would be, and what is a person's number rather than an organisation's; never
decides whether such an entity exists.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from operator import mul

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
WEIGHTS = tuple(pow(3, i, 31) for i in range(17))
_VALUES = {symbol: value for value, symbol in enumerate(ALPHABET)}
_FORM = re.compile(f"[{ALPHABET}]{{18}}")
_MANY = re.compile(f"[{ALPHABET}]+")
_DIGITS = bytes(max(0, ALPHABET.find(chr(point))) for point in range(256))
_FACTOR = sum(weight << 16 * place for place, weight in enumerate((*WEIGHTS, 1)))
_PLAIN = re.compile(r"[0-9A-Z]+")
_SPACING = re.compile(r"[\s\u200b\ufeff\-\u2010-\u2015\u2212]+")
MAX_TYPED = 64
_CITIZEN = re.compile(r"[1-9]\d{16}[\dX]", re.ASCII)
_CITIZEN_AT = re.compile(f"(?=({_CITIZEN.pattern}))", re.ASCII)
ORGANISATION_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
TYPES = {
    "1": "1239",
    "2": "19",
    "3": "123459",
    "4": "19",
    "5": "1239",
    "6": "19",
    "7": "129",
    "8": "19",
    "9": "123",
    "A": "19",
    "N": "1239",
    "Y": "1",
}
"""Second characters by the first: what each registrar registers."""
ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


@dataclass(frozen=True, slots=True)
class UsccFault:
    """What is wrong with a typed code, and the code with the right digit where only that is wrong."""

    code: str
    suggestion: str | None = None


def normalise_uscc(text: str) -> str:
    """NFKC, upper case, no spaces, hyphens or zero-width marks."""
    if _PLAIN.fullmatch(text):
        return text
    return _SPACING.sub("", unicodedata.normalize("NFKC", text)).upper()


def check_digit(first17: str) -> str:
    """Eighteenth character for the first seventeen; ValueError outside the 31-symbol alphabet."""
    if len(first17) != len(WEIGHTS) or any(symbol not in _VALUES for symbol in first17):
        raise ValueError("not seventeen symbols of the alphabet")
    return _check_digit(first17)


def _check_digit(code: str) -> str:
    """The same for a code that is known to have its form; what comes after the seventeenth is not looked at."""
    return ALPHABET[-sum(map(mul, map(_VALUES.__getitem__, code), WEIGHTS)) % 31]


def find_fault(code: str) -> UsccFault | None:
    """First fault of a normalised code, or None if format and check digit hold."""
    if not _FORM.fullmatch(code):
        return UsccFault("LOOKS_LIKE_CITIZEN_ID" if is_citizen_id(code) else "USCC_FORMAT")
    if is_personal(code):
        return UsccFault("LOOKS_LIKE_CITIZEN_ID")
    right = _check_digit(code)
    if code[17] == right:
        return None
    return UsccFault("USCC_CHECK_DIGIT", code[:17] + right)


def are_right(codes: Sequence[str]) -> bool:
    """True if every text is a code in canonical form whose check digit holds and which is nobody's citizen number.

    Worked out for all at once: their symbols are the digits of one large number, of which one multiplication gives the
    weighted sums of all codes. False says nothing of any one of them.
    """
    joined = "".join(codes)
    if set(map(len, codes)) != {18} or not _MANY.fullmatch(joined):
        return False
    product = int.from_bytes(joined.encode("utf-16-be").translate(_DIGITS), "big") * _FACTOR
    # The sum of a code stands, in two bytes, seventeen places above its first symbol; 256 is 8 modulo 31.
    sums = product.to_bytes(2 * (len(joined) + 17), "big")
    if any((8 * high + low) % 31 for high, low in zip(sums[34::36], sums[35::36], strict=True)):
        return False
    return not any(code[:17].isdecimal() for code in codes)


def organisation_digit(body: str) -> str:
    """Ninth character of an organisation code for its first eight; ValueError for any but digits and capitals."""
    total = sum(int(c, 36) * w for c, w in zip(body, ORGANISATION_WEIGHTS, strict=True))
    return "0123456789X0"[11 - total % 11]


def is_personal(code: str) -> bool:
    """True if a normalised code is a citizen number and not, by every check of the standard, an organisation's too.

    One citizen number in eight hundred passes all of them: of those only the register can tell.
    """
    return is_citizen_id(code) and not _is_complete(code)


def _is_complete(code: str) -> bool:
    kinds = TYPES.get(code[0], "")
    return code[1] in kinds and organisation_digit(code[8:16]) == code[16] and check_digit(code[:17]) == code[17]


def is_citizen_id(code: str) -> bool:
    """True if the text is a valid 18-character citizen number (GB 11643-1999): personal, never to be echoed."""
    if not _CITIZEN.fullmatch(code) or not _birthday(code[6:14]):
        return False
    total = sum(int(c) * w for c, w in zip(code[:17], ID_WEIGHTS, strict=True))
    return code[17] == "10X98765432"[total % 11]


def holds_citizen_id(text: str) -> bool:
    """True if a citizen number stands somewhere in a text, however it is spaced or written, and is no organisation's.

    Also one whose check digit is wrong, unless it is right for an organisation.
    """
    found = (match[1] for match in _CITIZEN_AT.finditer(normalise_uscc(text)))
    return any(is_personal(one) or (_birthday(one[6:14]) and one[17] != _check_digit(one)) for one in found)


def _birthday(digits: str) -> bool:
    year, month, day = int(digits[:4]), int(digits[4:6]), int(digits[6:])
    return 1850 <= year <= 2100 and 1 <= month <= 12 and 1 <= day <= 31
