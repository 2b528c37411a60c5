"""Reads a GraphQL question out of an HTTP request (GraphQL-over-HTTP), and nothing else.

Sizes are capped before parsing; whatever is wrong becomes one HubError. Knows no caller and no schema.
"""

import time
from collections.abc import Iterable, Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import Any
from urllib.parse import parse_qs, unquote

import orjson

from auth.admission import Credentials
from hub.answer import OnDenied
from hub.entrance import Entrance
from hub.errors import HubError
from hub.gateway import Request
from hub.limits import Limits
from hub.randomness import RANDOM

GRAPHQL_JSON = "application/graphql-response+json"
JSON = "application/json"
MAX_HEADER_CHARS = 8192
MAX_PARAMETERS = 20
_OFFERED = {JSON: (JSON, "application/*", "*/*"), GRAPHQL_JSON: (GRAPHQL_JSON, "application/*", "*/*")}
_SINGLE = frozenset(
    {
        b"authorization",
        b"content-type",
        b"dpop",
        b"hub-acting-for",
        b"hub-case",
        b"hub-on-denied",
        b"hub-purpose",
        b"idempotency-key",
    }
)
_SCHEMES = frozenset({"bearer", "dpop"})
_UTF8 = ("utf-8", "utf8")
_NOTHING: Mapping[str, Any] = MappingProxyType({})


@lru_cache(maxsize=256)
def media_type(accept: str) -> str | None:
    """The media type to answer in: what is accepted with the highest quality, JSON where nothing is said.

    The most specific range that fits a type decides its quality; among equals the one named first wins.
    """
    if not accept.strip():
        return JSON
    ranges = _ranges(accept)
    ranked = []
    for offered, fitting in _OFFERED.items():
        quality, place = next((ranges[name] for name in fitting if name in ranges), (0.0, 0))
        if quality > 0:
            ranked.append((-quality, place, offered))
    return min(ranked, key=lambda one: one[:2])[2] if ranked else None


def _ranges(accept: str) -> dict[str, tuple[float, int]]:
    """Quality and place of every range an Accept header names; one in another charset is left out."""
    ranges: dict[str, tuple[float, int]] = {}
    for place, entry in enumerate(accept[:MAX_HEADER_CHARS].split(",")):
        name, parameters = _parts(entry)
        if parameters.get("charset", _UTF8[0]) in _UTF8:
            ranges.setdefault(name, (_quality(parameters.get("q", "1")), place))
    return ranges


def _parts(entry: str) -> tuple[str, dict[str, str]]:
    """A media type or range, lower-cased, and its parameters."""
    name, *parameters = (part.strip().lower() for part in entry.split(";"))
    pairs = (parameter.partition("=") for parameter in parameters)
    return name, {key.strip(): value.strip().strip('"') for key, _, value in pairs}


def _quality(given: str) -> float:
    try:
        return min(1.0, max(0.0, float(given)))
    except ValueError:
        return 0.0


def wants_page(accept: str) -> bool:
    """True for a browser that navigates here: it names HTML before any JSON."""
    names = [_parts(entry)[0] for entry in accept[:MAX_HEADER_CHARS].split(",")]
    json_at = min((names.index(n) for n in (GRAPHQL_JSON, JSON) if n in names), default=len(names))
    return "text/html" in names and names.index("text/html") < json_at


def plain_headers(raw: Iterable[tuple[bytes, bytes]]) -> dict[str, str]:
    """Headers by lower-case name: the first of each, but everything that `accept` was given."""
    found: dict[str, str] = {}
    for name, value in raw:
        key, text = name.decode("latin-1"), value.decode("latin-1")
        if key == "accept" and key in found:
            found[key] += f",{text}"
        else:
            found.setdefault(key, text)
    return found


def check_headers(raw: Iterable[tuple[bytes, bytes]]) -> None:
    """Refuse a header that says twice who asks, for what, or how: two readers of it could differ."""
    names = [name for name, _ in raw if name in _SINGLE]
    if len(names) != len(set(names)):
        raise bad_request("请求头重复", "a header is repeated")


def check_media(headers: Mapping[str, str]) -> None:
    """Refuse a body that is not plain JSON."""
    kind, parameters = _parts(headers.get("content-type", ""))
    plain = headers.get("content-encoding", "identity").strip().lower() == "identity"
    if kind != JSON or parameters.get("charset", _UTF8[0]) not in _UTF8 or not plain:
        raise HubError("UNSUPPORTED_MEDIA_TYPE")


def read_body(body: bytes) -> dict[str, Any]:
    """Parameters of a POST; `body` is already capped."""
    return _object(_json(body, "请求体", "the body"), "请求体", "the body")


def read_query(query: bytes, limits: Limits) -> dict[str, Any]:
    """Parameters of a GET."""
    if len(query) > limits.body_bytes:
        raise HubError("PAYLOAD_TOO_LARGE", limit=limits.body_bytes)
    try:
        found = parse_qs(query.decode(), keep_blank_values=True, errors="strict", max_num_fields=MAX_PARAMETERS)
    except ValueError:
        raise bad_request("查询串无法解析", "the query string cannot be read") from None
    if any(len(values) > 1 for values in found.values()):
        raise bad_request("参数重复", "a parameter is repeated")
    read: dict[str, Any] = {name: values[0] for name, values in found.items()}
    for name in ("variables", "extensions"):
        if name in read:
            read[name] = _json(read[name].encode(), name, name) if read[name] else None
    return read


def read_request(
    parameters: Mapping[str, Any],
    request_id: str,
    head: Mapping[str, str] | Entrance,
    *,
    queries_only: bool,
) -> Request:
    """The question in the parameters, with credentials, purpose and case from body or head.

    `head`: the headers, or what is known of them.
    """
    text = parameters.get("query")
    if not isinstance(text, str) or not text.strip():
        raise bad_request("缺少 query", "query is missing")
    name = parameters.get("operationName")
    if name is not None and not isinstance(name, str):
        raise bad_request("operationName 须为文本", "operationName must be a text")
    variables = parameters.get("variables")
    extensions = parameters.get("extensions")
    if extensions is not None:
        _object(extensions, "extensions", "extensions")
    hub = _object(_or_empty(extensions.get("hub")), "extensions.hub", "extensions.hub") if extensions else _NOTHING
    given = variables if variables.__class__ is dict else _object(_or_empty(variables), "variables", "variables")
    key = _said(hub, "idempotencyKey", None) if hub else None
    if isinstance(head, Entrance):
        credentials, on_denied = _overridden(head.credentials, hub) if hub else head.credentials, head.on_denied
    else:
        credentials, on_denied = _credentials(head, hub), _on_denied(head)
        key = key or _idempotency_key(head)
    return Request(text, name or None, given, credentials, on_denied, request_id, queries_only, key)


def read_entrance(kind: str, headers: Mapping[str, str]) -> Entrance:
    """What the headers say of who asks, for what and how; `kind` is the media type of the answer."""
    return Entrance(kind, _on_denied(headers), _credentials(headers, _NOTHING))


def _credentials(headers: Mapping[str, str], hub: Mapping[str, Any]) -> Credentials:
    """What headers and body say of who asks and for what; the body goes before."""
    purpose, case = _named(hub, headers, "purpose"), _named(hub, headers, "case")
    return Credentials(_token(headers), purpose, case, acting_for=_acting_for(hub, headers))


def _overridden(known: Credentials, hub: Mapping[str, Any]) -> Credentials:
    """The same where what the headers say is known."""
    purpose, case = _said(hub, "purpose", known.purpose), _said(hub, "case", known.case)
    return Credentials(known.token, purpose, case, acting_for=_said(hub, "actingFor", known.acting_for))


def new_request_id() -> str:
    """A fresh id for one request: the milliseconds since 1970, so that ids sort by time, and 48 random bits."""
    return f"{time.time_ns() // 1_000_000:012x}{RANDOM.hexadecimal(6)}"


def bad_request(detail: str, detail_en: str) -> HubError:
    """The refusal of a request that is not a GraphQL question."""
    return HubError("BAD_REQUEST", detail=detail, detail_en=detail_en)


def credentials_of(headers: Mapping[str, str]) -> Credentials:
    """Credentials, purpose and case of a request without a body."""
    return _credentials(headers, _NOTHING)


def presented(headers: Mapping[str, str]) -> tuple[str, str] | None:
    """How a token is presented, `bearer` or `dpop`, and the token; None if there is none, HubError if in another way."""
    given = headers.get("authorization")
    if given is None:
        return None
    scheme, _, token = given.strip().partition(" ")
    if scheme.lower() not in _SCHEMES or not token.strip():
        raise HubError("UNAUTHENTICATED")
    return scheme.lower(), token.strip()


def _token(headers: Mapping[str, str]) -> str | None:
    found = presented(headers)
    return None if found is None else found[1]


def _said(hub: Mapping[str, Any], name: str, otherwise: str | None) -> str | None:
    """What the body says, else what is known otherwise."""
    value = hub.get(name)
    if value is None:
        return otherwise
    if not isinstance(value, str):
        raise bad_request(f"extensions.hub.{name} 须为文本", f"extensions.hub.{name} must be a text")
    return value.strip() or None


def _named(hub: Mapping[str, Any], headers: Mapping[str, str], name: str) -> str | None:
    if hub.get(name) is not None:
        return _said(hub, name, None)
    given, header = headers.get(f"hub-{name}", ""), f"Hub-{name.title()}"
    try:
        return unquote(given.encode("ascii"), errors="strict").strip() or None
    except UnicodeError:
        raise bad_request(f"{header} 须为百分号编码的 UTF-8", f"{header} must be percent-encoded UTF-8") from None


def _acting_for(hub: Mapping[str, Any], headers: Mapping[str, str]) -> str | None:
    """Id of the person for whom somebody says they act."""
    return _said(hub, "actingFor", headers.get("hub-acting-for", "").strip() or None)


def _idempotency_key(headers: Mapping[str, str]) -> str | None:
    """The key of a request that must not be done twice, in quotes or without (a string of RFC 8941, or a plain text)."""
    given = headers.get("idempotency-key", "").strip()
    quoted = len(given) > 1 and given[0] == given[-1] == '"'
    return (given[1:-1] if quoted else given) or None


def _on_denied(headers: Mapping[str, str]) -> OnDenied:
    given = headers.get("hub-on-denied", OnDenied.PARTIAL.value).strip().lower()
    try:
        return OnDenied(given)
    except ValueError:
        allowed = " ".join(OnDenied)
        raise bad_request(f"Hub-On-Denied 须为 {allowed} 之一", f"Hub-On-Denied must be one of {allowed}") from None


def _json(text: bytes, zh: str, en: str) -> Any:
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        raise bad_request(f"{zh}不是有效的 JSON", f"{en} is not valid JSON") from None


def _or_empty(value: Any) -> Any:
    return {} if value is None else value


def _object(value: Any, zh: str, en: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise bad_request(f"{zh} 须为 JSON 对象", f"{en} must be a JSON object")
    return value
