"""The header, and what cannot be read as a whole: in the words of the replay."""

import base64
import gzip
import json
import random
from pathlib import Path

import pytest
from csv_rows import rows

from csv_header import RefusedObjectError, check_whole, header_of, holds_rows, is_padded, text_of
from given import HEADER, file_of, row
from odd_gzip import ODD_GZIP_FILES, odd_gzip


def pieces(content: bytes, size: int = 7) -> list[bytes]:
    return [content[at : at + size] for at in range(0, len(content), size)]


def test_columns_are_found_by_name_in_any_order() -> None:
    names = b'Price,"x,y",country,customer_id,INVOICE,description,\xa0Quantity,Stock Code,invoice date'

    header = header_of("x.csv", pieces(b"\n \r\n" + names + b"\r\nrow"))

    assert [header.place(name) for name in ("unitPrice", "country", "customerId", "invoiceNo")] == [0, 2, 3, 4]
    assert header.width == 9


def test_a_header_is_the_same_wherever_the_bytes_are_cut() -> None:
    content = b"\xef\xbb\xbf\r\n" + file_of(row())
    whole = header_of("x.csv", [content])

    assert whole.row == HEADER.encode() + b"\r"
    assert whole.marked
    for size in range(1, 40):
        assert header_of("x.csv", pieces(content, size)) == whole
        assert header_of("x.csv.gz", pieces(gzip.compress(content), size)) == whole


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "the file is empty"),
        (b"\n\n", "the first row must name the columns, separated by commas: the file is empty"),
        (b'"InvoiceNo', "the first row must name the columns, separated by commas: a quote is opened and not closed"),
        (b'"InvoiceNo"x', "the first row must name the columns, separated by commas: text follows a closing quote"),
        (b"x" * 65_537, "the first row must name the columns, separated by commas: the row is longer than 65536"),
        (
            b"\xef\xbb\xbfInvoiceNo\xa3",
            "the first row must name the columns, separated by commas: the file begins with",
        ),
        (
            b"InvoiceNo,StockCode,Land",
            "the header misses Description, Quantity, InvoiceDate, UnitPrice, CustomerID, "
            'Country: it reads "InvoiceNo,StockCode,Land"; --map THEIRS=OURS says which column is which',
        ),
        (
            b"InvoiceNo,Invoice,StockCode,Description,InvoiceDate,UnitPrice,Country",
            "the header misses Quantity, CustomerID and names InvoiceNo more than once: it reads "
            '"InvoiceNo,Invoice,StockCode,Description,InvoiceDate,UnitPrice,Country"; --map THEIRS=OURS says',
        ),
    ],
)
def test_what_is_no_header_is_refused_with_the_reason(content: bytes, reason: str) -> None:
    with pytest.raises(RefusedObjectError) as refused:
        header_of("x.csv", pieces(content, 1000))

    assert str(refused.value).startswith(reason)


FOREIGN_FILES = json.loads((Path(__file__).parents[1] / "support" / "foreign-files.json").read_text("utf-8"))


@pytest.mark.parametrize("file", FOREIGN_FILES, ids=lambda file: str(file["kind"]))
def test_a_file_that_is_no_text_is_refused_with_what_to_do(file: dict[str, str]) -> None:
    content = file["beginning"].encode("latin-1")

    for size in (1, 7, 1000):
        with pytest.raises(RefusedObjectError) as refused:
            header_of("x.csv", pieces(content, size))
        assert str(refused.value) == f"the first row must name the columns, separated by commas: {file['reason']}"


def test_a_gzip_file_is_whole_or_it_is_told_why_not() -> None:
    content = random.Random(1).randbytes(70_000) + b"a" * 5_000_000
    packed = gzip.compress(content)

    def problem(file: bytes) -> str:
        with pytest.raises(RefusedObjectError) as refused:
            is_padded(pieces(file, 1000))
        return str(refused.value)

    assert not is_padded(pieces(packed, 1000))
    assert not is_padded(pieces(packed + packed, 1000))
    for zeros in (1, 1000, 10_000):
        assert is_padded(pieces(packed + b"\0" * zeros, 1000))
        assert is_padded(pieces(packed + packed + b"\0" * zeros, 999))
    for cut in (1, 4, 8, 9, 1000, len(packed) - 5):
        assert problem(packed[:-cut]) == "the gzip file breaks off before its end; fetch it again"
    zeros_between = packed + b"\0" * 2000 + packed
    for damaged in (
        zeros_between,
        packed + b"garbage",
        packed[:-8] + b"\0" * 8,
        packed[:5000] + b"\0" * 50 + packed[5050:],
    ):
        assert problem(damaged) == "the gzip file is damaged; fetch it again"


UTF_16 = json.loads((Path(__file__).parents[1] / "support" / "utf-16.json").read_text())


@pytest.mark.parametrize("case", UTF_16, ids=lambda case: str(case["name"]))
def test_utf_16_is_read_strictly_where_its_mark_says_so(case: dict[str, str]) -> None:
    file = base64.b64decode(case["base64"])
    for size in (1, 2, 3, 1000):
        if reason := case.get("refused"):
            with pytest.raises(RefusedObjectError, match=reason):
                check_whole("x.csv", pieces(file, size))
        else:
            text = text_of("x.csv", pieces(file, size))
            assert (text.marked, text.is_as_stored) == (True, False)
            assert b"".join(text.chunks).decode() == case["text"]


@pytest.mark.parametrize("size", [1, 7, 1_000_000])
def test_an_odd_gzip_file_is_read_whole_or_refused_as_the_replay_does(size: int) -> None:
    for parts, verdict in ODD_GZIP_FILES.items():
        file = odd_gzip(parts)
        if size == 1 and len(file) > 10_000:
            continue
        try:
            is_padded(pieces(file, size))
            header_of("x.csv.gz", pieces(file, size))
            text = text_of("x.csv.gz", pieces(file, size))
            found: object = sum(1 for one in rows(text.chunks) if one.strip()) - 1
        except RefusedObjectError as refused:
            found = str(refused)
        assert (parts, found) == (parts, verdict)


def test_lines_that_end_in_a_carriage_return_alone_are_named_with_what_to_do() -> None:
    for count in (1, 10_000):
        content = file_of(*[row()] * count).replace(b"\r\n", b"\r")
        for size in (50, 1000, 1_000_000):
            with pytest.raises(RefusedObjectError, match="its lines end in a carriage return alone; save it as"):
                header_of("x.csv", pieces(content, size))


@pytest.mark.parametrize(
    ("rows", "there_are"),
    [([], False), (["", " \t", "\u00a0"], False), (["x"], True), (["", ",,,"], True), (["y" * 100_000], True)],
)
def test_whether_a_file_holds_rows(rows: list[str], there_are: bool) -> None:
    assert holds_rows("x.csv", pieces(file_of(*rows), 5000)) is there_are
    assert holds_rows("x.csv.gz", pieces(gzip.compress(file_of(*rows)))) is there_are
