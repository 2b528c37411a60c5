"""Canonical JSON (RFC 8785): one way to write a value, so that whoever has the value can make its hash.

The library `rfc8785` writes it. Entries, which hold texts and whole numbers under names in ASCII alone, are written by a
faster one, to the same bytes; which those are is checked here for any.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any, NoReturn

import orjson
import rfc8785

_MOST = 2**53 - 1
Json = None | bool | int | float | str | Sequence["Json"] | Mapping[str, "Json"]


class NoCanonicalFormError(ValueError):
    """The value has no canonical form, or the bytes are not in it."""


def canonical(value: Json) -> bytes:
    """The bytes of a value; NoCanonicalFormError for NaN, infinity, whole numbers beyond 2**53 - 1 and half characters."""
    try:
        return rfc8785.dumps(value)
    except (rfc8785.CanonicalizationError, RecursionError) as fault:
        raise NoCanonicalFormError(str(fault)) from None


def written(value: Json) -> bytes:
    """The same as `canonical`, by the fast way where the value holds nothing that is written otherwise there."""
    try:
        plain = _is_plain(value)
    except RecursionError:
        raise NoCanonicalFormError("is nested too deeply") from None
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS) if plain else canonical(value)


def question_of(text: str, operation_name: str | None, variables: Mapping[str, Any]) -> bytes:
    """What was asked, as its hash is made: text, name and variables under the names of GraphQL over HTTP.

    Empty where the variables have no canonical form: a number that no two readers agree on.
    """
    try:
        return written({"operationName": operation_name, "query": text, "variables": dict(variables)})
    except NoCanonicalFormError:
        return b""


def _is_plain(value: Json) -> bool:
    """True if everybody writes it alike: no fractions, no whole numbers beyond 2**53 - 1, names in ASCII."""
    kind = value.__class__
    if kind is dict:
        return all(name.isascii() and _is_plain(one) for name, one in value.items())  # type: ignore[union-attr]
    if kind is list:
        return all(map(_is_plain, value))  # type: ignore[arg-type]
    return kind is str or value is None or kind is bool or (kind is int and abs(value) <= _MOST)  # type: ignore[arg-type]


def check_canonical(body: bytes) -> None:
    """Return if the bytes are canonical JSON; NoCanonicalFormError if not."""
    try:
        found = orjson.dumps(_PLAIN.decode(body.decode("ascii")), option=orjson.OPT_SORT_KEYS)
    except (_UnsureError, ValueError, TypeError, RecursionError):
        # Not plain, or no JSON: the slow way says which.
        try:
            found = canonical(orjson.loads(body))
        except orjson.JSONDecodeError as fault:
            raise NoCanonicalFormError(str(fault)) from None
    if found != body:
        raise NoCanonicalFormError("is not written as RFC 8785 would")


class _UnsureError(Exception):
    """A number that not everybody writes alike."""


def _whole(text: str) -> int:
    if len(text) > 15:
        raise _UnsureError
    return int(text)


def _unsure(_text: str) -> NoReturn:
    raise _UnsureError


_PLAIN = json.JSONDecoder(parse_int=_whole, parse_float=_unsure, parse_constant=_unsure)
