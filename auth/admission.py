"""Room 0, who: a token, a purpose and a case become an Access, or a refusal with a code.

No token means the public with its one purpose; a bad or expired one is refused, never the public. Policies are
kept for the day they were folded on. Every question is admitted anew or found to be one whose admission still stands,
so that nothing outlives its grant.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta, tzinfo
from typing import Literal, Protocol
from zoneinfo import ZoneInfo

from auth.access import Access, FieldView, Policy, fold_policy, next_change
from auth.caller import Caller, Client
from auth.grants import Bindings, Grant
from auth.purposes import Purpose
from auth.roles import ROLE_LABELS, Role
from auth.scopes import Scope
from auth.standing import Stops

PUBLIC_DEPARTMENT = ""
SHANGHAI = ZoneInfo("Asia/Shanghai")
MAX_CASE_CHARS = 64
_MAX_POLICIES = 512


class Refused(Exception):
    """No access at all: a code, and the names its sentence needs."""

    def __init__(self, code: str, **names: str) -> None:
        super().__init__(code)
        self.code = code
        self.names = names


@dataclass(frozen=True, slots=True)
class Credentials:
    """What a caller presents: token, purpose and case, each optional; `key` is the thumbprint of the key they proved.

    Presented again, they are admitted again at once, where nothing can have changed; `standing` is for that.
    """

    token: str | None = field(default=None, repr=False)
    purpose: str | None = None
    case: str | None = None
    key: str | None = None
    standing: list["_Admitted"] = field(default_factory=list, repr=False, compare=False)


_Key = tuple[str, Role, str, frozenset[Scope] | None, date]


@dataclass(frozen=True, slots=True)
class _Admitted:
    """What an admission gave these credentials under one set of grants, and between which instants that stands."""

    by: "Admission"
    epoch: int
    since: datetime
    until: datetime
    access: Access


@dataclass(frozen=True, slots=True)
class _Standing:
    """The policy of a department, role and purpose on one day, and when grants will next change it."""

    policy: Policy
    changes: datetime | None


class Verifier(Protocol):
    """Says who a token stands for."""

    def verify(self, token: str, now: datetime) -> Caller | Literal["INVALID", "EXPIRED"] | None:
        """A caller, why the token is no good, or None where it is not a token of a kind that is known here."""

    def renew(self, stops: Stops) -> None:
        """Honour nothing that these stops name."""


class Admission:
    """Admits callers under one set of grants; `epoch` names that set and what is honoured."""

    def __init__(
        self,
        verifier: Verifier,
        purposes: Sequence[Purpose],
        grants: Sequence[Grant],
        fields: Iterable[FieldView],
        zone: tzinfo = SHANGHAI,
    ) -> None:
        self._verifier = verifier
        self.purposes: Mapping[str, Purpose] = {purpose.code: purpose for purpose in purposes}
        self._all_grants = self._grants = tuple(grants)
        self._fields = tuple(fields)
        self._zone = zone
        self._policies: dict[_Key, _Standing] = {}
        # Departments with the same grants share one policy, which takes 20 kB.
        self._alike: dict[str, Policy] = {}
        self.epoch = 0
        open_ = tuple(purpose.code for purpose in purposes if purpose.public)
        label = ROLE_LABELS[Role.PUBLIC][0]
        self._public = Caller(Client("", label, PUBLIC_DEPARTMENT, Role.PUBLIC, open_))

    def renew(self, stops: Stops) -> None:
        """Honour nothing that these stops name from the next question on."""
        self._verifier.renew(stops)
        honoured = tuple(grant for grant in self._all_grants if not stops.withdrawn(grant.id))
        if honoured != self._grants:
            self._grants = honoured
            self._policies.clear()
            self._alike.clear()
        self.epoch += 1

    def admit(self, credentials: Credentials, now: datetime) -> Access:
        """Access of the caller at this instant; raises Refused."""
        for known in credentials.standing:
            if known.by is self and known.epoch == self.epoch and known.since <= now < known.until:
                return known.access
        access = self._admit(credentials, now)
        midnight = datetime.combine(now.astimezone(self._zone).date() + timedelta(days=1), time(), self._zone)
        until = midnight if access.valid_until is None else min(midnight, access.valid_until)
        credentials.standing[:] = [_Admitted(self, self.epoch, now, until, access)]
        return access

    def _admit(self, credentials: Credentials, now: datetime) -> Access:
        caller = self.identify(credentials, now)
        purpose = self._purpose(caller, credentials.purpose)
        case = (credentials.case or "").strip() or None
        if purpose.requires_case and case is None:
            raise Refused("CASE_REQUIRED", purpose=purpose.zh, purpose_en=purpose.en)
        if case is not None and (len(case) > MAX_CASE_CHARS or not case.isprintable()):
            raise Refused("BAD_USER_INPUT", detail="案件编号过长或含控制字符", detail_en="the case number is not valid")
        standing = self._stand(caller, purpose.code, now.astimezone(self._zone).date())
        return Access(
            caller=caller,
            purpose=purpose.code,
            case=case,
            policy=standing.policy,
            bindings=Bindings(caller.client.bindings),
            valid_until=min((i for i in (standing.changes, caller.expires) if i), default=None),
            epoch=self.epoch,
        )

    def identify(self, credentials: Credentials, now: datetime) -> Caller:
        """The caller whom the credentials stand for; raises Refused if they stand for none."""
        if credentials.token is None:
            return self._public
        caller = self._verifier.verify(credentials.token, now)
        # A token that is bound to a key is no bearer token, and a proof is for nothing else.
        if not isinstance(caller, Caller) or caller.key != credentials.key:
            raise Refused("UNAUTHENTICATED")
        return self._as_public(caller) if caller.client.role is Role.PUBLIC else caller

    def _as_public(self, caller: Caller) -> Caller:
        """Somebody who may see what everybody may, and asks for what everybody asks: an officer without certificate."""
        return replace(caller, client=replace(caller.client, purposes=self._public.client.purposes), purposes=None)

    def _purpose(self, caller: Caller, asked: str | None) -> Purpose:
        allowed = [code for code in caller.allowed_purposes() if code in self.purposes]
        if asked is None and len(allowed) == 1:
            return self.purposes[allowed[0]]
        if asked is not None and asked in allowed:
            return self.purposes[asked]
        shown = "、".join(f"{code}({self.purposes[code].zh})" for code in allowed) or "无"
        shown_en = ", ".join(f"{code} ({self.purposes[code].en})" for code in allowed) or "none"
        raise Refused("PURPOSE_REQUIRED" if asked is None else "PURPOSE_NOT_YOURS", allowed=shown, allowed_en=shown_en)

    def _stand(self, caller: Caller, purpose: str, day: date) -> _Standing:
        client = caller.client
        key = (client.department, client.role, purpose, caller.scopes, day)
        found = self._policies.get(key)
        if found is None:
            if len(self._policies) >= _MAX_POLICIES:
                self._policies.clear()
                self._alike.clear()
            policy = fold_policy(caller, purpose, self._grants, self._fields, day)
            policy = self._alike.setdefault(policy.fingerprint, policy)
            change = next_change(self._grants, client.department, client.role, day)
            changes = datetime.combine(change, time(), self._zone) if change and change < date.max else None
            found = self._policies[key] = _Standing(policy, changes)
        return found
