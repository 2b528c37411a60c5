"""What a question would cost its sources, estimated before anything is asked: upward, and never below a page."""

import pytest

from hub.errors import HubError, error_json
from hub.limits import Limits
from hub.operation import read_operation
from hub.plan.cost import DEFAULT_PAGE, KEY_SET, USUAL_LENGTH, check_cost, estimate, rows_by_source
from hub.plan.model import Owned, Topology
from schema.catalogue import fold_catalogue
from tests.edge.stand import CODE

CATALOGUE = fold_catalogue()
SHARED = frozenset({"Licence", "Penalty"})
"""Records of one department in these tests; every other record has a source of its own."""


def _owned(record):
    source = "market" if record in SHARED else record.lower()
    return (Owned(source, source, source, frozenset()),)


TOPOLOGY = Topology({record: _owned(record) for record in CATALOGUE.records}, {})


def rows(text, **variables):
    """Rows each source would have to give."""
    return rows_by_source(estimate(read_operation(text, None, Limits()), CATALOGUE), variables, TOPOLOGY)


def test_lists_multiply():
    """A page of fifty with lists of four and, below another, of ten each, costs their products."""
    found = rows(
        "{ entities(first: 50) { edges { node { name licences(first: 4) { kind }"
        " creditStatus { ratings(first: 3) { grade } lists { name } } } } } }"
    )
    assert found["entity"] == 50
    assert found["market"] == 50 * 4
    assert found["creditstatus"] == 50
    assert found["creditrating"] == 50 * 3
    assert found["listentry"] == 50 * USUAL_LENGTH


def test_records_of_one_source_add_up():
    """Two branches at one source, and two roots, are its sum."""
    found = rows(
        f'{{ a: entity(uscc: "{CODE}") {{ licences(first: 7) {{ kind }} penalties(first: 5) {{ facts }} }}'
        f' b: entity(uscc: "{CODE}") {{ licences(first: 2) {{ kind }} }} }}'
    )
    assert found["market"] == 7 + 5 + 2
    assert found["entity"] == 2


@pytest.mark.parametrize(
    ("text", "variables", "entities"),
    [
        ("query($n: Int) { entities(first: $n) { totalCount } }", {"n": 70}, 70),
        ("query($n: Int) { entities(first: $n) { totalCount } }", {"n": 70.0}, 70),
        ("query($n: Int) { entities(first: $n) { totalCount } }", {}, DEFAULT_PAGE),
        ("query($n: Int) { entities(first: $n) { totalCount } }", {"n": None}, DEFAULT_PAGE),
        ("query($n: Int = 90) { entities(first: $n) { totalCount } }", {}, 90),
        ("query($n: Int = 90) { entities(first: $n) { totalCount } }", {"n": 5}, 5),
        ("query($n: Int = 90) { entities(first: $n) { totalCount } }", {"n": None}, 90),
        ("query($n: Int = 1) { entities(first: $n) { totalCount } }", {"n": None}, DEFAULT_PAGE),
        ("{ entities { totalCount } }", {}, DEFAULT_PAGE),
        ("{ entities(first: null) { totalCount } }", {}, DEFAULT_PAGE),
        ("{ entities(first: -5) { totalCount } }", {}, 1),
        ("{ entities(first: 99999999999999999999) { totalCount } }", {}, 10**9),
        ("query($c: [USCC!]!) { entitiesByUscc(usccs: $c) { name } }", {"c": [CODE] * 150}, 150),
        ("query($c: [USCC!]!) { entitiesByUscc(usccs: $c) { name } }", {"c": CODE}, 1),
        ('query($c: [USCC!] = ["a", "b", "c"]) { entitiesByUscc(usccs: $c) { name } }', {}, 3),
        ('{ entitiesByUscc(usccs: ["a", "b"]) { name } }', {}, 2),
        ("query($c: USCC!) { entitiesByUscc(usccs: [$c, $c, $c]) { name } }", {"c": CODE}, 3),
        ("query($c: [ID!]!) { nodes(ids: $c) { ... on Entity { name } } }", {"c": ["x"] * 40}, 40),
        ("query($c: ID!) { node(id: $c) { ... on Entity { name } } }", {"c": "x"}, 1),
    ],
)
def test_a_page_is_never_estimated_below_its_size(text, variables, entities):
    """Literals, variables, their defaults, null and numbers with a fraction of nothing all count as what they mean."""
    assert rows(text, **variables)["entity"] == entities


@pytest.mark.parametrize(
    ("text", "record", "count"),
    [
        ('{ certificate(number: "x") { status } approvalItem(code: "x") { name } }', "certificate", 1),
        ('{ a: campus(code: "x") { business } b: campus(code: "y") { business } }', "campus", 2 * USUAL_LENGTH),
    ],
)
def test_records_by_a_key_of_their_own_count(text, record, count):
    """One record counts as one, a list of them like any other list."""
    assert rows(text)[record] == count


def test_fragments_and_aliases_count_each_time():
    """What is asked through a fragment counts wherever the fragment stands."""
    text = (
        f'{{ a: entity(uscc: "{CODE}") {{ ...F }} b: entity(uscc: "{CODE}") {{ ... on Entity {{ ...F }} }} }}'
        " fragment F on Entity { x: licences(first: 3) { kind } y: licences(first: 4) { kind } }"
    )
    assert rows(text)["market"] == 2 * (3 + 4)


@pytest.mark.parametrize(
    ("text", "market", "lists"),
    [
        ("{ entities(filter: {licence: {kind: LICENCE}}) { totalCount } }", KEY_SET, None),
        ('{ entities(filter: {onList: COURT_DEBTOR, name: "x"}) { totalCount } }', None, KEY_SET),
        ("query($f: EntityFilter) { entities(filter: $f) { totalCount } }", KEY_SET, KEY_SET),
        ('{ entities(filter: {name: "x"}) { totalCount } }', None, None),
    ],
)
def test_a_filter_on_another_record_counts_the_keys_it_may_yield(text, market, lists):
    """Such a filter is resolved into keys before paging, and that reading is a cost of its own."""
    found = rows(text)
    assert (found.get("market"), found.get("listentry")) == (market, lists)


def test_the_hubs_own_fields_cost_no_source_anything():
    """Introspection, the catalogue and the caller's own particulars ask nobody."""
    assert rows("{ me { role } catalogue { field } __schema { types { name } } __typename }") == {}


def test_a_refusal_names_what_was_found_and_the_limit():
    """Over the limit at one source the question is refused with both numbers, and at the limit it is not."""
    text = "query($n: Int!) { entities(first: $n) { totalCount } }"
    check_cost(rows(text, n=100), 100)
    with pytest.raises(HubError) as refused:
        check_cost(rows(text, n=101), 100)
    said = error_json(refused.value.code, "0" * 16, **refused.value.names)
    assert said["extensions"]["code"] == "QUERY_TOO_COMPLEX"
    assert said["message"] == "查询过大：预计读取的记录数为 101，上限 100；请拆分查询。"
    assert "estimated number of records is 101, at most 100" in said["extensions"]["messageEn"]


def test_a_question_that_costs_too_much_is_refused_before_it_is_validated(hub, request_of):
    """The estimate needs no schema: a field nobody knows beside the costly list is not even looked at."""
    lists = " ".join(f"a{number}: licences(first: 200) {{ nothing }}" for number in range(9))
    text = f"query($c: [USCC!]!) {{ entitiesByUscc(usccs: $c) {{ {lists} }} }}"
    with pytest.raises(HubError) as refused:
        hub.gateway.plan(request_of(text, variables={"c": [CODE] * 200}))
    assert refused.value.code == "QUERY_TOO_COMPLEX"
    assert refused.value.names["found"] == 200 * 200 * 9
