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

from auth.access import Access, FieldView, Policy, fold_policy, freeze_policy, next_change, nothing_held, used_up
from auth.caller import Caller, Client
from auth.deputies import Deputies, Deputyship
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
    """What a caller presents: token, purpose and case, each optional; `key` is the thumbprint of the key they proved,
    acting_for the id of the person for whom they say they act as a deputy.

    Presented again, they are admitted again at once, where nothing can have changed; `standing` is for that.
    """

    token: str | None = field(default=None, repr=False)
    purpose: str | None = None
    case: str | None = None
    key: str | None = None
    acting_for: str | None = None
    standing: list["_Admitted"] = field(default_factory=list, repr=False, compare=False)


_Key = tuple[str, Role, str, frozenset[Scope] | None, date, tuple[str, ...], frozenset[str]]
_NONE: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class _Admitted:
    """What an admission gave these credentials under one set of grants, and between which instants that stands."""

    by: "Admission"
    epoch: int
    since: datetime
    until: datetime
    access: Access


@dataclass(frozen=True, slots=True)
class Remembered:
    """A policy that questions are answered by, and for whom it is kept; `own` are ids of grants for one person, `spent`
    of those whose quota is used up.
    """

    department: str
    role: Role
    purpose: str
    scopes: frozenset[Scope] | None
    day: date
    own: tuple[str, ...]
    spent: frozenset[str]
    policy: Policy


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
        self._given = self._honoured = tuple(grants)
        self._grants, self._personal = _by_person(self._honoured)
        self._fields = tuple(fields)
        self._zone = zone
        self._frozen: frozenset[str] = frozenset()
        self._deputies = Deputies()
        self._policies: dict[_Key, _Standing] = {}
        # Departments with the same grants share one policy, which takes 20 kB.
        self._alike: dict[str, Policy] = {}
        self.epoch = 0
        open_ = tuple(purpose.code for purpose in purposes if purpose.public)
        label = ROLE_LABELS[Role.PUBLIC][0]
        self._public = Caller(Client("", label, PUBLIC_DEPARTMENT, Role.PUBLIC, open_))

    @property
    def grants(self) -> tuple[Grant, ...]:
        """The grants that are honoured, whether their period is now or not."""
        return self._honoured

    @property
    def frozen(self) -> frozenset[str]:
        """Coordinates and scopes of which nobody is given anything."""
        return self._frozen

    def renew(
        self, stops: Stops, grants: Sequence[Grant] | None = None, deputies: Iterable[Deputyship] | None = None
    ) -> None:
        """From the next question on honour these grants and deputies, those of before where none are given, but for what
        is stopped.
        """
        self._verifier.renew(stops)
        if grants is not None:
            self._given = tuple(grants)
        honoured = tuple(grant for grant in self._given if not stops.withdrawn(grant.id))
        if deputies is not None:
            self._deputies = Deputies(deputies)
        if honoured != self._honoured or stops.fields != self._frozen:
            self._honoured, self._frozen = honoured, stops.fields
            self._grants, self._personal = _by_person(honoured)
            self._policies.clear()
            self._alike.clear()
        self.epoch += 1

    def remembered(self) -> list[Remembered]:
        """The policies that are kept at this moment, for whoever checks them."""
        return [Remembered(*key, found.policy) for key, found in list(self._policies.items())]

    def policy(self, caller: Caller, purpose: str, day: date) -> Policy:
        """The policy by which such a caller, but for grants of their own, is answered; kept only if it was before."""
        client = caller.client
        found = self._policies.get((client.department, client.role, purpose, caller.scopes, day, (), _NONE))
        return found.policy if found else self._fold(caller, self.purposes[purpose], self._grants, day)

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
        caller, deputised = self.identify(credentials, now), None
        if credentials.acting_for is not None:
            caller, deputised = self._deputise(caller, credentials.acting_for, now)
        purpose = self._purpose(caller, credentials.purpose)
        case = (credentials.case or "").strip() or None
        if purpose.requires_case and case is None:
            raise Refused("CASE_REQUIRED", purpose=purpose.zh, purpose_en=purpose.en)
        if case is not None and (len(case) > MAX_CASE_CHARS or not case.isprintable()):
            raise Refused("BAD_USER_INPUT", detail="案件编号过长或含控制字符", detail_en="the case number is not valid")
        own = self._own(caller, purpose.code, now)
        standing = self._stand(caller, purpose, now.astimezone(self._zone).date(), own)
        ends = (standing.changes, caller.expires, deputised, *(grant.until for grant in own))
        return Access(
            caller=caller,
            purpose=purpose.code,
            case=case,
            policy=standing.policy,
            bindings=Bindings(caller.client.bindings),
            valid_until=min((i for i in ends if i), default=None),
            epoch=self.epoch,
            personal=tuple(grant.id for grant in own),
        )

    def _deputise(self, caller: Caller, principal: str, now: datetime) -> tuple[Caller, datetime]:
        """The caller as deputy of somebody, and until when; Refused if they are not."""
        found = self._deputies.of(caller, principal, now)
        if found is None:
            raise Refused("NOT_DEPUTY")
        return found.acting(caller), found.until

    def without(self, access: Access, spent: frozenset[str], now: datetime) -> Access:
        """The same access while the quotas of these grants are used up: what only they give is refused."""
        own, purpose = self._own(access.caller, access.purpose, now), self.purposes[access.purpose]
        standing = self._stand(access.caller, purpose, now.astimezone(self._zone).date(), own, spent)
        return replace(access, policy=standing.policy, epoch=self.epoch)

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

    def _own(self, caller: Caller, purpose: str, now: datetime) -> tuple[Grant, ...]:
        """Grants for this one person that hold at this instant for the purpose."""
        client, mine = caller.client, self._personal.get(caller.person, ())
        concerning = (one for one in mine if one.concerns(client.department, client.role, caller.person))
        return tuple(one for one in concerning if one.at(now) and purpose in one.purposes)

    def _stand(
        self, caller: Caller, purpose: Purpose, day: date, own: tuple[Grant, ...], spent: frozenset[str] = _NONE
    ) -> _Standing:
        client = caller.client
        named = tuple(grant.id for grant in own)
        key = (client.department, client.role, purpose.code, caller.scopes, day, named, spent)
        found = self._policies.get(key)
        if found is None:
            # What these are less than, which may clear what is known.
            whole = self._stand(caller, purpose, day, own).policy if spent else None
            if len(self._policies) >= _MAX_POLICIES:
                self._policies.clear()
                self._alike.clear()
            grants = [grant for grant in (*self._grants, *own) if grant.id not in spent]
            policy = self._fold(caller, purpose, grants, day)
            policy = policy if whole is None else used_up(whole, policy)
            policy = self._alike.setdefault(policy.fingerprint, policy)
            change = next_change(self._grants, client.department, client.role, day)
            changes = datetime.combine(change, time(), self._zone) if change and change < date.max else None
            found = self._policies[key] = _Standing(policy, changes)
        return found

    def _fold(self, caller: Caller, purpose: Purpose, grants: Sequence[Grant], day: date) -> Policy:
        if purpose.requires_consent:
            return nothing_held()
        policy = fold_policy(caller, purpose.code, grants, self._fields, day)
        return freeze_policy(policy, self._fields, self._frozen)


def _by_person(grants: Sequence[Grant]) -> tuple[tuple[Grant, ...], Mapping[str | None, tuple[Grant, ...]]]:
    """Grants for everybody whom they concern, and by their persons those that are for one only."""
    persons = {grant.person for grant in grants if grant.person is not None}
    everybody = tuple(grant for grant in grants if grant.person is None)
    return everybody, {one: tuple(grant for grant in grants if grant.person == one) for one in persons}
