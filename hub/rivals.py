"""Records that several sources own: which leads, by `[[precedence]]`, and what is wrong with what it says.

Only of an entity itself: of all other records those of several sources stand side by side, or there is one source.
"""

from collections.abc import Iterator, Mapping, Sequence

from hub.plan.model import ENTITY, Owned, Rivalry, Rule
from hub.settings import Settings
from hub.settings_identity import PrecedenceTable
from hub.settings_mistakes import Mistake
from schema.catalogue import Catalogue


def leader_of(settings: Settings, record: str) -> str | None:
    """Name of the source whose row the record is, None where no rule says."""
    return next((table.order[0] for table in settings.precedence if table.field == record), None)


def rivals_of(settings: Settings, owned: Mapping[str, Sequence[Owned]]) -> dict[str, Rivalry]:
    """What is compared with what, by record."""
    found: dict[str, Rivalry] = {}
    for table in settings.precedence:
        offers = {offer.source: offer for offer in owned.get(table.field, ())}
        if "." not in table.field and len(offers) > 1:
            others = tuple(offers[name] for name in table.order[1:])
            below = f"{table.field}."
            inner = [one for one in settings.precedence if one.field.startswith(below)]
            fields = {one.field.removeprefix(below): _rule(one) for one in inner}
            found[table.field] = Rivalry(others, _rule(table), fields)
    return found


def rivalry_mistakes(settings: Settings, catalogue: Catalogue) -> Iterator[Mistake]:
    """Rules of what is no such record or field, or that do not name its sources."""
    owners: dict[str, set[str]] = {}
    for options in settings.sources:
        for offered in options.record:
            owners.setdefault(offered.record, set()).add(options.name)
    whole = {table.field for table in settings.precedence if "." not in table.field}
    for number, table in enumerate(settings.precedence):
        record = table.field.partition(".")[0]
        sentence = _fault(table, record, catalogue, owners.get(record, set()))
        if sentence is None and record not in whole:
            sentence = f"a rule of {record} as a whole is missing: it says whose row it is"
        if sentence is not None:
            yield Mistake(settings.lines.of(("precedence", number)), f"precedence {table.field}", sentence)


def _fault(table: PrecedenceTable, record: str, catalogue: Catalogue, owners: set[str]) -> str | None:
    if record != ENTITY:
        return f"only {ENTITY} and its fields can be owned by several sources that are compared"
    if "." in table.field and table.field not in catalogue.fields:
        return "there is no such field"
    if owners != set(table.order):
        return f"order names the sources that own {record}, each once: {', '.join(sorted(owners))}"
    return None


def _rule(table: PrecedenceTable) -> Rule:
    return Rule(table.order, table.why, table.why_en or table.why)
