"""Seeing as somebody else: the question goes through reading and planning as theirs would, and no further.

No source is asked, so that nobody learns a value, or that there is one, by holding an office – but for the one entity that
the settings name for trying: of it the sources are asked, and the answer is theirs to the letter; and for a case that has
to be known: whoever knows cases is asked, as for a real question. The record keeps who
looked as whom, and the digest of the question.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

from auth.access import Access
from auth.caller import Caller, Client
from auth.grants import Bindings
from auth.purposes import Purpose
from auth.roles import ADMINISTRATORS, Role
from hub.acts.doing import Doing, Facts, UnknownError, bad_input, line_of
from hub.answer import UNKNOWN_CASE, Look, Seen
from hub.errors import ERRORS, HubError
from schema.seeing import SeenField, SeenOutcome, SeenState

_MOST_TEXT = 8_000
NO_SAMPLE = (
    "尚未配置试用主体，因此只显示各字段状态。系统管理人员可在 [console] 中以 sample 填写一个虚构主体的统一社会信用代码。",
    "There is no entity for trying, so that only states are shown. Whoever runs the hub names a made-up one in [console]: sample.",
)
NOT_SAMPLE = (
    '实际答复只对试用主体显示：请只查询 entity(uscc: "{}")。此处只显示各字段状态。',
    'Answers are shown for the entity for trying only: ask entity(uscc: "{}") and nothing else. These are the states.',
)


class Sight(Protocol):
    """How the gateway would deal with a question of an access, without asking anybody."""

    def policy_of(self, caller: Caller, purpose: str) -> Access: ...
    def digest(self, text: str) -> str: ...
    def asks_records(self, text: str) -> bool: ...
    def explain(self, text: str, access: Access) -> list[dict[str, Any]]: ...


@dataclass(frozen=True, slots=True)
class Seeing:
    """The `SeeingDeeds` of the schema; `secrets` are answers, which are given once."""

    doing: Doing
    facts: Facts
    secrets: list[str] = field(default_factory=list, repr=False)

    @property
    def _sight(self) -> Sight:
        if self.doing.rules.sight is None:
            raise RuntimeError("nobody said how the gateway sees")
        return self.doing.rules.sight

    def see_as(self, whom: tuple[str, str, str], question: str, case: str | None, *, answer: bool) -> SeenOutcome:
        """How each field of a question would be answered; what would refuse it is an outcome, and is on record too.

        answer: with the answer itself, where it is about the entity for trying.
        """
        department, role, purpose = self._checked(whom)
        text = question.strip()
        if not 1 <= len(text) <= _MOST_TEXT:
            raise bad_input(f"question 须为 1 到 {_MOST_TEXT} 字", f"question takes 1 to {_MOST_TEXT} characters")
        named = line_of(case, 64, "case") if case else None
        public = role is Role.PUBLIC
        caller = Caller(
            Client("", "", "" if public else department, role, (purpose,), self._bindings(department, role))
        )
        access = replace(self._sight.policy_of(caller, purpose), case=named)
        refused, rows = self._seen(access, text)
        told = {"department": department, "role": role.value, "purpose": purpose, "question": self._sight.digest(text)}
        seen, withheld = Seen(), ("", "")
        if answer and refused is None:
            seen, withheld = self._answered(access, text, "/".join(told.values()) + f"/{named or ''}")
        if seen.recorded is not None:
            told["answer"] = seen.recorded.hash
            self.secrets.append(seen.json.decode())
        if named is not None:
            # Not as a `case`, for nobody named it as theirs; but whether there is such a one was told.
            told["named"] = self.doing.vault.short("case", named)
        outcome = refused.code if refused is not None else "GRANTED"
        position = self.doing.record("SEEN_AS", outcome, "", told)
        words = ERRORS[refused.code] if refused is not None else None
        return SeenOutcome(
            fields=[self._field(row) for row in rows],
            refused=refused.code if refused is not None else None,
            message=words.zh.format_map(refused.names) if words and refused else None,
            message_en=words.en.format_map(refused.names) if words and refused else None,
            position=position,  # type: ignore[arg-type]
            answer=seen.json.decode() or None,
            withheld=withheld[0] or None,
            withheld_en=withheld[1] or None,
        )

    def _answered(self, access: Access, text: str, name: str) -> tuple[Seen, tuple[str, str]]:
        """The answer to a question that is about the entity for trying; else why there is none."""
        sample = self.doing.rules.sample
        if sample is None:
            return Seen(), NO_SAMPLE
        if name not in self.facts.seen:
            raise UnknownError(look=Look(name, text, access, sample))
        seen = self.facts.seen[name]
        return seen, ("", "") if seen.recorded else (NOT_SAMPLE[0].format(sample), NOT_SAMPLE[1].format(sample))

    def _seen(self, access: Access, text: str) -> tuple[HubError | None, list[dict[str, Any]]]:
        rules = self.doing.rules.known.purposes[access.purpose]
        if rules.requires_case and access.case is None:
            return HubError("CASE_REQUIRED", purpose=rules.zh, purpose_en=rules.en), []
        try:
            if self._sight.asks_records(text):
                self._check(rules, access)
            return None, self._sight.explain(text, access)
        except HubError as fault:
            return fault, []

    def _check(self, rules: Purpose, access: Access) -> None:
        """HubError where the purpose demands what a question for records cannot have, or a case that somebody knows."""
        if rules.requires_consent:
            raise HubError("CONSENT_REQUIRED", purpose=rules.zh, purpose_en=rules.en)
        if not rules.verifies_case or rules.public:
            return
        name = f"{access.caller.client.department}/{access.purpose}/{access.case}"
        if name not in self.facts.cases:
            raise UnknownError(case=(name, access))
        code = UNKNOWN_CASE.get(self.facts.cases[name])
        if code is not None:
            raise HubError(code, purpose=rules.zh, purpose_en=rules.en)

    def _checked(self, whom: tuple[str, str, str]) -> tuple[str, Role, str]:
        department, role, purpose = whom
        if role not in set(Role) - ADMINISTRATORS:
            raise bad_input("没有此角色，或为三员岗位", "there is no such role, or it is one of the three offices")
        if purpose not in self.doing.rules.known.purposes:
            raise bad_input("没有此用途", "there is no such purpose")
        if role != Role.PUBLIC.value and department not in self.doing.roster().departments:
            raise bad_input("没有此部门", "there is no such department")
        return department, Role(role), purpose

    def _bindings(self, department: str, role: Role) -> Mapping[str, tuple[str, ...]]:
        """What a client of this department and role is bound to, so that row filters have values."""
        clients = self.doing.roster().callers.values()
        found = (one.bindings for one in clients if (one.department, one.role) == (department, role) and one.bindings)
        return next(found, {})

    def _field(self, row: Mapping[str, Any]) -> SeenField:
        rule = self.doing.rules.known.catalogue.fields.get(row["field"])
        held = row["standing"] == "HELD"
        name = "DENIED" if not held else ("MASKED" if row["masked"] else "CLEAR") + ("_SOME" if row["filtered"] else "")
        return SeenField(
            path=row["path"],
            field=row["field"],
            label=rule.zh if rule else None,
            state=SeenState[name],
            code=None if held else row["code"],
        )


def access_of(caller: Caller, purpose: str, policy: Any, epoch: int) -> Access:
    """The access of somebody who is not there."""
    return Access(
        caller=caller,
        purpose=purpose,
        case=None,
        policy=policy,
        bindings=Bindings(caller.client.bindings),
        valid_until=None,
        epoch=epoch,
        personal=(),
    )
