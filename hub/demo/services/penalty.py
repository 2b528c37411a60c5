"""The penalty platform: SOAP 1.1 as its WSDL says, with a UsernameToken in every envelope.

Answers from rows it is given and knows nothing of the hub. What a request may be is bounded and read without entities.
"""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from aiohttp import web
from lxml import etree

from hub.demo.departments.penalty import OPERATION, PARTY, PATH, USER
from hub.demo.services.rows import Row, Rows, equal

WSDL = Path(__file__).with_name("penalty.wsdl")
_WS = "http://xzcf.suihua.example/ws"
_SOAP = "http://schemas.xmlsoap.org/soap/envelope/"
_WSSE = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd"
_MOST = 500


def build_service(rows: Rows, password: str) -> web.Application:
    """The application; nothing without the password, but the WSDL for whoever asks."""
    service = web.Application(client_max_size=2**20)

    async def answer(request: web.Request) -> web.Response:
        parser = etree.XMLParser(resolve_entities=False, no_network=True, remove_comments=True)
        try:
            envelope = etree.fromstring(await request.read(), parser)
        except etree.XMLSyntaxError:
            return _fault("Client", "not an envelope")
        if not _signed(envelope, password):
            return _fault("Client", "FailedAuthentication")
        asked = envelope.find(f"{{{_SOAP}}}Body/{{{_WS}}}{OPERATION}")
        if asked is None:
            return _fault("Client", "no such operation")
        return _page(asked, rows)

    async def described(_: web.Request) -> web.Response:
        return web.Response(body=WSDL.read_bytes(), content_type="text/xml")

    service.router.add_post(PATH, answer)
    service.router.add_get(PATH, described)
    return service


def _signed(envelope: Any, password: str) -> bool:
    token = envelope.find(f"{{{_SOAP}}}Header/{{{_WSSE}}}Security/{{{_WSSE}}}UsernameToken")
    if token is None:
        return False
    user, given = (token.findtext(f"{{{_WSSE}}}{name}", "") for name in ("Username", "Password"))
    return bool(user == USER and equal(given, password))


def _page(asked: Any, rows: Rows) -> web.Response:
    codes = {element.text for element in asked.iterfind("condition/xdrdm")}
    number, size = asked.findtext("pageNo", "1"), asked.findtext("pageSize", str(_MOST))
    if not (number.isdecimal() and size.isdecimal()) or int(number) < 1 or len(codes) > _MOST:
        return _answer({"resultCode": "9001", "resultMsg": "查询条件有误"}, ())
    found = [row for row in rows if row[PARTY] in codes]
    start, most = (int(number) - 1) * int(size), min(int(size), _MOST)
    said = {"resultCode": "0000", "resultMsg": "成功", "total": str(len(found))}
    return _answer(said, found[start : start + most])


def _answer(said: Mapping[str, str], rows: Iterable[Row]) -> web.Response:
    envelope, body = _envelope()
    returned = etree.SubElement(etree.SubElement(body, f"{{{_WS}}}{OPERATION}Response"), "return")
    for name, text in said.items():
        etree.SubElement(returned, name).text = text
    listed = etree.SubElement(returned, "resultList")
    for row in rows:
        item = etree.SubElement(listed, "item")
        for name, text in row.items():
            if text is not None:
                etree.SubElement(item, name).text = text
    return _xml(envelope, 200)


def _fault(code: str, reason: str) -> web.Response:
    envelope, body = _envelope()
    fault = etree.SubElement(body, f"{{{_SOAP}}}Fault")
    etree.SubElement(fault, "faultcode").text = f"soap:{code}"
    etree.SubElement(fault, "faultstring").text = reason
    return _xml(envelope, 500)


def _envelope() -> tuple[Any, Any]:
    envelope = etree.Element(f"{{{_SOAP}}}Envelope", nsmap={"soap": _SOAP, "ws": _WS})
    return envelope, etree.SubElement(envelope, f"{{{_SOAP}}}Body")


def _xml(envelope: Any, status: int) -> web.Response:
    body = etree.tostring(envelope, xml_declaration=True, encoding="utf-8")
    return web.Response(body=body, status=status, content_type="text/xml", charset="utf-8")
