"""Copies of objects in which rows go on for several lines, written so that Spark's tasks see where each row ends."""

from collections.abc import Iterator
from typing import Final

from bulk_objects import ObjectStore, StoredObject
from csv_header import Header, text_of
from csv_rows import pieces

#: A part of a copy: so much is held in memory, and one task reads it. Unit: bytes.
PART_BYTES: Final = 8 * 2**20


def row_end(run: str) -> str:
    """What ends a row of a copy in the place of a line feed: nothing that a file has by itself."""
    return f"\x1e{run}\x1e\n"


def copy_whole_rows(
    store: ObjectStore, source: StoredObject, header: Header, prefix: str, run: str, part_bytes: int = PART_BYTES
) -> list[str]:
    """Write the copy, in parts below a prefix. Returns their keys; none if Spark finds the rows in the object."""
    if header.is_as_stored and not any(goes_on for _, goes_on in _pieces(store, source, header)):
        return []
    end = row_end(run).encode()
    keys: list[str] = []
    # A blank row before all others: Spark takes off what looks like a byte-order mark at the beginning of a file.
    part = bytearray(end)

    def put() -> None:
        keys.append(f"{prefix}part-{len(keys):05}.csv")
        store.put(keys[-1], bytes(part))
        part[:] = end

    for piece, goes_on in _pieces(store, source, header):
        if goes_on and piece.endswith(b"\n"):
            part += piece[:-1] + end
        else:
            part += piece if goes_on else piece.replace(b"\n", end)
        if len(part) >= part_bytes and part.endswith(end):
            put()
    if len(part) > len(end):
        put()
    return keys


def _pieces(store: ObjectStore, source: StoredObject, header: Header) -> Iterator[tuple[bytes, bool]]:
    text = text_of(source.key, store.read(source.key), header.layout)
    return pieces(text.chunks, header.width, header.delimiter)
