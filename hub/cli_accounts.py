"""An account as an operator types it: every text checked, every name one that the configuration knows."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from auth.grants import Binding
from auth.roles import Role
from hub.addresses import is_email, is_phone, masked_email, masked_phone
from hub.app import Hub
from hub.callers.people import Account
from hub.cli_operating import known, known_department, refused, typed
from hub.opening import merchants_of
from hub.terminal import err

_USERNAME = re.compile(r"(?![0-9a-f]{24}\Z)[a-z0-9][a-z0-9._-]{1,63}")
"""No account name looks like a person's id, by which those without one are named."""
_MAX_LABEL, _MAX_CERTIFICATE, _MAX_BINDING = 100, 64, 200


@dataclass(frozen=True, slots=True)
class Typed:
    """What was typed of an account; None where nothing was. A list with one empty text takes away what was there."""

    label: str | None = None
    department: str | None = None
    role: Role | None = None
    purposes: Sequence[str] | None = None
    bindings: Sequence[str] | None = None
    certificate: str | None = None
    email: str | None = None
    phone: str | None = None


def read_username(text: str) -> str:
    """An account name in lower case; ends the command for any other text."""
    name = typed(text, 64, "USERNAME").casefold()
    if not _USERNAME.fullmatch(name):
        refused(
            "账号须为 2–64 个小写字母、数字或 . _ -,以字母或数字开头,且不像人员编号:请换一个",
            "an account name has 2 to 64 lower-case letters, digits or . _ -, begins with a letter or digit "
            "and does not look like a person's id: choose another one",
        )
    return name


def changed(hub: Hub, before: Account, said: Typed) -> Account:
    """The account with what was typed in place of what was there; ends the command where it cannot be so."""
    values: dict[str, Any] = {}
    if said.label is not None:
        values["label"] = typed(said.label, _MAX_LABEL, "--label")
    if said.department is not None:
        values["department"] = known_department(hub, said.department)
    if said.role is not None:
        values["role"] = said.role
    after = replace(before, **values)
    _check_role(hub, after)
    if said.purposes is not None:
        values["purposes"] = _purposes(hub, said.purposes)
    if said.bindings is not None:
        values["bindings"] = _bindings(hub, after, said.bindings)
    if said.certificate is not None:
        given = said.certificate
        values["certificate_no"] = typed(given, _MAX_CERTIFICATE, "--certificate") if given else None
    if said.email is not None:
        values["email"] = _email(said.email) if said.email else None
    if said.phone is not None:
        values["phone"] = _phone(said.phone) if said.phone else None
    return replace(before, **values)


def warn_of_certificate(account: Account) -> None:
    """Say what an officer without a certificate sees."""
    if account.role is Role.OFFICER and account.certificate_no is None:
        err.print(
            "注意:执法人员未填执法证号(--certificate),只能看到公众可见的内容 / "
            "note: an officer without --certificate sees what the public sees",
            markup=False,
        )


def shown_contact(account: Account) -> list[str]:
    """Where a person is told of something, masked."""
    email = [masked_email(account.email)] if account.email else []
    return [*email, masked_phone(account.phone)] if account.phone else email


def _email(text: str) -> str:
    if not is_email(text):
        refused(
            "--email 须为一个电子邮件地址,例如 name@example.gov.cn",
            "--email is one mail address, for example name@example.gov.cn",
        )
    return text


def _phone(text: str) -> str:
    if not is_phone(text):
        refused(
            "--phone 须为一个电话号码:数字,可含空格、- 和开头的 +",
            "--phone is one telephone number: digits, blanks, hyphens, perhaps a + before them",
        )
    return text


def _check_role(hub: Hub, account: Account) -> None:
    if account.role is Role.PUBLIC:
        refused(
            "公众无须账号:请用其他角色",
            "the public needs no account: choose another role",
        )
    merchants = merchants_of(hub.settings)
    if account.role is Role.MERCHANT and account.department != merchants:
        there = (f"即 {merchants}", f"which is {merchants}") if merchants else ("目前未设置", "which is not set")
        refused(
            f"经营主体账号须在其部门([mandates] department,{there[0]}):请更改 --department 或配置",
            f"a merchant is of the department that [mandates] names, {there[1]}: change --department or the settings",
        )


def _purposes(hub: Hub, given: Sequence[str]) -> tuple[str, ...]:
    if list(given) == [""]:
        return ()
    codes = {purpose.code for purpose in hub.settings.purposes}
    return tuple(dict.fromkeys(known(("用途", "purpose"), one, codes) for one in given))


def _bindings(hub: Hub, account: Account, given: Sequence[str]) -> Mapping[str, tuple[str, ...]]:
    if list(given) == [""]:
        return {}
    used = _bound(hub, account)
    found: dict[str, tuple[str, ...]] = {}
    for one in given:
        name, _, value = typed(one, _MAX_BINDING, "--binding").partition("=")
        if not name.strip() or not value.strip():
            refused(
                "--binding 须写作 名称=值,例如 division=440106",
                "--binding is written NAME=VALUE, for example division=440106",
            )
        name = known(("行过滤名称", "name of a row filter"), name.strip(), used, _NO_GRANT)
        found[name] = (*found.get(name, ()), value.strip())
    return found


_NO_GRANT = (
    "。只有该部门该角色的授权([[grant]] rows)所用的名称才有效",
    ". A name has an effect only if a grant of this department and role binds to it ([[grant]] rows)",
)


def _bound(hub: Hub, account: Account) -> set[str]:
    """Names that the grants of this department and role take values of."""
    grants = [one for one in hub.roster.grants if one.concerns(account.department, account.role)]
    operands = [condition.operand for grant in grants for condition in grant.rows]
    return {operand.name for operand in operands if isinstance(operand, Binding)}
