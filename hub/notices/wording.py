"""What notices say: every event's sentence in Chinese and English, filled in with ids, numbers, coordinates and days.

A sentence holds no name of a person, no value of a record, and no more than its reader needs. What stands in braces is
the name of a parameter and how it is written: `{due:day}`, `{when:instant}`, `{owner:office}`, or plainly as it is.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from string import Formatter
from typing import TypeAlias

from hub.events import Event, Who
from hub.notices import wording_access, wording_codes, wording_identity, wording_mandates, wording_record
from hub.notices.naming import Naming, Text
from hub.notices.wording_mandates import ENDINGS, Ending
from schema.uscc import holds_citizen_id

Params: TypeAlias = Mapping[str, str | int]
"""Parameters by their names: ids, numbers, coordinates, days as ISO 8601, instants as RFC 3339."""
_MAX_CHARS = 200
_SENTENCES: Mapping[Event, tuple[str, str]] = {
    **wording_mandates.SENTENCES,
    **wording_access.SENTENCES,
    **wording_codes.SENTENCES,
    **wording_identity.SENTENCES,
    **wording_record.SENTENCES,
}
_FOR_OTHERS: Mapping[tuple[Event, Who], tuple[str, str]] = {
    **wording_mandates.FOR_ENTITIES,
    **wording_identity.FOR_ENTITIES,
}
"""What recipients of one kind read instead."""
_KINDS: Mapping[str, tuple[str, str]] = {
    **wording_access.KINDS,
    **wording_identity.OUTCOMES,
    **wording_record.KINDS,
}


def parameters(event: Event) -> frozenset[str]:
    """Names of the parameters that an event takes."""
    found = [*_SENTENCES[event], *(s for (one, _), pair in _FOR_OTHERS.items() if one is event for s in pair)]
    return frozenset(name for sentence in found for _, name, _, _ in Formatter().parse(sentence) if name)


def check(event: Event, params: Params) -> None:
    """ValueError if these are not the parameters of the event, or one of them can't be meant."""
    if params.keys() != parameters(event):
        raise ValueError(f"{event} takes {', '.join(sorted(parameters(event)))}")
    for name, value in params.items():
        text = str(value)
        if len(text) > _MAX_CHARS or not text.isprintable() or (not _is_time(text) and holds_citizen_id(text)):
            raise ValueError(f"{event}: {name} is no id, number, coordinate or day")
    try:
        word(event, params)
    except KeyError as unknown:
        raise ValueError(f"{event}: {unknown} has no wording") from None


_PLAIN = Naming()


def word(event: Event, params: Params, who: Who | None = None, naming: Naming = _PLAIN) -> Text:
    """What the event says, to a recipient of this kind; departments and fields by their labels, as far as they are known."""
    own = _FOR_OTHERS.get((event, who)) if who is not None else None
    zh, en = own or _SENTENCES[event]
    return Text(
        zh.format_map({name: _Chinese(value, naming) for name, value in params.items()}),
        en.format_map({name: _English(value, naming) for name, value in params.items()}),
    )


@dataclass(frozen=True, slots=True)
class _Chinese:
    """A parameter as it is written in a Chinese sentence."""

    value: str | int
    naming: Naming

    def __format__(self, form: str) -> str:
        text = str(self.value)
        match form:
            case "day":
                return _zh_day(date.fromisoformat(text))
            case "instant":
                at = datetime.fromisoformat(text)
                return f"{_zh_day(at.date())}{at.hour}:{at:%M}"
            case "until":
                return f"，至{_zh_day(date.fromisoformat(text))}止" if text else ""
            case "ending":
                return ENDINGS[Ending(text)][0]
            case "kind":
                return _KINDS[text][0]
            case "office":
                return self.naming.department(text).zh
            case "field":
                return self.naming.coordinate(text).zh
        return text


@dataclass(frozen=True, slots=True)
class _English:
    """The same in an English one."""

    value: str | int
    naming: Naming

    def __format__(self, form: str) -> str:
        text = str(self.value)
        match form:
            case "day":
                return _en_day(date.fromisoformat(text))
            case "instant":
                at = datetime.fromisoformat(text)
                return f"{_en_day(at.date())}, {at:%H:%M}"
            case "until":
                return f", until {_en_day(date.fromisoformat(text))}" if text else ""
            case "ending":
                return ENDINGS[Ending(text)][1]
            case "kind":
                return _KINDS[text][1]
            case "office":
                return self.naming.department(text).en
            case "field":
                return self.naming.coordinate(text).en
        return text


def _is_time(text: str) -> bool:
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return False
    return True


def _zh_day(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


def _en_day(day: date) -> str:
    return f"{day.day} {day:%B %Y}"
