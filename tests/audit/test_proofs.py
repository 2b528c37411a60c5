"""Proofs of the tree: published vectors, vectors of our own with every error, and a slow reference beside the fast code."""

import json
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.audit import tree
from hub.audit.keeping import Growth
from hub.audit.tiles import WIDTH, reader
from tests.audit import reference

VECTORS = Path(__file__).parents[1] / "vectors/log"
INCLUSION = json.loads((VECTORS / "inclusion.json").read_text(encoding="utf-8"))
CONSISTENCY = json.loads((VECTORS / "consistency.json").read_text(encoding="utf-8"))
ROOTS = json.loads((VECTORS / "roots.json").read_text(encoding="utf-8"))
PUBLISHED = {
    1: "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    5: "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    8: "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
}
"""Roots of the eight entries with which Certificate Transparency is tested, as its implementations give them."""


def of_hex(texts: list[str]) -> list[bytes]:
    """Bytes of texts in hexadecimal."""
    return [bytes.fromhex(text) for text in texts]


def named(case: dict[str, Any]) -> str:
    """How a vector is called."""
    return str(case["name"])


def entries_of(count: int) -> list[bytes]:
    """Entries of various lengths, the same every time."""
    return [f"entry {number}".encode() * (number % 5) for number in range(count)]


def read_over(entries: list[bytes]) -> tree.Read:
    """Complete subtrees, straight from the hashes of entries."""
    hashes = [tree.leaf_hash(one) for one in entries]
    return lambda level, number: tree.fold(hashes[number << level : (number + 1) << level])


def grown(entries: list[bytes]) -> Growth:
    """A tree in tiles, grown entry by entry."""
    growth = Growth(0, lambda level, number: b"")
    growth.grow([tree.leaf_hash(one) for one in entries])
    return growth


def tile_of(growth: Growth) -> Callable[[int, int], bytes]:
    """What gives the tiles of a tree that has grown from nothing."""
    return lambda level, number: growth.changed.get((level, number), b"")


def test_there_are_enough_vectors():
    """Forty and more, and each error of a proof is among them."""
    cases = [*INCLUSION["cases"], *CONSISTENCY["cases"]]
    assert len(cases) >= 40
    assert {case["error"] for case in cases} == {None, *(one.__name__ for one in tree.ProofError.__subclasses__())}
    assert len({(case["name"], "index" in case) for case in cases}) == len(cases)


@pytest.mark.parametrize("case", INCLUSION["cases"], ids=named)
def test_inclusion(case):
    """A proof shows its entry in its tree, and nothing else does."""
    given = bytes.fromhex(case["leaf"]), case["index"], case["size"], of_hex(case["proof"]), bytes.fromhex(case["root"])
    if case["error"] is None:
        tree.verify_inclusion(*given)
        leaves = of_hex(INCLUSION["leaves"])
        assert tree.prove_inclusion(case["index"], case["size"], read_over(leaves)) == given[3]
        return
    with pytest.raises(tree.ProofError) as raised:
        tree.verify_inclusion(*given)
    assert type(raised.value).__name__ == case["error"]


@pytest.mark.parametrize("case", CONSISTENCY["cases"], ids=named)
def test_consistency(case):
    """A proof shows that one tree begins with another, and nothing else does."""
    roots = bytes.fromhex(case["oldRoot"]), bytes.fromhex(case["newRoot"])
    given = case["old"], case["new"], *roots, of_hex(case["proof"])
    if case["error"] is None:
        tree.verify_consistency(*given)
        leaves = of_hex(CONSISTENCY["leaves"])
        assert tree.prove_consistency(case["old"], case["new"], read_over(leaves)) == given[4]
        return
    with pytest.raises(tree.ProofError) as raised:
        tree.verify_consistency(*given)
    assert type(raised.value).__name__ == case["error"]


@pytest.mark.parametrize("size", range(9))
def test_published_roots(size):
    """The roots of the eight classic entries are those that every implementation gives."""
    leaves = of_hex(ROOTS["leaves"])
    root = tree.root_of(size, read_over(leaves)).hex()
    assert root == ROOTS["roots"][size]
    assert PUBLISHED.get(size, root) == root


def test_every_size_is_as_the_reference_says():
    """Up to 300 entries: the root, as computed and as grown in tiles, and all proofs of some entry of each size."""
    entries = entries_of(300)
    read, growth = read_over(entries), Growth(0, lambda level, number: b"")
    for size in range(301):
        root = reference.tree_hash(entries[:size])
        assert (tree.root_of(size, read), growth.root()) == (root, root)
        if size:
            index = size * 7919 % size if size < 3 else size * 7919 % (size - 1)
            proof = tree.prove_inclusion(index, size, read)
            assert proof == reference.path(index, entries[:size])
            tree.verify_inclusion(tree.leaf_hash(entries[index]), index, size, proof, root)
            old = size * 31 % (size + 1)
            proof = tree.prove_consistency(old, size, read)
            assert proof == reference.proof(old, entries[:size])
            tree.verify_consistency(old, size, reference.tree_hash(entries[:old]), root, proof)
        if size < 300:
            growth.grow([tree.leaf_hash(entries[size])])


def test_big_trees_are_as_the_reference_says():
    """Drawn sizes of several thousand entries, read from tiles of two levels."""
    chance = random.Random(6962)
    for _ in range(4):
        size = chance.randrange(300, 4_000)
        entries = entries_of(size)
        growth = grown(entries)
        read = reader(tile_of(growth))
        assert growth.root() == reference.tree_hash(entries)
        for index in (0, size - 1, *(chance.randrange(size) for _ in range(2))):
            assert tree.prove_inclusion(index, size, read) == reference.path(index, entries)
        for old in (1, size - 1, WIDTH, chance.randrange(size)):
            assert tree.prove_consistency(old, size, read) == reference.proof(old, entries)


def test_a_log_of_three_levels():
    """Beyond 65,536 entries there are tiles of tiles, and proofs from them hold."""
    entries = [number.to_bytes(4, "big") for number in range(66_000)]
    growth = grown(entries)
    read = reader(tile_of(growth))
    root = growth.root()
    assert root == reference.tree_hash(entries)
    assert (2, 0) in growth.changed
    for index in (0, 65_535, 65_536, 65_999):
        proof = tree.prove_inclusion(index, 66_000, read)
        tree.verify_inclusion(tree.leaf_hash(entries[index]), index, 66_000, proof, root)
    for old in (1, 300, 65_536, 65_537):
        proof = tree.prove_consistency(old, 66_000, read)
        tree.verify_consistency(old, 66_000, reference.tree_hash(entries[:old]), root, proof)


@settings(max_examples=300)
@given(st.integers(1, 70), st.data())
def test_no_change_to_a_proof_goes_unnoticed(size, data):
    """Whatever is flipped, dropped, added or swapped in a proof, its position or its size: it does not hold any more."""
    entries = entries_of(size)
    index = data.draw(st.integers(0, size - 1))
    leaf, root = tree.leaf_hash(entries[index]), reference.tree_hash(entries)
    proof = reference.path(index, entries)
    tree.verify_inclusion(leaf, index, size, proof, root)
    other = data.draw(st.sampled_from(["flip", "drop", "add", "index", "root"]))
    if other == "flip" and proof:
        place, bit = data.draw(st.integers(0, len(proof) - 1)), data.draw(st.integers(0, 255))
        changed = int.from_bytes(proof[place], "big") ^ (1 << bit)
        proof = [*proof[:place], changed.to_bytes(32, "big"), *proof[place + 1 :]]
    elif other == "drop" and proof:
        place = data.draw(st.integers(0, len(proof) - 1))
        proof = [*proof[:place], *proof[place + 1 :]]
    elif other == "index" and size > 1:
        index = (index + data.draw(st.integers(1, size - 1))) % size
    elif other == "root":
        root = tree.node_hash(root, root)
    else:
        proof = [*proof, root]
    with pytest.raises(tree.ProofError):
        tree.verify_inclusion(leaf, index, size, proof, root)


@settings(max_examples=300)
@given(st.integers(0, 2**40), st.integers(0, 2**40), st.lists(st.binary(min_size=32, max_size=32), max_size=45))
def test_made_up_proofs(one, other, proof):
    """Hashes at random prove nothing, however large the numbers: an error of a proof, and no other."""
    root = bytes(32)
    with pytest.raises(tree.ProofError):
        tree.verify_inclusion(root, one, other, proof, root)
    if one not in (0, other):
        with pytest.raises(tree.ProofError):
            tree.verify_consistency(one, other, root, root, proof)


@given(st.integers(1, 40), st.data())
def test_verifying_is_what_recursion_gives(size, data):
    """The loop of RFC 9162 and the plain recursion lead to the same root."""
    entries = entries_of(size)
    index = data.draw(st.integers(0, size - 1))
    leaf = tree.leaf_hash(entries[index])
    root = reference.root_from_inclusion(leaf, index, size, reference.path(index, entries))
    tree.verify_inclusion(leaf, index, size, tree.prove_inclusion(index, size, read_over(entries)), root)
