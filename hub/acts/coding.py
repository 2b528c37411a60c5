"""Codes of shops: applied for, displayed, suspended, resumed, revoked, reissued, given up; each with its entry and notice.

What the departments say of an entity is asked while no transaction is open. A merchant acts by a mandate; a clerk once
the representative's name on the card is the registered one; the office that issues codes for every entity.
"""

from base64 import b64encode
from collections.abc import Callable
from datetime import date
from functools import partial
from hashlib import sha256

from auth.roles import Role
from hub.acts.batching import Batching
from hub.acts.code_shown import OFFICE, is_office, outcome_of, rules_of, shown_reason
from hub.acts.code_told import keep_step, moment_of, record_step, tell_step
from hub.acts.doing import Doing, Facts, UnknownError, bad_input, line_of
from hub.callers.mandates import is_match
from hub.code.address import token_in
from hub.code.codes import Application, Code, Codes
from hub.code.displays import PHOTO_PLACE, Shown
from hub.code.lifecycle import COMMITMENT, Step, Why
from hub.code.parsers import read_foreign
from hub.code.photos import NoPhoto, read_photo
from hub.code.rules import CodeRules
from hub.code.shops import Shop, judge
from hub.code.story import Happened
from hub.errors import HubError
from hub.settings_code import Group
from schema.coding_enums import CodeStepKind, CodeStepOutcome
from schema.coding_types import CodeApplication, CodeBatchOutcome, CodeCheck, CodeDisplay, CodeOutcome
from schema.enums import CodeStatus

_MOST_NAME, _MOST_REASON, _MOST_PLACE, _MOST_PLACES = 100, 200, 20, 10
_STOPPED = frozenset({CodeStatus.SUSPENDED, CodeStatus.REVOKED})


class Coding:
    """What one caller does to codes, in one transaction; `count` counts acts."""

    def __init__(self, doing: Doing, facts: Facts, count: Callable[[], None]) -> None:
        self._doing = doing
        self._facts = facts
        self._count = count

    @property
    def _rules(self) -> CodeRules:
        return rules_of(self._doing)

    @property
    def _codes(self) -> Codes:
        return Codes(self._doing.connection, moment_of(self._doing.occasion))

    def check(self, uscc: str) -> CodeCheck:
        """What would become of an application: nothing is kept but that it was asked."""
        self._count()
        doing, entity = self._doing, str(uscc)
        doing.person()
        if doing.access.caller.client.role is not Role.CLERK:
            self._mandate(entity)
        if entity not in self._facts.shops:
            raise UnknownError(shop=entity)
        shop, before = self._facts.shops[entity], self._codes.of_entity(entity)
        stopped = before is not None and before.status in _STOPPED
        why = Why.STOPPED if stopped else judge(entity, shop, self._rules.table)
        told = {"why": why.value} if why is not None else {}
        position = doing.record("CODE_CHECKED", "REFUSED" if why else "GRANTED", doing.entity(entity), told)
        return CodeCheck(
            name=shop.name if shop is not None else None,
            reason=shown_reason(why) if why is not None else None,
            pending=shop is not None and shop.lists is None,
            position=position,  # type: ignore[arg-type]
        )

    def apply(self, uscc: str, given: CodeApplication) -> CodeOutcome:
        """Apply for a code; it is issued at once, or refused with a reason and a remedy."""
        self._count()
        doing, entity = self._doing, str(uscc)
        way = self._entitled(entity, given)
        if not given.committed:
            raise HubError("COMMITMENT_REQUIRED")
        before = self._codes.of_entity(entity)
        if before is not None and before.status in _STOPPED:
            return self._refuse(entity, Why.STOPPED)
        if before is not None and before.status is not CodeStatus.CANCELLED:
            position = record_step(doing, "CODE_APPLIED", "ALREADY", before)
            return outcome_of(doing, before, position, changed=False)
        if entity not in self._facts.shops:
            raise UnknownError(shop=entity)
        shop, adopted = self._facts.shops[entity], self._adopted(given.code)
        why = judge(entity, shop, self._rules.table, adopted)
        if adopted is not None and self._codes.owner_of(adopted) not in {None, before.id if before else None}:
            why = Why.FOREIGN_CODE
        if why is not None or shop is None:
            return self._refuse(entity, why or Why.ENTITY_UNKNOWN)
        return self._issue(shop, self._application(entity, shop.name, way, given, adopted))

    def display(self, uscc: str, given: CodeDisplay) -> CodeOutcome:
        """Say where the code is displayed, in place of what was said before."""
        self._count()
        doing, code = self._doing, self._held(uscc)
        if code.status is not CodeStatus.VALID:
            raise HubError("CODE_STATE", status=code.status.zh, status_en=code.status.en.lower())
        shown = self._shown(given, code)
        after = self._codes.display(code, shown)
        told = {"since": shown.since.isoformat(), "places": str(len(shown.places))}
        if shown.photo_digest is not None:
            told["photo"] = shown.photo_digest
        position = record_step(doing, "CODE_DISPLAYED", "GRANTED", after, told)
        said = "\n".join(shown.places)
        step = Happened(CodeStepKind.DISPLAY, said=said, token=after.token, photo_digest=shown.photo_digest)
        keep_step(doing, after.entity, step)
        return outcome_of(doing, after, position)

    def suspend(self, uscc: str, reason: str) -> CodeOutcome:
        """Suspend a code."""
        return self._step(uscc, Step.SUSPEND, reason, self._for_office)

    def resume(self, uscc: str, reason: str) -> CodeOutcome:
        """Resume a suspended code."""
        return self._step(uscc, Step.RESUME, reason, self._for_office)

    def revoke(self, uscc: str, reason: str) -> CodeOutcome:
        """Revoke a code."""
        return self._step(uscc, Step.REVOKE, reason, self._for_office)

    def reissue(self, uscc: str, reason: str, representative: str | None) -> CodeOutcome:
        """Have a code say something new; one that was revoked only by the office. A clerk says who stands before them."""
        return self._step(uscc, Step.REISSUE, reason, partial(self._presented, representative))

    def cancel(self, uscc: str, reason: str, representative: str | None) -> CodeOutcome:
        """Give a code up. A clerk says who stands before them."""
        return self._step(uscc, Step.CANCEL, reason, partial(self._presented, representative))

    def onboard(self, name: str, csv: str) -> CodeBatchOutcome:
        """Take up a whole street; its rows are looked at one after the other, by the hub itself."""
        self._count()
        if self._doing.access.caller.client.role in OFFICE:
            self._office()
        return Batching(self._doing, self._rules).bring(name, csv)

    def _step(self, uscc: str, step: Step, reason: str, found: Callable[[str], Code]) -> CodeOutcome:
        self._count()
        doing, said = self._doing, line_of(reason, _MOST_REASON, "reason")
        code = found(uscc)
        if step is Step.REISSUE and code.status is CodeStatus.REVOKED:
            self._office()
        after = self._codes.take(code, step, said)
        tell_step(doing, step, after)
        keep_step(doing, after.entity, Happened(CodeStepKind[step], said=said, token=after.token))
        return outcome_of(doing, after, record_step(doing, f"CODE_{step}", "GRANTED", after))

    def _issue(self, shop: Shop, application: Application) -> CodeOutcome:
        doing, pending = self._doing, shop.lists is None
        code = self._codes.apply(application, pending=pending)
        told = {"way": application.way, "commitment": COMMITMENT}
        position = record_step(doing, "CODE_APPLIED", "WAITING" if pending else "GRANTED", code, told)
        became = CodeStepOutcome.WAITING if pending else CodeStepOutcome.GRANTED
        keep_step(doing, code.entity, Happened(CodeStepKind.APPLIED, became, token=code.token))
        if not pending:
            tell_step(doing, Step.APPROVE, code)
        return outcome_of(doing, code, position)

    def _refuse(self, entity: str, why: Why) -> CodeOutcome:
        position = self._doing.record("CODE_APPLIED", "REFUSED", self._doing.entity(entity), {"why": why.value})
        if why is not Why.LOOKS_LIKE_CITIZEN_ID:
            keep_step(self._doing, entity, Happened(CodeStepKind.APPLIED, CodeStepOutcome.REFUSED, why))
        return CodeOutcome(
            granted=False,
            changed=False,
            pending=False,
            code=None,
            reason=shown_reason(why),
            position=position,  # type: ignore[arg-type]
        )

    def _application(
        self, entity: str, name: str, way: str, given: CodeApplication, adopted: str | None
    ) -> Application:
        doing, signed = self._doing, None
        if given.authorised is not None:
            said = line_of(given.authorised, _MOST_NAME, "authorised")
            signed = doing.vault.seal(f"honesty_codes.authorised.{entity}", said)
        counter = doing.access.caller.client.department if way == "COUNTER" else None
        return Application(entity, name, doing.person(), way, COMMITMENT, signed, adopted, counter)

    def _entitled(self, entity: str, given: CodeApplication) -> str:
        """As what the caller applies; HubError where they may not."""
        doing = self._doing
        doing.person()
        if doing.access.caller.client.role is not Role.CLERK:
            if given.representative is not None or given.authorised is not None:
                raise bad_input(
                    "representative 和 authorised 只由窗口填写", "representative and authorised are for counters"
                )
            return self._mandate(entity)
        self._check_card(entity, given.representative)
        return "COUNTER"

    def _check_card(self, entity: str, representative: str | None) -> None:
        """HubError unless the name on the card that a clerk is shown is that of the registered representative."""
        doing = self._doing
        if representative is None:
            raise bad_input(
                "窗口须填写身份证件上的法定代表人或经营者姓名（representative）",
                "a counter says the representative's name as on the card (representative)",
            )
        name, what = line_of(representative, _MOST_NAME, "representative"), f"code {doing.person()} {entity}"
        doing.tries.check(what)
        if entity not in self._facts.entities:
            raise UnknownError(entity=entity)
        if self._facts.entities[entity] is not None and not is_match(self._facts.entities[entity], name):
            doing.miss(what)
            raise HubError("REPRESENTATIVE_DIFFERS")

    def _mandate(self, entity: str) -> str:
        held = self._doing.mandates.held_for(self._doing.person(), entity)
        if not held:
            raise HubError("CODE_NOT_YOURS")
        return min((one.kind.name for one in held), key=lambda kind: kind != "REPRESENTATIVE")

    def _adopted(self, text: str | None) -> str | None:
        """What a code of another issuer says; HubError if none of the parsers knows it."""
        if text is None:
            return None
        found = read_foreign(self._rules.parsers, text)
        if found is None or found.group is not Group.TOKEN:
            raise bad_input("code 不是本市认可的其他平台的码", "code is none of another issuer that is taken here")
        token = token_in(found.value)
        if token is None or token != found.value:
            raise bad_input(
                "code 的码值须为 4–24 个大写字母、数字或连字符",
                "what code says is 4 to 24 capitals, digits and hyphens",
            )
        return token

    def _shown(self, given: CodeDisplay, code: Code) -> Shown:
        doing, today = self._doing, date.fromisoformat(self._doing.occasion.at[:10])
        if not 1 <= len(given.places) <= _MOST_PLACES:
            raise bad_input(f"places 须为 1 到 {_MOST_PLACES} 处", f"places takes 1 to {_MOST_PLACES}")
        places = tuple(dict.fromkeys(line_of(place, _MOST_PLACE, "places") for place in given.places))
        since = date.fromisoformat(given.since) if given.since is not None else today
        first = date.fromisoformat(code.issued_on or code.status_since)
        if not first <= since <= today:
            raise bad_input(f"since 须在 {first} 到 {today} 之间", f"since lies between {first} and {today}")
        if given.photo is None:
            return Shown(places, since, doing.person())
        try:
            photo = read_photo(given.photo)
        except NoPhoto:
            raise bad_input(
                "photo 须为 JPEG 或 PNG 的 base64，至多 90 kB", "photo is a JPEG or PNG in base 64, 90 kB at most"
            ) from None
        sealed = doing.vault.seal(PHOTO_PLACE, b64encode(photo).decode())
        return Shown(places, since, doing.person(), sealed, sha256(photo).hexdigest())

    def _held(self, uscc: str) -> Code:
        """The code of an entity that the caller acts for, or of any for a clerk and the office; HubError if there is none."""
        self._doing.person()
        role = self._doing.access.caller.client.role
        if role is Role.MERCHANT:
            self._mandate(str(uscc))
        elif role in OFFICE:
            self._office()
        return self._found(uscc)

    def _presented(self, representative: str | None, uscc: str) -> Code:
        """The same, of what makes every plate of a shop void: a clerk has to be shown a card."""
        code = self._held(uscc)
        if self._doing.access.caller.client.role is Role.CLERK:
            self._check_card(code.entity, representative)
            if self._facts.entities[code.entity] is None:
                # Whom the register does not know nobody represents: then it is for the office.
                raise HubError("REPRESENTATIVE_DIFFERS")
        elif representative is not None:
            raise bad_input("representative 只由窗口填写", "representative is for counters")
        return code

    def _for_office(self, uscc: str) -> Code:
        self._doing.person()
        self._office()
        return self._found(uscc)

    def _found(self, uscc: str) -> Code:
        rules_of(self._doing)
        found = self._codes.of_entity(str(uscc))
        if found is None:
            raise HubError("CODE_NOT_FOUND")
        return found

    def _office(self) -> None:
        """HubError unless the caller is of the department that issues codes."""
        rules = self._rules
        if not is_office(self._doing):
            raise HubError("CODE_OFFICE_ONLY", owner=rules.office_zh, owner_en=rules.office_en)
