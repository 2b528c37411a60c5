"""From the answer of the gateway to the page of a shop: three plain sentences first, then the sections. Pure."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from hub.code.lookup import CodeState
from hub.web import words_code as words
from hub.web.code_parts import Known, Row, Sentence, Shop, facts, source_lines
from hub.web.code_sections import (
    commitments_section,
    ends_soon,
    has_ended,
    honours_of,
    honours_section,
    identity_section,
    licences_of,
    licences_section,
    penalties_section,
    voluntary_section,
)
from schema.enums import EntityKind, LicenceKind, RegistrationStatus


def view_shop(body: Mapping[str, Any], code: CodeState, now: datetime) -> Shop:
    """The page of a code from the body of an answer; what is known of the code alone where there is no entity in it."""
    data = body.get("data") or {}
    entity = data.get("entity")
    states = (body.get("extensions") or {}).get("fields") or ()
    known = Known(entity or {}, states, data.get("sources") or (), now)
    voluntary = voluntary_section(code.places, code.displayed_since, code.issuer)
    places = facts(
        ("店名", code.name),
        ("地址", known.told("address", known.entity.get("address"))),
        ("登记机关", known.told("registrationAuthority", known.entity.get("registrationAuthority"))),
        ("亮码位置", "、".join(code.places)),
    )
    shown = words.spoken_day(code.displayed_since) if code.displayed_since else ""
    if entity is None:
        return Shop(code.name, (), (voluntary,), places, (), code.entity, shown, answered=False)
    sections = (
        identity_section(known, code.entity),
        licences_section(known),
        penalties_section(known),
        honours_section(known),
        commitments_section(known),
        voluntary,
    )
    sentences = (_who(known, code), _may(known), _past(known))
    return Shop(entity.get("name") or code.name, sentences, sections, places, _all_sources(known), code.entity, shown)


def _who(known: Known, code: CodeState) -> Sentence:
    entity = known.entity
    kind = EntityKind[entity["kind"]] if entity.get("kind") else EntityKind.OTHER
    status = RegistrationStatus[entity["status"]] if entity.get("status") else None
    state = words.PRESENT_STATES[status] if status else "登记状态未提供"
    name, founded = entity.get("name") or code.name, entity.get("establishedOn")
    if founded:
        since = f"{date.fromisoformat(founded).year}年{date.fromisoformat(founded).month}月"
        text = words.WHO.format(name=name, kind=kind.zh, since=since, state=state)
    else:
        text = words.WHO_SHORT.format(name=name, kind=kind.zh, state=state)
    said = words.WHO_EN.format(kind=kind.en.lower(), state=status.en.lower() if status else "not told")
    return Sentence(text, said, source_lines([entity]))


def _may(known: Known) -> Sentence:
    rows = licences_of(known)
    held = [row for row in rows if row.get("kind") != LicenceKind.NOT_REQUIRED.name]
    ended = [row for row in held if has_ended(row, known.today)]
    sources, (said, unknown) = source_lines(rows), words.MAY_EN
    if not rows and known.is_missing("licences"):
        return Sentence(words.MAY_UNKNOWN, unknown, known.notes("licences"))
    text = _licensed(held, ended, known.today) if held else words.MAY_NOT_NEEDED if rows else words.MAY_NONE
    told = (*sources, *known.notes("licences")) or (words.MAY_CHECKED,)
    return Sentence(text, said.format(count=len(held), ended=len(ended)), told)


def _licensed(held: list[Row], ended: list[Row], today: date) -> str:
    """How many licences there are, and how many of them have ended or soon will."""
    one, renewing = len(held) == 1, sum(1 for row in ended if row.get("renewalPending"))
    if ended and one:
        return words.MAY_ONE_ENDED.format(pending=words.RENEWAL if renewing else "")
    if ended:
        pending = words.RENEWALS.format(count=renewing) if renewing else ""
        return words.MAY_ENDED.format(count=len(held), ended=len(ended), pending=pending)
    soon = sum(1 for row in held if ends_soon(row, today))
    if one:
        return words.MAY_ONE.format(soon=words.MAY_ONE_SOON if soon else "")
    return words.MAY.format(count=len(held), soon=words.MAY_SOON.format(soon=soon) if soon else "")


def _past(known: Known) -> Sentence:
    penalties, honours = known.rows("penalties"), honours_of(known)
    said, unknown = words.PAST_EN
    notes, kept = known.notes("penalties", kept=words.KEPT_PENALTIES), known.kept_since("penalties")
    sources = (*source_lines([*penalties, *honours]), *notes)
    if not penalties and known.is_missing("penalties"):
        first, told = words.PAST_UNKNOWN if "penalties" in known.entity else words.PAST_CLOSED, unknown
    elif kept is not None:
        moment, told = words.spoken_moment(kept), words.PAST_KEPT_EN.format(penalties=len(penalties))
        first = words.PAST_KEPT.format(moment=moment, penalties=len(penalties))
    else:
        first = words.PAST.format(penalties=len(penalties)) if penalties else words.PAST_NONE
        told = said.format(penalties=len(penalties))
    checked = () if sources else (words.PAST_CHECKED,)
    return Sentence(f"{first}{_praise(known, len(honours))}。", told, (*sources, *checked))


def _praise(known: Known, count: int) -> str:
    if "creditStatus" not in known.entity:
        return ""
    if known.is_missing("creditStatus", "honours"):
        return words.HONOURS_UNKNOWN
    return words.WITH_HONOURS.format(count=count) if count else words.WITHOUT_HONOURS


def _all_sources(known: Known) -> tuple[str, ...]:
    credit: Row = known.entity.get("creditStatus") or {}
    rows: list[Row | None] = [known.entity, credit]
    for path in (("licences",), ("penalties",), ("commitments",), ("creditStatus", "honours")):
        rows += known.rows(*path)
    return source_lines(rows)
