"""The first row of a CSV file: where each field stands, and why a file cannot be read at all.

The same rules and words as `ingest/replay/columns.ts` and the header's part of `ingest/replay/csv-rows.ts`.
"""

import codecs
import re
import zlib
from collections.abc import Generator, Iterable, Iterator
from dataclasses import dataclass
from itertools import chain
from typing import Final

from csv_rows import rows
from layout import USUAL, Layout
from line_fields import NAMES
from line_rules import (
    BLANKS,
    GARBLED_QUOTE,
    LATIN_1_CONTROLS,
    MAX_ROW_CHARACTERS,
    NO_WINDOWS_1252,
    NOT_UTF8,
    NOT_WINDOWS_1252,
    OPEN_QUOTE,
    TOO_LONG,
    WINDOWS_1252_LETTERS,
)

GZIP_SUFFIX: Final = ".gz"
_GZIP_MARK: Final = b"\x1f\x8b"
_UTF8_MARK: Final = b"\xef\xbb\xbf"
#: How many bytes of a file must be there before its kind is known.
_MARK_BYTES: Final = 64
_UNPACK: Final = "unpack it, and name the CSV file that was in it"
_AS_CSV: Final = 'save it as "CSV UTF-8"'
#: How files begin that people take for CSV files: the same kinds and words as `ingest/replay/file-kinds.ts`.
_KINDS: Final = (
    (
        rb"PK\x03\x04[\s\S]{26}(?:\[Content_Types\]|_rels/|docProps/|xl/)",
        f"the file is an Excel workbook; open it and {_AS_CSV}",
    ),
    (rb"PK[\x03\x05\x07]", f"the file is a zip archive; {_UNPACK}"),
    (rb"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", f"the file is an old Excel workbook; open it and {_AS_CSV}"),
    (
        rb"BZh[1-9]|7z\xbc\xaf\x27\x1c|\xfd7zXZ\x00|\x28\xb5\x2f\xfd|Rar!|\x04\x22\x4d\x18",
        f"the file is packed, and not by gzip; {_UNPACK}",
    ),
    (rb"PAR1", "the file is Parquet; write it as CSV first"),
    (rb"(?:[\x09\x20-\x7e]\x00){4}|(?:\x00[\x09\x20-\x7e]){4}", f"the file is UTF-16; {_AS_CSV}"),
    (rb"%PDF-", "the file is a PDF document; name a CSV file"),
    (rb"[^\n]*\x00", "the file is no text; name a CSV file"),
)
#: What may separate columns.
_DELIMITERS: Final = (",", ";", "\t", "|")
#: What Excel reads and leaves out before the header.
_SEPARATOR_LINE: Final = re.compile(rb'"?sep=([,;\t|])"?\r?', re.IGNORECASE)
#: A line that goes on behind a carriage return outside quotes.
_LONE_RETURN: Final = re.compile(rb'[^"\r]*\r.')
_RETURNS: Final = f"its lines end in a carriage return alone; {_AS_CSV}"
#: zlib's window for gzip with its header and check sum.
_GZIP_WINDOW: Final = 31

#: What a text in UTF-16 begins with.
_UTF16_MARKS: Final = {codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}
_DAMAGED_UTF16: Final = f"the file is UTF-16, and a character of it is damaged or cut off; {_AS_CSV}"

_CUT_OFF: Final = "the gzip file breaks off before its end; fetch it again"
_DAMAGED: Final = "the gzip file is damaged; fetch it again"


class RefusedObjectError(Exception):
    """The object cannot be read as a whole; the message says why and what to do."""


@dataclass(frozen=True)
class Header:
    """What the first row says of all others. Files with equal headers are read together."""

    #: The bytes of the first row as they stand in the file, without its last line feed and the byte-order mark.
    row: bytes
    #: Whether the file begins with the byte-order mark of UTF-8: then only UTF-8 is read.
    marked: bool
    #: How many fields each row has.
    width: int
    #: Where each field of `NAMES` stands in a row, from 0.
    places: tuple[int, ...]
    #: What a person says of the file.
    layout: Layout = USUAL
    #: What separates the fields.
    delimiter: str = ","
    #: Whether rows stand in the object as they are read: others are read from a copy.
    is_as_stored: bool = True
    #: In which order its dates are read.
    order: str = "month-first"

    @property
    def is_said(self) -> bool:
        """Whether a person has said so. Then dots, dashes and years of two digits are read as well."""
        return self.layout.dates is not None

    def place(self, field: str) -> int:
        """Where the field stands in a row, from 0."""
        return self.places[list(NAMES).index(field)]


@dataclass(frozen=True)
class Text:
    """What a file holds, unpacked."""

    #: Whether it begins with the byte-order mark of UTF-8, which is taken off.
    marked: bool
    #: What separates the fields.
    delimiter: str
    #: Whether the chunks are as they stand in the file, but for gzip and the mark.
    is_as_stored: bool
    chunks: Iterator[bytes]


def header_of(name: str, chunks: Iterable[bytes], layout: Layout = USUAL) -> Header:
    """Read no more of a file than its header.

    :param name: the object's key: it must end in `.gz` exactly when the bytes are gzip, for Spark goes by the name
    :param chunks: the bytes of the file, cut anywhere
    :raises RefusedObjectError: the file cannot be read as a whole
    """
    text = text_of(name, chunks, layout)
    for row in rows(text.chunks, text.delimiter):
        header = _header(row, text, layout)
        if header is not None:
            return header
    raise _unreadable("the file is empty")


def holds_rows(name: str, chunks: Iterable[bytes], layout: Layout = USUAL) -> bool:
    """Whether there is anything but blanks after the header of a readable file."""
    text = text_of(name, chunks, layout)
    header = False
    for row in rows(text.chunks, text.delimiter):
        text_of_row, problem = _decoded(row, text.marked)
        if problem is not None or text_of_row.strip(BLANKS) or len(row) > MAX_ROW_CHARACTERS:
            if header:
                return True
            header = True
    return False


def text_of(name: str, chunks: Iterable[bytes], layout: Layout = USUAL) -> Text:
    """What a file holds.

    :raises RefusedObjectError: the file cannot be read as a whole
    """
    pieces = _plain(name, chunks)
    beginning = _first(pieces, 2)
    encoding = _UTF16_MARKS.get(beginning[:2])
    pieces = chain([beginning], pieces)
    if encoding is not None:
        pieces = _as_utf8(pieces, encoding)
    first = _first(pieces, _MARK_BYTES)
    for beginning, reason in _KINDS:
        if re.match(beginning, first):
            raise _unreadable(reason)
    marked = first.startswith(_UTF8_MARK)
    pieces = chain([first.removeprefix(_UTF8_MARK)], pieces)
    read, line, end = _first_line(pieces)
    if _LONE_RETURN.match(line):
        raise _unreadable(_RETURNS)
    if said := _SEPARATOR_LINE.fullmatch(line):
        return Text(marked, said[1].decode(), False, chain([read[end:]], pieces))
    delimiter = layout.delimiter or _delimiter(_decoded(line, False)[0], layout)
    return Text(marked, delimiter, encoding is None, chain([read], pieces))


def check_whole(name: str, chunks: Iterable[bytes], layout: Layout = USUAL) -> None:
    """Read a file to its end, in constant memory. :raises RefusedObjectError: it cannot be read as a whole"""
    for _ in text_of(name, chunks, layout).chunks:
        pass


def _as_utf8(chunks: Iterable[bytes], encoding: str) -> Iterator[bytes]:
    """A text in UTF-16 as UTF-8: its mark, which is a character like others, becomes that of UTF-8."""
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    try:
        for chunk in chunks:
            yield decoder.decode(chunk).encode()
        yield decoder.decode(b"", final=True).encode()
    except UnicodeDecodeError as error:
        raise RefusedObjectError(_DAMAGED_UTF16) from error


def _first_line(pieces: Iterator[bytes]) -> tuple[bytes, bytes, int]:
    """What was read, its first line that is not blank, as far as the longest row reaches, and where that line ends."""
    read, at = b"", 0
    while True:
        end = read.find(b"\n", at)
        if end != -1 and not read[at:end].decode("latin-1").strip(BLANKS):
            at = end + 1
            continue
        piece = next(pieces, None) if end == -1 and len(read) - at <= MAX_ROW_CHARACTERS else None
        if piece is None:
            return read, read[at : len(read) if end == -1 else end], len(read) if end == -1 else end + 1
        read += piece


def is_padded(chunks: Iterable[bytes]) -> bool:
    """Read a gzip file to its end, in constant memory: whether zeros follow it, as some programs write them.

    :raises RefusedObjectError: it cannot be unpacked
    """
    unpacking = _unpacked(chunks)
    while True:
        try:
            next(unpacking)
        except StopIteration as end:
            return bool(end.value)


def _first(pieces: Iterator[bytes], size: int) -> bytes:
    """At least so many bytes, if there are so many."""
    first = b""
    for piece in pieces:
        first += piece
        if len(first) >= size:
            break
    return first


def _plain(name: str, chunks: Iterable[bytes]) -> Iterator[bytes]:
    """The bytes of the text, whether they are packed or not."""
    pieces = iter(chunks)
    first = _first(pieces, len(_GZIP_MARK))
    if not first:
        raise RefusedObjectError("the file is empty")
    packed = first.startswith(_GZIP_MARK)
    if packed and not name.endswith(GZIP_SUFFIX):
        raise RefusedObjectError(
            f'it is a gzip file, but its name does not end in "{GZIP_SUFFIX}": put it again under a name that does'
        )
    if not packed and name.endswith(GZIP_SUFFIX):
        raise RefusedObjectError(
            f'its name ends in "{GZIP_SUFFIX}", but it is no gzip file: put it again under another name'
        )

    whole = chain([first], pieces)
    yield from _unpacked(whole) if packed else whole


def _unpacked(chunks: Iterable[bytes]) -> Generator[bytes, None, bool]:
    """A gzip file may be several, one after the other, and zeros. Returns whether there are zeros."""
    unpacker = zlib.decompressobj(_GZIP_WINDOW)
    padded = False
    try:
        for chunk in chunks:
            packed, full = chunk, False
            while packed or full:
                if unpacker.eof:
                    padded = padded or packed.startswith(b"\0")
                    if padded and packed.strip(b"\0"):
                        raise RefusedObjectError(_DAMAGED)
                    if padded:
                        break
                    unpacker = zlib.decompressobj(_GZIP_WINDOW)
                piece = unpacker.decompress(packed, MAX_ROW_CHARACTERS)
                yield piece
                packed = unpacker.unused_data if unpacker.eof else unpacker.unconsumed_tail
                # All input taken, and perhaps not all given.
                full = len(piece) == MAX_ROW_CHARACTERS and not unpacker.eof
    except zlib.error as error:
        raise RefusedObjectError(_DAMAGED) from error
    if not unpacker.eof:
        raise RefusedObjectError(_CUT_OFF)
    return padded


def _unreadable(reason: str) -> RefusedObjectError:
    return RefusedObjectError(f"the first row must name the columns, separated by commas: {reason}")


def _header(row: bytes, text: Text, layout: Layout) -> Header | None:
    """The header that this row is; `None` for a blank line."""
    if len(row) > MAX_ROW_CHARACTERS:
        raise _unreadable(TOO_LONG)
    decoded, problem = _decoded(row.removesuffix(b"\r"), text.marked)
    if problem is not None:
        raise _unreadable(problem)
    names = _fields(decoded, text.delimiter)
    if len(names) == 1 and decoded.strip(BLANKS) == "":
        return None
    places = _places(names, layout)
    order = layout.dates or "month-first"
    return Header(row, text.marked, len(names), places, layout, text.delimiter, text.is_as_stored, order)


def _decoded(row: bytes, marked: bool) -> tuple[str, str | None]:
    """UTF-8 if it is valid UTF-8, else Windows-1252; and why it cannot be the text that was meant."""
    try:
        return row.decode(), None
    except UnicodeDecodeError:
        text = row.decode("latin-1")
    problem = NOT_UTF8 if marked else None
    if problem is None and (nothing := re.search(NO_WINDOWS_1252, text)):
        before, after = NOT_WINDOWS_1252
        problem = f"{before}{ord(nothing[0]):X}{after}"
    return text.translate(str.maketrans(LATIN_1_CONTROLS, WINDOWS_1252_LETTERS)), problem


def _fields(text: str, delimiter: str) -> list[str]:
    """The fields of one row; a quote inside an unquoted field stands for itself."""
    fields: list[str] = []
    at = 0
    while True:
        if text[at : at + 1] != '"':
            comma = text.find(delimiter, at)
            fields.append(text[at:] if comma == -1 else text[at:comma])
            if comma == -1:
                return fields
            at = comma + 1
            continue
        quoted = re.compile(r'"([^"]*+(?:""[^"]*+)*+)"').match(text, at)
        if quoted is None:
            raise _unreadable(OPEN_QUOTE)
        fields.append(quoted[1].replace('""', '"'))
        at = quoted.end()
        if at == len(text):
            return fields
        if text[at] != delimiter:
            raise _unreadable(GARBLED_QUOTE)
        at += 1


def _plain_name(name: str) -> str:
    """A name as names are compared."""
    return re.sub(f"[{BLANKS}_]", "", name.lower())


def _accepted(field: str, layout: Layout) -> list[str]:
    """A column that has another name has ours no longer: that may be another column of the file."""
    theirs = layout.name(field)
    return [_plain_name(name) for name in (NAMES[field] if theirs is None else (theirs,))]


def _delimiter(header: str, layout: Layout) -> str:
    """What separates the columns of a header: that by which most of them are found, a comma if none is."""
    accepted = {name for field in NAMES for name in _accepted(field, layout)}

    def found(delimiter: str) -> int:
        return sum(_plain_name(name) in accepted for name in header.replace('"', "").split(delimiter))

    return max(_DELIMITERS, key=found)


def _places(header: list[str], layout: Layout) -> tuple[int, ...]:
    """Find the columns by their names, in any order; further columns are ignored."""
    names = [_plain_name(name) for name in header]
    places: list[int] = []
    missing: list[str] = []
    repeated: list[str] = []
    for field, ours in NAMES.items():
        accepted = _accepted(field, layout)
        found = [place for place, name in enumerate(names) if name in accepted]
        if not found:
            missing.append(layout.name(field) or ours[0])
        elif len(found) > 1:
            repeated.append(layout.name(field) or ours[0])
        places.append(found[0] if found else -1)
    if missing or repeated:
        parts = [f"misses {', '.join(missing)}"] if missing else []
        parts += [f"names {', '.join(repeated)} more than once"] if repeated else []
        # A terminal takes control characters for commands.
        shown = re.sub(r"[\x00-\x1f\x7f-\x9f]", "\u00b7", ",".join(header)[:200])
        others = "; --map THEIRS=OURS says which column is which" if missing else ""
        raise RefusedObjectError(f'the header {" and ".join(parts)}: it reads "{shown}"{others}')
    return tuple(places)
