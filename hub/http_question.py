"""Reads a GraphQL question out of an HTTP request (GraphQL-over-HTTP), and nothing else.

Sizes are capped before parsing; whatever is wrong becomes one HubError. Knows no caller and no schema.
"""

import secrets
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qs, unquote

import orjson

from auth.admission import Credentials
from hub.answer import OnDenied
from hub.errors import HubError
from hub.gateway import Request
from hub.limits import Limits

GRAPHQL_JSON = "application/graphql-response+json"
JSON = "application/json"
MAX_HEADER_CHARS = 8192


def media_type(accept: str) -> str | None:
    """The media type to answer in: what is accepted with the highest quality, JSON where nothing is said."""
    if not accept.strip():
        return JSON
    best: tuple[float, int, str] | None = None
    for place, entry in enumerate(accept[:MAX_HEADER_CHARS].split(",")):
        name, *parameters = (part.strip().lower() for part in entry.split(";"))
        offered = {GRAPHQL_JSON: GRAPHQL_JSON, JSON: JSON, "*/*": JSON, "application/*": JSON}.get(name)
        quality = _quality(parameters)
        charset = next((p[8:].strip('"') for p in parameters if p.startswith("charset=")), "utf-8")
        if offered and quality > 0 and charset in ("utf-8", "utf8"):
            ranked = (-quality, place, offered)
            best = ranked if best is None else min(best, ranked)
    return best[2] if best else None


def _quality(parameters: list[str]) -> float:
    given = next((p[2:] for p in parameters if p.startswith("q=")), "1")
    try:
        return min(1.0, max(0.0, float(given)))
    except ValueError:
        return 0.0


def wants_page(accept: str) -> bool:
    """True for a browser that navigates here: it names HTML before any JSON."""
    names = [entry.split(";")[0].strip().lower() for entry in accept[:MAX_HEADER_CHARS].split(",")]
    json_at = min((names.index(n) for n in (GRAPHQL_JSON, JSON) if n in names), default=len(names))
    return "text/html" in names and names.index("text/html") < json_at


def read_body(body: bytes, headers: Mapping[str, str], limits: Limits) -> dict[str, Any]:
    """Parameters of a POST; `body` is already capped."""
    kind, *parameters = (part.strip().lower() for part in headers.get("content-type", "").split(";"))
    charset = next((p[8:].strip('"') for p in parameters if p.startswith("charset=")), "utf-8")
    if kind != JSON or charset not in ("utf-8", "utf8") or headers.get("content-encoding", "identity") != "identity":
        raise HubError("UNSUPPORTED_MEDIA_TYPE")
    return _object(_json(body, limits), "请求体", "the body")


def read_query(query: str, limits: Limits) -> dict[str, Any]:
    """Parameters of a GET."""
    if len(query) > limits.body_bytes:
        raise HubError("PAYLOAD_TOO_LARGE", limit=limits.body_bytes)
    try:
        found = parse_qs(query, keep_blank_values=True, strict_parsing=False, errors="strict", max_num_fields=20)
    except ValueError:
        raise bad_request("查询串无法解析", "the query string cannot be read") from None
    if any(len(values) > 1 for values in found.values()):
        raise bad_request("参数重复", "a parameter is repeated")
    read: dict[str, Any] = {name: values[0] for name, values in found.items()}
    for name in ("variables", "extensions"):
        if name in read:
            read[name] = _json(read[name].encode(), limits) if read[name] else None
    return read


def read_request(parameters: Mapping[str, Any], headers: Mapping[str, str], *, queries_only: bool) -> Request:
    """The question in the parameters, with credentials, purpose and case from body or headers."""
    text = parameters.get("query")
    if not isinstance(text, str) or not text.strip():
        raise bad_request("缺少 query", "query is missing")
    name = parameters.get("operationName") or None
    if name is not None and not isinstance(name, str):
        raise bad_request("operationName 须为文本", "operationName must be a text")
    variables = parameters.get("variables")
    extensions = _object(_or_empty(parameters.get("extensions")), "extensions", "extensions")
    hub = _object(_or_empty(extensions.get("hub")), "extensions.hub", "extensions.hub")
    return Request(
        text=text,
        operation_name=name,
        variables=_object(_or_empty(variables), "variables", "variables"),
        credentials=Credentials(_bearer(headers), _named(hub, headers, "purpose"), _named(hub, headers, "case")),
        on_denied=_on_denied(headers),
        request_id=new_request_id(),
        queries_only=queries_only,
    )


def new_request_id() -> str:
    """A fresh id for one request."""
    return secrets.token_hex(8)


def bad_request(detail: str, detail_en: str) -> HubError:
    """The refusal of a request that is not a GraphQL question."""
    return HubError("BAD_REQUEST", detail=detail, detail_en=detail_en)


def credentials_of(headers: Mapping[str, str]) -> Credentials:
    """Credentials, purpose and case of a request without a body."""
    return Credentials(_bearer(headers), _named({}, headers, "purpose"), _named({}, headers, "case"))


def _bearer(headers: Mapping[str, str]) -> str | None:
    given = headers.get("authorization")
    if given is None:
        return None
    scheme, _, token = given.strip().partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise HubError("UNAUTHENTICATED")
    return token.strip()


def _named(hub: Mapping[str, Any], headers: Mapping[str, str], name: str) -> str | None:
    if name in hub:
        value = hub[name]
        if not isinstance(value, str):
            raise bad_request(f"extensions.hub.{name} 须为文本", f"extensions.hub.{name} must be a text")
        return value.strip() or None
    given = headers.get(f"hub-{name}")
    if given is None:
        return None
    try:
        return unquote(given, errors="strict").strip() or None
    except UnicodeDecodeError:
        raise bad_request(f"Hub-{name.title()} 不是 UTF-8", f"Hub-{name.title()} is not UTF-8") from None


def _on_denied(headers: Mapping[str, str]) -> OnDenied:
    given = headers.get("hub-on-denied", OnDenied.PARTIAL.value).strip().lower()
    try:
        return OnDenied(given)
    except ValueError:
        allowed = " ".join(OnDenied)
        raise bad_request(f"Hub-On-Denied 须为 {allowed} 之一", f"Hub-On-Denied must be one of {allowed}") from None


def _json(body: bytes, limits: Limits) -> Any:
    if _nesting(body) > limits.nesting:
        raise bad_request("JSON 嵌套过深", "the JSON is nested too deeply")
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError:
        raise bad_request("不是有效的 JSON", "it is not valid JSON") from None


def _nesting(body: bytes) -> int:
    """Nesting of a JSON text, brackets in strings left out; 0 where there are too few brackets to matter."""
    if body.count(b"[") + body.count(b"{") < 64:
        return 0
    deepest = open_ = 0
    in_string = escaped = False
    for byte in body:
        if in_string:
            in_string = escaped or byte != 0x22
            escaped = not escaped and byte == 0x5C
        elif byte == 0x22:
            in_string = True
        elif byte in b"[{":
            open_ += 1
            deepest = max(deepest, open_)
        elif byte in b"]}":
            open_ -= 1
    return deepest


def _or_empty(value: Any) -> Any:
    return {} if value is None else value


def _object(value: Any, zh: str, en: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise bad_request(f"{zh} 须为 JSON 对象", f"{en} must be a JSON object")
    return value
