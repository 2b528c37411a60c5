"""The one question a page asks of a shop, as PUBLIC: of what everybody holds here, and nothing else.

A field that is not open to everybody in this deployment is left out, so that a page never depends on it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from auth.access import Policy
from auth.admission import Credentials
from hub.answer import OnDenied
from hub.gateway import Gateway, Request

_ENTITY = "name formerNames kind status legalRepresentative establishedOn address businessScope registrationAuthority"
_LICENCE = "kind certificateName certificateNo scope validFrom validTo longTerm status renewalPending authority"
_PENALTY = "decisionNo violationType kinds fine decidedOn publicUntil withdrawn repaired authority"
_HONOUR = "name issuer grantedOn validTo"
_COMMITMENT = "kind subject madeOn publicFulfilment publicity acceptedBy"
_BELOW = {"fine": "{ amount currency }"}
_PROVENANCE = "provenance { source department asOf fetchedAt disputed basis }"
_NOBODY = "91110000000000000E"
"""A code by its form, of nobody: the question is planned with it, and not asked."""
_HEALTH = "sources { label since lastAnsweredAt }"


@dataclass(slots=True)
class Asking:
    """Asks the gateway; the question is put together once for each policy."""

    gateway: Gateway
    _fingerprint: str = ""
    _text: str = ""

    def make_ready(self) -> None:
        """Have the question planned before somebody scans a code; HubError where it can't be asked."""
        self.gateway.make_ready(self._request(_NOBODY, ""))

    async def ask(self, uscc: str, request_id: str) -> Mapping[str, Any]:
        """Body of the answer; HubError or RecordUnavailable where there is none."""
        return (await self.gateway.answer(self._request(uscc, request_id))).body

    def _request(self, uscc: str, request_id: str) -> Request:
        credentials = Credentials()
        policy = self.gateway.admit(credentials).policy
        if policy.fingerprint != self._fingerprint:
            self._text, self._fingerprint = question_of(policy), policy.fingerprint
        return Request(self._text, None, {"uscc": uscc}, credentials, OnDenied.QUIET, request_id, queries_only=True)


def question_of(policy: Policy) -> str:
    """The text of the question for what this policy holds."""
    parts = [
        _held(policy, "Entity", _ENTITY),
        _list(policy, "industry", "Industry", "name", plain=True),
        _list(policy, "licences", "Licence", _LICENCE),
        _list(policy, "penalties(inPublication: true)", "Penalty", _PENALTY),
        _credit(policy),
        _list(policy, "commitments", "Commitment", _COMMITMENT),
        _PROVENANCE,
    ]
    return f"query Page($uscc: USCC!) {{ entity(uscc: $uscc) {{ {' '.join(filter(None, parts))} }} {_HEALTH} }}"


def _credit(policy: Policy) -> str:
    honours = _list(policy, "honours", "Honour", _HONOUR)
    return f"creditStatus {{ {honours} {_PROVENANCE} }}" if honours else ""


def _list(policy: Policy, field: str, record: str, names: str, *, plain: bool = False) -> str:
    held = _held(policy, record, names)
    return f"{field} {{ {held} {'' if plain else _PROVENANCE} }}" if held else ""


def _held(policy: Policy, record: str, names: str) -> str:
    """Those of the names that are held, with what stands below them."""
    return " ".join(
        f"{name} {_BELOW.get(name, '')}".strip() for name in names.split() if f"{record}.{name}" in policy.held
    )
