"""The XML of a SOAP service: reading a request, writing an answer or a fault, for SOAP 1.1 and 1.2.

Knows no rows, no rules and no transport; what stands in a body is nested dictionaries and lists.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from lxml import etree

WS = "http://register.example/ws"
ROWS = "urn:register:rows"
XSI = "http://www.w3.org/2001/XMLSchema-instance"
WSSE = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd"
WSU = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd"


@dataclass(frozen=True, slots=True)
class Version:
    """One version of SOAP: the namespace of its envelope and the type it travels as."""

    namespace: str
    content_type: str


SOAP11 = Version("http://schemas.xmlsoap.org/soap/envelope/", "text/xml")
SOAP12 = Version("http://www.w3.org/2003/05/soap-envelope", "application/soap+xml")


@dataclass(frozen=True, slots=True)
class Asked:
    """A request: what is asked for, by name → values (a nested name has dots), and who asks."""

    operation: str
    values: Mapping[str, list[str]]
    header: Any
    version: Version

    def one(self, name: str) -> str | None:
        """The only value of an element, null where it is not there."""
        return next(iter(self.values.get(name, ())), None)


class Nil:
    """Stands for an element that is there and says that it has no value."""


def read_request(body: bytes) -> Asked:
    """What an envelope asks."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, remove_comments=True)
    envelope = etree.fromstring(body, parser)
    version = SOAP11 if etree.QName(envelope).namespace == SOAP11.namespace else SOAP12
    (wrapper,) = envelope.find(f"{{{version.namespace}}}Body")
    assert etree.QName(wrapper).namespace == WS
    values: dict[str, list[str]] = {}
    _collect(wrapper, "", values)
    return Asked(etree.QName(wrapper).localname, values, envelope.find(f"{{{version.namespace}}}Header"), version)


def write_answer(asked: Asked, content: Mapping[str, Any]) -> bytes:
    """An envelope with the element that the operation answers with."""
    envelope, inside = _envelope(asked.version)
    _write(inside, f"{{{WS}}}{asked.operation}Response", content)
    return _text(envelope)


def write_fault(version: Version, code: str, reason: str, subcode: str | None = None) -> bytes:
    """An envelope with a fault: `code` is Client or Server (in 1.2 they are called Sender and Receiver)."""
    envelope, inside = _envelope(version)
    fault = etree.SubElement(inside, f"{{{version.namespace}}}Fault")
    if version is SOAP11:
        etree.SubElement(fault, "faultcode").text = f"e:{subcode or code}"
        etree.SubElement(fault, "faultstring").text = reason
        return _text(envelope)
    codes = _under(fault, SOAP12, "Code")
    _under(codes, SOAP12, "Value").text = {"Client": "e:Sender", "Server": "e:Receiver"}.get(code, f"e:{code}")
    if subcode is not None:
        _under(_under(codes, SOAP12, "Subcode"), SOAP12, "Value").text = f"wsse:{subcode}"
    _under(_under(fault, SOAP12, "Reason"), SOAP12, "Text").text = reason
    return _text(envelope)


def _under(node: Any, version: Version, name: str) -> Any:
    return etree.SubElement(node, f"{{{version.namespace}}}{name}")


def _envelope(version: Version) -> tuple[Any, Any]:
    envelope = etree.Element(f"{{{version.namespace}}}Envelope", nsmap={"e": version.namespace, "r": ROWS, "xsi": XSI})
    return envelope, _under(envelope, version, "Body")


def _write(parent: Any, name: str, value: Any) -> None:
    """One element, several for a list; an absent value (None) is left out."""
    if isinstance(value, list):
        for each in value:
            _write(parent, name, each)
    elif value is not None:
        element = etree.SubElement(parent, name)
        if value is Nil:
            element.set(f"{{{XSI}}}nil", "true")
        elif isinstance(value, Mapping):
            for inner, part in value.items():
                _write(element, inner, part)
        else:
            element.text = as_text(value)


def as_text(value: Any) -> str:
    """A value as XML Schema writes it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return value.isoformat() if isinstance(value, date) else str(value)


def _collect(node: Any, path: str, values: dict[str, list[str]]) -> None:
    for child in node:
        name = path + etree.QName(child).localname
        if len(child):
            _collect(child, f"{name}.", values)
        elif child.get(f"{{{XSI}}}nil") != "true":
            values.setdefault(name, []).append(child.text or "")


def _text(envelope: Any) -> bytes:
    return etree.tostring(envelope, xml_declaration=True, encoding="utf-8")
