"""Merkle trees after RFC 6962: hashes, the two kinds of proof, and how each is checked (RFC 9162, 2.1.3 and 2.1.4).

A tree is never held as a whole. ``read(level, position)`` gives the hash over the complete subtree of ``2**level``
leaves that begins at leaf ``position * 2**level``; a proof reads about ``2 * log2(size)`` of them.
"""

from collections.abc import Callable, Iterator, Sequence
from hashlib import sha256
from typing import Final

Read = Callable[[int, int], bytes]

EMPTY_ROOT: Final = sha256(b"").digest()
_LEAF: Final = b"\x00"
_NODE: Final = b"\x01"


def leaf_hash(data: bytes) -> bytes:
    """Hash of one leaf (32 bytes)."""
    return sha256(_LEAF + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Hash over two subtrees."""
    return sha256(_NODE + left + right).digest()


def grow(size: int, leaf: bytes, read: Read) -> Iterator[tuple[int, int, bytes]]:
    """The subtrees that are complete once ``leaf`` is added to a tree of ``size``: level, position, hash."""
    level, position, value = 0, size, leaf
    yield level, position, value
    while position & 1:
        value = node_hash(read(level, position - 1), value)
        level, position = level + 1, position >> 1
        yield level, position, value


def root(size: int, read: Read) -> bytes:
    """The root over the first ``size`` leaves."""
    return _over(0, size, read) if size else EMPTY_ROOT


def inclusion(index: int, size: int, read: Read) -> list[bytes]:
    """The proof that leaf ``index`` is one of the first ``size``; raises :class:`ValueError` where it is not."""
    if not 0 <= index < size:
        raise ValueError("the leaf is not in a tree of this size")
    path, start, end = [], 0, size
    while end - start > 1:
        middle = start + _split(end - start)
        if index < middle:
            path.append(_over(middle, end, read))
            end = middle
        else:
            path.append(_over(start, middle, read))
            start = middle
    return path[::-1]


def consistency(first: int, second: int, read: Read) -> list[bytes]:
    """The proof that the tree of ``second`` leaves begins with the tree of ``first``; raises :class:`ValueError`."""
    if not 0 <= first <= second:
        raise ValueError("the first tree is larger than the second")
    if first in {0, second}:
        return []
    proof, start, end, whole = [], 0, second, True
    while first != end:
        middle = start + _split(end - start)
        if first <= middle:
            proof.append(_over(middle, end, read))
            end = middle
        else:
            proof.append(_over(start, middle, read))
            start, whole = middle, False
    if not whole:
        proof.append(_over(start, end, read))
    return proof[::-1]


def included(leaf: bytes, index: int, size: int, path: Sequence[bytes], expected_root: bytes) -> bool:
    """Whether ``path`` proves that ``leaf`` is number ``index`` (from 0) under ``expected_root``."""
    if not 0 <= index < size:
        return False
    node, last, value = index, size - 1, leaf
    for sibling in path:
        if last == 0:
            return False
        if node & 1 or node == last:
            value = node_hash(sibling, value)
            while node and not node & 1:
                node, last = node >> 1, last >> 1
        else:
            value = node_hash(value, sibling)
        node, last = node >> 1, last >> 1
    return last == 0 and value == expected_root


def grown_from(first: int, second: int, first_root: bytes, second_root: bytes, proof: Sequence[bytes]) -> bool:
    """Whether ``proof`` shows that the second tree only added leaves to the first."""
    if not 0 <= first <= second:
        return False
    if first == second:
        return not proof and first_root == second_root
    if first == 0:
        return not proof and first_root == EMPTY_ROOT
    steps = [first_root, *proof] if first & (first - 1) == 0 else list(proof)
    if not steps:
        return False
    node, last = first - 1, second - 1
    while node & 1:
        node, last = node >> 1, last >> 1
    old = new = steps[0]
    for step in steps[1:]:
        if last == 0:
            return False
        if node & 1 or node == last:
            old, new = node_hash(step, old), node_hash(step, new)
            while node and not node & 1:
                node, last = node >> 1, last >> 1
        else:
            new = node_hash(new, step)
        node, last = node >> 1, last >> 1
    return last == 0 and old == first_root and new == second_root


def _over(start: int, end: int, read: Read) -> bytes:
    """The root over leaves ``start`` to ``end``; ``start`` is a multiple of the largest power of two below the rest."""
    count = end - start
    if count & (count - 1) == 0:
        return read(count.bit_length() - 1, start // count)
    middle = start + _split(count)
    return node_hash(_over(start, middle, read), _over(middle, end, read))


def _split(count: int) -> int:
    """The largest power of two below ``count``."""
    return 1 << ((count - 1).bit_length() - 1)
