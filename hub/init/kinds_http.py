"""What services are asked for: address, credentials, and per record how its rows are asked for and where they stand."""

from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import graphql
from pydantic import SecretStr, ValidationError

from adapters.graphql_options import GraphqlOptions
from adapters.http_client import Request
from adapters.http_options import HttpOptions
from adapters.paths import read_path
from adapters.rest_options import RestOptions
from hub.init.asking import Asker
from hub.init.graphql_form import Form, form_of
from hub.init.looking import ask, introspected, look, names_in_answer, shown
from hub.init.source import Placed, Placer, Source
from hub.init.writing import said
from schema.catalogue import RecordRule

if TYPE_CHECKING:
    from adapters.soap_wsdl import Operation, Wsdl

_AUTH = {
    "none": "不需要 / none",
    "key": "请求头里的密钥 / a key in a header",
    "basic": "用户名和密码 / user and password",
    "client_credentials": "OAuth 2 客户端凭证 / OAuth 2 client credentials",
}
_PLACE = "代码在请求中的位置 / where the code stands in the request"
_ROWS = "行在应答中的位置 / where the rows stand in the answer"
_WAYS = {
    "single": "一次一个代码 / one code a request, {key} in the path",
    "batch": "一次多个代码 / many codes in one request",
}


def ask_rest(source: Source) -> tuple[dict[str, Any], Placer]:
    """A service of JSON."""
    asker = source.asker
    options, secret = _ask_service(source)

    def place(at: str, rule: RecordRule) -> Placed:
        way = asker.choice(f"{at}.way", "怎样按代码取数 / how it is asked by code", _WAYS, "single")
        example = "/licences/{key}" if way == "single" else "/licences/batch"
        path = asker.text(f"{at}.path", f"路径 / path, as in {example}")
        rows = asker.text(f"{at}.rows", _ROWS, "$")
        asked: dict[str, Any] = {"path": path}
        if way == "batch":
            asked["body_keys"] = asker.text(
                f"{at}.body_keys", "代码列表的参数名 / name of the list of codes in the body", "keys"
            )
        code = asker.text(f"{at}.sample", "用来看应答的代码(可空) / a code to look at the answer with", "")
        columns: list[str] = []
        if code:
            filled = path.replace("{key}", quote(code, safe=""))
            body = {asked["body_keys"]: [code]} if way == "batch" else None
            request = Request("POST" if body else "GET", filled, body=body)
            about = _looked_at(RestOptions, {**options, **secret}, {"record": rule.name, "single": {"path": "/{key}"}})
            columns = look(asker, lambda: ask(names_in_answer(about, request, rows)), columns)
        return {way: asked, "rows": rows}, columns

    return options, place


def ask_graphql(source: Source) -> tuple[dict[str, Any], Placer]:
    """A service of GraphQL; its schema is kept beside the configuration, where it tells it."""
    asker = source.asker
    options, secret = _ask_service(source)
    options["path"] = asker.text(f"{source.at}.path", "路径 / path", "/graphql")
    dummy = {"record": "Entity", "aliased": {"field": "a", "argument": "b", "arguments": {"b": "ID"}}}
    about = _looked_at(GraphqlOptions, {**options, **secret}, dummy)
    schema = look(asker, lambda: ask(introspected(about)), None)
    if schema is not None:
        options["schema_file"] = source.draft.add_file(f"{source.name}.graphql", graphql.print_schema(schema) + "\n")
    query = schema.query_type if schema is not None else None
    fields = {} if query is None else query.fields

    def place(at: str, _rule: RecordRule) -> Placed:
        asker.show({name: str(field.type) for name, field in fields.items()})
        name = asker.text(f"{at}.field", "查询字段 / field of the query that is asked")
        form = form_of(fields[name]) if name in fields else Form()
        if form.places:
            asker.tell(f"  参数 / arguments: {shown(list(form.places))}")
        keys = asker.text(f"{at}.place", "代码放在哪个参数 / where the codes stand in the arguments", form.likely)
        rows = asker.text(f"{at}.rows", "行的位置 / where the rows stand below it", form.rows)
        given = asker.table(f"{at}.arguments")
        types = (
            given
            or form.types(keys)
            or {keys.partition(".")[0]: asker.text(f"{at}.type", "参数类型 / type of that argument", "[ID!]!")}
        )
        many = form.is_list(keys) if form.places else types[keys.partition(".")[0]].startswith("[")
        asked = {"field": name, "rows": rows, "arguments": types, "keys" if many else "argument": keys}
        page = None if given else form.page(rows)
        paged: dict[str, Any] = {} if page is None else {"page": page}
        return {"batch" if many else "aliased": {**asked, **paged}}, form.columns(rows)

    return options, place


def ask_soap(source: Source) -> tuple[dict[str, Any], Placer]:
    """A service that a WSDL describes."""
    asker = source.asker
    wsdl = asker.text(f"{source.at}.wsdl", "WSDL 文件,与配置放在一起 / the WSDL, a file beside this one")
    options, _ = _ask_service(source)
    base = str(options["base_url"])
    document = look(asker, lambda: _wsdl(source.draft.folder / wsdl), None)

    def place(at: str, _rule: RecordRule) -> Placed:
        operations = dict.fromkeys(document.operations(), "") if document else {}
        asker.show(operations)
        name = asker.text(f"{at}.operation", "操作 / operation")
        operation = document.operation(None, None, name, (base, "")) if document and name in operations else None
        asked, rows, columns = _ask_operation(asker, at, operation)
        constants = asker.changes(
            f"{at}.constants", "WSDL 还要求的固定值:位置=值,空行结束 / what else it demands: place=value"
        )
        return {
            "rows": rows,
            **said({"constants": constants}),
            **{way: {"operation": name, **each} for way, each in asked.items()},
        }, columns

    return {"wsdl": wsdl, **options}, place


def _ask_operation(
    asker: Asker, at: str, operation: "Operation | None"
) -> tuple[dict[str, dict[str, Any]], str, list[str]]:
    """The way of asking with its place, where the rows stand, and the columns below them."""
    if operation is None:
        place = asker.text(f"{at}.place", _PLACE)
        return {"single": {"place": place}}, asker.text(f"{at}.rows", _ROWS, "$"), []
    from adapters.soap_types import paths_below, type_at  # noqa: PLC0415 - its libraries are an extra

    places = {".".join(path): several for path, several, leaf in paths_below(operation.request) if leaf}
    answers = [".".join(path) for path, several, leaf in paths_below(operation.answer) if several and not leaf]
    asker.show(dict.fromkeys(places, ""))
    place = asker.text(f"{at}.place", _PLACE, next(iter(places), None))
    asker.show(dict.fromkeys(answers, ""))
    rows = asker.text(f"{at}.rows", _ROWS, next(iter(answers), "$"))
    below = paths_below(type_at(operation.answer, read_path(rows))) if rows in answers else iter(())
    columns = [".".join(path) for path, several, leaf in below if leaf and not several]
    return {"batch" if places.get(place) else "single": {"place": place}}, rows, columns


def _wsdl(file: Path) -> "Wsdl":
    try:
        from adapters.soap_wsdl import Wsdl  # noqa: PLC0415 - its libraries are an extra
    except ModuleNotFoundError as missing:
        raise ValueError(f"{missing.name} is not installed: pip install 'chengxin-hub[soap]'") from None
    return Wsdl(file)


def _ask_service(source: Source) -> tuple[dict[str, Any], dict[str, Any]]:
    """Address and credentials: as the configuration says them, and with the secrets themselves for looking."""
    asker = source.asker
    base = asker.text(f"{source.at}.base_url", "接口地址 / address of the service, https://…", check=_service)
    options: dict[str, Any] = {"base_url": base}
    if base.startswith("http://") and "://127.0.0.1" not in base and "://localhost" not in base:
        options["plain_http"] = asker.yes(
            f"{source.at}.plain_http",
            "地址未加密,确认使用吗 / it is not encrypted: use it nevertheless?",
            default=False,
        )
    ca_file = asker.text(
        f"{source.at}.ca_file", "根证书文件(可空) / file of its root certificate, if it has one of its own", ""
    )
    options |= said({"ca_file": ca_file})
    way = asker.choice(f"{source.at}.auth.way", "凭证 / credentials", _AUTH, "none")
    if way == "none":
        return options, {}
    auth, secret = _ask_auth(source, way)
    options["auth"] = {"way": way, **auth}
    return options, {"auth": {"way": way, **auth, **{name: SecretStr(text) for name, text in secret.items()}}}


def _ask_auth(source: Source, way: str) -> tuple[dict[str, Any], dict[str, str]]:
    asker, at = source.asker, f"{source.at}.auth"
    if way == "key":
        header = asker.text(f"{at}.header", "请求头名 / name of the header", "Authorization")
        prefix = asker.text(f"{at}.prefix", "密钥前缀(可空),如 Bearer / what stands before the key", "")
        said_of = {"header": header, **said({"prefix": f"{prefix.strip()} " if prefix else ""})}
        name = "key"
    elif way == "basic":
        said_of = {"user": asker.text(f"{at}.user", "用户名 / user")}
        name = "password"
    else:
        token_url = asker.text(f"{at}.token_url", "令牌地址 / address of the tokens")
        said_of = {"token_url": token_url, "client_id": asker.text(f"{at}.client_id", "客户端编号 / client id")}
        name = "client_secret"
    found = source.secret(f"auth.{name}", "密钥或密码,不显示 / the secret, not shown")
    reference, text = found or ("", "")
    return {**said_of, name: reference}, {name: text}


def _looked_at(model: Any, options: dict[str, Any], record: dict[str, Any]) -> Any:
    """Options good enough to ask the service once, before the mapping is known."""
    whole = {"name": "look", "department": "look", "timeout_ms": 5000, **options}
    kind = "rest" if model is RestOptions else "graphql"
    records = [{"local": "id", "columns": {}, **record}]
    return model.model_validate({**whole, "kind": kind, "record": records})


def _service(text: str) -> str:
    try:
        HttpOptions.model_validate(
            {"name": "a", "kind": "a", "department": "a", "record": [], "base_url": text, "plain_http": True}
        )
    except ValidationError as fault:
        raise ValueError(fault.errors()[0]["msg"].removeprefix("Value error, ")) from None
    return text.rstrip("/")
