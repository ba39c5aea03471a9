"""Where the rows of a CSV file end: a field in quotes may go on for several lines (`ingest/replay/csv-rows.ts`).

Spark's tasks cut a file at its line feeds, each from where its share begins, so none of them can know whether a quote
is open there. That is for files alone in which rows do go on: they are read from their beginning, once, by one core.
"""

import re
from collections.abc import Iterable, Iterator
from functools import cache

from line_rules import MAX_ROW_CHARACTERS


@cache
def _patterns(delimiter: str) -> tuple[re.Pattern[bytes], re.Pattern[bytes]]:
    """A well-formed row, its carriage return included, where `\\Z` is also where one looks no further; and a field with
    what separates it from the next."""
    mark = re.escape(delimiter).encode()
    field = rb'(?:"[^"]*+(?:""[^"]*+)*+"|(?!")[^' + mark + rb"\n]*+)"
    row = re.compile(field + rb"(?:" + mark + field + rb")*\r?(?=\n|\Z)")
    return row, re.compile(field + rb"(?:(" + mark + rb")|\r?\Z)")


def pieces(chunks: Iterable[bytes], width: int | None = None, delimiter: str = ",") -> Iterator[tuple[bytes, bool]]:
    """Cut a text behind line feeds that end a row, in constant memory.

    A quote that is not closed, or not within the longest row, or so that the row has another width, was not meant: then
    the line is a row.

    :param chunks: the bytes of the text, cut anywhere
    :param width: how many fields a row has; any number by default
    :param delimiter: what separates them
    :returns: a row that goes on for several lines, and `True`; or any number of lines that are rows, and `False`. Of a
        line longer than the longest row there may be no more than shows that it is.
    """
    rest = b""
    skips = False
    for chunk in _and_end(chunks):
        text = rest + (chunk or b"")
        last = chunk is None
        done = at = 0
        while at < len(text):
            line_feed = text.find(b"\n", at)
            if skips:
                skips = line_feed == -1
                done = len(text) if skips else line_feed
                at = done if skips else done + 1
                continue
            quote = text.find(b'"', at)
            # Lines before the next quote, which are most of them, all at once.
            at = max(at, text.rfind(b"\n", at, len(text) if quote == -1 else quote) + 1)
            line_feed = text.find(b"\n", at)
            line_end = len(text) if line_feed == -1 else line_feed
            if line_end - at > MAX_ROW_CHARACTERS:
                skips = line_feed == -1
                if skips:
                    yield text[done : at + MAX_ROW_CHARACTERS + 1], False
                    done = line_end
                at = line_end if skips else line_end + 1
                continue
            if line_feed == -1 and not last:
                break
            end = line_end if quote == -1 else _row_end(text, at, line_end, last, width, delimiter)
            if end is None:
                break
            if end > line_end:
                if at > done:
                    yield text[done:at], False
                yield text[at : end + 1], True
                done = end + 1
            at = end + 1
        if at > done:
            yield text[done:at], False
        rest = text[at:]


def rows(chunks: Iterable[bytes], delimiter: str = ",") -> Iterator[bytes]:
    """Each row without its line feed."""
    for piece, goes_on in pieces(chunks, None, delimiter):
        whole = piece.removesuffix(b"\n")
        yield from [whole] if goes_on else whole.split(b"\n")


def _row_end(text: bytes, at: int, line_end: int, last: bool, width: int | None, delimiter: str) -> int | None:
    """Where the line feed of the row is that begins here; `None` when that is not to be seen yet."""
    whole, separated = _patterns(delimiter)
    if whole.fullmatch(text, at, line_end) is not None:
        return line_end
    row = whole.match(text, at, min(len(text), at + MAX_ROW_CHARACTERS + 1))
    if not last and len(text) - at <= MAX_ROW_CHARACTERS and (row is None or row.end() == len(text)):
        return None
    if row is None or row.end() - at > MAX_ROW_CHARACTERS:
        return line_end
    if width is not None and separated.findall(text, at, row.end()).count(delimiter.encode()) + 1 != width:
        return line_end
    return row.end()


def _and_end(chunks: Iterable[bytes]) -> Iterator[bytes | None]:
    yield from chunks
    yield None
