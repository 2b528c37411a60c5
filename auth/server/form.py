"""A request to the authorisation server as Authlib reads it, with what was proven beside it."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from authlib.oauth2.rfc6749 import OAuth2Payload, OAuth2Request

from auth.server.ledger import Agreed, Person, SignIn

_URI = "https://hub.invalid/"
"""Authlib looks at the scheme of an address alone; whether TLS is in front is checked where the hub is configured."""


class FormPayload(OAuth2Payload):  # type: ignore[misc]
    """Parameters of a form or query; the first of each, and all of them."""

    def __init__(self, pairs: Sequence[tuple[str, str]]) -> None:
        self._pairs: dict[str, str] = {}
        self._all: defaultdict[str, list[str]] = defaultdict(list)
        for name, value in pairs:
            self._pairs.setdefault(name, value)
            self._all[name].append(value)

    @property
    def data(self) -> dict[str, str]:
        """The first of each."""
        return self._pairs

    @property
    def datalist(self) -> defaultdict[str, list[str]]:
        """All of each."""
        return self._all


@dataclass(frozen=True, slots=True)
class Issue:
    """What a token is issued for: to whom, in which sign-in, under which terms.

    `renewal` is what the refresh token beside it is for, None where there is none.
    """

    agreed: Agreed
    person: Person | None = None
    sign_in: SignIn | None = None
    renewal: Agreed | None = None


class FormRequest(OAuth2Request):  # type: ignore[misc]
    """A request; `key` is the thumbprint of the key that its DPoP proof was made with."""

    def __init__(
        self,
        method: str,
        pairs: Sequence[tuple[str, str]],
        headers: Mapping[str, str] | None = None,
        key: str | None = None,
    ) -> None:
        super().__init__(method, _URI, headers=dict(headers or {}))
        self.payload = FormPayload(pairs)
        self.key = key
        self.issue: Issue | None = None

    @property
    def form(self) -> dict[str, Any]:
        """Its parameters."""
        return self.payload.data

    @property
    def args(self) -> dict[str, Any]:
        """Its parameters."""
        return self.payload.data
