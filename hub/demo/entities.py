"""The generated entities of the city: names, codes, seats and particulars, each from a stream of its own.

Same seed and day, same entities. Knows no department; personas are added elsewhere.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from random import Random

from hub.demo.calendar_days import days_before, draw_stamp
from hub.demo.codes import BODY_SPACE, COUNTY, body_of, credit_code, registration_number
from hub.demo.draw import chance, stream
from hub.demo.names import Form, NameBook, allot_forms, draw_company
from hub.demo.people import draw_person, draw_phone
from hub.demo.places import Place, draw_rural, draw_urban, widened
from hub.demo.records import DemoEntity
from hub.demo.tables import Trade, trades
from hub.demo.values import Address, Person
from schema.enums import EntityKind, RegistrationStatus

MARKET = "肇东市市场监督管理局"
_CODE_ERA = date(2015, 10, 1)
_STATUSES = {
    RegistrationStatus.ACTIVE: 880,
    RegistrationStatus.DEREGISTERED: 62,
    RegistrationStatus.REVOKED: 30,
    RegistrationStatus.SUSPENDED: 20,
    RegistrationStatus.MOVED_OUT: 5,
    RegistrationStatus.ANNULLED: 3,
}
_RURAL = {"coop": 1.0, "collective": 1.0, "works": 0.5, "catering": 0.35, "retail": 0.35, "clinic": 0.4, "firm": 0.08}


@dataclass(frozen=True, slots=True)
class Registry:
    """Who registers a group of entities: first two characters of the code, block of bodies, registrar."""

    prefix: str
    block: str
    authority: str = MARKET


_INSTITUTIONS = "中共肇东市委机构编制委员会办公室"
_REGISTRIES = {
    "institution": Registry("12", "MB9X", _INSTITUTIONS),
    "government": Registry("11", "0090", _INSTITUTIONS),
    "society": Registry("51", "MJ9X", "肇东市民政局"),
    "school": Registry("52", "MJ9X", "肇东市民政局"),
    "collective": Registry("N2", "MF9X", "肇东市农业农村局"),
    "other": Registry("Y1", "MG9X", "肇东市司法局"),
}
_PREFIXES = {EntityKind.ENTERPRISE: "91", EntityKind.INDIVIDUAL: "92", EntityKind.COOPERATIVE: "93"}
_SPECIAL = (
    (Form("", "institution", EntityKind.INSTITUTION, 0), 20),
    (Form("", "society", EntityKind.SOCIAL_ORGANISATION, 0), 8),
    (Form("", "school", EntityKind.SOCIAL_ORGANISATION, 0), 14),
    (Form("", "collective", EntityKind.COLLECTIVE, 0), 20),
    (Form("", "government", EntityKind.GOVERNMENT, 0), 4),
    (Form("", "other", EntityKind.OTHER, 0), 4),
)
_SPECIAL_STEMS = {"institution": "镇", "government": "镇", "collective": "村"}


@dataclass(slots=True)
class Drawing:
    """State of one drawing of entities: the names given so far and the organisation bodies still to give."""

    seed: str
    today: date
    book: NameBook
    bodies: Iterator[int]


def draw_entities(seed: str, today: date, first: int, total: int, taken: set[str]) -> list[DemoEntity]:
    """So many entities numbered from `first`; no name is among the taken ones."""
    company, *others = allot_forms(total - sum(count for _, count in _SPECIAL))
    stream(seed, "forms").shuffle(others)
    # A company stands first, so that the first branch has something to belong to.
    forms = [company, *others, *(form for form, count in _SPECIAL for _ in range(count))]
    # Bodies that begin with 0 are left to the personas.
    bodies = stream(seed, "codes").sample(range(BODY_SPACE // 31, BODY_SPACE), total)
    drawing = Drawing(seed, today, NameBook(set(taken)), iter(bodies))
    return [_draw(drawing, first + place, form) for place, form in enumerate(forms)]


def _draw(drawing: Drawing, number: int, form: Form) -> DemoEntity:
    rng = stream(drawing.seed, "entity", str(number))
    owner = draw_person(rng)
    name, trade = _name(drawing.book, form, owner, rng)
    place = draw_rural(rng) if chance(rng, _RURAL.get(form.group, 0.02)) else draw_urban(rng)
    established = _established(drawing.today, form, rng)
    status = _status(form, rng)
    registry = _REGISTRIES.get(form.group) or Registry(_PREFIXES[form.kind], "MA9X")
    uscc = credit_code(registry.prefix, COUNTY, body_of(registry.block, next(drawing.bodies)))
    old = _old_number(form.kind, established, number)
    unconverted = old is not None and status is RegistrationStatus.REVOKED and chance(rng, 0.4)
    return DemoEntity(
        number=number,
        uscc=None if unconverted else uscc,
        reg_no15=old,
        org_code=uscc[8:17],
        name=name,
        former_names=_former(form, trade, rng),
        kind=form.kind,
        status=status,
        representative=owner,
        capital=_capital(form, rng),
        established=established,
        address=_address(place, rng),
        division=place.division,
        industry=trade.industry,
        scope=trade.scope,
        registrar=_registrar(registry, place),
        phone=draw_phone(rng) if chance(rng, 0.93) else None,
        permit=trade.permit,
        stamp=draw_stamp(drawing.today, rng),
    )


def _name(book: NameBook, form: Form, owner: Person, rng: Random) -> tuple[str, Trade]:
    if form.group == "branch":
        return book.give_branch(rng)
    if form.group == "bank":
        trade = Trade("bank", "", "6621", "", "吸收公众存款;发放贷款;办理结算")
    else:
        trade = rng.choice(trades(form.group))
    if form.group in _REGISTRIES:
        return book.give_stem(_SPECIAL_STEMS.get(form.group, ""), trade.word, rng), trade
    return book.give(form, trade, owner, rng), trade


def _status(form: Form, rng: Random) -> RegistrationStatus:
    if form.group in _REGISTRIES:
        return RegistrationStatus.DEREGISTERED if chance(rng, 0.04) else RegistrationStatus.ACTIVE
    return rng.choices(tuple(_STATUSES), tuple(_STATUSES.values()))[0]


def _former(form: Form, trade: Trade, rng: Random) -> tuple[str, ...]:
    if form.group != "firm" or not chance(rng, 0.05):
        return ()
    return (draw_company(trade.word + form.suffix, rng),)


def _established(today: date, form: Form, rng: Random) -> date:
    span = 12 if form.kind is EntityKind.INDIVIDUAL else 30
    recent = int(rng.random() ** 1.7 * span * 365)
    old = form.group == "works" and chance(rng, 0.15)
    return days_before(today, 365 * 28, 365 * 46, rng) if old else days_before(today, 3 + recent, 3 + recent, rng)


def _old_number(kind: EntityKind, established: date, number: int) -> str | None:
    if kind not in _PREFIXES or established >= _CODE_ERA:
        return None
    return registration_number(established, kind is EntityKind.INDIVIDUAL, number)


def _capital(form: Form, rng: Random) -> str | None:
    if form.group not in ("firm", "coop", "works"):
        return None
    return f"{rng.choice((3, 5, 10, 20, 30, 50, 50, 100, 100, 200, 300, 500, 1000, 2000))}.000000"


def _address(place: Place, rng: Random) -> Address:
    street, rest = place.address.street, place.address.rest
    return Address(street, widened(rest)) if chance(rng, 1 / 60) else place.address


def _registrar(registry: Registry, place: Place) -> str:
    town_office = registry.authority == MARKET and place.division != COUNTY
    return f"{MARKET}{place.district}市场监督管理所" if town_office else registry.authority
