"""Rows that go on for several lines: the import comes to the same lines and rejected rows as the replay."""

import gzip
import json
import random
from pathlib import Path
from typing import Any

import pytest
from csv_rows import pieces, rows
from pyspark.sql import SparkSession
from whole_rows import copy_whole_rows, row_end

from csv_header import header_of, holds_rows
from csv_reference import rows_of
from directory_store import DirectoryStore
from given import HEADER, RUN, Bucket, file_of, row
from line_rules import MAX_ROW_CHARACTERS

FILES: list[dict[str, Any]] = json.loads((Path(__file__).parents[1] / "support" / "rows-over-lines.json").read_text())
OPEN = row(description='"open')
TWO_LINES = row(country='"EIRE\n"')


def cut(content: bytes, size: int) -> list[bytes]:
    return [content[at : at + size] for at in range(0, len(content), size)]


def read(content: bytes, size: int, width: int) -> list[bytes]:
    """The rows, long ones no longer than shows that they are."""
    found = b"".join(
        piece.removesuffix(b"\n") + b"\0" if goes_on else piece.replace(b"\n", b"\0")
        for piece, goes_on in pieces(cut(content, size), width)
    )
    return [one[: MAX_ROW_CHARACTERS + 1] for one in found.removesuffix(b"\0").split(b"\0")]


def test_any_bytes_are_the_same_rows_wherever_they_are_cut() -> None:
    chance = random.Random(1)
    for _ in range(500):
        content = bytes(chance.choices(b'"""",,\n\n\ra \xa3', k=chance.randrange(1, 80))) + b"x"

        wanted = list(rows_of(content, 2))

        for size in (1, 2, 3, 7, 80):
            assert read(content, size, 2) == wanted


@pytest.mark.parametrize("size", [10_000, 65_537, 70_000, 1_000_000])
def test_no_row_is_longer_than_the_longest(size: int) -> None:
    def goes_on(characters: int) -> bytes:
        return b'"' + b"\n" * (characters - 4) + b'",b'

    most = MAX_ROW_CHARACTERS
    long = [b"x" * most, b"x" * (most + 1), b'"' + b"x" * 200_000, b"y" * most + b"\r", b"z,z"]
    content = b"\n".join([goes_on(most), b"a,b", *long, goes_on(most + 1), b"a,b", goes_on(most)])

    found = read(content, size, 2)

    assert found == [one[: most + 1] for one in rows_of(content, 2)]
    assert [one for one in found if one.startswith(b'"\n')] == [goes_on(most), goes_on(most)]


def test_every_file_ends_as_it_does_for_the_replay(bucket: Bucket) -> None:
    for number, file in enumerate(FILES):
        content = file["text"].encode()
        bucket.put(**{f"{number}.csv": content, f"{number}.csv.gz": gzip.compress(content)})

    bucket.run()

    lines = bucket.spark.read.parquet(f"file://{bucket.store.root}/curated/lines").collect()
    for number, file in enumerate(FILES):
        for name in (f"{number}.csv", f"{number}.csv.gz"):
            rejected = bucket.rejected(name) if bucket.done()[name]["rejected"] else []
            assert in_order(rejected) == in_order([{"object": f"bulk/{name}", **one} for one in file["rejected"]])
            assert [one.description for one in lines if one.source_object == f"bulk/{name}"] == file["descriptions"]


def in_order(rejected: list[dict[str, str]]) -> list[dict[str, str]]:
    return sorted(rejected, key=lambda one: one["text"])


@pytest.fixture
def bucket(tmp_path: Path, spark: SparkSession) -> Bucket:
    return Bucket(tmp_path, spark)


def test_only_objects_with_such_rows_are_copied(bucket: Bucket) -> None:
    bucket.put(**{f"{n}.csv": file_of(row(), row()) for n in range(3)})
    bucket.put(**{"open.csv": file_of(OPEN, row()), "lines.csv": file_of(TWO_LINES, TWO_LINES, OPEN)})
    bucket.put(
        **{"marked.csv": b"\xef\xbb\xbf" + file_of(row(), row(), row(description='"\u00a3\n"')).replace(b"\xc2", b"")}
    )

    bucket.run()

    copied = [line for line in bucket.log if line["what"] == "rows of several lines copied"]
    assert [line["objects"] for line in copied] == [1, 1]
    counts = {name: (done["accepted"], done["rejected"]) for name, done in bucket.done().items()}
    assert counts == {
        **{f"{n}.csv": (2, 0) for n in range(3)},
        **{"open.csv": (1, 1), "lines.csv": (2, 1), "marked.csv": (2, 1)},
    }
    assert [one["text"] for one in bucket.rejected("marked.csv")] == [row(description='"\u00a3\n"')]
    ids = [sorted(line.split(",")[0][-2:] for line in lines) for lines in bucket.manifests().values()]
    assert sorted(ids) == [["-1"], *[["-1", "-2"]] * 5]
    assert bucket.keys("import/staged/_work/") == []


def test_a_copy_is_the_same_rows_in_parts(tmp_path: Path) -> None:
    store = DirectoryStore(tmp_path)
    texts = [row(), TWO_LINES, "", "\ufeff" + row(), "y" * 200, OPEN] * 20
    store.put("x.csv", b"\xef\xbb\xbf" + file_of(*texts))
    [source] = store.list("x.csv")
    header = header_of("x.csv", store.read("x.csv"))

    keys = copy_whole_rows(store, source, header, "copy/", RUN, part_bytes=1_000)

    parts = [(tmp_path / key).read_bytes().split(row_end(RUN).encode()) for key in keys]
    assert len(parts) > 5
    assert all((part[0], part[-1]) == (b"", b"") for part in parts)
    found = [one for part in parts for one in part[1:-1]]
    assert found == [f"{text}\r".encode() for text in [HEADER, *texts]]


def test_a_header_that_goes_on_is_no_row(tmp_path: Path) -> None:
    header = b'"Invoice\nNo",StockCode,Description,Quantity,InvoiceDate,UnitPrice,"Customer\r\nID",Country'

    assert next(rows([header + b"\r\nrow"])) == header + b"\r"
    assert not holds_rows("x.csv", [header + b"\n \n"])
    assert holds_rows("x.csv", [header + b"\n" + row().encode()])
