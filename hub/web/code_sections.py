"""The sections of the page of a code, in their order, from the answer of the gateway. Facts and their words; no verdict."""

from datetime import date

from hub.web import words_code as words
from hub.web.code_parts import Item, Known, Row, Section, Tag, day_of, facts, is_disputed
from schema.enums import (
    CodeIssuer,
    CommitmentKind,
    EntityKind,
    Fulfilment,
    LicenceKind,
    LicenceStatus,
    PenaltyKind,
    Publicity,
    RegistrationStatus,
)

SOON = 30
"""Days before its end at which a licence is said to end soon."""


def identity_section(known: Known, uscc: str) -> Section:
    """Who it is."""
    entity = known.entity
    kind, status, industry = entity.get("kind"), entity.get("status"), entity.get("industry")
    told = facts(
        ("名称", known.told("name", entity.get("name"))),
        (words.LABELS["formerNames"], known.told("formerNames", "、".join(entity.get("formerNames") or ()) or None)),
        (words.LABELS["uscc"], words.grouped(uscc)),
        (words.LABELS["kind"], known.told("kind", EntityKind[kind].zh if kind else None)),
        (words.LABELS["status"], known.told("status", RegistrationStatus[status].zh if status else None)),
        (words.LABELS["legalRepresentative"], known.told("legalRepresentative", _owner(known))),
        (words.LABELS["establishedOn"], known.told("establishedOn", day_of(entity.get("establishedOn")) or None)),
        (words.LABELS["address"], known.told("address", _address(known))),
        (words.LABELS["industry"], known.told("industry", (industry or {}).get("name"))),
        (words.LABELS["businessScope"], known.told("businessScope", entity.get("businessScope"))),
        (
            words.LABELS["registrationAuthority"],
            known.told("registrationAuthority", entity.get("registrationAuthority")),
        ),
    )
    disputed = (words.DISPUTED,) if is_disputed(entity) else ()
    old = [one for one in known.of("STALE") if one["path"] == "entity"]
    return Section("identity", words.IDENTITY, facts=told, notes=(*disputed, *known.aged(old, [entity])))


def licences_section(known: Known) -> Section:
    """What it may do, and until when."""
    items = tuple(_licence(row, known.today) for row in licences_of(known))
    empty = "" if known.is_missing("licences") else words.NO_LICENCES
    return Section("licences", words.LICENCES, items, empty, known.notes("licences"))


def penalties_section(known: Known) -> Section:
    """What authorities decided, while it is to be published."""
    items = tuple(map(_penalty, known.rows("penalties")))
    empty = "" if known.is_missing("penalties") else words.NO_PENALTIES
    notes = known.notes("penalties", kept=words.KEPT_PENALTIES)
    return Section("penalties", words.PENALTIES, items, empty, notes)


def honours_section(known: Known) -> Section:
    """Honours that hold today."""
    items = tuple(_honour(row) for row in honours_of(known))
    empty = "" if known.is_missing("creditStatus", "honours") else words.NO_HONOURS
    return Section("honours", words.HONOURS, items, empty, known.notes("creditStatus", "honours"))


def commitments_section(known: Known) -> Section:
    """What it promised in public, and whether it kept it."""
    shown = [row for row in known.rows("commitments") if row.get("publicity") == Publicity.PUBLIC.name]
    empty = "" if known.is_missing("commitments") else words.NO_COMMITMENTS
    return Section("commitments", words.COMMITMENTS, tuple(map(_commitment, shown)), empty, known.notes("commitments"))


def voluntary_section(places: tuple[str, ...], displayed: date | None, issuer: CodeIssuer) -> Section:
    """What the shop itself says: where it shows its code, since when."""
    told = facts(
        ("亮码位置", "、".join(places)),
        ("亮码时间", f"{words.spoken_day(displayed)}起" if displayed else None),
        ("签发方", issuer.zh),
    )
    return Section("voluntary", words.VOLUNTARY, facts=told, empty="" if places else words.NO_VOLUNTARY)


def licences_of(known: Known) -> list[Row]:
    """Licences, filings, and what needs none; registrations such as the business licence stand under identity."""
    return [row for row in known.rows("licences") if row.get("kind") != LicenceKind.REGISTRATION.name]


def has_ended(row: Row, today: date) -> bool:
    """True if a licence does not hold today: it ended, was withdrawn, or its source says so."""
    status, until = row.get("status"), row.get("validTo")
    ended = until is not None and not row.get("longTerm") and date.fromisoformat(until) < today
    return row.get("kind") != LicenceKind.NOT_REQUIRED.name and (
        ended or status not in {None, LicenceStatus.VALID.name}
    )


def ends_soon(row: Row, today: date) -> bool:
    """True if a licence that holds ends within `SOON` days."""
    until = row.get("validTo")
    return until is not None and not row.get("longTerm") and 0 <= (date.fromisoformat(until) - today).days <= SOON


def honours_of(known: Known) -> list[Row]:
    """Honours whose time has not ended."""
    today = known.today.isoformat()
    return [row for row in known.rows("creditStatus", "honours") if (row.get("validTo") or today) >= today]


def _owner(known: Known) -> str | None:
    name: str | None = known.entity.get("legalRepresentative")
    return f"{name}（已脱敏）" if name and known.of("MASKED", "legalRepresentative") else name


def _address(known: Known) -> str | None:
    address: str | None = known.entity.get("address")
    return f"{address}（已脱敏）" if address and known.of("MASKED", "address") else address


def _licence(row: Row, today: date) -> Item:
    kind = LicenceKind[row["kind"]] if row.get("kind") else None
    needed = kind is not LicenceKind.NOT_REQUIRED
    tag, hint = licence_state(row, today)
    told = facts(
        ("类型", kind.zh if kind and needed else None),
        ("编号", row.get("certificateNo") if needed else None),
        ("内容", row.get("scope") if needed else None),
        ("有效期", _period(row) if needed else None),
        ("许可机关" if kind is LicenceKind.LICENCE else "办理机关", row.get("authority")),
    )
    title = row.get("certificateName" if needed else "scope") or (kind.zh if kind else "许可")
    return Item(title, tag, told, hint, is_disputed(row))


def licence_state(row: Row, today: date) -> tuple[Tag, str]:
    """The state of a licence in words, and what it does not mean. An end is amber, never red."""
    if row.get("kind") == LicenceKind.NOT_REQUIRED.name:
        return Tag(words.NOT_REQUIRED, "good"), ""
    status, until = row.get("status"), row.get("validTo")
    pending = words.RENEWAL if row.get("renewalPending") else ""
    named = words.LICENCE_STATES.get(LicenceStatus[status]) if status else None
    if named:
        return Tag(named, "time"), ""
    if until and not row.get("longTerm"):
        left = (date.fromisoformat(until) - today).days
        if left < 0:
            return Tag(f"已于 {day_of(until)}到期{pending}", "time"), "" if pending else words.EXPIRED_HINT
        if status == LicenceStatus.EXPIRED.name:
            return Tag(f"来源标注为过期{pending}", "time"), "" if pending else words.EXPIRED_HINT
        if left <= SOON:
            return Tag(f"{_left(left)}到期{pending}", "time"), ""
        return Tag(words.VALID, "good"), ""
    if status == LicenceStatus.EXPIRED.name:
        return Tag(f"来源标注为过期{pending}", "time"), "" if pending else words.EXPIRED_HINT
    return Tag(words.WITHOUT_END if row.get("longTerm") else words.VALID, "good"), ""


def _left(days: int) -> str:
    return {0: "今天", 1: "明天"}.get(days, f"将于 {days} 天后")


def _period(row: Row) -> str | None:
    start, end = day_of(row.get("validFrom")), day_of(row.get("validTo"))
    if row.get("longTerm"):
        return f"{start}起，长期" if start else "长期"
    if start and end:
        return f"{start} 至 {end}"
    return f"至 {end}" if end else None


def _penalty(row: Row) -> Item:
    fine, kinds = row.get("fine") or {}, [PenaltyKind[name].zh for name in row.get("kinds") or ()]
    until = day_of(row.get("publicUntil"))
    told = facts(
        ("处罚种类", "、".join(kinds)),
        ("罚款", _money(fine)),
        ("决定日期", day_of(row.get("decidedOn"))),
        ("决定文书号", row.get("decisionNo")),
        ("处罚机关", row.get("authority")),
        ("信用修复", "已完成" if row.get("repaired") else None),
    )
    tag = Tag(f"公示至 {until}") if until else None
    return Item(row.get("violationType") or "行政处罚", tag, told, disputed=is_disputed(row))


def _money(amount: Row) -> str | None:
    """2,000 元."""
    if not amount.get("amount"):
        return None
    whole, _, part = str(amount["amount"]).partition(".")
    unit = "元" if amount.get("currency") in {None, "CNY"} else str(amount["currency"])
    return f"{int(whole):,}{f'.{part}' if part.strip('0') else ''} {unit}"


def _honour(row: Row) -> Item:
    told = facts(
        ("授予机关", row.get("issuer")),
        ("授予日期", day_of(row.get("grantedOn"))),
        ("有效期至", day_of(row.get("validTo"))),
    )
    return Item(row.get("name") or "荣誉", None, told, disputed=is_disputed(row))


def _commitment(row: Row) -> Item:
    fulfilment = Fulfilment[row["publicFulfilment"]] if row.get("publicFulfilment") else None
    states = {Fulfilment.FULL: "good", Fulfilment.PARTIAL: "time", Fulfilment.NONE: "time"}
    tag = Tag(words.FULFILMENTS[fulfilment], states.get(fulfilment, "")) if fulfilment else None
    told = facts(
        ("承诺类型", CommitmentKind[row["kind"]].zh if row.get("kind") else None),
        ("作出日期", day_of(row.get("madeOn"))),
        ("受理单位", row.get("acceptedBy")),
    )
    return Item(row.get("subject") or "信用承诺", tag, told, disputed=is_disputed(row))
