"""The approval form of a request: one page of A4 with nothing from outside, to be printed, signed and filed.

Shows what the gateway answers of a request, and people by the names that whoever prints it may see, else by their ids,
with a line for each to sign.
"""

from collections.abc import Mapping
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from schema.enums import PartState, RequestState, RequestStepKind, SharingAttribute

if TYPE_CHECKING:
    from jinja2 import Environment

_TEMPLATES: Final = Path(__file__).parent / "templates/approval"
_MOST_CHANGES: Final = 6
_ROOMY: Final = 5
"""Parts and changes up to which the form is set in its larger size."""


def approval_form(request: Mapping[str, Any], names: Mapping[str, str] | None = None) -> str:
    """The form as HTML; `request` is what GraphQL answers of an AccessRequest, `names` what people are called, by id."""
    changes, parts = request["changes"], request["parts"]
    return (
        _environment()
        .get_template("form.html")
        .render(
            request=request,
            names=names or {},
            changes=changes[:_MOST_CHANGES],
            more=max(0, len(changes) - _MOST_CHANGES),
            state=RequestState[request["state"]],
            dense=len(parts) + len(changes) > _ROOMY,
            last=max((step["position"] for step in request["steps"]), default=None),
        )
    )


@cache
def _environment() -> "Environment":
    from jinja2 import Environment, FileSystemLoader, StrictUndefined  # noqa: PLC0415 - for whoever prints

    made = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters.update(day=_day, moment=_moment, sharing=_sharing, answer=_answer, step=_step)
    return made


def _day(text: str | None) -> str:
    found = date.fromisoformat(text) if text else None
    return f"{found.year}年{found.month}月{found.day}日" if found else "—"


def _moment(text: str | None) -> str:
    found = datetime.fromisoformat(text) if text else None
    return f"{found.year}年{found.month}月{found.day}日 {found:%H:%M}" if found else "—"


def _sharing(name: str) -> SharingAttribute:
    return SharingAttribute[name]


def _answer(name: str) -> PartState:
    return PartState[name]


def _step(name: str) -> RequestStepKind:
    return RequestStepKind[name]
