"""The Merkle tree of RFC 9162 (and RFC 6962, whose hashes are the same): SHA-256, over entries in the order of their positions.

Nothing here knows a store. A tree is read through `Read`, which gives the hash of any complete subtree; so a proof of a
log with a hundred million entries touches a few dozen hashes. Verifying returns nothing, or raises:

    ProofError
    ├── BadSizeError      a size, or two of them, that no tree has
    ├── BadIndexError     a position that the tree does not hold
    ├── ProofLengthError  hashes that are missing or left over, or no hashes
    └── RootError         the hashes do not lead to the root
"""

from collections.abc import Callable, Sequence
from hashlib import sha256
from hmac import compare_digest

HASH_BYTES = 32
MAX_SIZE = 2**63 - 1
"""Entries a tree may have, so that positions fit the store."""
EMPTY_ROOT = sha256(b"").digest()

Read = Callable[[int, int], bytes]
"""Hash of the complete subtree of 2**level entries with this number, counted from the left: `read(level, number)`."""


class ProofError(Exception):
    """The proof does not show what it should."""


class BadSizeError(ProofError):
    """No tree has this size, or the older tree would be the larger one."""


class BadIndexError(ProofError):
    """The tree does not hold this position."""


class ProofLengthError(ProofError):
    """The proof has too many hashes or too few, or one that is none."""


class RootError(ProofError):
    """The hashes do not lead to the root."""


def leaf_hash(entry: bytes) -> bytes:
    """Hash of one entry."""
    return sha256(b"\0" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Hash of the node above two others."""
    return sha256(b"\1" + left + right).digest()


def fold(hashes: Sequence[bytes]) -> bytes:
    """Hash of the complete subtree over 2**n hashes."""
    row = list(hashes)
    while len(row) > 1:
        row = [sha256(b"\1" + row[place] + row[place + 1]).digest() for place in range(0, len(row), 2)]
    return row[0]


def root_of(size: int, read: Read) -> bytes:
    """Root of the tree over the first `size` entries."""
    _check_size(size)
    return _range_hash(0, size, read) if size else EMPTY_ROOT


def prove_inclusion(index: int, size: int, read: Read) -> list[bytes]:
    """The hashes that lead from the entry at a position to the root of `size` entries, lowest first."""
    _check_index(index, size)
    proof: list[bytes] = []
    start, end = 0, size
    while end - start > 1:
        middle = start + _split(end - start)
        if index < middle:
            proof.append(_range_hash(middle, end, read))
            end = middle
        else:
            proof.append(_range_hash(start, middle, read))
            start = middle
    return proof[::-1]


def prove_consistency(old: int, new: int, read: Read) -> list[bytes]:
    """The hashes that show that the tree of `new` entries begins with the one of `old`."""
    _check_sizes(old, new)
    if old in (0, new):
        return []
    proof: list[bytes] = []
    start, end, whole = 0, new, True
    while old != end:
        middle = start + _split(end - start)
        if old <= middle:
            proof.append(_range_hash(middle, end, read))
            end = middle
        else:
            proof.append(_range_hash(start, middle, read))
            start, whole = middle, False
    if not whole:
        proof.append(_range_hash(start, end, read))
    return proof[::-1]


def verify_inclusion(leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes) -> None:
    """Return if the tree of this size and root holds the leaf's hash at the position (RFC 9162, 2.1.3.2); ProofError if not."""
    _check_index(index, size)
    _check_hashes([leaf, root, *proof])
    place, last, found = index, size - 1, leaf
    for beside in proof:
        if last == 0:
            raise ProofLengthError("hashes are left over")
        if place & 1 or place == last:
            found = node_hash(beside, found)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            found = node_hash(found, beside)
        place, last = place >> 1, last >> 1
    if last:
        raise ProofLengthError("hashes are missing")
    _check_root(found, root)


def verify_consistency(old: int, new: int, old_root: bytes, new_root: bytes, proof: Sequence[bytes]) -> None:
    """Return if the newer tree begins with the older one (RFC 9162, 2.1.4.2); ProofError if not."""
    _check_sizes(old, new)
    _check_hashes([old_root, new_root, *proof])
    if old in (0, new):
        if proof:
            raise ProofLengthError("hashes are left over")
        _check_root(EMPTY_ROOT if old == 0 else new_root, old_root)
        return
    if not proof:
        raise ProofLengthError("hashes are missing")
    path = [old_root, *proof] if old & (old - 1) == 0 else list(proof)
    place, last = old - 1, new - 1
    while place & 1:
        place, last = place >> 1, last >> 1
    first = second = path[0]
    for beside in path[1:]:
        if last == 0:
            raise ProofLengthError("hashes are left over")
        if place & 1 or place == last:
            first, second = node_hash(beside, first), node_hash(beside, second)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            second = node_hash(second, beside)
        place, last = place >> 1, last >> 1
    if last:
        raise ProofLengthError("hashes are missing")
    _check_root(first, old_root)
    _check_root(second, new_root)


def _range_hash(start: int, end: int, read: Read) -> bytes:
    """Hash over the entries from start to before end, where a subtree of the whole tree has these."""
    count = end - start
    if count & (count - 1) == 0:
        level = count.bit_length() - 1
        return read(level, start >> level)
    middle = start + _split(count)
    return node_hash(_range_hash(start, middle, read), _range_hash(middle, end, read))


def _split(count: int) -> int:
    """The largest power of two below the count."""
    return 1 << ((count - 1).bit_length() - 1)


def _check_size(size: int) -> None:
    if not 0 <= size <= MAX_SIZE:
        raise BadSizeError("no tree has this size")


def _check_sizes(old: int, new: int) -> None:
    _check_size(old)
    _check_size(new)
    if old > new:
        raise BadSizeError("the older tree is the larger one")


def _check_index(index: int, size: int) -> None:
    _check_size(size)
    if not 0 <= index < size:
        raise BadIndexError("the tree does not hold this position")


def _check_hashes(hashes: Sequence[bytes]) -> None:
    if any(len(one) != HASH_BYTES for one in hashes):
        raise ProofLengthError(f"a hash has {HASH_BYTES} bytes")


def _check_root(found: bytes, root: bytes) -> None:
    if not compare_digest(found, root):
        raise RootError("the hashes do not lead to the root")
