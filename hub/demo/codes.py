"""Numbers with valid check digits: USCC, organisation code, registration number, food licence, commitment.

Only arithmetic of the standards (GB 32100, GB 11714, GS 15-2006, ISO 7064); whose number it is, is not known here.
"""

from datetime import date

from schema.uscc import ALPHABET, check_digit, organisation_digit

COUNTY = "231282"
BODY_SPACE = len(ALPHABET) ** 4


def organisation_code(body: str) -> str:
    """Nine characters: the body of eight and its check character (GB 11714-1997)."""
    return body + organisation_digit(body)


def credit_code(registrar: str, division: str, body: str) -> str:
    """Eighteen characters from registrar and type (2), division (6) and organisation body (8)."""
    first = registrar + division + organisation_code(body)
    return first + check_digit(first)


def wrong_credit_code(registrar: str, division: str, body: str) -> str:
    """The same with a wrong last character, as some registrars issued them before 2016."""
    right = credit_code(registrar, division, body)
    return right[:17] + ALPHABET[(ALPHABET.index(right[17]) + 1) % len(ALPHABET)]


def body_of(block: str, number: int) -> str:
    """Organisation body of a block of four characters and a number below BODY_SPACE."""
    symbols = ""
    for _ in range(4):
        number, rest = divmod(number, len(ALPHABET))
        symbols = ALPHABET[rest] + symbols
    return block + symbols


def mod_11_10(number: str) -> str:
    """The number with its check digit (ISO 7064 MOD 11,10)."""
    check = 5
    for digit in number:
        check = ((check or 10) * 2 % 11 + int(digit)) % 10
    return number + str((1 - (check or 10) * 2 % 11) % 10)


def registration_number(established: date, individual: bool, sequence: int) -> str:
    """Fifteen digits under the division code in force when the entity was established."""
    old = "232322" if established.year < 1986 else "232303"
    division = old if established.year < 1999 else COUNTY
    return mod_11_10(f"{division}{6 if individual else 1}{sequence:07d}")


def food_licence_number(business: int, sequence: int) -> str:
    """Food licence of the county: 1 sale, 2 catering, 3 canteen."""
    return "JY" + mod_11_10(f"{business}{COUNTY}{sequence:06d}")


def food_filing_number(sequence: int) -> str:
    """Filing of the sale of pre-packaged food only."""
    return "YB" + mod_11_10(f"1{COUNTY}{sequence:06d}")


def production_licence_number(category: int, sequence: int) -> str:
    """Food production licence: category of three digits, sequence of four."""
    return "SC" + mod_11_10(f"{category:03d}{COUNTY}{sequence:04d}")


def medical_register_number(org_code: str, sequence: int) -> str:
    """Twenty-two characters: organisation code, division, class and sequence."""
    return f"{org_code}{COUNTY}{sequence:07d}"


def commitment_number(made: date, sequence: int) -> str:
    """Twenty digits: division, day, sequence."""
    return f"{COUNTY}{made:%Y%m%d}{sequence:06d}"
