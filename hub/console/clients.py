"""Clients: registered systems, how they prove who they are, and their end; a secret is shown once."""

from typing import Any

from starlette.responses import Response
from starlette.routing import Route

from hub.console.asking import RefusedError
from hub.console.frame import Desk, Frame, Section
from hub.console.listing import listed
from hub.web.words_console import CLIENTS, RETYPE_WRONG, SECRET

_ASKED = """query Clients { clients { id label department role purposes bindings { name values } authentication machine
  signIn portal redirectUris device dpop pushed secrets frozen } }"""

_CREDENTIALS = "query Held($id: String!) { clientCredentials(id: $id) { id key madeAt expiresAt } }"
_WITHDRAW = """mutation Withdraw($id: String!, $credential: ID!) {
  withdrawClientCredential(id: $id, credential: $credential) { position } }"""


async def _clients(desk: Desk) -> Response:
    return await _list(desk)


async def _list(desk: Desk, problem: Any = None) -> Response:
    clients = (await desk.asker.ask(_ASKED))["clients"]
    page = listed(
        desk,
        clients,
        lambda one: f"{one['id']} {one['label']} {desk.frame.department(one['department'])}",
        ("id", "label", "department", "role", "secrets"),
    )
    return desk.shown(
        "clients.html",
        status=200 if problem is None else 400,
        page=page,
        departments=desk.frame.departments,
        purposes=[(one.code, (one.zh, one.en)) for one in desk.frame.gateway.admission.purposes.values()],
        problem=problem,
        given=desk.fields,
        chosen=desk.lists.get("purpose", ()),
    )


async def _put(desk: Desk) -> Response:
    """Register a client, as the form says; one that is there already is changed."""
    given = desk.fields
    client: dict[str, Any] = {name: given.get(name, "") for name in ("id", "label", "department", "role")}
    client |= {"purposes": list(desk.lists.get("purpose", ())), "authentication": given.get("authentication", "secret")}
    client |= {name: given.get(name) == "1" for name in ("signIn", "portal", "device", "dpop", "pushed")}
    client["redirectUris"] = given.get("redirects", "").split()
    text = "mutation Put($client: ClientInput!) { putClient(client: $client) { position } }"
    try:
        await desk.asker.act(text, desk.key(), client=client)
    except RefusedError as fault:
        return await _list(desk, fault.problem("id"))
    return desk.go(f"/console/clients/{client['id']}")


async def _one(desk: Desk, problem: Any = None) -> Response:
    clients = (await desk.asker.ask(_ASKED))["clients"]
    client = next((one for one in clients if one["id"] == desk.path["client"]), None)
    if client is None:
        raise RefusedError("NOT_FOUND", "没有此客户端。", "There is no such client.")
    status = 200 if problem is None else 400
    held = (await desk.asker.ask(_CREDENTIALS, id=client["id"]))["clientCredentials"]
    return desk.shown("client.html", status, client=client, held=held, problem=problem, given=desk.fields)


async def _act(desk: Desk) -> Response:
    name, wanted = desk.path["client"], desk.fields.get("act", "")
    try:
        if wanted == "secret":
            text = "mutation Give($id: String!) { giveClientSecret(id: $id) { secret position } }"
            outcome = (await desk.asker.act(text, desk.key(), id=name))["giveClientSecret"]
            back = f"/console/clients/{name}"
            return desk.shown("once.html", what=SECRET, name=name, secret=outcome["secret"], outcome=outcome, back=back)
        if wanted == "withdraw":
            await desk.asker.act(_WITHDRAW, desk.key(), id=name, credential=desk.fields.get("credential", ""))
            return desk.go(f"/console/clients/{name}")
        if desk.fields.get("retyped", "") != name:
            zh, en = RETYPE_WRONG
            return await _one(desk, {"code": "NOT_CONFIRMED", "zh": zh, "en": en, "at": "retyped"})
        text = "mutation End($id: String!) { endClient(id: $id) { changed position } }"
        await desk.asker.act(text, desk.key(), id=name)
    except RefusedError as fault:
        return await _one(desk, fault.problem())
    return desk.go("/console/clients")


def _routes(frame: Frame) -> list[Route]:
    return [
        frame.page("/console/clients", _clients),
        frame.act("/console/clients", _put),
        frame.page("/console/clients/{client}", _one),
        frame.act("/console/clients/{client}", _act),
    ]


SECTION = Section("clients", CLIENTS, ("clients",), _routes)
