"""The Merkle tree as RFC 9162 writes it down: slow, over the list of all entries, by recursion alone."""

from collections.abc import Sequence
from hashlib import sha256


def tree_hash(entries: Sequence[bytes]) -> bytes:
    """MTH(D[n])."""
    if not entries:
        return sha256(b"").digest()
    if len(entries) == 1:
        return sha256(b"\x00" + entries[0]).digest()
    k = split(len(entries))
    return sha256(b"\x01" + tree_hash(entries[:k]) + tree_hash(entries[k:])).digest()


def path(index: int, entries: Sequence[bytes]) -> list[bytes]:
    """PATH(m, D[n])."""
    if len(entries) == 1:
        return []
    k = split(len(entries))
    if index < k:
        return [*path(index, entries[:k]), tree_hash(entries[k:])]
    return [*path(index - k, entries[k:]), tree_hash(entries[:k])]


def proof(old: int, entries: Sequence[bytes]) -> list[bytes]:
    """PROOF(m, D[n])."""
    return subproof(old, entries, whole=True) if old else []


def subproof(old: int, entries: Sequence[bytes], *, whole: bool) -> list[bytes]:
    """SUBPROOF(m, D[n], b)."""
    if old == len(entries):
        return [] if whole else [tree_hash(entries)]
    k = split(len(entries))
    if old <= k:
        return [*subproof(old, entries[:k], whole=whole), tree_hash(entries[k:])]
    return [*subproof(old - k, entries[k:], whole=False), tree_hash(entries[:k])]


def split(count: int) -> int:
    """The largest power of two that is less than the count."""
    k = 1
    while 2 * k < count:
        k *= 2
    return k


def root_from_inclusion(leaf: bytes, index: int, size: int, hashes: list[bytes]) -> bytes:
    """The root that an inclusion proof leads to, by recursion; IndexError if hashes are missing."""
    if size == 1:
        return leaf
    k = split(size)
    if index < k:
        return sha256(b"\x01" + root_from_inclusion(leaf, index, k, hashes[:-1]) + hashes[-1]).digest()
    return sha256(b"\x01" + hashes[-1] + root_from_inclusion(leaf, index - k, size - k, hashes[:-1])).digest()
