"""`/c/report`: somebody reports a code, gets a number, and reads under it what became of it. No name is asked for.

Read through the gateway like everything else; filed in one transaction with its entry in the record.
"""

import secrets
import time
from dataclasses import dataclass, field
from datetime import date
from hashlib import sha256
from typing import Any

import structlog
from sqlalchemy import Connection
from starlette.requests import ClientDisconnect, Request
from starlette.responses import RedirectResponse, Response

from auth.admission import Credentials
from hub.answer import OnDenied
from hub.audit.act import Act, append_act
from hub.audit.log import RecordUnavailable
from hub.callers.attendant import Attendant
from hub.callers.forms import BadForm, read_form
from hub.code.address import Scanned, token_in
from hub.code.parsers import Foreign
from hub.code.reports import MOST_PLACE, MOST_SAID, Report, Reports, Saw, ShareUsed, TooMany, read_number
from hub.code.rules import CodeRules
from hub.errors import HubError
from hub.events import Event
from hub.gateway import Gateway
from hub.gateway import Request as Question
from hub.http_question import new_request_id
from hub.notices.telling import Concerned, News, tell
from hub.pages.edge import Edge
from hub.pages.sharing import Shares
from hub.pages.throttling import Allowance
from hub.settings_code import Group
from hub.store.database import StoreError
from hub.web.code_page import ReportedPage, ReportPage, StoppedPage
from hub.web.words_code import spoken_day
from hub.web.words_report import Kind, Outcome, Problem
from hub.web.words_stopped import Stopped
from schema.reporting_enums import ReportKind
from schema.uscc import holds_citizen_id

log = structlog.get_logger()
ADDRESS = "/c/report"
FILED, AN_HOUR = 10, 3600.0
"""Reports that one network may file."""
_QUERY = "query Outcome($number: String!) { codeReport(number: $number) { number state receivedOn settledOn note } }"
_MOST_NONCE = 64


class _Wrong(Exception):
    """What was typed can't be taken."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.name)
        self.problem = problem


@dataclass(frozen=True, slots=True)
class ReportPages:
    """Serves the form of reports, and what became of them; `keepers` are the departments whose stewards are told."""

    edge: Edge
    attendant: Attendant
    gateway: Gateway
    rules: CodeRules
    keepers: tuple[str, ...] = ()
    filed: Allowance = field(default_factory=lambda: Allowance(FILED, AN_HOUR, time.monotonic))
    shares: Shares = field(default_factory=Shares)

    async def form(self, request: Request) -> Response:
        """The form, with what is known of the code."""
        asked = self.edge.query(request)
        kind = Kind.__members__.get(asked.get("kind", ""))
        page = ReportPage(
            ADDRESS, _nonce(), self._token(asked.get("code", "")), kind, large=self.edge.is_large(request)
        )
        return self.edge.shown(request, page)

    async def file(self, request: Request) -> Response:
        """Keep what was sent, and lead to its number; the form once more, filled in, where it can't be kept."""
        try:
            fields = dict(await _read_own(request))
        except BadForm:
            return self.edge.shown(request, ReportPage(ADDRESS, _nonce(), problem=Problem.UNREADABLE))
        except ClientDisconnect:
            return Response(status_code=400)
        try:
            report = await self._filed(request, fields)
        except _Wrong as wrong:
            return self._again(request, fields, wrong.problem)
        except ShareUsed:
            return self._again(request, fields, Problem.SHARE_USED)
        except TooMany:
            return self._again(request, fields, Problem.FULL)
        except StoreError as fault:
            log.warning("a report could not be kept", fault=str(fault))
            return self._again(request, fields, Problem.UNAVAILABLE)
        # Reloaded, the page of the number files nothing again.
        return RedirectResponse(f"{ADDRESS}/{report.number}?fresh=1", 303, {"cache-control": "no-store"})

    async def outcome(self, request: Request) -> Response:
        """What became of the report of a number."""
        number = read_number(request.path_params["number"])
        try:
            found = await self._asked(number) if number else None
        except (HubError, RecordUnavailable):
            return self.edge.shown(request, StoppedPage(Stopped.UNAVAILABLE, ADDRESS))
        if found is None:
            return self.edge.shown(request, StoppedPage(Stopped.NO_REPORT, ADDRESS))
        page = ReportedPage(
            f"{ADDRESS}/{found['number']}",
            " ".join(found["number"][start : start + 4] for start in range(0, 12, 4)),
            spoken_day(date.fromisoformat(found["receivedOn"])),
            Outcome[found["state"]],
            spoken_day(date.fromisoformat(found["settledOn"])) if found["settledOn"] else "",
            found["note"] or "",
            fresh="fresh" in self.edge.query(request),
            large=self.edge.is_large(request),
        )
        return self.edge.shown(request, page)

    async def _asked(self, number: str) -> dict[str, Any] | None:
        asked = Question(
            _QUERY, None, {"number": number}, Credentials(), OnDenied.QUIET, new_request_id(), queries_only=True
        )
        found: dict[str, Any] | None = ((await self.gateway.answer(asked)).body.get("data") or {}).get("codeReport")
        return found

    async def _filed(self, request: Request, fields: dict[str, str]) -> Report:
        saw = self._saw(fields)
        if not self.filed.take(self.edge.network(request)):
            raise _Wrong(Problem.TOO_MANY)
        attendant, occasion = self.attendant, self.attendant.occasion(new_request_id())
        moment, network = attendant.clock.moment(), self.edge.network(request)
        counted = network, saw.token, moment.day.isoformat()
        before = self.shares.take(*counted)

        def work(connection: Connection) -> tuple[Report, bool]:
            kept = Reports(connection, attendant.vault)
            report, new = kept.file(saw, moment, before)
            if new and kept.is_first(report):
                news = News(Event.CODE_REPORTED, {"report": report.number}, Concerned(owners=self.keepers))
                tell(connection, attendant.vault, news, moment.second)
            if new:
                told = {"kind": report.kind.name, "ours": "yes" if report.code else "no"}
                subject = attendant.vault.short("report", report.number)
                append_act(
                    connection,
                    Act(occasion.at, occasion.request_id, "CODE_REPORTED", "GRANTED", subject=subject, told=told),
                )
            return report, new

        kept = False
        try:
            report, kept = await attendant.write(work)
        finally:
            if not kept:
                self.shares.give_back(*counted)
        return report

    def _saw(self, fields: dict[str, str]) -> Saw:
        """What is reported; _Wrong where it can't be taken. Line ends are how browsers write them."""
        kind, place = fields.get("kind", ""), " ".join(fields.get("place", "").split())
        said, nonce = fields.get("said", "").replace("\r\n", "\n").strip(), fields.get("nonce", "")
        if not 1 <= len(nonce) <= _MOST_NONCE:
            raise _Wrong(Problem.UNREADABLE)
        if kind not in ReportKind.__members__:
            raise _Wrong(Problem.KIND_MISSING)
        if not 1 <= len(place) <= MOST_PLACE or not place.isprintable():
            raise _Wrong(Problem.PLACE_BAD)
        if len(said) > MOST_SAID or not said.replace("\n", "").isprintable():
            raise _Wrong(Problem.SAID_BAD)
        if holds_citizen_id(place) or holds_citizen_id(said):
            raise _Wrong(Problem.PERSONAL)
        digest = sha256(f"report\n{nonce}".encode()).digest()
        return Saw(digest, ReportKind[kind], place, said, self._token(fields.get("code", "")) or None)

    def _token(self, text: str) -> str:
        """What a code says that was issued or may be taken up here; empty where it is none, or names no code."""
        match self.rules.read(text) if text else None:
            case Scanned(token=token):
                return token
            case Foreign(group=Group.TOKEN, value=value):
                return token_in(value) or ""
        return ""

    def _again(self, request: Request, fields: dict[str, str], problem: Problem) -> Response:
        page = ReportPage(
            ADDRESS,
            fields.get("nonce", "")[:_MOST_NONCE] or _nonce(),
            fields.get("code", "")[:64],
            Kind.__members__.get(fields.get("kind", "")),
            fields.get("place", "")[:MOST_PLACE],
            "" if problem is Problem.PERSONAL else fields.get("said", "")[:MOST_SAID],
            problem,
        )
        return self.edge.shown(request, page)


async def _read_own(request: Request) -> list[tuple[str, str]]:
    """Fields of a form; BadForm if another site's page sent it."""
    if request.headers.get("sec-fetch-site", "same-origin") not in {"same-origin", "none"}:
        raise BadForm("The form is another site's.")
    return await read_form(request)


def _nonce() -> str:
    return secrets.token_urlsafe(16)
