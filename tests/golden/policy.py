"""A policy as a table that a reviewer reads: one line a field, one column for all who see exactly the same.

Knows nothing of who asks: it is given the policies, and what each is called.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from string import ascii_lowercase

from auth.access import Clause, Policy, Refusal
from schema.catalogue import Catalogue, FieldRule

_REFUSED = {Refusal.FIELD_DENIED: "?", Refusal.GRANT_EXPIRED: "e", Refusal.PURPOSE_NOT_ALLOWED: "p"}
_LEGEND = """\
H  in clear        M  masked        a, b …  for the rows of that filter only; without a letter for every row
?  requestable: never granted        e  requestable: the grant has run out
p  requestable: granted for another purpose        .  hidden: as if there were no such field
"""
_WIDTH = 69
"""Of what stands at the head of a row."""


@dataclass(frozen=True, slots=True)
class Seen:
    """Who asks and for what, as the table calls it, and what the grants come to."""

    head: str
    policy: Policy


def policy_table(seen: Iterable[Seen], catalogue: Catalogue) -> str:
    """The table, with what its words, letters and columns mean; nothing depends on the order of what is given."""
    rules = sorted(catalogue.fields.values(), key=lambda rule: rule.coordinate)
    ordered = sorted(seen, key=lambda one: one.head)
    letters = _letters(ordered)
    columns: dict[tuple[str, ...], list[str]] = {}
    for one in ordered:
        column = tuple(_cell(one.policy, rule.coordinate, letters) for rule in rules)
        columns.setdefault(column, []).append(one.head)
    lines = [_LEGEND, *(f"{letter}  {rows}" for rows, letter in letters.items()), ""]
    lines += [f"{number:02}  {head}" for number, heads in enumerate(columns.values(), 1) for head in heads]
    return "\n".join([*lines, "", *_lines(rules, list(columns))]) + "\n"


def _letters(seen: Sequence[Seen]) -> dict[str, str]:
    clauses = {clause for one in seen for found in one.policy.held.values() for clause in found}
    return dict(zip(sorted({_rows(clause) for clause in clauses if clause.rows}), ascii_lowercase, strict=False))


def _rows(clause: Clause) -> str:
    return " & ".join(sorted(map(str, clause.rows)))


def _cell(policy: Policy, coordinate: str, letters: Mapping[str, str]) -> str:
    clauses = policy.held.get(coordinate, ())
    if clauses:
        return "+".join(("M" if c.masked else "H") + (letters[_rows(c)] if c.rows else "") for c in clauses)
    refusal = policy.requestable.get(coordinate)
    return _REFUSED[refusal] if refusal else "."


def _lines(rules: Sequence[FieldRule], columns: Sequence[tuple[str, ...]]) -> Iterable[str]:
    widths = [max(2, *map(len, column)) for column in columns]
    heads = " ".join(f"{number:02}".ljust(width) for number, width in enumerate(widths, 1))
    place = 0
    for record, fields in groupby(rules, lambda rule: rule.record):
        yield f"{record:<{_WIDTH}} {heads}".rstrip()
        for rule in fields:
            cells = (column[place].ljust(width) for column, width in zip(columns, widths, strict=True))
            yield f"{_row_head(rule):<{_WIDTH}} {' '.join(cells)}".rstrip()
            place += 1
        yield ""


def _row_head(rule: FieldRule) -> str:
    return f"  {rule.name:<23}{rule.scope.value:<20}{rule.sensitivity.name:<10}{rule.sharing.name.lower()}"
