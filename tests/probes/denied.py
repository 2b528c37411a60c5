"""Questions of which every slot is denied, in all the ways a question can be written."""

import random
from collections.abc import Sequence

from schema.catalogue import Catalogue
from tests.oracle.question import Question
from tests.oracle.standing import Standing

_ROOTS = (
    'entity(uscc: "{code}")',
    'entitiesByUscc(usccs: ["{code}", "{code}"])',
    'node(id: "{id}")',
    'nodes(ids: ["{id}", "{id}"])',
    "entities(first: 5)",
)


def draw_denied(
    rng: random.Random, catalogue: Catalogue, standing: Standing, code: str, entity: str
) -> Question | None:
    """A question for denied leaves only, below any root that leads to entities; None if the caller is denied none."""
    record, path = rng.choice(_paths(catalogue))
    leaves = [name for name in catalogue.records[record].fields if f"{record}.{name}" in standing.requestable]
    if not leaves:
        return None
    body = _written(rng, record, rng.sample(leaves, min(len(leaves), rng.choice((1, 2, 4)))))
    for parent, relation in reversed(path):
        body = _wrapped(rng, parent, f"{relation} {{ {body} }}")
    root = rng.choice(_ROOTS).format(code=code, id=entity)
    if root.startswith("node"):
        body = f"... on Entity {{ {body} }}"
    if root.startswith("entities("):
        body = f"edges {{ node {{ {body} }} }}"
    fragment = f"\nfragment F on Entity {{ {body} }}" if root.startswith("entity(") and rng.random() < 0.3 else ""
    text = f"query Q($yes: Boolean! = true) {{ r: {root} @include(if: $yes) {{ {'...F' if fragment else body} }} }}"
    return Question(text + fragment, {"yes": True} if rng.random() < 0.5 else {}, rng.choice(("partial", "quiet")))


def _paths(catalogue: Catalogue) -> Sequence[tuple[str, tuple[tuple[str, str], ...]]]:
    """Records with the relations that lead to them from an entity."""
    found: list[tuple[str, tuple[tuple[str, str], ...]]] = [("Entity", ())]
    for record, path in found:
        relations = catalogue.records[record].relations.values()
        found += [(one.target, (*path, (record, one.name))) for one in relations if len(path) < 3]
    return found


def _written(rng: random.Random, record: str, leaves: Sequence[str]) -> str:
    aliased = [f"a{place}: {name}" if rng.random() < 0.3 else name for place, name in enumerate(leaves)]
    return _wrapped(rng, record, " ".join(aliased))


def _wrapped(rng: random.Random, record: str, text: str) -> str:
    condition = rng.choice(("", "", f"... on {record}", "... @skip(if: false)", f"... on {record} @include(if: true)"))
    return f"{condition} {{ {text} }}" if condition else text
