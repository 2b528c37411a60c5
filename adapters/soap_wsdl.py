"""A WSDL on disk and the operations in it, by zeep: read once, with its imports, from one folder and nowhere else.

An operation says where paths lead in its request and answer, and writes envelopes. Knows no record and no transport;
the addresses in a WSDL are not used.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lxml import etree
from zeep.exceptions import DTDForbidden, EntitiesForbidden, ExternalReferenceForbidden
from zeep.exceptions import Error as ZeepError
from zeep.settings import Settings
from zeep.wsa import WsAddressingPlugin
from zeep.wsdl.bindings import Soap11Binding, Soap12Binding
from zeep.wsdl.messages import RpcMessage
from zeep.wsdl.wsdl import Document

from adapters.base import UnsupportedSearch

_MOST_BYTES = 4 * 2**20
_ELSEWHERE = "imports what does not lie in its own folder; put a copy there and import it by name"
_MALFORMED = (
    *(ZeepError, etree.LxmlError, OSError, ValueError, LookupError, TypeError, AttributeError),
    *(AssertionError, NotImplementedError, RecursionError),
)
_UNSAYABLE = (ZeepError, ValueError, TypeError)

Sign = Callable[[Any, dict[str, str]], Any]
"""Puts credentials into an envelope and the headers around it."""


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation of a port that speaks SOAP."""

    zeep: Any
    base: str
    path: str

    @property
    def soap12(self) -> bool:
        """True for SOAP 1.2, false for 1.1."""
        return isinstance(self.zeep.binding, Soap12Binding)

    @property
    def envelope_namespace(self) -> str:
        """Namespace of its envelopes."""
        return str(self.zeep.nsmap["soap-env"])

    @property
    def request(self) -> Any:
        """Type of the element that stands in the body of a request."""
        return self.zeep.input.body.type

    @property
    def answer(self) -> Any:
        """Type of the element that stands in the body of an answer."""
        return self.zeep.output.body.type

    @property
    def answer_tag(self) -> str | None:
        """Name of that element, null where the style of the binding leaves it open."""
        return None if isinstance(self.zeep.output, RpcMessage) else str(self.zeep.output.body.qname.text)

    def envelope(self, body: Mapping[str, Any], sign: Sign | None = None) -> tuple[bytes, dict[str, str]]:
        """An envelope and the headers it is sent with; UnsupportedSearch where a value cannot be written."""
        try:
            message = self.zeep.create(**body)
            document, headers = message.content, dict(message.headers)
            if self.zeep.abstract.wsa_action:
                WsAddressingPlugin(self.base + self.path).egress(document, headers, self.zeep, {})
            if sign is not None:
                sign(document, headers)
            text = etree.tostring(document, xml_declaration=True, encoding="utf-8")
        except _UNSAYABLE:
            raise UnsupportedSearch("a value cannot be sent as the WSDL wants it") from None
        return text, self._typed(headers)

    def fault(self, body: Mapping[str, Any]) -> str | None:
        """What is wrong with a request of this form, null if nothing is."""
        try:
            self.zeep.create(**body)
        except _MALFORMED as error:
            return str(error).strip("'\"")
        return None

    def _typed(self, headers: dict[str, str]) -> dict[str, str]:
        if not self.soap12:
            return {**headers, "Content-Type": "text/xml; charset=utf-8"}
        kind = "application/soap+xml; charset=utf-8"
        action = headers.pop("SOAPAction", "").strip('"')
        return {**headers, "Content-Type": f'{kind}; action="{action}"' if action else kind}


class Wsdl:
    """A WSDL that could be read."""

    def __init__(self, file: Path) -> None:
        """Read it; ValueError, in one sentence, if it or an import cannot be."""
        place = file.resolve()
        settings = Settings(
            strict=True,
            force_https=False,
            xml_huge_tree=False,
            forbid_dtd=True,
            forbid_entities=True,
            forbid_external=True,
        )
        try:
            self._document: Any = Document(str(place), _Folder(place.parent), settings=settings)
        except OSError as error:
            raise ValueError(f"cannot be read ({error.strerror}: {Path(error.filename or file).name})") from None
        except ExternalReferenceForbidden:
            raise ValueError(_ELSEWHERE) from None
        except (DTDForbidden, EntitiesForbidden):
            raise ValueError("has a document type or entities, which are not accepted") from None
        except _MALFORMED as error:
            raise ValueError(f"is no WSDL that can be used: {' '.join(str(error).split())}") from None

    def operation(self, service: str | None, port: str | None, name: str, at: tuple[str, str]) -> Operation:
        """An operation by name, asked at an address and a path below it; LookupError says what there is instead."""
        binding = self._binding(service, port)
        operations = binding.all()
        if name not in operations:
            raise _absent("operation", name, operations)
        found = operations[name]
        if getattr(found.input, "body", None) is None or getattr(found.output, "body", None) is None:
            raise LookupError(f"operation {name} has no request or no answer")
        return Operation(found, *at)

    def operations(self) -> list[str]:
        """Names of the operations of its first service that speak SOAP; LookupError where there are none."""
        return sorted(self._binding(None, None).all())

    def _binding(self, service: str | None, port: str | None) -> Any:
        services = self._document.services
        found = next(iter(services.values()), None) if service is None else services.get(service)
        if found is None:
            raise _absent("service", service, services)
        ports = {
            name: one.binding
            for name, one in found.ports.items()
            if isinstance(one.binding, Soap11Binding | Soap12Binding)
        }
        if port is None and ports:
            return next(iter(ports.values()))
        if port not in ports:
            raise _absent("port of SOAP", port, ports)
        return ports[port]


class _Folder:
    """All that zeep gets of the world: the files of one folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def load(self, location: str) -> bytes:
        """A file; ValueError for whatever lies elsewhere."""
        place = Path(location).resolve()
        if "://" in location or not place.is_relative_to(self._folder):
            raise ValueError(_ELSEWHERE)
        if place.stat().st_size > _MOST_BYTES:
            raise ValueError(f"{place.name} is larger than {_MOST_BYTES // 2**20} MiB")
        return place.read_bytes()


def _absent(what: str, name: str | None, there: Mapping[str, Any]) -> LookupError:
    named = what if name is None else f"{what} {name}"
    return LookupError(f"there is no {named}; there is {', '.join(sorted(there)) or 'none'}")
