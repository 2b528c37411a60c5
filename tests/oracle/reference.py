"""The oracle itself: loads all rows, checks every field against the raw grants, and lets graphql-core execute.

No plan, no batching, no shaping: each field looks up what it needs. Follows the order of the rules it states.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from graphql import GraphQLInterfaceType, GraphQLObjectType, GraphQLResolveInfo, GraphQLSchema, execute_sync
from graphql.language import DocumentNode

from auth.roles import Role
from hub.errors import State
from hub.settings import Settings
from schema.catalogue import Catalogue
from schema.shaped import ShapedSchemas
from tests.oracle.abilities import Able, able
from tests.oracle.askers import Asker
from tests.oracle.denials import Scrutiny
from tests.oracle.marks import Marks
from tests.oracle.question import Question
from tests.oracle.reading import Refused, read_document, read_question
from tests.oracle.records import Found, Place, Records, Silence
from tests.oracle.roots import Roots
from tests.oracle.rows import City, Table
from tests.oracle.standing import Person, Standing, stand
from tests.oracle.telling import Key, Narrator, Tale


@dataclass
class Oracle:
    """Answers questions over a city, under the settings that the hub was wired from."""

    settings: Settings
    catalogue: Catalogue
    city: City
    now: datetime
    request_id: str
    marks: Marks
    _standings: dict[str, Standing] = field(default_factory=dict)
    _schemas: dict[frozenset[str], GraphQLSchema] = field(default_factory=dict)
    _documents: dict[tuple[str, frozenset[str]], DocumentNode | str] = field(default_factory=dict)
    _able: dict[int, Able] = field(default_factory=dict)

    def answer(self, asker: Asker, question: Question) -> object:
        """The body of the answer, or the code the whole question is refused with."""
        standing = self.standing(asker)
        try:
            return _Run(self, standing, asker, question).answer()
        except Refused as refused:
            return str(refused)

    def standing(self, asker: Asker) -> Standing:
        """What a caller may see."""
        if asker.name not in self._standings:
            self._standings[asker.name] = stand(self._person(asker), self.settings.grants, self.catalogue)
        return self._standings[asker.name]

    def schema(self, visible: frozenset[str]) -> GraphQLSchema:
        """The schema in which exactly these fields exist, freed of all resolvers."""
        if visible not in self._schemas:
            made = ShapedSchemas(self.catalogue).of(visible).graphql
            for kind in made.type_map.values():
                _free(kind)
            self._schemas[visible] = made
        return self._schemas[visible]

    def document(self, text: str, visible: frozenset[str]) -> DocumentNode:
        """The document of a text, valid on the schema of these fields; Refused if it is not."""
        key = (text, visible)
        if key not in self._documents:
            self._documents.clear()
            self._documents[key] = read_document(text, self.schema(visible))
        found = self._documents[key]
        if isinstance(found, str):
            raise Refused(found)
        return found

    def able(self, table: Table) -> Able:
        """What can be asked of a table, by the configuration of its source."""
        if id(table) not in self._able:
            self._able[id(table)] = able(self.settings, table)
        return self._able[id(table)]

    def _person(self, asker: Asker) -> Person:
        scopes = frozenset(asker.scopes) if asker.scopes else None
        day = self.now.date()
        if asker.client is None:
            public = next(purpose.code for purpose in self.settings.purposes if purpose.public)
            return Person("", Role.PUBLIC, public, day, scopes, {})
        client = self.settings.clients[asker.client]
        purpose = asker.purpose or client.purposes[0]
        return Person(client.department, client.role, purpose, day, scopes, client.bindings)


def _free(kind: object) -> None:
    if isinstance(kind, GraphQLObjectType) and not kind.name.startswith("__"):
        kind.is_type_of = None
        for one in kind.fields.values():
            one.resolve = None
    if isinstance(kind, GraphQLInterfaceType):
        kind.resolve_type = None


class _Run:
    """One question of one caller."""

    def __init__(self, oracle: Oracle, standing: Standing, asker: Asker, question: Question) -> None:
        self._oracle = oracle
        self._question = question
        self._schema = oracle.schema(standing.visible)
        document = oracle.document(question.text, standing.visible)
        self._reading = read_question(document, question.variables, self._schema)
        day = oracle.now.date()
        self._scrutiny = Scrutiny(self._reading, standing, oracle.catalogue, day)
        self._tale = Tale()
        asked = self._reading.by_pattern.values()
        refused = {denial.pattern for one in asked for denial in self._scrutiny.denied_arguments(one)}
        silent = {name: Silence(name, code) for name, code in question.silent.items()}
        self._records = Records(oracle, self._scrutiny, self._tale, silent, refused)
        self._roots = Roots(self._records, asker)

    def answer(self) -> object:
        """Data, errors and the states of fields."""
        for root in self._reading.roots:
            self._roots.check(root)
        for root in self._reading.roots:
            self._roots.check_support(root)
        oracle, standing = self._oracle, self._scrutiny.standing
        narrator = Narrator(oracle.settings, oracle.catalogue, oracle.request_id, standing)
        denials = self._scrutiny.denials()
        if self._question.on_denied == "reject" and denials:
            return self._rejected(narrator)
        data = self._execute()
        for denial in denials:
            key = Key(denial.pattern, denial.coordinate, State.DENIED, denial.code, "")
            self._tale.deny(key, data)
        return self._body(data, narrator)

    def _execute(self) -> dict[str, Any]:
        executed = execute_sync(
            self._schema,
            self._reading.document,
            variable_values=dict(self._question.variables),
            field_resolver=self._resolve,
            type_resolver=lambda *_: "Entity",
        )
        for fault in executed.errors or ():
            if fault.original_error is not None and not str(fault).startswith("Cannot return null"):
                raise fault.original_error
        return executed.data or {}

    def _resolve(self, source: Any, at: GraphQLResolveInfo, **_: Any) -> Any:
        path = tuple(at.path.as_list())
        asked = self._reading.by_pattern[tuple(key for key in path if isinstance(key, str))]
        if asked.parent == "Query":
            return self._roots.answer(asked)
        if isinstance(source, Found):
            return self._records.field(asked, source, path)
        if asked.parent == "EntityEdge" and asked.name == "node":
            return self._records.record(asked, source["node"], Place(path, asked.pattern, "Query.entities"))
        return source[asked.name]

    def _body(self, data: dict[str, Any], narrator: Narrator) -> dict[str, Any]:
        errors = narrator.errors(self._tale, self._question.on_denied)
        extensions: dict[str, Any] = {"requestId": self._oracle.request_id, "fields": narrator.fields(self._tale)}
        if self._tale.warnings:
            extensions["warnings"] = self._tale.warnings
        return {"data": data, **({"errors": errors} if errors else {}), "extensions": extensions}

    def _rejected(self, narrator: Narrator) -> dict[str, Any]:
        for denial in self._scrutiny.denials():
            self._tale.say(Key(denial.pattern, denial.coordinate, State.DENIED, denial.code, ""), denial.pattern)
        extensions = {"requestId": self._oracle.request_id, "fields": narrator.fields(self._tale)}
        return {"errors": narrator.errors(self._tale, "reject"), "extensions": extensions}
