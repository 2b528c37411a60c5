"""A receipt on one page of paper, in Chinese, with a code that leads to the page where its file is verified.

What stands there is said by the receipt alone. The paper proves nothing by itself: the file does.
"""

from collections.abc import Callable
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any

import orjson
import qrcode
from qrcode.image.svg import SvgPathImage

from hub.audit.checkpoint import read_text
from hub.audit.note import read_note
from hub.audit.receipt import Receipt
from hub.errors import HubError
from hub.web.words_receipt import OUTCOMES, PAPER
from schema.catalogue import fold_catalogue

_HERE = Path(__file__).parent
_FIELDS = 30
_SOURCES = 8
_CLIPPED = 34
_LINE = 80


def receipt_pdf(receipt: Receipt, address: str) -> bytes:
    """PDF of one page; `address` is where the hub is reached. HubError where the extra `paper` is not installed."""
    try:
        import typst  # noqa: PLC0415 - an extra, for whoever wants paper
    except ImportError:
        raise HubError("PAPER_UNAVAILABLE") from None
    files = {
        "main.typ": (_HERE / "templates/receipt.typ").read_bytes(),
        "told.json": orjson.dumps(told(receipt, address)),
        "code.svg": _code(f"{address}/verify#{receipt.index}.{receipt.hash}"),
    }
    # Its types know nothing of several files, which it takes.
    compile_files: Callable[..., bytes] = typst.compile
    return compile_files(files, font_paths=[str(_HERE.parent / "fonts")], ignore_system_fonts=True)


def told(receipt: Receipt, address: str) -> dict[str, Any]:
    """Everything that the page says."""
    entry = receipt.entry
    checkpoint = read_text(read_note(receipt.checkpoint).text)
    fields, sources = _fields(entry), _sources(entry)
    return {
        "title": PAPER["title"],
        "subtitle": PAPER["subtitle"],
        "lead": PAPER["act" if entry.get("kind") == "act" else "lead"],
        "scan": PAPER["scan"],
        "rows": _rows(receipt),
        "fields": {
            "title": PAPER["fields"].format(count=len(fields)),
            "lines": [_clipped(one) for one in fields[:_FIELDS]],
            "more": _more(len(fields), _FIELDS),
        },
        "sources": {
            "title": PAPER["sources"].format(count=len(sources)),
            "head": PAPER["source_head"].split("|"),
            "lines": [[_clipped(one) for one in line] for line in sources[:_SOURCES]],
            "more": _more(len(sources), _SOURCES),
        },
        "proof": {
            "title": PAPER["proof"],
            "words": PAPER["proof_words"].format(origin=checkpoint.origin, size=checkpoint.size),
            "rows": [
                [PAPER["hash"], receipt.hash],
                [PAPER["answer"], entry.get("answer") or PAPER["none"]],
                [PAPER["question"], entry.get("question") or PAPER["none"]],
                [PAPER["salt"], entry.get("salt") or PAPER["none"]],
                [PAPER["path"], PAPER["path_count"].format(count=len(receipt.proof))],
            ],
        },
        "checkpoint": receipt.checkpoint.decode()[:900].strip().replace("\n", "  "),
        "foot": PAPER["foot"].format(address=address),
    }


def _rows(receipt: Receipt) -> list[list[str]]:
    entry = receipt.entry
    asked = entry["told"] if entry.get("kind") == "act" else entry
    outcome = entry["act"] if entry.get("kind") == "act" else OUTCOMES.get(entry["outcome"], entry["outcome"])
    named = [asked.get("department", ""), asked.get("role", ""), entry.get("client", "")]
    return [
        [PAPER["number"], f"{receipt.index}"],
        [PAPER["at"], str(entry["at"])],
        [PAPER["outcome"], str(outcome)],
        [PAPER["who"], _clipped(" · ".join(one for one in named if one), _LINE)],
        [PAPER["purpose"], _clipped(str(asked.get("purpose", "")), _LINE)],
        [PAPER["request"], str(entry["requestId"])],
    ]


def _fields(entry: Any) -> list[str]:
    labels = _labels()
    return [labels.get(one, one) for one in entry.get("fields", ())]


def _sources(entry: Any) -> list[list[str]]:
    """Source, record, outcome, oldest and newest data time of every source and record that was asked."""
    ages = {(one[0], one[1]): one[2:] for one in entry.get("asOf", ())}
    found: dict[tuple[str, str], str] = {}
    for source, record, _, _, _, outcome in entry.get("sources", ()):
        # Of several calls the one that failed is told.
        if found.get((source, record), "OK") == "OK":
            found[source, record] = outcome
    unknown = PAPER["undated"]
    return [
        [source, record, outcome, *(_minute(one) for one in ages.get((source, record), (unknown, unknown)))]
        for (source, record), outcome in found.items()
    ]


def _minute(text: str) -> str:
    return text[:16].replace("T", " ") if text[:1].isdigit() else text


def _more(count: int, most: int) -> str:
    return PAPER["more"].format(count=count - most) if count > most else ""


def _clipped(text: str, most: int = _CLIPPED) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}…"


@cache
def _labels() -> dict[str, str]:
    return {name: f"{view.zh} {name}" for name, view in fold_catalogue().fields.items()}


def _code(text: str) -> bytes:
    made = qrcode.QRCode(error_correction=qrcode.constants.ERROR_CORRECT_M, border=4)
    made.add_data(text)
    written = BytesIO()
    made.make_image(image_factory=SvgPathImage).save(written)
    return written.getvalue()
