"""What all pages of the console have in common: who is there, what is read of a request, what goes wrong, how it is sent."""

import re
import secrets
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode

import structlog
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from adapters.frames import frames_of
from hub.audit.log import RecordUnavailable
from hub.callers.forms import BadForm, read_form
from hub.callers.reception import see
from hub.callers.uploads import Form, Upload, read_upload
from hub.callers.visiting import NotAdmittedError, Visiting, own_page
from hub.clock import Clock
from hub.console import again
from hub.console.asking import Asker, PageMistakeError, RefusedError, refused
from hub.console.pages import sent
from hub.errors import HubError
from hub.gateway import Gateway
from hub.http_question import new_request_id
from hub.store.database import StoreError
from hub.web import console as pages
from hub.web.words_console_problems import Problem

log = structlog.get_logger()
Answering = Callable[["Desk"], Awaitable[Response]]
ACTING_FOR = "hub_acting_for"
"""Cookie with the id of whom somebody acts for; it is no secret, and opens nothing."""
_PERSON = re.compile(r"[0-9a-f]{8,32}")
_MOST_QUERY, _MOST_PARAMETERS = 4_096, 60
_MOST_FIELDS = 200
"""Of a form: a mapping has three for each field of a record."""
_LARGEST = 262_144
"""Bytes of a form: a sheet of a hundred grants in Chinese, as forms are encoded."""
_LISTED = frozenset({"field", "grant", "masked", "purpose", "scope"})
"""Fields of which a form may have several."""


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the console: its name in addresses, its label, and the roots of which one must exist for who sees it."""

    key: str
    label: tuple[str, str]
    roots: tuple[str, ...]
    routes: Callable[["Frame"], list[Route]]
    offered: bool = True
    """False for what stands in no navigation."""

    @property
    def address(self) -> str:
        """Where it begins."""
        return f"/console/{self.key}" if self.key else "/console"


@dataclass(frozen=True, slots=True)
class Desk:
    """One request of a visitor: what it says, the questions they may ask, and how they are answered.

    fields, files: of a posted form, which was found to be the console's own · query: parameters of the address.
    """

    frame: "Frame"
    request: Request
    asker: Asker
    query: Mapping[str, str]
    fields: Mapping[str, str] = field(default_factory=dict)
    lists: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    files: Mapping[str, Upload] = field(default_factory=dict, repr=False)

    @property
    def is_part(self) -> bool:
        """True if only a part of the page is wanted."""
        return self.request.headers.get("hx-request") == "true"

    @property
    def path(self) -> Mapping[str, str]:
        """Parameters of the path."""
        found: Mapping[str, str] = self.request.path_params
        return found

    @property
    def today(self) -> str:
        """The business day."""
        return self.frame.clock.today().isoformat()

    def key(self) -> str:
        """The key of a posted act: of the form it came in, so that a form that is sent twice acts once."""
        given = self.fields.get("key", "")
        return f"console-{given}" if 16 <= len(given) <= 64 and given.isalnum() else f"console-{secrets.token_hex(16)}"

    def shown(self, template: str, status: int = 200, **told: Any) -> Response:
        """A page, or the part that is wanted of it."""
        asker = self.asker
        context = {
            "sections": [one for one in self.frame.sections if one.offered and may(asker, one)],
            "here": self.request.url.path,
            "query": self.query,
            "visitor": asker.visitor,
            "own_code": asker.client.department,
            "own_role": asker.client.role,
            "own_department": self.frame.department(asker.client.department),
            "acting_for": asker.acting_for,
            "csrf": asker.visitor.mark,
            "key": secrets.token_hex(16),
            "may": asker.may,
            "today": self.today,
            "large": self.request.cookies.get("hub_text") == "large",
            "plain": self.request.cookies.get("hub_words") == "zh",
            "request_id": asker.request_id,
            "label": self.frame.department,
            "purpose_label": self.frame.purpose_label,
            "at": self.at,
            "problem": None,
            **told,
        }
        return sent(pages.render(template, context), status)

    def at(self, **changed: Any) -> str:
        """This page with other parameters; None takes one away."""
        found = {name: value for name, value in {**self.query, **changed}.items() if value not in {None, ""}}
        return f"{self.request.url.path}?{urlencode(found)}" if found else self.request.url.path

    def keep(self, response: Response, cookie: str, value: str, seconds: int | None = None) -> None:
        """Have the browser keep a choice for the pages of the console; an empty one is forgotten."""
        secure = self.frame.visiting.cookies.base_url.startswith("https:")
        age = seconds if value else 0
        response.set_cookie(cookie, value, age, path="/console", secure=secure, httponly=True, samesite="lax")

    def go(self, address: str) -> Response:
        """Send the browser on, after an act."""
        return see(address)


@dataclass(frozen=True, slots=True)
class Frame:
    """Opens the pages: `purpose` is that for which the console asks, `sample` the entity that is there for trying."""

    gateway: Gateway
    visiting: Visiting
    clock: Clock
    purpose: str | None
    sections: tuple[Section, ...] = ()
    sample: str | None = None

    @property
    def departments(self) -> list[tuple[str, tuple[str, str]]]:
        """Codes of all departments with their labels, Chinese and English, as forms offer them."""
        known = self.visiting.attendant.roster.departments
        return [(code, (one.label, one.label_en)) for code, one in sorted(known.items())]

    def department(self, code: str | None) -> str:
        """Label of a department, its code where it has none."""
        if not code:
            return ""
        found = self.visiting.attendant.roster.departments.get(code)
        return found.label if found is not None else code

    def purpose_label(self, code: str) -> str:
        """Chinese label of a purpose, its code where there is none of it."""
        found = self.gateway.admission.purposes.get(code)
        return found.zh if found is not None else code

    def page(self, path: str, answering: Answering) -> Route:
        """An address that is read."""
        return Route(path, self._served(answering), methods=["GET"])

    def act(self, path: str, answering: Answering) -> Route:
        """An address to which a form is posted."""
        return Route(path, self._served(answering), methods=["POST"])

    def upload(self, path: str, answering: Answering, largest: int) -> Route:
        """An address to which a form is posted with a file, so many bytes in all."""
        return Route(path, self._served(answering, largest), methods=["POST"])

    def _served(self, answering: Answering, largest: int | None = None) -> Callable[[Request], Awaitable[Response]]:
        async def served(request: Request) -> Response:
            request_id = new_request_id()
            try:
                return await self._answered(request, request_id, answering, largest)
            except (RefusedError, HubError) as fault:
                return _refusal(fault, request_id)
            except PageMistakeError as fault:
                return _mistake(fault, request_id)
            except NotAdmittedError as fault:
                return _problem(Problem.not_admitted(fault.label, known=fault.client_known), request_id, 403)
            except BadForm as fault:
                return _problem(
                    Problem.too_large(largest or _LARGEST) if fault.status == 413 else Problem.BAD_FORM,
                    request_id,
                    fault.status,
                )
            except ClientDisconnect:
                return Response(status_code=400)
            except (StoreError, RecordUnavailable) as fault:
                log.warning("the console cannot be served", request_id=request_id, fault=type(fault).__name__)
                return _problem(Problem.UNAVAILABLE, request_id, 503)
            except Exception as fault:  # noqa: BLE001 - the edge is where the unforeseen is masked, and logged
                _note(request_id, fault)
                return _problem(Problem.INTERNAL, request_id, 500)

        return served

    async def _answered(self, request: Request, request_id: str, answering: Answering, largest: int | None) -> Response:
        visitor = await self.visiting.visitor(request)
        kept = request.method == "POST" and again.is_from_here(request, self.visiting.cookies.base_url)
        if visitor is None and (not kept or request.headers.get("hx-request")):
            return _sign_in(request)
        form = await _read(request, largest)
        if visitor is None:
            return again.ask_to_sign_in(request, form.fields, request_id, with_file=bool(form.files))
        if kept and request.url.path == again.PATH:
            return again.ask_to_send(form.fields, visitor, request_id)
        pairs, fields = form.fields, dict(form.fields)
        if request.method == "POST" and not self.visiting.is_own_form(request, fields):
            return _problem(Problem.FOREIGN_FORM, request_id, 403)
        asker = Asker(self.gateway, visitor, self.purpose, request_id, self._acting_for(request))
        lists = {name: tuple(value for key, value in pairs if key == name) for name in fields}
        return await answering(Desk(self, request, asker, _query(request), fields, lists, form.files))

    def _acting_for(self, request: Request) -> str | None:
        """Whom somebody chose to act for; whether they may is the gateway's to say."""
        return person_id(request.cookies.get(ACTING_FOR, "")) or None


async def _read(request: Request, largest: int | None) -> Form:
    """What was posted: with a file where the address takes one."""
    if request.method != "POST":
        return Form([], {})
    if largest is not None and request.headers.get("content-type", "").startswith("multipart/"):
        return await read_upload(request, listed=_LISTED, largest=largest)
    return Form(await read_form(request, listed=_LISTED, largest=_LARGEST, most=_MOST_FIELDS), {})


def may(asker: Asker, section: Section) -> bool:
    """True if a section is for this visitor."""
    return not section.roots or asker.may(*section.roots)


def _note(request_id: str, fault: Exception) -> None:
    """Log where it happened, without the fault's words: they may hold a value."""
    log.error("internal error", request_id=request_id, fault=type(fault).__name__, frames=frames_of(fault))


def _sign_in(request: Request) -> Response:
    """Send somebody to the sign-in, and back to what they came for where that was a page."""
    here = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    page = own_page(here) if request.method == "GET" and not request.headers.get("hx-request") else "/console"
    where = f"/oauth/console?page={quote(page, safe='')}" if page else "/oauth/console"
    if request.headers.get("hx-request"):
        return Response(status_code=401, headers={"hx-redirect": where, "cache-control": "no-store"})
    return see(where)


def _query(request: Request) -> dict[str, str]:
    raw: bytes = request.scope["query_string"]
    if len(raw) > _MOST_QUERY:
        raise BadForm("The address is too long.", 414)
    try:
        pairs = parse_qsl(raw.decode("ascii"), max_num_fields=_MOST_PARAMETERS, errors="strict")
    except ValueError:
        raise BadForm("The parameters cannot be read.") from None
    return {name: value for name, value in reversed(pairs) if value.isprintable()}


def _status(code: str) -> int:
    return 404 if code in {"NOT_FOUND", "REQUEST_NOT_FOUND"} else 403 if code == "UNAUTHENTICATED" else 400


def _refusal(fault: RefusedError | HubError, request_id: str) -> Response:
    """What the gateway refused; what a page asks, and exists for others only, is no page of this visitor's."""
    if fault.code == "NOT_DEPUTY":
        return as_oneself()
    if fault.code == "GRAPHQL_VALIDATION_FAILED":
        return _problem(Problem.NOT_YOURS, request_id, 403)
    told = refused(fault) if isinstance(fault, HubError) else fault
    return _problem(Problem.told(told.code, told.zh, told.en), request_id, _status(told.code))


def _mistake(fault: PageMistakeError, request_id: str) -> Response:
    """What no office could be answered: it is logged by the name of the question, which holds no value."""
    log.error("a page asks what the schema does not have", request_id=request_id, operation=fault.operation)
    return _problem(Problem.PAGE_MISTAKE, request_id, 500)


def _problem(problem: Problem, request_id: str, status: int) -> Response:
    return sent(pages.render("problem.html", {"problem": problem, "request_id": request_id}), status)


def person_id(text: str) -> str:
    """The text if it may be the id of a person, else nothing."""
    return text if _PERSON.fullmatch(text) else ""


def as_oneself() -> Response:
    """Send somebody home as themselves, who acts for nobody any more."""
    response = see("/console")
    response.delete_cookie(ACTING_FOR, path="/console")
    return response
