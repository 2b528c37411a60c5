"""Reading a SOAP answer: bytes → the rows of one question, or the SourceError that it is. Knows no transport.

The document is read by lxml alone, without entities, document types or anything fetched, and cell by cell: a cell in
the wrong form costs itself. No text made here repeats the answer.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from lxml import etree

from adapters.base import SourceBadData, SourceDown, SourceError, Unreadable
from adapters.reading import RawRow
from adapters.soap_types import Trail

_SOAP11 = "http://schemas.xmlsoap.org/soap/envelope/"
_SOAP12 = "http://www.w3.org/2003/05/soap-envelope"
_CHARSETS = {"gbk": "gb18030", "gb2312": "gb18030", "utf8": "utf-8"}
_OURS = frozenset({"Client", "Sender", "VersionMismatch", "MustUnderstand", "DataEncodingUnknown"})
_STRANGERS = frozenset(
    {"FailedAuthentication", "FailedCheck", "InvalidSecurity", "InvalidSecurityToken", "MessageExpired"}
)


@dataclass(frozen=True, slots=True)
class Found:
    """Raw rows of one answer, column → value (absent if unreadable), and what it says of the number of all rows."""

    rows: list[RawRow]
    total: str | None = None


@dataclass(frozen=True, slots=True)
class Layout:
    """How the answers of one operation look. `tag` is null where any element may stand in the body."""

    envelope: str
    tag: str | None
    rows: Trail
    columns: Mapping[str, Trail]
    success: tuple[Trail, tuple[str, ...]] | None = None
    total: Trail | None = None

    def read(self, body: bytes, charset: str | None, sources: Iterable[str]) -> Found:
        """Rows with the wanted source columns. Raises SourceBadData, or SourceDown where the answer says it failed."""
        answer = self._answer(read_xml(body, charset))
        if self.success is not None:
            trail, meanings = self.success
            _check_success(trail.text(answer), meanings)
        wanted = {source: self.columns[source] for source in sources}
        rows = [_row(element, wanted) for element in self.rows.ends(answer)]
        told = None if self.total is None else self.total.text(answer)
        return Found(rows, "0" if told is None and not rows else told)

    def _answer(self, envelope: Any) -> Any:
        fault = find_fault(envelope)
        if fault is not None:
            raise fault
        inside = envelope.find(f"{{{self.envelope}}}Body")
        if envelope.tag != f"{{{self.envelope}}}Envelope" or inside is None or len(inside) != 1:
            raise SourceBadData("the answer is no SOAP envelope of the version that was asked in")
        if self.tag not in (None, inside[0].tag):
            raise SourceBadData("the answer is not the element that the WSDL says")
        return inside[0]


def read_xml(body: bytes, charset: str | None) -> Any:
    """Root of a document; SourceBadData for one that is not well-formed, too deep, or has a document type."""
    try:
        # A parser is made for each answer: it belongs to one thread.
        parser = etree.XMLParser(
            encoding=_CHARSETS.get(charset.lower(), charset) if charset else None,
            resolve_entities=False,
            load_dtd=False,
            no_network=True,
            huge_tree=False,
            remove_comments=True,
            remove_pis=True,
        )
        root = etree.fromstring(body, parser)
    except (etree.LxmlError, ValueError, LookupError):
        # The parser's own text quotes the answer.
        raise SourceBadData("the answer is not XML") from None
    documents = root.getroottree().docinfo
    if documents.internalDTD is not None or documents.externalDTD is not None:
        raise SourceBadData("the answer has a document type, which is not accepted")
    return root


def find_fault(envelope: Any) -> SourceError | None:
    """The failure that a SOAP fault is, null if the envelope holds none; only well-known codes are repeated."""
    for namespace, code, sub in (
        (_SOAP11, "faultcode", ""),
        (_SOAP12, f"{{{_SOAP12}}}Code/{{{_SOAP12}}}Value", f".//{{{_SOAP12}}}Subcode/{{{_SOAP12}}}Value"),
    ):
        fault = envelope.find(f"{{{namespace}}}Body/{{{namespace}}}Fault")
        if fault is not None:
            codes = [_local(fault.findtext(code)), *(_local(each.text) for each in (fault.findall(sub) if sub else ()))]
            return _failure(codes)
    return None


def _check_success(said: str | None, meanings: tuple[str, ...]) -> None:
    if said is None:
        raise SourceBadData("the answer does not say whether it succeeded")
    if said not in meanings:
        raise SourceDown("the source reports a failure of its own")


def _failure(codes: list[str]) -> SourceError:
    if _STRANGERS.intersection(codes):
        return SourceDown("the source refused the hub's credentials (SOAP fault)")
    if codes[0] in _OURS:
        return SourceBadData(f"the source refused the request (SOAP fault {codes[0]})")
    return SourceDown("the source failed (SOAP fault)")


def _local(code: str | None) -> str:
    # SOAP 1.1 lets a dot say more: Client.Authentication.
    return (code or "").strip().rpartition(":")[2].partition(".")[0]


def _row(element: Any, wanted: Mapping[str, Trail]) -> RawRow:
    values = ((source, trail.value(element)) for source, trail in wanted.items())
    return {source: value for source, value in values if value is not Unreadable.VALUE}
