"""What stands behind the code of an error."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ErrorText:
    """What stands behind a code: sentences with named places, who caused it, HTTP status, whether to try again."""

    zh: str
    en: str
    origin: str = "CLIENT"
    status: int = 400
    retryable: bool = False
