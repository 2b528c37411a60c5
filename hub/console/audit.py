"""Audit: the record searched, what is conspicuous in it, verified, packed; who received what; recalls, objections, holds, receipts."""

from starlette.responses import Response
from starlette.routing import Route

from hub.console import audit_search as search
from hub.console import audit_told as told
from hub.console import audit_watching as watching
from hub.console import audit_works as works
from hub.console.asking import RefusedError
from hub.console.frame import Answering, Desk, Frame, Section
from hub.web.words_audit import AUDIT

_HERE = "/console/audit"


def _of(root: str, answering: Answering) -> Answering:
    """What answers for those for whom a root exists; for others there is no such page."""

    async def answered(desk: Desk) -> Response:
        if not desk.asker.may(root):
            raise RefusedError("NOT_FOUND", "没有此页，或不归您查看。", "There is no such page for you.")
        return await answering(desk)

    return answered


def _routes(frame: Frame) -> list[Route]:
    return [
        frame.page(_HERE, search.search),
        frame.act(_HERE, _of("recordEntries", search.sought)),
        frame.page(f"{_HERE}/entries/{{position}}", _of("recordEntry", search.entry)),
        frame.page(f"{_HERE}/entries/{{position}}/receipt.{{form}}", search.receipt_file),
        frame.page(f"{_HERE}/anomalies", _of("anomalies", watching.anomalies)),
        frame.act(f"{_HERE}/anomalies", _of("noteAnomaly", watching.note)),
        frame.page(f"{_HERE}/works", _of("recordWorks", works.works)),
        frame.act(f"{_HERE}/works", _of("verifyRecord", works.begin)),
        frame.page(f"{_HERE}/works/{{number}}", _of("recordWork", works.work)),
        frame.act(f"{_HERE}/works/{{number}}", _of("stopRecordWork", works.step)),
        frame.page(f"{_HERE}/works/{{number}}/pack.zip", _of("recordPack", works.pack)),
        frame.page(f"{_HERE}/receivers", _of("receivers", told.receivers)),
        frame.act(f"{_HERE}/receivers", _of("receivers", told.receivers_of)),
        frame.page(f"{_HERE}/recalls", _of("recalls", told.recalls)),
        frame.act(f"{_HERE}/recalls", _of("recallFact", told.recall)),
        frame.page(f"{_HERE}/objections", _of("objections", told.objections)),
        frame.act(f"{_HERE}/objections", _of("objections", told.objected)),
        frame.page(f"{_HERE}/holds", _of("recordHolds", told.holds)),
        frame.act(f"{_HERE}/holds", _of("holdRecord", told.held)),
        frame.page(f"{_HERE}/receipts", told.receipts),
        frame.act(f"{_HERE}/receipts", told.receipt),
    ]


SECTION = Section("audit", AUDIT, ("recordEntries", "objections", "recalls"), _routes)
