"""A record's options, with keys or parameters → the request to send. Knows no answer."""

from collections.abc import Sequence
from dataclasses import replace
from urllib.parse import quote

from adapters.http_client import Request
from adapters.rest_options import BatchOptions, RestRecord, RestSearch, SingleOptions
from adapters.rest_pages import with_list, with_parameter
from adapters.searching import Binding


def batch_request(record: RestRecord, way: BatchOptions, keys: Sequence[str], fields: Sequence[str]) -> Request:
    """Request for many keys."""
    return with_list(_request(record, way.method, way.path, fields), way.keys, keys, way.join)


def single_request(record: RestRecord, way: SingleOptions, key: str, fields: Sequence[str]) -> Request:
    """Request for one key; that nothing is there is an answer."""
    path = way.path.replace("{key}", quote(key, safe=""))
    return replace(_request(record, "GET", path, fields), may_lack=True)


def search_request(record: RestRecord, way: RestSearch, bindings: Sequence[Binding], fields: Sequence[str]) -> Request:
    """Request for the rows that the parameters describe."""
    request = _request(record, way.method, way.path, fields)
    for name, value in bindings:
        one = not isinstance(value, tuple)
        request = with_parameter(request, name, value) if one else with_list(request, name, value, way.join)
    return request


def _request(record: RestRecord, method: str, path: str, fields: Sequence[str]) -> Request:
    # What is escaped already (a key) keeps its escapes.
    request = Request(method, quote(path, safe="/%:@!$&'()*+,;=~"), body={} if method == "POST" else None)
    for name, value in record.constants.items():
        request = with_parameter(request, name, value)
    if record.fields_parameter is None:
        return request
    wanted = list(fields) if record.fields_join == "list" else ",".join(fields)
    return with_parameter(request, record.fields_parameter, wanted)
