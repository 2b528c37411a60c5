"""Receipts as one caller is shown them: the document, and the same on paper for whoever asks for it."""

import base64
from dataclasses import dataclass

import orjson

from hub.acts.auditing import Read
from hub.acts.doing import Doing, bad_input
from hub.audit.disclosing import Pending, Shown, asker_of
from hub.audit.receipt import Receipt as Disclosed
from hub.clock import rfc3339_of
from schema.receipt import Receipt, ReceiptState


@dataclass(frozen=True, slots=True)
class Sheet:
    """A receipt on paper, which is made when it is asked for."""

    receipt: Disclosed | None
    address: str

    def pdf(self) -> str | None:
        """PDF in base 64, None while the receipt is pending."""
        if self.receipt is None:
            return None
        from hub.web.receipt_pdf import receipt_pdf  # noqa: PLC0415 - for whoever wants paper

        return base64.b64encode(receipt_pdf(self.receipt, self.address)).decode()


@dataclass(frozen=True, slots=True)
class ReceiptShelf:
    """The receipts that one caller may have; what an auditor reads of them is put to `read`, and recorded before it leaves."""

    doing: Doing
    read: list[Read]

    def receipt(self, index: int | None, request: str | None, shown: str | None) -> Receipt:
        """The receipt of an entry, or of a request; HubError if there is none, or none for this caller."""
        which = request if index is None else index
        if which is None or (index is not None and request is not None and shown is None):
            raise bad_input("index 与 requestId 须填一项", "give either index or requestId")
        if shown is not None and request is None:
            raise bad_input("hash 须与 requestId 同填", "give hash together with requestId")
        caller, known = self.doing.access.caller, self.doing.rules.shelf
        persons = frozenset(self.doing.vault.every("person", caller.person or ""))
        answer = Shown(request, shown) if request is not None and shown is not None else None
        asker = asker_of(caller, persons, answer)
        found = known.receipts.find(self.doing.connection, which, asker)
        if asker.audits:
            self.read.append(Read("RECEIPT_READ", "", {"index": str(found.index)}))
        if isinstance(found, Pending):
            return Receipt(
                index=found.index,  # type: ignore[arg-type]
                state=ReceiptState.PENDING,
                hash=found.hash,
                recorded_at=found.at,  # type: ignore[arg-type]
                ready_by=rfc3339_of(found.due),  # type: ignore[arg-type]
                document=None,
                paper=Sheet(None, known.address),
            )
        return Receipt(
            index=found.index,  # type: ignore[arg-type]
            state=ReceiptState.READY,
            hash=found.hash,
            recorded_at=str(found.entry["at"]),  # type: ignore[arg-type]
            ready_by=None,
            # As it will be read again: plain values, of which the answer's own hash can be made.
            document=orjson.loads(orjson.dumps(found.document())),
            paper=Sheet(found, known.address),
        )
