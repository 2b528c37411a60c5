"""Who is who: pairs that a person looks at, both sides beside each other; successions and keys stand in modules of their own."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from starlette.responses import Response
from starlette.routing import Route

from hub.console import keys, successions
from hub.console.asking import RefusedError, known_act
from hub.console.frame import Desk, Frame, Section
from hub.console.marking import marked
from hub.web import words_console_identities as words
from hub.web.words_console import ALL
from schema.identity_enums import ReviewCause, ReviewOrder, ReviewState

_PAGE = 20
_QUEUE = """query Queue($state: ReviewState, $waiting: Boolean!, $cause: ReviewCause, $order: ReviewOrder!, $first: Int!, $after: ID) {
  identityReviews(state: $state, waiting: $waiting, cause: $cause, order: $order, first: $first, after: $after) {
    number cause state department probability madeAt entity { value } differences { field left right } } }"""
_REVIEW = """query Review($number: ID!) { identityReview(number: $number) {
  number cause state department key probability reasons madeAt proposedBy decidedBy decidedAt note succession
  entity { kind value id } own { kind value id } doubts { by at note }
  differences { field left right state reason reasonEn } } }"""
_DECIDING = """mutation Decide($number: ID!, $same: Boolean!, $note: String!) {
  decideReview(number: $number, same: $same, note: $note) { position } }"""
_DEFERRING = "mutation Defer($number: ID!, $note: String!) { deferReview(number: $number, note: $note) { position } }"
_ACTS: Mapping[str, tuple[str, dict[str, bool]]] = {
    "same": (_DECIDING, {"same": True}),
    "different": (_DECIDING, {"same": False}),
    "unsure": (_DEFERRING, {}),
}
"""Each button: the mutation, and what it says besides number and note."""


async def _queue(desk: Desk) -> Response:
    state, cause = desk.query.get("state", ""), desk.query.get("cause", "")
    order = desk.query.get("order", "")
    chosen = {
        "state": state if state in {*ReviewState.__members__, "ALL"} else "",
        "cause": cause if cause in ReviewCause.__members__ else "",
        "order": order if order in ReviewOrder.__members__ else ReviewOrder.OLDEST.name,
    }
    asked = await desk.asker.ask(
        _QUEUE,
        state=chosen["state"] if chosen["state"] in ReviewState.__members__ else None,
        waiting=not chosen["state"],
        cause=chosen["cause"] or None,
        order=chosen["order"],
        first=_PAGE + 1,
        after=desk.query.get("after") or None,
    )
    found = asked["identityReviews"]
    shown = found[:_PAGE]
    today = date.fromisoformat(desk.today)
    for one in shown:
        one["age"] = (today - date.fromisoformat(one["madeAt"][:10])).days
        one["likely"] = likely(one["probability"])
        one["names"] = _names(one)
    return desk.shown(
        "identities.html",
        reviews=shown,
        following=desk.at(after=shown[-1]["number"]) if len(found) > _PAGE else None,
        chosen=chosen,
        filtered=bool(desk.query.keys() & chosen.keys()),
        states=[("ALL", ALL), *((one.name, (one.zh, one.en)) for one in ReviewState)],
        causes=[(one.name, (one.zh, one.en)) for one in ReviewCause],
        orders=[(one.name, (one.zh, one.en)) for one in ReviewOrder],
    )


async def _one(desk: Desk, problem: Any = None) -> Response:
    review = await _review(desk)
    for one in review["differences"]:
        one["parts"] = marked(one["left"] or "", one["right"] or "")
    asker = desk.asker
    waits = review["state"] in {ReviewState.OPEN.name, ReviewState.PROPOSED.name}
    own = review["proposedBy"] in asker.caller.persons
    return desk.shown(
        "identity.html",
        status=200 if problem is None else 400,
        review=review,
        links=await _links(desk, review),
        likely=likely(review["probability"]),
        # Audit sees that sides differ, and neither of them.
        reads=any(one["left"] or one["right"] for one in review["differences"]),
        decides=waits and asker.may("decideReview"),
        waits=waits,
        own=own,
        persons=asker.caller.persons,
        problem=problem,
        given=desk.fields,
    )


async def _review(desk: Desk) -> dict[str, Any]:
    found: dict[str, Any] | None = (await desk.asker.ask(_REVIEW, number=desk.path["number"]))["identityReview"]
    if found is None:
        raise RefusedError("NOT_FOUND", *words.NONE_SUCH)
    return found


async def _links(desk: Desk, review: Mapping[str, Any]) -> dict[str, Any]:
    """What the crosswalk says of the key, and of the entities on both sides."""
    asked = {"entity": ({review["entity"]["kind"]: review["entity"]["value"]}, "EntityInput!", "entity: $entity")}
    if review["own"] is not None:
        asked["own"] = ({review["own"]["kind"]: review["own"]["value"]}, "EntityInput!", "entity: $own")
    if review["key"] is not None:
        asked["key"] = (review["key"], "String!", f'department: "{review["department"]}", key: $key')
    declared = ", ".join(f"${name}: {kind}" for name, (_, kind, _) in asked.items())
    roots = " ".join(f"{name}: crosswalk({call}) {keys.LINK}" for name, (_, _, call) in asked.items())
    text = f"query Links({declared}) {{ {roots} }}"
    return await desk.asker.ask(text, **{name: value for name, (value, _, _) in asked.items()})


def likely(probability: float) -> tuple[int, tuple[str, str]]:
    """A probability as it is read: per cent, rounded down so that nothing is certain that is not, and in words."""
    return int(probability * 100), next(said for least, said in words.HOW_LIKELY if probability >= least)


def _names(review: Mapping[str, Any]) -> tuple[str, str]:
    """What both sides are called, as far as it may be read."""
    name = next((one for one in review["differences"] if one["field"] == "name"), None)
    return ((name["left"] or ""), (name["right"] or "")) if name is not None else ("", "")


async def _act(desk: Desk) -> Response:
    text, said = known_act(_ACTS, desk.fields.get("act", ""))
    number = desk.path["number"]
    try:
        await desk.asker.act(text, desk.key(), number=number, note=desk.fields.get("note", ""), **said)
    except RefusedError as fault:
        return await _one(desk, fault.problem("note"))
    return desk.go(f"/console/identities/{number}")


def _routes(frame: Frame) -> list[Route]:
    return [
        frame.page("/console/identities", _queue),
        *successions.routes(frame),
        *keys.routes(frame),
        frame.page("/console/identities/{number}", _one),
        frame.act("/console/identities/{number}", _act),
    ]


SECTION = Section("identities", words.TITLE, ("identityReviews",), _routes)
