"""One visitor's questions and acts: put to the gateway in this process, as a program would put them over HTTP."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, TypeVar

from graphql import GraphQLError, OperationDefinitionNode, parse, validate

from auth.admission import Credentials
from auth.caller import Caller, Client
from hub.answer import OnDenied
from hub.callers.visiting import Visitor
from hub.errors import ERRORS, HubError
from hub.gateway import Gateway, Request
from hub.limits import check_variables

Known = TypeVar("Known")
_MISWRITTEN = frozenset({"GRAPHQL_PARSE_FAILED", "GRAPHQL_VALIDATION_FAILED"})


class RefusedError(Exception):
    """The gateway refused: its code, with the sentence in Chinese and English."""

    def __init__(self, code: str, zh: str, en: str) -> None:
        super().__init__(code)
        self.code, self.zh, self.en = code, zh, en

    def problem(self, place: str = "") -> dict[str, str]:
        """What a page says of it on top, and the field to which that leads."""
        return {"code": self.code, "zh": self.zh, "en": self.en, "at": place}


class PageMistakeError(Exception):
    """A page asks what nobody could be answered, whatever their office; `operation` is the name of the question."""

    def __init__(self, operation: str) -> None:
        super().__init__(operation)
        self.operation = operation


@dataclass
class Asker:
    """Asks for one visitor in one request; `purpose` is that of the console, None where the visitor has one only.

    acting_for: id of the person they act for as a deputy, who then asks in that one's department and role.
    """

    gateway: Gateway
    visitor: Visitor
    purpose: str | None
    request_id: str
    acting_for: str | None = None
    _credentials: Credentials = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self._credentials = Credentials(self.visitor.token, self.purpose, acting_for=self.acting_for)

    @cached_property
    def caller(self) -> Caller:
        """As whom the gateway takes this visitor; HubError if they are not admitted."""
        return self.gateway.admit(self._credentials).caller

    @property
    def client(self) -> Client:
        """In which department and role they ask."""
        return self.caller.client

    @cached_property
    def roots(self) -> frozenset[str]:
        """Questions and acts that exist for this visitor, by their names; HubError if they are not admitted."""
        held = self.gateway.schemas.held_by(self.gateway.admit(self._credentials)).graphql
        kinds = (held.query_type, held.mutation_type)
        return frozenset(name for kind in kinds if kind is not None for name in kind.fields)

    def may(self, *roots: str) -> bool:
        """True if one of these exists for this visitor."""
        return not self.roots.isdisjoint(roots)

    async def ask(self, text: str, **variables: Any) -> dict[str, Any]:
        """The data of a question; RefusedError where there is none, PageMistakeError where the page is to blame."""
        return await self._answered(text, variables, None, self._credentials)

    async def act(self, text: str, key: str, **variables: Any) -> dict[str, Any]:
        """The data of a mutation, done once for the key; RefusedError where nothing was done."""
        return await self._answered(text, variables, key, self._credentials)

    async def _answered(
        self, text: str, variables: Mapping[str, Any], key: str | None, credentials: Credentials
    ) -> dict[str, Any]:
        request = Request(
            text=text,
            operation_name=None,
            variables=dict(variables),
            credentials=credentials,
            on_denied=OnDenied.QUIET,
            request_id=self.request_id,
            idempotency_key=key,
        )
        try:
            check_variables(request.variables, self.gateway.planner.limits)
            body = (await self.gateway.answer(request)).body
        except HubError as fault:
            if fault.code in _MISWRITTEN and (mistaken := self._mistaken(text)) is not None:
                raise PageMistakeError(mistaken) from None
            raise refused(fault) from fault
        found: dict[str, Any] | None = body.get("data")
        if found is None:
            first = body["errors"][0]
            raise RefusedError(first["extensions"]["code"], first["message"], first["extensions"]["messageEn"])
        return found

    def _mistaken(self, text: str) -> str | None:
        """Name of a question that does not fit the whole schema either; None if it is only not for this visitor."""
        try:
            document = parse(text)
        except GraphQLError:
            return "unreadable"
        if not validate(self.gateway.schemas.whole().graphql, document, max_errors=1, hide_suggestions=True):
            return None
        named = (one.name for one in document.definitions if isinstance(one, OperationDefinitionNode))
        return next((name.value for name in named if name is not None), "unnamed")


def refused(fault: HubError) -> RefusedError:
    """The same in words."""
    text = ERRORS[fault.code]
    return RefusedError(fault.code, text.zh.format_map(fault.names), text.en.format_map(fault.names))


def known_act(acts: Mapping[str, Known], wanted: str) -> Known:
    """The act of a button; RefusedError for one that is on no page."""
    if wanted not in acts:
        raise RefusedError("BAD_USER_INPUT", "没有此项办理。", "There is no such act.")
    return acts[wanted]
