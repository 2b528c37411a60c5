"""An answer in GraphQL → the positions that hold something, and those that an error has emptied. Knows no transport.

A position named by an error is taken out (ABSENT), so that its null is never taken for "no value": a field costs its
cell, anything that holds rows costs the call. What the source says in its errors is never repeated.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from adapters.asking import whole_number
from adapters.base import SourceBadData, SourceDown, SourceError, SourceTimeout
from adapters.paths import ABSENT, Path, find

_MEANINGS: Mapping[str, type[SourceError]] = {"bad_data": SourceBadData, "down": SourceDown, "timeout": SourceTimeout}
_CODES: Mapping[str, str] = {
    **dict.fromkeys(("BAD_REQUEST", "BAD_USER_INPUT"), "bad_data"),
    **dict.fromkeys(("GRAPHQL_PARSE_FAILED", "GRAPHQL_VALIDATION_FAILED", "OPERATION_RESOLUTION_FAILURE"), "bad_data"),
    **dict.fromkeys(("DEADLINE_EXCEEDED", "GATEWAY_TIMEOUT", "REQUEST_TIMEOUT", "TIMEOUT"), "timeout"),
    **dict.fromkeys(("FORBIDDEN", "INTERNAL_SERVER_ERROR", "RATE_LIMITED", "SERVICE_UNAVAILABLE"), "down"),
    **dict.fromkeys(("TOO_MANY_REQUESTS", "UNAUTHENTICATED"), "down"),
}
_REFUSED = "UNAUTHENTICATED"


@dataclass(frozen=True, slots=True)
class Reply:
    """What was answered; `fault` is what the source's errors mean, where it answered in part."""

    values: Mapping[str, Any] = field(repr=False)
    fault: SourceError | None

    def asked(self, path: Path) -> Any:
        """What the asked field holds, null if nothing; raises SourceError where that is not known."""
        found: Any = self.values
        for step in path:
            if not isinstance(found, dict):
                raise SourceBadData("the answer lacks what was asked")
            found = self.known(found.get(step, ABSENT))
        return found

    def known(self, found: Any) -> Any:
        """The same; raises SourceError if an error has emptied the place, or it is missing altogether."""
        if found is ABSENT:
            raise self.fault or SourceBadData("the answer lacks what was asked")
        return found

    def rows(self, asked: Any, path: Path, typed: Sequence[bool]) -> Iterator[tuple[Mapping[str, Any], ...]]:
        """Every row with the objects it stands in, outermost first; `typed` says where an object may be of no concern.

        Null on the way is no rows; SourceError where rows may be missing.
        """
        yield from self._walk(asked, path, (), typed)

    def _walk(
        self, node: Any, path: Path, outer: tuple[Mapping[str, Any], ...], typed: Sequence[bool]
    ) -> Iterator[tuple[Mapping[str, Any], ...]]:
        for found in node if isinstance(node, list) else [node]:
            if self.known(found) is None:
                continue
            if not isinstance(found, dict):
                raise SourceBadData("the answer has no rows where they should be")
            if not found and typed[len(outer)]:
                continue
            if not path:
                yield (*outer, found)
            else:
                yield from self._walk(found.get(path[0], ABSENT), path[1:], (*outer, found), typed)

    def cursor(self, asked: Any, more: Path, following: Path) -> str | int | None:
        """Where the next page starts, null after the last."""
        if asked is None or not self._truth(find(asked, more)):
            return None
        found = self.known(find(asked, following))
        if isinstance(found, bool) or not isinstance(found, str | int) or found == "":
            raise SourceBadData("the answer does not say where the next page starts")
        return found

    def is_cut(self, asked: Any, path: Path) -> bool:
        """True if the answer says anywhere that it left rows out."""
        found = self.known(gather(asked, path))
        return any(self._truth(each) for each in (found if isinstance(found, list) else [found]) if each is not None)

    def total(self, asked: Any, path: Path) -> int:
        """Number of all rows."""
        return whole_number(self.known(find(asked, path)))

    def _truth(self, found: Any) -> bool:
        if not isinstance(self.known(found), bool):
            raise SourceBadData("the answer does not say whether there are more rows")
        return bool(found)


def read_reply(answer: Any, codes: Mapping[str, str]) -> Reply:
    """Reply in an answer; raises SourceError if it holds nothing, or errors that do not say what they concern."""
    if not isinstance(answer, dict):
        raise SourceBadData("the answer is not GraphQL")
    errors, values = answer.get("errors") or [], answer.get("data")
    if not isinstance(errors, list) or not all(isinstance(error, dict) for error in errors):
        raise SourceBadData("the answer is not GraphQL")
    if not isinstance(values, dict):
        unsaid = SourceDown if "data" in answer else SourceBadData
        raise _fault(errors[0], codes, unsaid) if errors else SourceBadData("the answer is not GraphQL")
    for error in errors:
        if not _take_out(values, error.get("path")):
            raise _fault(error, codes, SourceDown)
    return Reply(values, _fault(errors[0], codes, SourceDown) if errors else None)


def refusal(answer: Any, codes: Mapping[str, str]) -> SourceError | None:
    """What the first known code in a refusal means."""
    known = [code for code in _codes_of(answer) if code in codes or code in _CODES]
    return _meaning(known[0], codes, SourceDown) if known else None


def is_unauthenticated(answer: Any) -> bool:
    """True if the source answers nothing but that the credentials are none, whatever the HTTP status."""
    values = answer.get("data") if isinstance(answer, dict) else None
    answered = isinstance(values, dict) and any(value is not None for value in values.values())
    return not answered and _REFUSED in _codes_of(answer)


def gather(node: Any, path: Path) -> Any:
    """What a path leads to; through a list, the list of what it leads to, or with a position one of its elements.

    ABSENT where an error has emptied any part of it; null where there is none.
    """
    if isinstance(node, list):
        if ABSENT in node:
            return ABSENT
        if path and path[0].isdecimal():
            return gather(node[int(path[0])], path[1:]) if int(path[0]) < len(node) else None
        return _gather_all(node, path) if path else node
    if not path or node is None:
        return node
    return gather(node.get(path[0], ABSENT), path[1:]) if isinstance(node, dict) else ABSENT


def _gather_all(node: list[Any], path: Path) -> Any:
    found: list[Any] = []
    for each in node:
        one = ABSENT if isinstance(each, list) else gather(each, path)
        if one is ABSENT:
            return ABSENT
        found += one if isinstance(one, list) else [one]
    return found


def _take_out(node: Any, path: Any) -> bool:
    """Mark a position, or the null above it to which its error has risen; false if the path leads to neither."""
    steps = path if isinstance(path, list) else []
    for depth, step in enumerate(steps, 1):
        if not _holds(node, step):
            return False
        if depth == len(steps) or node[step] is None or node[step] is ABSENT:
            node[step] = ABSENT
            return True
        node = node[step]
    return False


def _holds(node: Any, step: Any) -> bool:
    if isinstance(node, list):
        return isinstance(step, int) and not isinstance(step, bool) and 0 <= step < len(node)
    return isinstance(node, dict) and isinstance(step, str) and step in node


def _codes_of(answer: Any) -> list[str]:
    errors = answer.get("errors") if isinstance(answer, dict) else None
    return [code for error in errors if (code := _code_of(error))] if isinstance(errors, list) else []


def _code_of(error: Any) -> str:
    extensions = error.get("extensions") if isinstance(error, dict) else None
    code = extensions.get("code") if isinstance(extensions, dict) else None
    return code if isinstance(code, str) else ""


def _fault(error: Mapping[str, Any], codes: Mapping[str, str], otherwise: type[SourceError]) -> SourceError:
    return _meaning(_code_of(error), codes, otherwise)


def _meaning(code: str, codes: Mapping[str, str], otherwise: type[SourceError]) -> SourceError:
    meaning = codes.get(code) or _CODES.get(code)
    # An unknown code may hold anything; a known one stands in the configuration or above.
    return _MEANINGS[meaning](f"the source reports {code}") if meaning else otherwise("the source reports an error")
