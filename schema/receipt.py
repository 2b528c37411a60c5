"""Receipts: what was disclosed to whom, with its proof. The hub's own; nothing resolves here but what the store says."""

from typing import Annotated, Any, Protocol

import strawberry
from strawberry.types import Info

from schema.enums import Labelled, labelled
from schema.scalars import JSON, DateTime, Position


@labelled("披露回执的状态 / State of a receipt")
class ReceiptState(Labelled):
    READY = ("可取", "It is there")
    PENDING = ("待检查点签署", "It waits for a checkpoint")


def _pdf(root: Any) -> str | None:
    """Made for whoever asks for it."""
    found: str | None = root.paper.pdf()
    return found


@strawberry.type(
    description="披露回执:一次查询给出了什么,及其在审计日志中的证明 / What was disclosed once, with its proof"
)
class Receipt:
    index: Position = strawberry.field(description="审计记录中的位置 / Position of its entry in the record")
    state: ReceiptState = strawberry.field(description="可取,或待签署 / Whether it is there yet")
    hash: str = strawberry.field(description="记录的散列,与答复所附一致 / Hash of the entry, as told with the answer")
    recorded_at: DateTime = strawberry.field(description="记录时间 / When it was recorded")
    ready_by: DateTime | None = strawberry.field(
        description="最迟何时可取;已可取为空 / When it will be there at the latest; null once it is"
    )
    document: JSON | None = strawberry.field(
        description="回执,可另存为文件离线核验;待签署为空 / The receipt, to be kept and verified offline; null while pending"
    )
    paper: strawberry.Private["Paper"]

    pdf: str | None = strawberry.field(
        resolver=_pdf,
        description="同一份回执的一页 PDF,以 Base64 表示;待签署为空 / The same as a page of PDF, in base 64",
    )


class Paper(Protocol):
    """A receipt on paper."""

    def pdf(self) -> str | None:
        """PDF in base 64, None while the receipt is pending."""


class ReceiptLook(Protocol):
    """What the record says of single entries."""

    def receipt(self, index: int | None, request: str | None, shown: str | None) -> Receipt: ...


class _Store(Protocol):
    @property
    def receipts(self) -> ReceiptLook: ...


class _Desk(Protocol):
    @property
    def store(self) -> _Store: ...


def _receipt(
    info: Info[_Desk, None],
    index: Annotated[
        Position | None, strawberry.argument(description="答复 extensions.receipt 的 index / As told with the answer")
    ] = None,
    request: Annotated[
        str | None,
        strawberry.argument(
            name="requestId",
            description="答复的 requestId,可代 index;填 hash 时必填 / That of the answer: instead of index, and with hash always",
        ),
    ] = None,
    shown: Annotated[
        str | None,
        strawberry.argument(
            name="hash",
            description="答复 extensions.receipt 的 hash;公众须与 requestId 同填 / As told with the answer; the public needs both",
        ),
    ] = None,
) -> Receipt:
    return info.context.store.receipts.receipt(index, request, shown)


@strawberry.type
class ReceiptQuery:
    """The root field of receipts."""

    receipt: Receipt = strawberry.field(
        resolver=_receipt,
        description="我的查询或办理的披露回执 / The receipt of a question or an act of mine",
    )
