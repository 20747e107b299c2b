"""Merkle trees held against the definition of RFC 6962, 2.1, written down a second time here, recursively."""

from hashlib import sha256

import pytest

from loanapp.proof import merkle

# The test vectors of RFC 6962's first implementations (certificate-transparency: merkletree tests).
LEAVES = [bytes.fromhex(text) for text in ("", "00", "10", "2021", "3031", "40414243", "5051525354555657")]
LEAVES.append(bytes.fromhex("606162636465666768696a6b6c6d6e6f"))
ROOT_OF_8 = "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"


def by_definition(leaves):
    """MTH of RFC 6962."""
    if not leaves:
        return sha256(b"").digest()
    if len(leaves) == 1:
        return sha256(b"\x00" + leaves[0]).digest()
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    return sha256(b"\x01" + by_definition(leaves[:k]) + by_definition(leaves[k:])).digest()


def tree(leaves):
    nodes = {}

    def read(level, position):
        return nodes[level, position]

    for number, leaf in enumerate(leaves):
        for level, position, value in merkle.grow(number, merkle.leaf_hash(leaf), read):
            nodes[level, position] = value
    return read


def test_the_roots_are_those_of_the_standard():
    assert by_definition(LEAVES).hex() == ROOT_OF_8
    read = tree(LEAVES)
    for size in range(len(LEAVES) + 1):
        assert merkle.root(size, read) == by_definition(LEAVES[:size])


@pytest.mark.parametrize("size", range(1, 34))
def test_every_leaf_is_proved_and_no_other(size):
    leaves = [bytes([number]) for number in range(size)]
    read, root = tree(leaves), by_definition(leaves)
    for index in range(size):
        leaf, path = merkle.leaf_hash(leaves[index]), merkle.inclusion(index, size, read)
        assert merkle.included(leaf, index, size, path, root)
        assert not merkle.included(merkle.leaf_hash(b"other"), index, size, path, root)
        assert not merkle.included(leaf, index + 1, size, path, root)
        assert not merkle.included(leaf, index, size, [*path, root], root)
        assert not merkle.included(leaf, index, size, path[:-1], root) or size == 1
        for broken in range(len(path)):
            assert not merkle.included(leaf, index, size, [*path[:broken], bytes(32), *path[broken + 1 :]], root)


@pytest.mark.parametrize("second", range(1, 34))
def test_every_growth_is_proved_and_no_other(second):
    leaves = [bytes([number]) for number in range(second)]
    read, root = tree(leaves), by_definition(leaves)
    for first in range(second + 1):
        before, proof = by_definition(leaves[:first]), merkle.consistency(first, second, read)
        assert merkle.grown_from(first, second, before, root, proof)
        assert not merkle.grown_from(first, second, before, root, [*proof, bytes(32)])
        assert not merkle.grown_from(first, second, bytes(32), root, proof)
        # Nothing came before a tree without leaves: any other begins with it.
        assert not merkle.grown_from(first, second, before, bytes(32), proof) or first == 0
        for broken in range(len(proof)):
            changed = [*proof[:broken], bytes(32), *proof[broken + 1 :]]
            assert not merkle.grown_from(first, second, before, root, changed)


def test_what_is_not_there_cannot_be_proved():
    read = tree(LEAVES)
    with pytest.raises(ValueError, match="not in a tree"):
        merkle.inclusion(8, 8, read)
    with pytest.raises(ValueError, match="larger"):
        merkle.consistency(8, 7, read)
    assert not merkle.grown_from(8, 7, bytes(32), bytes(32), [])
