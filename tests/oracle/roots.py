"""Root fields: how the keys of records are given, which record has a key, and what is said if none has."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from hub.errors import State
from schema.catalogue import Catalogue
from schema.filters import IDENTIFIER_FIELDS
from schema.scalars import ScalarFault, read_uscc
from schema.uscc import find_fault
from tests.oracle.askers import Asker
from tests.oracle.desk import own_answer
from tests.oracle.marks import Anchor
from tests.oracle.pages import Pages
from tests.oracle.reading import Asked, Refused
from tests.oracle.records import Found, Place, Records
from tests.oracle.rows import Row, Table

_MOST_KEY = 64
_MOST_AT_ONCE = 200


@dataclass(frozen=True, slots=True)
class Roots:
    """Root fields of one question."""

    records: Records
    asker: Asker

    def check(self, root: Asked) -> None:
        """Refuse values that the schema cannot refuse."""
        if root.name == "entity" and (root.arguments.get("uscc") is None) == (root.arguments.get("identifier") is None):
            raise Refused("BAD_USER_INPUT")
        for key in _keys(root, self.records.oracle.catalogue):
            if not 1 <= len(key[1]) <= _MOST_KEY:
                raise Refused("BAD_USER_INPUT")
        if any(len(root.arguments.get(name, ())) > _MOST_AT_ONCE for name in ("usccs", "ids")):
            raise Refused("BAD_USER_INPUT")
        if root.name == "entities":
            Pages(self.records).check(root)
        for one in root.walk():
            if self.records.scrutiny.is_relation(one):
                self._check_first(one)

    def check_support(self, root: Asked) -> None:
        """Refuse what no source can filter or look up by, unless it was denied or nothing asked for it is held."""
        if self.records.scrutiny.is_starved(root) or root.pattern in self.records.refused:
            return
        if root.name == "entities":
            Pages(self.records).check_support(root)
        oracle = self.records.oracle
        if root.name == "entity" and not oracle.able(oracle.city.owners("Entity")[0]).finds_by(_key(root.arguments)[0]):
            raise Refused("FILTER_UNSUPPORTED")

    def _check_first(self, asked: Asked) -> None:
        first = asked.arguments.get("first")
        cap = self.records.oracle.catalogue.records[asked.parent].relations[asked.name].declared.cap
        if first is not None and not 1 <= first <= cap:
            raise Refused("BAD_USER_INPUT")

    def answer(self, asked: Asked) -> Any:
        """Value of a root field."""
        place = Place(asked.pattern, asked.pattern, f"Query.{asked.name}")
        closed = self.records.scrutiny.is_starved(asked) or asked.pattern in self.records.refused
        match asked.name:
            case "entities":
                return None if closed else Pages(self.records).page(asked, place)
            case "entity" | "node":
                return None if closed else self._keyed(asked, _key(asked.arguments), place)
            case "entitiesByUscc" | "nodes":
                keys = enumerate(_keys(asked, self.records.oracle.catalogue))
                return [None if closed else self._keyed(asked, key, place.nth(n)) for n, key in keys]
        oracle = self.records.oracle
        keyed = oracle.catalogue.keyed.get(asked.name)
        if keyed is not None:
            (key,) = _keys(asked, oracle.catalogue)
            return None if closed else self._listed(asked, key, place) if keyed.many else self._keyed(asked, key, place)
        return own_answer(asked, oracle.settings, oracle.catalogue, self.records.scrutiny.standing, self.asker)

    def _keyed(self, asked: Asked, key: Anchor, place: Place) -> Found | None:
        """The record with a key."""
        typed = key[1] if key[0] == "uscc" else None
        anchor = self.records.oracle.marks.ids.get(key[1]) if key[0] == "id" else key
        tables = self.records.oracle.city.owners(asked.returns)
        if not tables:
            self.records.say(place, State.NOT_COLLECTED)
            return None
        # Another identifier than the code does not tell what the id of its entity is made from.
        known = anchor if key[0] in ("uscc", "id") else None
        silence = self.records.silent.get(tables[0].source)
        found = Found(tables[0], None, key=anchor, anchor=known, silence=silence)
        if self._may_exist(asked) and silence is not None:
            return self._unseen(asked, found, place)
        rows = [row for row in tables[0].rows if anchor and _has(tables[0], row, anchor) and self._exists(asked, row)]
        if not rows:
            self.records.not_found(typed, place)
            return None
        self._warn(typed, place)
        return self.records.record(asked, replace(found, row=rows[0], silence=None), place)

    def _listed(self, asked: Asked, key: Anchor, place: Place) -> list[Found | None] | None:
        """All records with a key of their own, as many as the root field shows."""
        tables = self.records.oracle.city.owners(asked.returns)
        if not tables:
            self.records.say(place, State.NOT_COLLECTED)
            return None
        silence = self.records.silent.get(tables[0].source)
        if silence is not None:
            self.records.silence(place, silence)
            return None
        rows = [row for row in tables[0].rows if row.cell(key[0]) == key[1]]
        cap = self.records.oracle.catalogue.keyed[asked.name].declared.cap
        if len(rows) > cap:
            self.records.say(place, State.TRUNCATED)
        found = (Found(tables[0], row) for row in rows[:cap])
        return [self.records.record(asked, one, place.nth(number)) for number, one in enumerate(found)]

    def _may_exist(self, asked: Asked) -> bool:
        """False if the caller can know of no entity at all, so that none needs to be asked for."""
        scrutiny = self.records.scrutiny
        return asked.returns != "Entity" or not scrutiny.standing.hopeless(scrutiny.visibility())

    def _exists(self, asked: Asked, row: Row) -> bool:
        """True if the record exists for the caller."""
        scrutiny = self.records.scrutiny
        return asked.returns != "Entity" or any(scrutiny.standing.passes(c, row) for c in scrutiny.visibility())

    def _unseen(self, asked: Asked, found: Found, place: Place) -> Found | None:
        """What is left while the source is silent: an object, for those who may know of every entity and name one."""
        assert found.silence is not None
        named = found.key is not None and asked.returns == "Entity"
        if named and any(not clause.rows for clause in self.records.scrutiny.visibility()):
            return self.records.record(asked, found, place)
        self.records.silence(place, found.silence)
        return None

    def _warn(self, typed: str | None, place: Place) -> None:
        fault = find_fault(typed) if typed is not None else None
        if fault is not None and fault.suggestion:
            self.records.tale.warn(place.path, fault.suggestion)


def _keys(asked: Asked, catalogue: Catalogue) -> list[Anchor]:
    """Keys that a root field is asked for."""
    arguments, keyed = asked.arguments, catalogue.keyed.get(asked.name)
    if keyed is not None:
        return [(keyed.declared.key, arguments[keyed.declared.argument].strip())]
    if asked.name in ("entity", "node"):
        return [_key(arguments)]
    listed = [("uscc", one) for one in arguments.get("usccs", ())]
    return listed + [("id", one.strip()) for one in arguments.get("ids", ())]


def _key(arguments: Mapping[str, Any]) -> Anchor:
    if arguments.get("uscc") is not None:
        return "uscc", arguments["uscc"]
    if "id" in arguments:
        return "id", arguments["id"].strip()
    identifier = arguments["identifier"]
    field = IDENTIFIER_FIELDS[identifier["kind"].name]
    try:
        return field, read_uscc(identifier["value"]) if field == "uscc" else identifier["value"].strip()
    except ScalarFault as fault:
        raise Refused(str((fault.extensions or {})["code"])) from None


def _has(table: Table, row: Row, key: Anchor) -> bool:
    return row.local == key[1] if key[0] == "local" else key[0] in table.fields and row.cell(key[0]) == key[1]
