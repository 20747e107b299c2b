"""Reads protocol buffer messages without their schemas (wire format: protobuf.dev/programming-guides/encoding)."""

from collections.abc import Iterator

VARINT, BYTES = 0, 2


def fields(message: bytes) -> Iterator[tuple[int, int, int | bytes]]:
    """Number, kind and value of each field, in order: whole numbers, or the bytes of the others.

    Raises :class:`IndexError` for a message that ends too early.
    """
    position = 0
    while position < len(message):
        key, position = _varint(message, position)
        kind = key & 7
        if kind == VARINT:
            value, position = _varint(message, position)
            yield key >> 3, kind, value
            continue
        length = {1: 8, 5: 4}.get(kind)
        if length is None:
            length, position = _varint(message, position)
        yield key >> 3, kind, message[position : position + length]
        position += length


def _varint(message: bytes, position: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = message[position]
        position += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, position
        shift += 7
