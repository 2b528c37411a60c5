"""What an answer says of its gaps, in the words the caller reads: collected position by position, told once a field."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from hub.errors import DENIAL_STATES, ERROR_STATES, ERRORS, State, error_json
from hub.settings import Settings
from schema.catalogue import Catalogue
from tests.oracle.asking import prefilled
from tests.oracle.reading import Pattern
from tests.oracle.standing import Standing

Path = tuple[str | int, ...]


class Key(NamedTuple):
    """What is said: where, of which field, which state, why, by whose fault."""

    pattern: Pattern
    coordinate: str
    state: State
    code: str
    source: str


@dataclass
class Told:
    """All positions of one key, and what else is said of them."""

    positions: list[Path] = field(default_factory=list)
    suggestion: str | None = None
    count: int = 0

    @property
    def first(self) -> Path:
        """The first position."""
        return self.positions[0]


@dataclass
class Tale:
    """Everything said of one answer."""

    told: dict[Key, Told] = field(default_factory=dict)
    warnings: list[dict[str, Any]] = field(default_factory=list)

    def say(self, key: Key, path: Path, suggestion: str | None = None) -> None:
        """Say it of one more position."""
        told = self.told.setdefault(key, Told(suggestion=suggestion))
        told.positions.append(path)
        told.count += 1

    def deny(self, key: Key, data: Mapping[str, Any]) -> None:
        """Say it of every position the pattern has in the data, or of what stands in its way."""
        reached = list(_reached(data, key.pattern))
        whole = [path for path, missing in reached if not missing]
        if whole:
            self.told[key] = Told(whole, count=len(whole))
        else:
            self.told[key] = Told([max((path for path, _ in reached), key=len, default=())])

    def warn(self, path: Path, suggestion: str) -> None:
        """Warn that a typed code has a wrong check digit."""
        code = "USCC_CHECK_DIGIT"
        names = {"suggestion": suggestion}
        text = ERRORS[code]
        messages = {"message": text.zh.format_map(names), "messageEn": text.en.format_map(names)}
        self.warnings.append({**messages, "code": code, "path": list(path), "suggestion": suggestion})


def _reached(value: Any, pattern: Pattern, path: Path = ()) -> Iterator[tuple[Path, bool]]:
    if not pattern:
        yield path, False
    elif isinstance(value, list):
        if not value:
            yield path, True
        for place, one in enumerate(value):
            yield from _reached(one, pattern, (*path, place))
    elif isinstance(value, dict):
        yield from _reached(value[pattern[0]], pattern[1:], (*path, pattern[0]))
    else:
        yield path, True


@dataclass(frozen=True, slots=True)
class Narrator:
    """Writes a tale as `errors` and `extensions.fields`."""

    settings: Settings
    catalogue: Catalogue
    request_id: str
    standing: Standing

    def errors(self, tale: Tale, on_denied: str) -> list[dict[str, Any]]:
        """Entries of `errors`."""
        left_out = DENIAL_STATES if on_denied == "quiet" else frozenset()
        return [self._error(k, t) for k, t in _in_order(tale) if k.state in ERROR_STATES and k.state not in left_out]

    def fields(self, tale: Tale) -> list[dict[str, Any]]:
        """Entries of `extensions.fields`."""
        return [self._field(key, told) for key, told in _in_order(tale)]

    def _error(self, key: Key, told: Told) -> dict[str, Any]:
        label, label_en = self._labels(key.coordinate)
        owner = self._owner(key.coordinate)
        source = self.label(key.source)
        made = error_json(
            key.code,
            self.request_id,
            told.first,
            label=label,
            label_en=label_en,
            owner=owner["owner"],
            owner_en=owner["owner_en"],
            source=source,
        )
        extensions = made["extensions"]
        extensions |= {"field": key.coordinate, "state": key.state.value, "source": source or None, "count": told.count}
        if key.state in DENIAL_STATES:
            told_of = {name: owner[name] for name in ("owner", "howToRequest", "legalBasis")}
            request = prefilled(self.settings, self.catalogue, self.standing, key.coordinate, key.code)
            extensions["help"] = {**told_of, **({"request": request} if request else {})}
        return made

    def _field(self, key: Key, told: Told) -> dict[str, Any]:
        made: dict[str, Any] = {
            "path": ".".join(key.pattern),
            "field": key.coordinate,
            "state": key.state.value,
            "count": told.count,
        }
        if key.code:
            made["code"] = key.code
        if key.source:
            made["source"] = self.label(key.source)
        if key.state is State.NOT_COLLECTED:
            made["owner"] = self._department(key.source) or self._owner(key.coordinate)["owner"]
        if told.suggestion:
            made["suggestion"] = told.suggestion
        return made

    def label(self, source: str) -> str:
        """How a source is called in answers."""
        return next((one.label or one.name for one in self.settings.sources if one.name == source), source)

    def _department(self, source: str) -> str | None:
        codes = [one.department for one in self.settings.sources if one.name == source]
        return self.settings.departments[codes[0]].label if codes else None

    def _labels(self, coordinate: str) -> tuple[str, str]:
        record, name = coordinate.split(".")
        if coordinate in self.catalogue.fields:
            rule = self.catalogue.rule(coordinate)
            return rule.zh, rule.en
        relation = self.catalogue.records[record].relations.get(name) if record != "Query" else None
        if relation is not None:
            return relation.declared.zh, relation.declared.en
        declared = self.catalogue.records[self._record(record, name)].declared
        return declared.zh, declared.en

    def _owner(self, coordinate: str) -> dict[str, str | None]:
        record = self._record(*coordinate.split("."))
        for source in self.settings.sources:
            if record in {one.record for one in source.record}:
                department = self.settings.departments[source.department]
                en = department.label_en or department.label
                how = department.how_to_request or None
                return {"owner": department.label, "owner_en": en, "howToRequest": how, "legalBasis": source.basis}
        declared = self.catalogue.records[record].declared
        names = {"owner": declared.authority_zh, "owner_en": declared.authority_en}
        return {**names, "howToRequest": None, "legalBasis": None}

    def _record(self, record: str, name: str) -> str:
        if record in ("Query", "EntityConnection"):
            return self.catalogue.keyed[name].record if name in self.catalogue.keyed else "Entity"
        relation = self.catalogue.records[record].relations.get(name)
        return relation.target if relation else record


def _in_order(tale: Tale) -> Iterable[tuple[Key, Told]]:
    return sorted(tale.told.items(), key=lambda pair: pair[0])
