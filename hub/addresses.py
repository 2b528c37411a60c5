"""Addresses at which something is asked or somebody told: what may be one, and how it is shown masked."""

import re
from urllib.parse import urlsplit

_HERE = frozenset({"127.0.0.1", "::1", "localhost"})
_EMAIL = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._%+-]{0,62}[A-Za-z0-9])?@(?:[A-Za-z0-9-]{1,63}\.)+[A-Za-z0-9-]{2,63}")
_PHONE = re.compile(r"\+?[0-9](?:[ -]?[0-9]){4,19}")
_MAX_EMAIL = 254


def is_here(host: str | None) -> bool:
    """True if the host is this machine."""
    return host in _HERE


def address_fault(address: str) -> str | None:
    """Why nothing is asked at an address, None if it may be: https, or http on this machine."""
    try:
        parts = urlsplit(address)
        _ = parts.port
    except ValueError:
        return "is not an address"
    safe = parts.scheme == "https" or (parts.scheme == "http" and is_here(parts.hostname))
    if not parts.hostname or not safe or not address.isascii() or not address.isprintable() or " " in address:
        return "must be an address: https, or http on this machine"
    return "must hold no user, password and fragment" if parts.username is not None or parts.fragment else None


def is_email(text: str) -> bool:
    """True if the text is one mail address, without a name beside it."""
    return len(text) <= _MAX_EMAIL and _EMAIL.fullmatch(text) is not None


def is_phone(text: str) -> bool:
    """True if the text is one telephone number: digits, single blanks and hyphens, perhaps a + before them."""
    return _PHONE.fullmatch(text) is not None


def masked_email(address: str) -> str:
    """The address with one character of its name: z***@example.gov.cn."""
    name, _, host = address.partition("@")
    return f"{name[:1]}***@{host}"


def masked_phone(number: str) -> str:
    """The number with its last two digits."""
    return f"***{number[-2:]}"
