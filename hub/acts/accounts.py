"""An account as an administrator says it: every text checked, every name one that is known. Nothing is changed here."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from auth.grants import Binding
from auth.roles import Role
from hub.acts.doing import Doing, bad_input, line_of
from hub.addresses import is_email, is_phone
from hub.callers.offices import OFFICES
from hub.callers.people import Account
from hub.errors import HubError
from schema.staff import BindingInput, PersonInput

_USERNAME = re.compile(r"(?![0-9a-f]{24}\Z)[a-z0-9][a-z0-9._-]{1,63}")
"""No account name looks like a person's id, by which those without one are named."""
_MAX_LABEL, _MAX_CERTIFICATE, _MAX_BINDING, _MAX_VALUES = 100, 64, 200, 50


def read_username(text: str) -> str:
    """An account name in lower case."""
    name = line_of(text, 64, "username").casefold()
    if not _USERNAME.fullmatch(name):
        raise bad_input(
            "username 须为 2–64 个小写字母、数字、点、下划线或连字符，且不像人员编号",
            "username takes 2 to 64 lower-case letters, digits, dots, underscores and hyphens, and does not look like an id",
        )
    return name


def read_role(text: str) -> Role:
    """A role that an account or client may be given by one person: none of the three offices, and not that of the public."""
    try:
        role = Role(text)
    except ValueError:
        raise bad_input("role 不是已知的角色", "role is none that is known") from None
    if role in OFFICES:
        raise HubError("OFFICE_NEEDS_TWO")
    if role is Role.PUBLIC:
        raise bad_input("公众无须账号", "the public needs no account")
    return role


def read_purposes(doing: Doing, given: Sequence[str]) -> tuple[str, ...]:
    """Codes of purposes that there are."""
    if unknown := [code for code in given if code not in doing.rules.known.purposes]:
        place = given.index(unknown[0]) + 1
        raise bad_input(f"第 {place} 个 purposes 不是这里的用途", f"number {place} of purposes is no purpose here")
    return tuple(dict.fromkeys(given))


def changed(doing: Doing, before: Account, given: PersonInput) -> Account:
    """The account with what was given in place of what was there; HubError where it cannot be so."""
    after = before
    if given.label is not None:
        after = replace(after, label=line_of(given.label, _MAX_LABEL, "label"))
    if given.department is not None:
        after = replace(after, department=known_department(doing, given.department))
    if given.role is not None:
        after = replace(after, role=before.role if given.role == before.role.value else read_role(given.role))
    _check_merchant(doing, before, after)
    if given.purposes is not None:
        after = replace(after, purposes=read_purposes(doing, given.purposes))
    if given.bindings is not None:
        after = replace(after, bindings=read_bindings(doing, (after.department, after.role), given.bindings))
    if given.certificate is not None:
        text = given.certificate
        after = replace(after, certificate_no=line_of(text, _MAX_CERTIFICATE, "certificate") if text else None)
    return _reached(after, given)


def _reached(account: Account, given: PersonInput) -> Account:
    """The account with where notices may be sent, as far as that was given."""
    if given.email and not is_email(given.email):
        raise bad_input("email 须为一个电子邮件地址", "email is one mail address")
    if given.phone and not is_phone(given.phone):
        raise bad_input("phone 须为一个电话号码", "phone is one telephone number")
    email = account.email if given.email is None else given.email or None
    return replace(account, email=email, phone=account.phone if given.phone is None else given.phone or None)


def known_department(doing: Doing, code: str) -> str:
    """A department that there is."""
    if code not in doing.roster().departments:
        raise bad_input("没有这个部门", "there is no such department")
    return code


def read_bindings(
    doing: Doing, whose: tuple[str, Role], given: Sequence[BindingInput]
) -> Mapping[str, tuple[str, ...]]:
    """Values of row filters; each name one to which a grant of this department and role binds."""
    grants = [one for one in doing.roster().grants if one.concerns(*whose)]
    operands = [condition.operand for grant in grants for condition in grant.rows]
    used = {operand.name for operand in operands if isinstance(operand, Binding)}
    found: dict[str, tuple[str, ...]] = {}
    for number, one in enumerate(given, 1):
        if one.name not in used:
            listed = ", ".join(sorted(used)) or "–"
            raise bad_input(
                f"第 {number} 个 bindings 无授权使用；可用：{listed}",
                f"number {number} of bindings is used by no grant; there are: {listed}",
            )
        if not 0 < len(one.values) <= _MAX_VALUES:
            raise bad_input(f"每个名称须有 1 到 {_MAX_VALUES} 个值", f"a name takes 1 to {_MAX_VALUES} values")
        found[one.name] = tuple(line_of(value, _MAX_BINDING, "bindings") for value in one.values)
    return found


def _check_merchant(doing: Doing, before: Account, after: Account) -> None:
    if before.id and before.role is not after.role and Role.MERCHANT in (before.role, after.role):
        raise bad_input(
            "经营主体账号不能改作其他角色，其他账号也不能改作经营主体",
            "an account of a merchant stays one, and no other becomes one",
        )
    if after.role is Role.MERCHANT and after.department != doing.rules.merchants:
        raise bad_input("经营主体账号须在其部门", "a merchant is of the department of merchants")


def differences(before: Account, after: Account) -> str:
    """Names of what differs; never what it was or is."""
    names = ("label", "department", "role", "purposes", "bindings", "certificate_no", "email", "phone")
    return " ".join(name for name in names if getattr(before, name) != getattr(after, name))
