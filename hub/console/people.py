"""People: accounts and their offices, what an administrator does to them, and one-time passwords, which are shown once."""

from typing import Any

from starlette.responses import Response
from starlette.routing import Route

from auth.roles import ADMINISTRATORS, ROLE_LABELS, Role
from hub.console.asking import RefusedError, known_act
from hub.console.frame import Desk, Frame, Section
from hub.console.listing import listed
from hub.web.words_console import ONE_TIME, PEOPLE, RETYPE_WRONG
from schema.enums import Office

_PERSON = (
    """{ id username label department role purposes bindings { name values } secondFactor recoveryWaits frozen }"""
)
_ASKED = f"query People {{ people {_PERSON} }}"
_SIGN_INS = "query SignIns($username: String!) { signIns(username: $username) { client factors beganAt expiresAt } }"
_CALLS = {
    "signout": "endSignIns(username: $username) { count position }",
    "change": "changePerson(username: $username, person: $person) { changed position }",
    "reset": "resetPassword(username: $username) { oneTimePassword changed position }",
    "end": "endPerson(username: $username) { changed position }",
    "recover": "recover(username: $username, reason: $reason) { recovered waiting position }",
    "appoint": "appoint(username: $username, office: $office) { appointed waiting position }",
}
_NOT_GIVEN = ADMINISTRATORS | {Role.PUBLIC, Role.MERCHANT}
"""Roles that nobody is given by an administrator alone."""
_CONFIRMED = frozenset({"reset", "end"})
"""Acts before which the account's name is typed."""


async def _people(desk: Desk) -> Response:
    return await _list(desk)


async def _list(desk: Desk, problem: Any = None) -> Response:
    people = (await desk.asker.ask(_ASKED))["people"]
    chosen = {name: desk.query.get(name, "") for name in ("department", "role")}
    kept = [one for one in people if all(chosen[name] in {"", one[name]} for name in chosen)]
    page = listed(
        desk,
        kept,
        lambda one: f"{one['username']} {one['label'] or ''} {desk.frame.department(one['department'])}",
        ("username", "label", "department", "role"),
    )
    return desk.shown(
        "people.html",
        status=200 if problem is None else 400,
        page=page,
        chosen=chosen,
        departments=desk.frame.departments,
        problem=problem,
        given=desk.fields,
    )


async def _add(desk: Desk) -> Response:
    given = desk.fields
    person = {name: given[name] for name in ("label", "department", "role", "email", "phone") if name in given}
    text = "mutation Add($username: String!, $person: PersonInput!) { addPerson(username: $username, person: $person) { oneTimePassword position } }"
    try:
        made = await desk.asker.act(text, desk.key(), username=given.get("username", ""), person=person)
    except RefusedError as fault:
        return await _list(desk, fault.problem("username"))
    outcome = made["addPerson"]
    return desk.shown(
        "once.html",
        what=ONE_TIME,
        name=given["username"],
        secret=outcome["oneTimePassword"],
        outcome=outcome,
        back="/console/people",
    )


async def _one(desk: Desk, problem: Any = None, done: Any = None) -> Response:
    person = await _person(desk)
    signed_in = await desk.asker.ask(_SIGN_INS, username=person["id"])
    return desk.shown(
        "person.html",
        sign_ins=signed_in["signIns"],
        status=200 if problem is None else 400,
        person=person,
        own=person["id"] in desk.asker.caller.persons,
        departments=desk.frame.departments,
        roles_listed=[(role.value, label) for role, label in ROLE_LABELS.items() if role not in _NOT_GIVEN],
        purposes=[(one.code, (one.zh, one.en)) for one in desk.frame.gateway.admission.purposes.values()],
        chosen=set(desk.lists["purpose"]) if problem and "purpose" in desk.lists else set(person["purposes"]),
        offices=[(one.name, (one.zh, one.en)) for one in Office],
        problem=problem,
        done=done,
        given=desk.fields,
    )


async def _person(desk: Desk) -> dict[str, Any]:
    people = (await desk.asker.ask(_ASKED))["people"]
    found: dict[str, Any] | None = next((one for one in people if one["id"] == desk.path["person"]), None)
    if found is None:
        raise RefusedError("NOT_FOUND", "没有此账号。", "There is no such account.")
    return found


async def _act(desk: Desk) -> Response:
    person, wanted = await _person(desk), desk.fields.get("act", "")
    name = person["username"] or person["id"]
    call = known_act(_CALLS, wanted)
    if wanted in _CONFIRMED and desk.fields.get("retyped", "") != name:
        zh, en = RETYPE_WRONG
        return await _one(desk, {"code": "NOT_CONFIRMED", "zh": zh, "en": en, "at": f"retyped-{wanted}"})
    values: dict[str, tuple[Any, str]] = {
        "username": (name, "String!"),
        "reason": (desk.fields.get("reason", ""), "String!"),
    }
    values["office"] = (desk.fields.get("office", ""), "Office!")
    try:
        values["person"] = (_changed(desk, person) if wanted == "change" else {}, "PersonInput!")
        used = {one: told for one, told in values.items() if f": ${one}" in call}
        declared = ", ".join(f"${one}: {kind}" for one, (_, kind) in used.items())
        made = await desk.asker.act(
            f"mutation Do({declared}) {{ done: {call} }}", desk.key(), **{one: told[0] for one, told in used.items()}
        )
    except RefusedError as fault:
        return await _one(desk, fault.problem())
    outcome = made["done"]
    if outcome.get("oneTimePassword"):
        return desk.shown(
            "once.html",
            what=ONE_TIME,
            name=name,
            secret=outcome["oneTimePassword"],
            outcome=outcome,
            back="/console/people",
        )
    if wanted == "end":
        return desk.go("/console/people")
    return await _one(desk, done=outcome)


def _changed(desk: Desk, person: dict[str, Any]) -> dict[str, Any]:
    """What the form says otherwise of an account; RefusedError for values of a row filter that cannot be read."""
    given = desk.fields
    told: dict[str, Any] = {
        name: given[name] for name in ("label", "department", "role", "email", "phone") if name in given
    }
    told = {name: value for name, value in told.items() if value != person.get(name)}
    purposes = list(desk.lists.get("purpose", ()))
    if sorted(purposes) != sorted(person["purposes"]):
        told["purposes"] = purposes
    bindings = []
    for line in given.get("bindings", "").splitlines():
        name, parted, values = line.replace("，", ",").partition("=")
        if line.strip() and not parted:
            raise RefusedError(
                "BAD_USER_INPUT", "行过滤的值每行写作 名称=值，值。", "A value is written name=value,value."
            )
        if line.strip():
            bindings.append({"name": name.strip(), "values": [one.strip() for one in values.split(",") if one.strip()]})
    if bindings != person["bindings"]:
        told["bindings"] = bindings
    return told


def _routes(frame: Frame) -> list[Route]:
    return [
        frame.page("/console/people", _people),
        frame.act("/console/people", _add),
        frame.page("/console/people/{person}", _one),
        frame.act("/console/people/{person}", _act),
    ]


SECTION = Section("people", PEOPLE, ("people",), _routes)
