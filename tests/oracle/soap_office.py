"""The WSDL of a department with any tables: document/literal, wrapped, SOAP 1.1, two operations a table."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from tests.adapters.soap_xml import ROWS, WS

_HEAD = f"""<?xml version="1.0" encoding="UTF-8"?>
<wsdl:definitions xmlns:wsdl="http://schemas.xmlsoap.org/wsdl/" xmlns:soap="http://schemas.xmlsoap.org/wsdl/soap/"
    xmlns:xsd="http://www.w3.org/2001/XMLSchema" xmlns:rows="{ROWS}" xmlns:tns="{WS}" targetNamespace="{WS}">"""


def as_elements(value: Any) -> Any:
    """A cell as the service writes it: one that is no text holds an element."""
    return {f"{{{ROWS}}}x": "?"} if isinstance(value, Mapping) else value


def wsdl_text(
    columns: Mapping[str, Sequence[str]], parameters: Mapping[str, Iterable[str]], lists: Iterable[str]
) -> str:
    """The WSDL: columns by table, parameters of its search, and which columns may repeat."""
    several = frozenset(lists)
    rows = "".join(
        f'<xsd:complexType name="{table}Row"><xsd:sequence>{_elements(names, several)}</xsd:sequence></xsd:complexType>'
        for table, names in columns.items()
    )
    elements = "".join(_request(f"query{table}", ("lm", "tj")) + _answer(f"query{table}", table) for table in columns)
    elements += "".join(
        _request(f"search{table}", parameters[table]) + _answer(f"search{table}", table) for table in columns
    )
    operations = [f"{verb}{table}" for table in columns for verb in ("query", "search")]
    schemas = (
        f'<xsd:schema targetNamespace="{ROWS}" elementFormDefault="qualified">{rows}</xsd:schema>'
        f'<xsd:schema targetNamespace="{WS}"><xsd:import namespace="{ROWS}"/>{elements}</xsd:schema>'
    )
    return f"{_HEAD}<wsdl:types>{schemas}</wsdl:types>{_bound(operations)}</wsdl:definitions>"


def _elements(names: Iterable[str], several: frozenset[str]) -> str:
    repeats = dict.fromkeys(several, 'maxOccurs="unbounded"')
    return "".join(
        f'<xsd:element name="{name}" type="xsd:string" minOccurs="0" {repeats.get(name, "")}/>' for name in names
    )


def _request(operation: str, names: Iterable[str]) -> str:
    texts = [name for name in dict.fromkeys(names) if name != "tj"]
    several = frozenset({"zd", *(name for name in texts if name.endswith("__IN"))})
    truths = [name for name in texts if name.endswith("__IS_NULL")]
    keys = '<xsd:element name="tj" minOccurs="0"><xsd:complexType><xsd:sequence>'
    keys += '<xsd:element name="dm" type="xsd:string" minOccurs="0" maxOccurs="unbounded"/>'
    keys += "</xsd:sequence></xsd:complexType></xsd:element>"
    body = _elements([name for name in (*texts, "sort", "zd") if name not in truths], several) + keys
    body += "".join(f'<xsd:element name="{name}" type="xsd:boolean" minOccurs="0"/>' for name in truths)
    body += "".join(f'<xsd:element name="{name}" type="xsd:int" minOccurs="0"/>' for name in ("ym", "ts"))
    return _element(operation, body)


def _answer(operation: str, table: str) -> str:
    item = f'<xsd:element name="item" type="rows:{table}Row" minOccurs="0" maxOccurs="unbounded"/>'
    listed = f'<xsd:element name="resultList">{_complex(item)}</xsd:element>'
    said = '<xsd:element name="resultCode" type="xsd:string"/>'
    said += '<xsd:element name="resultMsg" type="xsd:string" minOccurs="0"/>'
    said += f'<xsd:element name="total" type="xsd:int" minOccurs="0"/>{listed}'
    return _element(f"{operation}Response", f'<xsd:element name="return" minOccurs="0">{_complex(said)}</xsd:element>')


def _element(name: str, body: str) -> str:
    return f'<xsd:element name="{name}">{_complex(body)}</xsd:element>'


def _complex(body: str) -> str:
    return f"<xsd:complexType><xsd:sequence>{body}</xsd:sequence></xsd:complexType>"


def _bound(operations: Sequence[str]) -> str:
    messages = "".join(
        f'<wsdl:message name="{name}"><wsdl:part name="parameters" element="tns:{name}"/></wsdl:message>'
        for operation in operations
        for name in (operation, f"{operation}Response")
    )
    port = "".join(
        f'<wsdl:operation name="{name}"><wsdl:input message="tns:{name}"/>'
        f'<wsdl:output message="tns:{name}Response"/></wsdl:operation>'
        for name in operations
    )
    binding = "".join(
        f'<wsdl:operation name="{name}"><soap:operation soapAction="urn:register:{name}"/>'
        '<wsdl:input><soap:body use="literal"/></wsdl:input><wsdl:output><soap:body use="literal"/></wsdl:output>'
        "</wsdl:operation>"
        for name in operations
    )
    transport = '<soap:binding style="document" transport="http://schemas.xmlsoap.org/soap/http"/>'
    address = '<soap:address location="http://address-in-the-wsdl.example/ws"/>'
    return (
        f'{messages}<wsdl:portType name="Office">{port}</wsdl:portType>'
        f'<wsdl:binding name="Office" type="tns:Office">{transport}{binding}</wsdl:binding>'
        f'<wsdl:service name="Office"><wsdl:port name="Office" binding="tns:Office">{address}</wsdl:port></wsdl:service>'
    )
