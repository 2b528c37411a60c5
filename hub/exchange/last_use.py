"""Who asked a field last: from what was gathered of the record, and from what was not gathered yet.

What was gathered says when; the entry of that moment says by which client. Knows no entity and no person.
"""

from collections.abc import Iterable
from typing import NamedTuple

from sqlalchemy import Connection, func, select

from auth.grants import ANY_DEPARTMENT
from hub.exchange.recorded import SLICE, Question, end_of_record, first_since, read_questions
from hub.exchange.unused import reached
from hub.store.simulator_tables import asked_fields


class Wanted(NamedTuple):
    """Of which field, for whom (any department: `*`) and for what the last use is looked for."""

    department: str
    role: str
    purpose: str
    field: str

    def asks(self, question: Question) -> bool:
        """True for a question of these that asked for the field, whether it was held or not."""
        return (
            self.department in {ANY_DEPARTMENT, question.department}
            and (self.role, self.purpose) == (question.role, question.purpose)
            and self.field in question.fields
        )


def last_use(connection: Connection, wanted: Wanted, most: int) -> tuple[Question | None, bool]:
    """The last question that asked for it, and whether the whole record was looked through.

    Beyond what was gathered, at most so many entries are read. The client is empty where its entry is not found any more.
    """
    first, end = reached(connection), end_of_record(connection)
    upto = min(end, first + most)
    found = _last(read_questions(connection, first, upto), wanted)
    return found or _gathered(connection, wanted), upto == end


def _gathered(connection: Connection, wanted: Wanted) -> Question | None:
    """What was gathered, with the client of its entry."""
    columns = asked_fields.c
    same = [columns.role == wanted.role, columns.purpose == wanted.purpose, columns.field == wanted.field]
    if wanted.department != ANY_DEPARTMENT:
        same.append(columns.department == wanted.department)
    at = connection.execute(select(func.max(columns.last_at)).where(*same)).scalar()
    if at is None:
        return None
    start = first_since(connection, at)
    here = (one for one in read_questions(connection, start, start + SLICE) if one.at == at)
    bare = Question(at, "", wanted.department, wanted.role, wanted.purpose, frozenset({wanted.field}))
    return _last(here, wanted) or bare


def _last(questions: Iterable[Question], wanted: Wanted) -> Question | None:
    found = None
    for question in questions:
        if wanted.asks(question):
            found = question
    return found
