"""From notes to what a caller reads of them: entries of `errors`, and the states in `extensions.fields`; an answer that is
given to somebody to look at.

The one place where a state gets its sentence. Owners and sources appear by their labels; values never.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, NamedTuple

from auth.access import Access, Refusal
from hub.audit.recorder import Recorded
from hub.errors import DENIAL_STATES, ERROR_STATES, ERRORS, State, error_json
from hub.notes import Note
from hub.plan.model import ENTITY, Owner, Topology
from hub.prefilled import Denied, Prefilling
from schema.catalogue import Catalogue
from schema.enums import CaseState

RETRY_AFTER = "retryAfter"


class OnDenied(StrEnum):
    """What a denial does to the answer; header `Hub-On-Denied`."""

    PARTIAL = "partial"
    QUIET = "quiet"
    REJECT = "reject"
    EXPLAIN = "explain"


UNKNOWN_CASE: Mapping[CaseState, str] = {CaseState.UNVERIFIED: "CASE_UNKNOWN", CaseState.UNCHECKED: "CASE_UNCHECKED"}
"""With what a question is refused whose purpose demands a case that somebody knows."""


class Look(NamedTuple):
    """A question that is put as somebody else: what it is called, its text, whose answer is wanted, and the only entity
    of which there is one."""

    name: str
    text: str
    access: Access
    sample: str


class Seen(NamedTuple):
    """What somebody else is answered: the body as it is sent, and where it stands in the record.

    Nothing where the question is about anything else than the entity that is there for trying.
    """

    json: bytes = b""
    recorded: Recorded | None = None


@dataclass(frozen=True, slots=True)
class Wording:
    """Writes notes for people, with what it needs to name fields, owners and sources."""

    catalogue: Catalogue
    topology: Topology
    source_labels: Mapping[str, str]
    prefilling: Prefilling

    def errors(
        self, notes: Iterable[Note], request_id: str, on_denied: OnDenied, denied: Denied
    ) -> list[dict[str, Any]]:
        """One entry of `errors` a field and reason; quiet answers keep denials out of it."""
        quiet = DENIAL_STATES if on_denied is OnDenied.QUIET else frozenset()
        shown = (note for note in notes if note.key.state in ERROR_STATES and note.key.state not in quiet)
        return [self._error(note, request_id, denied) for note in shown]

    def states(self, notes: Iterable[Note]) -> list[dict[str, Any]]:
        """Every state of every field, errors or not."""
        return [self._state(note) for note in notes]

    def warning(self, warned: Mapping[str, Any]) -> dict[str, Any]:
        """A warning beside the data: the sentence of its code, its path, what it suggests."""
        text = ERRORS[warned["code"]]
        return {"message": text.zh.format_map(warned), "messageEn": text.en.format_map(warned), **warned}

    def not_compared(self, source: str) -> dict[str, Any]:
        """The warning that a source that knows the same entities did not answer, so that nothing was compared with it."""
        return {"code": "NOT_COMPARED", "source": self._label(source)}

    def over_quota(self, spent: Iterable[str], seconds: int) -> dict[str, Any]:
        """The warning that a question was answered without grants whose quota is used up."""
        text, part = (
            ERRORS[Refusal.QUOTA_EXCEEDED],
            {"label": "本次查询的部分内容", "label_en": "Part of this question"},
        )
        said = {"message": text.zh.format_map(part), "messageEn": text.en.format_map(part)}
        return {**said, "code": Refusal.QUOTA_EXCEEDED.value, "grants": sorted(spent), RETRY_AFTER: seconds}

    def retry_later(self, errors: Iterable[dict[str, Any]], seconds: int) -> None:
        """Say in what a quota refused when it is worth asking again."""
        for error in errors:
            if error["extensions"]["code"] == Refusal.QUOTA_EXCEEDED:
                error["extensions"]["help"][RETRY_AFTER] = seconds

    def _error(self, note: Note, request_id: str, denied: Denied) -> dict[str, Any]:
        key = note.key
        label, label_en = self.labels(key.coordinate)
        owner = self.owner(key.coordinate)
        made = error_json(
            key.code,
            request_id,
            note.path,
            label=label,
            label_en=label_en,
            owner=owner.label,
            owner_en=owner.label_en or owner.label,
            source=self.source_labels.get(key.source, key.source),
        )
        extensions: dict[str, Any] = {
            "code": key.code,
            "field": key.coordinate,
            "state": key.state.value,
            "origin": ERRORS[key.code].origin,
            "source": self.source_labels.get(key.source, key.source) or None,
            "count": note.count,
        }
        made["extensions"] = {**extensions, **made["extensions"]}
        if key.state is State.CONFLICT:
            made["extensions"] |= self._named(note)
        if key.state in DENIAL_STATES:
            help_: dict[str, Any] = {"owner": owner.label, "howToRequest": owner.how_to_request}
            help_["legalBasis"] = owner.legal_basis
            request = self.prefilling.request(denied, key.coordinate, key.code)
            made["extensions"]["help"] = {**help_, "request": request} if request else help_
        return made

    def _state(self, note: Note) -> dict[str, Any]:
        key = note.key
        made: dict[str, Any] = {
            "path": ".".join(key.pattern),
            "field": key.coordinate,
            "state": key.state.value,
            "count": note.count,
        }
        if key.code:
            made["code"] = key.code
        if key.source:
            made["source"] = self.source_labels.get(key.source, key.source)
        if key.state is State.NOT_COLLECTED:
            made["owner"] = self._department(key.source) or self.owner(key.coordinate).label
        made.update(self._named(note))
        return made

    def _named(self, note: Note) -> dict[str, Any]:
        """What else a note tells; sources by their labels."""
        named = {name: value for name, value in note.names.items() if value}
        if note.key.state is State.CONFLICT and "conflicts" in named:
            named["conflicts"] = [
                one | {"values": [said | {"source": self._label(said["source"])} for said in one["values"]]}
                for one in named["conflicts"]
            ]
        return named

    def _label(self, source: str) -> str:
        return self.source_labels.get(source, source)

    def labels(self, coordinate: str) -> tuple[str, str]:
        """Chinese and English label of a leaf, relation or root field."""
        rule = self.catalogue.fields.get(coordinate)
        if rule is not None:
            return rule.zh, rule.en
        record, _, name = coordinate.partition(".")
        if record == "Query":
            declared = self.catalogue.records[self._record_of_root(name)].declared
            return declared.zh, declared.en
        relations = self.catalogue.records[record].relations if record in self.catalogue.records else {}
        if name in relations:
            return relations[name].declared.zh, relations[name].declared.en
        return name, name

    def owner(self, coordinate: str) -> Owner:
        """Who is responsible for what stands at a coordinate."""
        record, _, name = coordinate.partition(".")
        if record in self.catalogue.records and name in self.catalogue.records[record].relations:
            record = self.catalogue.records[record].relations[name].target
        elif record in ("Query", "EntityConnection"):
            record = self._record_of_root(name)
        return self.topology.owners[record]

    def _department(self, source: str) -> str | None:
        """Department behind a source."""
        offers = (offer for offers in self.topology.owned.values() for offer in offers)
        return next((offer.department for offer in offers if offer.source == source), None)

    def _record_of_root(self, name: str) -> str:
        keyed = self.catalogue.keyed.get(name)
        return keyed.record if keyed else ENTITY
