"""Clients and departments, for the system administrator. Never a secret, and no client in one of the three offices."""

from collections.abc import Mapping
from typing import TypeVar

from pydantic import BaseModel, ValidationError
from sqlalchemy import select

from auth.roles import Role
from auth.standing import Stopped
from hub.acts.accounts import known_department, read_bindings, read_purposes, read_role
from hub.acts.doing import Doing, bad_input, line_of
from hub.callers.client_secrets import withdraw_all
from hub.callers.offices import OFFICES
from hub.callers.stopping import end_for_good
from hub.errors import HubError
from hub.roster.roster import put_client, put_department, retire_client, retire_department
from hub.settings_tables import ClientTable, DepartmentTable
from hub.store.caller_tables import people
from schema.staff import ClientInput, DepartmentInput, StaffOutcome

Model = TypeVar("Model", bound=BaseModel)
_MAX_LABEL, _MAX_TEXT = 100, 500


def put_one_department(doing: Doing, given: DepartmentInput) -> StaffOutcome:
    """Add a department, or change one."""
    by = doing.person()
    said = {
        "code": given.code,
        "label": line_of(given.label, _MAX_LABEL, "label"),
        "label_en": line_of(given.label_en, _MAX_LABEL, "labelEn") if given.label_en else "",
        "contact": line_of(given.contact, _MAX_TEXT, "contact") if given.contact else "",
        "how_to_request": line_of(given.how_to_request, _MAX_TEXT, "howToRequest") if given.how_to_request else "",
    }
    department = _read(DepartmentTable, said)
    before = doing.roster().departments.get(department.code)
    if before != department:
        put_department(doing.connection, department, by, doing.occasion.now)
    what = _differences(before, department)
    return _outcome(doing, "DEPARTMENT_PUT", ("department", department.code), what, changed=before != department)


def end_department(doing: Doing, code: str) -> StaffOutcome:
    """End a department to which nothing belongs any more."""
    by = doing.person()
    name, roster = line_of(code, 32, "code"), doing.roster()
    if name not in roster.departments:
        raise bad_input("没有这个部门", "there is no such department")
    somebody = select(people.c.id).where(people.c.department == name, people.c.ended_at.is_(None)).limit(1)
    uses = [one for one in roster.clients.values() if one.department == name]
    if uses or doing.connection.execute(somebody).first() is not None or name in doing.rules.answering:
        raise bad_input(
            "该部门尚有人员、客户端或数据源，须先停用", "people, clients or sources belong to it: end those first"
        )
    retire_department(doing.connection, name, by, doing.occasion.now)
    return _outcome(doing, "DEPARTMENT_ENDED", ("department", name), "", changed=True)


def put_one_client(doing: Doing, given: ClientInput) -> StaffOutcome:
    """Register a client, or change one; its tokens from before say no more than what it now is."""
    by, before = doing.person(), doing.roster().clients.get(given.id)
    if before is not None and before.role in OFFICES:
        raise HubError("OFFICE_NEEDS_TWO")
    role = read_role(given.role)
    department = known_department(doing, given.department)
    client = _read(ClientTable, _said(doing, given, department, role))
    if given.id == doing.access.caller.client.id and before is not None:
        _keep_a_way_in(before, client)
    if before != client:
        put_client(doing.connection, client, by, doing.occasion.now)
    what = _differences(before, client)
    return _outcome(doing, "CLIENT_PUT", ("client", client.id), what, changed=before != client)


def end_client(doing: Doing, name: str) -> StaffOutcome:
    """End a client: its tokens, sign-ins, secrets and keys."""
    by = doing.person()
    client, now = line_of(name, 64, "id"), doing.occasion.now
    if client not in doing.roster().clients:
        raise bad_input("没有这个客户端", "there is no such client")
    if client == doing.access.caller.client.id:
        raise bad_input("不能注销自己所用的客户端", "nobody can end the client that they use")
    retire_client(doing.connection, client, by, now)
    withdraw_all(doing.connection, client, now)
    end_for_good(doing.connection, Stopped.CLIENT, client, now, "CLIENT_ENDED")
    return _outcome(doing, "CLIENT_ENDED", ("client", client), "", changed=True)


def _said(doing: Doing, given: ClientInput, department: str, role: Role) -> dict[str, object]:
    return {
        "id": given.id,
        "label": line_of(given.label, _MAX_LABEL, "label"),
        "department": department,
        "role": role,
        "purposes": read_purposes(doing, given.purposes),
        "bindings": read_bindings(doing, (department, role), given.bindings),
        "authentication": given.authentication,
        "machine": given.machine,
        "sign_in": given.sign_in,
        "portal": given.portal,
        "redirect_uris": tuple(given.redirect_uris),
        "device": given.device,
        "dpop": given.dpop,
        "pushed": given.pushed,
    }


def _keep_a_way_in(before: ClientTable, after: ClientTable) -> None:
    """HubError if a change would shut those out who make it."""
    kept = ("department", "role", "sign_in", "portal", "authentication")
    if any(getattr(before, name) != getattr(after, name) for name in kept) or set(before.purposes) - set(
        after.purposes
    ):
        raise bad_input(
            "不能改掉自己所用客户端的登录方式或用途", "the way in and the purposes of the client one uses oneself stay"
        )


def _read(model: type[Model], said: Mapping[str, object]) -> Model:
    """The table of what was said; HubError names what is wrong, never how it was written."""
    try:
        return model.model_validate(said)
    except ValidationError as fault:
        first = fault.errors(include_input=False, include_url=False, include_context=False)[0]
        name = ".".join(str(part) for part in first["loc"] if isinstance(part, str)) or "sign_in"
        raise bad_input(
            f"{name} 不正确，规则见 docs/configuration.md", f"{name} is not valid: see docs/configuration.md"
        ) from None


def _differences(before: BaseModel | None, after: BaseModel) -> str:
    """Names of what differs; never what it was or is."""
    if before is None:
        return "new"
    return " ".join(name for name in type(after).model_fields if getattr(before, name) != getattr(after, name))


def _outcome(doing: Doing, act: str, named: tuple[str, str], what: str, *, changed: bool) -> StaffOutcome:
    kind, name = named
    told = {kind + "Named": name, **({"changed": what} if what else {})}
    position = doing.record(act, "GRANTED" if changed else "ALREADY", doing.vault.short("subject", name), told)
    return StaffOutcome(changed=changed, position=position)  # type: ignore[arg-type]
