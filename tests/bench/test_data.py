"""The yardstick's data: the same every time, valid, and as many rows as stated."""

from collections import Counter

from bench.data import DIVISIONS, REGISTER, SIZES, TABLES, chunks, divisions, fingerprint
from bench.questions import PAGE
from schema.uscc import find_fault


def _all(entities, source):
    return [row for rows in chunks(entities) for row in getattr(rows, source)]


def test_data_are_the_same_every_time():
    """Two runs give the same rows, and a small register is the beginning of a larger one that covers as many divisions."""
    assert list(chunks(1_200)) == list(chunks(1_200))
    assert _all(1_000, "credit") == _all(1_200, "credit")[:1_000]
    assert divisions(1_000) == divisions(1_200)


def test_codes_are_valid_and_unique():
    """Every code has its check digit, and no entity has another's."""
    codes = [row[0] for row in _all(2_000, "register")]
    assert not [code for code in codes if find_fault(code)]
    assert len(set(codes)) == 2_000


def test_entities_have_as_many_rows_as_stated():
    """Two to four licences, one rating, one to three incentives; identifiers are unique."""
    assert set(Counter(row[1] for row in _all(2_000, "licences")).values()) == {2, 3, 4}
    assert set(Counter(row[0] for row in _all(2_000, "credit")).values()) == {1}
    assert set(Counter(row[1] for row in _all(2_000, "incentives")).values()) == {1, 2, 3}
    for source in ("licences", "incentives"):
        identifiers = [row[0] for row in _all(2_000, source)]
        assert len(set(identifiers)) == len(identifiers)


def test_a_page_is_always_full():
    """Every division has a full page of entities, and large registers cover all divisions."""
    for entities in (SIZES["200"], SIZES["10k"]):
        place = REGISTER.names.index("division")
        covered = Counter(row[place] for row in _all(entities, "register"))
        assert set(covered) == set(divisions(entities))
        assert min(covered.values()) >= PAGE
    assert len(divisions(SIZES["200k"])) == len(divisions(SIZES["1m"])) == DIVISIONS


def test_rows_fit_their_tables():
    """Every row has a cell for every column, and none holds what COPY would take for its own signs."""
    for rows in chunks(200):
        for table in TABLES:
            for row in rows.of(table):
                assert len(row) == len(table.columns)
                assert not set("\t\n\\") & set("".join(row))


def test_fingerprint_names_the_size():
    """Two sizes are never taken for each other."""
    assert len({fingerprint(entities) for entities in SIZES.values()}) == len(SIZES)
