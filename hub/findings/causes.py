"""What a SourceError means, in the doctor's words: by its class, and by the codes its text repeats. Asks nobody."""

import re

from adapters.base import SourceBadData, SourceError, SourceTimeout
from adapters.options import SourceOptions
from hub.findings.findings import Finding

# The texts are ours (adapters/*_client.py, sql_failure.py, soap_answer.py): codes of drivers, statuses, fixed words.
_CAUSES = (
    # PostgreSQL and relatives · MariaDB, MySQL · Oracle · 达梦
    (re.compile(r"\b(28P01|28000|1045|1698|ORA-01017|-2501)\b"), "CREDENTIALS"),
    (re.compile(r"HTTP 401|refused the client|refused the hub's credentials"), "CREDENTIALS"),
    (re.compile(r"\b(42501|1044|1142|1143|ORA-01031)\b|HTTP 403"), "RIGHTS"),
    (re.compile(r"\b(3D000|1049)\b"), "DATABASE_MISSING"),
    (re.compile(r"SQLITE_CANTOPEN"), "NO_FILE_THERE"),
    (re.compile(r"another content type|is not JSON|is not XML|is not GraphQL"), "CONTENT_TYPE"),
    (re.compile(r"HTTP (?P<status>\d{3})"), "HTTP_STATUS"),
    # Files: what adapters/tabular.py says of a folder.
    (re.compile(r"(?P<record>\w+): no file has been taken yet(, (?P<waiting>\d+) waiting)?"), "NO_FILE"),
    (re.compile(r"(?P<record>\w+): (?P<fault>[^;]+) was not taken: "), "FILE_FAULT"),
    (re.compile(r"(?P<record>\w+): its newest file is (?P<days>\d+) days old, (?P<agreed>\d+) were"), "STALE"),
    (re.compile(r"(?P<record>\w+): its mapping has changed"), "OUTDATED"),
)
_WSDL = re.compile(r"there is no (operation|service|port of SOAP)|wsdl", re.IGNORECASE)
_LIBRARY = re.compile(r"pip install")


def cause(options: SourceOptions, error: SourceError, record: str = "") -> Finding:
    """The finding that a failed question of this source amounts to."""
    return meant(options.name, options.timeout_ms, error.code, str(error), record)


def meant(source: str, limit_ms: int, code: str, text: str, record: str = "") -> Finding:
    """The finding that the code and the text of a source's failure amount to."""
    for pattern, found_code in _CAUSES:
        found = pattern.search(text)
        if found is not None:
            return Finding(source, found_code, {"record": record or source, **found.groupdict("0")})
    if code == SourceTimeout.code:
        return Finding(source, "TIMEOUT", {"limit": limit_ms})
    kind = "MISFIT" if code == SourceBadData.code else "FAILED"
    return Finding(source, kind, {"record": record or source, "fault": text})


def misfit(options: SourceOptions, fault: str) -> Finding:
    """The finding that one line of what refused to be opened amounts to."""
    sentence = re.sub(r"^source \w+(, record \d+)?(?: \((\w+)\))?[:,] ?", r"\2 ", fault).strip()
    code = "LIBRARY" if _LIBRARY.search(fault) else "WSDL" if _WSDL.search(fault) else "MAPPING"
    return Finding(options.name, code, {"fault": sentence})
