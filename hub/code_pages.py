"""Addresses of what is printed of a code: the bare symbol, every form of it, a kit, the plates of a street.

Whoever has the token may print it: it hangs on a door. One that does not hold is not printed again. The first print
freezes the address. The page of a code is not made here.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import anyio.to_thread
from anyio import CapacityLimiter
from sqlalchemy import Connection
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from auth.admission import Credentials, Refused
from auth.caller import Caller
from auth.roles import Role
from hub.acts.code_house import CodeHouse
from hub.acts.code_told import moment_of
from hub.asgi import masked
from hub.audit.act import Act, append_act
from hub.audit.log import RecordUnavailable
from hub.callers.attendant import Attendant
from hub.callers.browsers import Cookies
from hub.callers.possession import Possession
from hub.callers.throttle import Counted, Throttle, network_of
from hub.code.address import read_batch, token_in
from hub.code.batches import Batches
from hub.code.codes import Codes
from hub.code.forms import FORMS, FormFault, Look, Use
from hub.code.lookup import CodeState, lookup
from hub.code.origin import OriginChanged, freeze_origin
from hub.code.pace import Pace
from hub.code.printing import Format, Missing, Plate, Printer, Unprintable
from hub.code.streets import Street, street_of, street_zip, zipped
from hub.code.tokens import read_token
from hub.errors import HubError, error_json
from hub.http_question import JSON, new_request_id
from hub.settings import Settings
from hub.store.database import StoreError
from hub.web.kit import KitForm, kit_headers, kit_page, refused_page
from schema.enums import CodeStatus

MISSES = 60
"""Tokens that nobody was given, after which a network waits."""
PRINTS = 120
"""Forms that a network may have printed in a minute."""
_PRINTERS = 2
"""Forms that are printed at a time."""
_WAITING = 50
_ALWAYS = {"x-content-type-options": "nosniff", "cache-control": "no-store"}
_SEALED = {**_ALWAYS, "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'; sandbox"}
"""Of a picture that a browser opens by itself: nothing in it runs. (An SVG of Typst has a style of its own.)"""
_ROLES = frozenset({Role.CLERK, Role.CREDIT_OFFICE, Role.STEWARD})


@dataclass(frozen=True, slots=True)
class _Asked:
    """What is asked of a code: its state, and the request."""

    state: CodeState
    request: Request
    request_id: str


class CodePages:
    """Serves what is printed."""

    def __init__(self, attendant: Attendant, house: CodeHouse, possession: Possession, settings: Settings) -> None:
        self._attendant = attendant
        self._house = house
        self._possession = possession
        self._console = settings.console.client
        self._cookies = Cookies(settings.hub.base_url, attendant.keys.pages)
        self._proxies = settings.sign_in.trusted_proxies
        # The demo may be started at another port.
        self._frozen = settings.hub.deterministic
        self._printer = Printer(house.rules.address, house.keys, house.rules.table.fonts)
        self._turns = CapacityLimiter(_PRINTERS)
        self._pace = Pace(PRINTS)

    def routes(self) -> list[BaseRoute]:
        """Its addresses, in small letters and in capitals."""
        found: list[BaseRoute] = [
            self._route("/codes/keys", self._keys),
            self._route("/codes/batches/{batch}.zip", self._street),
        ]
        for first in ("/c", "/C"):
            found += [
                self._route(f"{first}/{{token}}.svg", self._of_code(self._svg)),
                self._route(f"{first}/{{token}}.png", self._of_code(self._png)),
                self._route(f"{first}/{{token}}/kit", self._of_code(self._kit)),
                self._route(f"{first}/{{token}}/kit.zip", self._of_code(self._zip)),
                self._route(f"{first}/{{token}}/kit/{{form}}.{{kind}}", self._of_code(self._form)),
            ]
        return found

    def _route(self, path: str, serve: Callable[[Request, str], Awaitable[Response]]) -> Route:
        async def served(request: Request) -> Response:
            request_id = new_request_id()
            return await masked(_told(serve(request, request_id), request, request_id), request_id, JSON)

        return Route(path, served, methods=["GET"])

    def _of_code(self, serve: Callable[[_Asked], Awaitable[Response]]) -> Callable[[Request, str], Awaitable[Response]]:
        async def served(request: Request, request_id: str) -> Response:
            state = await self._printable(request)
            return await serve(_Asked(state, request, request_id))

        return served

    async def _printable(self, request: Request) -> CodeState:
        """The code of an address, if it may be printed."""
        written = str(request.path_params["token"])
        token = token_in(written) if self._house.rules.parsers else read_token(written)
        if token is None:
            raise HubError("CODE_UNKNOWN")
        network = self._network(request)
        counters, now = [Counted(f"code {network}", MISSES)], self._attendant.clock.moment().second
        throttle = partial(Throttle, vault=self._attendant.vault, now=now)
        database = self._attendant.database
        wait, state = await database.read(lambda c: (throttle(c).wait(counters), lookup(c, token)))
        if wait:
            raise HubError("TOO_MANY_TRIES", minutes=-(-wait // 60))
        if state is None:
            await self._attendant.write(lambda connection: throttle(connection).fail(counters))
            raise HubError("CODE_UNKNOWN")
        if state.replaced_on is not None:
            raise HubError("CODE_NOT_PRINTABLE", status="已换新码", status_en="replaced by another one")
        if state.status is not CodeStatus.VALID:
            raise HubError("CODE_NOT_PRINTABLE", status=state.status.zh, status_en=state.status.en.lower())
        return state

    def _network(self, request: Request) -> str:
        address = request.client.host if request.client else None
        return network_of(address, request.headers.getlist("x-forwarded-for"), self._proxies)

    def _allow(self, asked: _Asked, forms: int) -> None:
        """HubError if this network has had enough printed in this minute."""
        if not self._pace.allows(self._network(asked.request), forms, self._attendant.clock.seconds()):
            raise HubError("TOO_MANY_TRIES", minutes=1)

    async def _svg(self, asked: _Asked) -> Response:
        await self._note(asked, printed=False)
        symbol = self._printer.symbol(_plate(asked.state), Use.TABLE)
        return Response(symbol.svg(), headers=_SEALED, media_type="image/svg+xml")

    async def _png(self, asked: _Asked) -> Response:
        await self._note(asked, printed=False)
        symbol = self._printer.symbol(_plate(asked.state), Use.TABLE)
        return Response(symbol.png(), headers=_ALWAYS, media_type="image/png")

    async def _kit(self, asked: _Asked) -> Response:
        page = f"/c/{asked.state.token}"
        forms = [KitForm(use.value, form, f"{page}/kit/{use.value}") for use, form in FORMS.items()]
        html = kit_page(asked.state.name, asked.state.token, forms, self._house.keys.algorithm)
        return Response(html, headers=kit_headers(), media_type="text/html; charset=utf-8")

    async def _form(self, asked: _Asked) -> Response:
        params = asked.request.path_params
        if params["form"] not in set(Use) or params["kind"] not in set(Format):
            raise HubError("NOT_FOUND")
        use, kind = Use(params["form"]), Format(params["kind"])
        given = asked.request.query_params
        plate, look = _plate(asked.state, _batch(given.get("batch"))), _look(use, given)
        self._allow(asked, 1)
        if "preview" not in given:
            await self._note(asked, printed=True)
        (made,) = await self._printed([plate], use, kind, look, small="preview" in given)
        headers = _SEALED if kind is Format.SVG else _ALWAYS
        return Response(
            made, headers={**headers, **_named(f"{asked.state.token}-{use}.{kind}")}, media_type=kind.media_type
        )

    async def _zip(self, asked: _Asked) -> Response:
        plate = _plate(asked.state, _batch(asked.request.query_params.get("batch")))
        self._allow(asked, len(Use) * len(Format))
        await self._note(asked, printed=True)
        files = {}
        for use in Use:
            for kind in Format:
                (made,) = await self._printed([plate], use, kind, None)
                files[f"{use}.{kind}"] = made
        return Response(
            zipped(files), headers={**_ALWAYS, **_named(f"{plate.token}.zip")}, media_type="application/zip"
        )

    async def _street(self, request: Request, request_id: str) -> Response:
        """Door plates of a street: one PDF to print, an SVG each, and which rows were rejected, why."""
        caller = await self._possession.caller(request) or await self._visitor(request)
        if caller is None:
            raise HubError("UNAUTHENTICATED")
        name, attendant = str(request.path_params["batch"])[:32], self._attendant
        moment = moment_of(attendant.occasion(request_id))

        def work(connection: Connection) -> Street:
            batch = Batches(connection, moment.second).of_id(name)
            allowed = caller.client.role in _ROLES and batch is not None
            if batch is None or not allowed or batch.department != caller.client.department:
                raise HubError("CODE_BATCH_NOT_FOUND")
            return street_of(connection, batch.id, moment)

        street = await attendant.database.read(work)
        await self._note_street(street, request_id)
        made = await anyio.to_thread.run_sync(partial(street_zip, self._printer, street), limiter=self._turns)
        return Response(made, headers={**_ALWAYS, **_named(f"{name}.zip")}, media_type="application/zip")

    async def _visitor(self, request: Request) -> Caller | None:
        """Who is signed in at the console in this browser, as that client's; None if nobody is, or may come in there."""
        if self._console is None:
            return None
        from hub.callers.visiting import NotAdmittedError, Visiting  # noqa: PLC0415 - Authlib, for whoever signed in

        attendant = self._attendant
        try:
            visitor = await Visiting(attendant, self._cookies, self._console).visitor(request)
            if visitor is None:
                return None
            return attendant.admission.identify(Credentials(visitor.token), attendant.clock.moment().instant)
        except (NotAdmittedError, Refused):
            return None

    async def _keys(self, _request: Request, _request_id: str) -> Response:
        """Public keys with which a phone checks a plate."""
        headers = {"x-content-type-options": "nosniff", "cache-control": "public, max-age=3600"}
        keys = self._house.keys
        return JSONResponse({"keys": keys.published(), "algorithms": keys.algorithms()}, headers=headers)

    async def _printed(
        self, plates: Sequence[Plate], use: Use, kind: Format, look: Look | None, *, small: bool = False
    ) -> list[bytes]:
        if self._turns.statistics().tasks_waiting >= _WAITING:
            raise HubError("TOO_MANY_TRIES", minutes=1)
        try:
            return await anyio.to_thread.run_sync(
                partial(self._printer.print_all, plates, use, kind, look, small=small), limiter=self._turns
            )
        except FormFault as fault:
            raise HubError("CODE_FORM", detail=fault.zh, detail_en=fault.en) from None
        except Unprintable as fault:
            raise HubError("CODE_NAME_UNPRINTABLE", chars=str(fault)) from None
        except Missing:
            raise HubError("PRINTING_UNAVAILABLE") from None

    async def _note(self, asked: _Asked, *, printed: bool) -> None:
        """Freeze the address, and keep that something was printed today: on record before it leaves."""
        await self._write(asked.request_id, [asked.state.code] if printed else [])

    async def _note_street(self, street: Street, request_id: str) -> None:
        await self._write(request_id, [code for code, _ in street.plates])

    async def _write(self, request_id: str, codes: Sequence[str]) -> None:
        attendant, origin = self._attendant, self._house.rules.address.origin
        occasion = attendant.occasion(request_id)
        moment = moment_of(occasion)

        def lacking(connection: Connection) -> bool:
            known = Codes(connection, moment)
            found = (known.of_id(code) for code in codes)
            return any(code is not None and code.printed_on != moment.day.isoformat() for code in found)

        def work(connection: Connection) -> None:
            known = Codes(connection, moment)
            if not self._frozen and freeze_origin(connection, origin, moment.day.isoformat()):
                append_act(connection, Act(occasion.at, request_id, "CODE_ORIGIN_FROZEN", "GRANTED"))
            for one in codes:
                code = known.of_id(one)
                if code is not None and known.note_printed(code):
                    subject, told = attendant.vault.short("entity", code.entity), {"code": code.id}
                    act = Act(occasion.at, request_id, "CODE_PRINTED", "GRANTED", subject=subject, told=told)
                    append_act(connection, act)

        if self._frozen and not await attendant.database.read(lacking):
            return
        try:
            await attendant.write(work)
            self._frozen = True
        except OriginChanged:
            raise HubError(
                "CODE_FORM",
                detail="码已以另一地址印制，请系统管理员核对 base_url",
                detail_en="codes are in print under another address: have the administrator look at base_url",
            ) from None
        except StoreError as fault:
            raise RecordUnavailable(str(fault)) from fault


async def _told(serving: Awaitable[Response], request: Request, request_id: str) -> Response:
    """The answer, or why there is none: with the status of its code, as a page where the page was asked for."""
    try:
        return await serving
    except HubError as fault:
        if request.url.path.endswith("/kit"):
            html = refused_page(fault, request_id)
            return Response(html, fault.status, kit_headers(), media_type="text/html; charset=utf-8")
        body = {"errors": [error_json(fault.code, request_id, **fault.names)], "extensions": {"requestId": request_id}}
        return JSONResponse(body, fault.status, _ALWAYS)


def _plate(state: CodeState, batch: str = "") -> Plate:
    return Plate(state.token, state.entity, state.name, state.issued_on or state.since, batch)


def _batch(text: str | None) -> str:
    if not text:
        return ""
    found = read_batch(text)
    if found is None:
        raise HubError(
            "CODE_FORM",
            detail="批次号须为 1–20 个字母、数字或连字符",
            detail_en="a batch is 1 to 20 letters, digits and hyphens",
        )
    return found


def _look(use: Use, given: Mapping[str, str]) -> Look:
    usual = Look(FORMS[use].usual)
    colours = {name: _colour(given[name]) for name in ("dark", "light") if name in given}
    try:
        width = float(given["width"]) if "width" in given else usual.width
    except ValueError:
        raise HubError("CODE_FORM", detail="width 须为毫米数", detail_en="width is a number of millimetres") from None
    return Look(width, colours.get("dark", usual.dark), colours.get("light", usual.light))


def _colour(text: str) -> str:
    digits = text.removeprefix("#")
    if len(digits) != 6 or not all(digit in "0123456789abcdefABCDEF" for digit in digits):
        raise HubError("CODE_FORM", detail="颜色须为六位十六进制数", detail_en="a colour is six hexadecimal digits")
    return f"#{digits.lower()}"


def _named(name: str) -> dict[str, str]:
    return {"content-disposition": f'inline; filename="{name}"'}
