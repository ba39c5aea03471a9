"""How files are written: what a person says of them, and what their dates show, as the replay reads them."""

import codecs
import gzip
import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from layout import COLUMNS, DATE_ORDERS, Layout, LayoutError, layout_of

from csv_header import RefusedObjectError, header_of
from given import HEADER, file_of, row
from odd_gzip import ODD_GZIP_FILES, odd_gzip

if TYPE_CHECKING:
    from given import Bucket

PROJECT = Path(__file__).parents[2]
#: The same files as for the replay (test/replay/date-survey.test.ts).
DATE_FILES: list[dict[str, Any]] = json.loads((PROJECT / "test/support/date-orders.json").read_text())


def test_the_dates_of_files_are_read_as_the_replay_reads_them(bucket: "Bucket") -> None:
    for place, file in enumerate(DATE_FILES):
        bucket.put(**{f"{place:02}.csv": file_of(*[row(date=date) for date in file["dates"]])})
        if said := file.get("said"):
            bucket.store.layouts[f"bulk/{place:02}.csv"] = json.dumps({"dateFormat": said})

    with pytest.raises(Exception, match="not imported"):
        bucket.run()

    done = bucket.done()
    for place, file in enumerate(DATE_FILES):
        found = done[f"{place:02}.csv"]
        if "refused" in file:
            assert (found["status"], file["refused"] in found["reason"]) == ("REFUSED", True), file["name"]
            continue
        days = [found["firstDate"][:10], found["lastDate"][:10]]
        assert (found["status"], found["dateOrder"], days) == ("STAGED", file["order"], file["days"]), file["name"]
        assert found["isDateOrderOpen"] == ("otherwise" in file), file["name"]


def test_a_foreign_shop_is_read_by_what_stands_beside_its_file(bucket: "Bucket") -> None:
    header = "Rechnung;Artikel;Bezeichnung;Menge;Datum;Preis;Kunde;Land"
    names = dict(zip(header.split(";"), COLUMNS, strict=True))
    content = f'sep=;\r\n{header}\r\n536365;85123A;"LANTERN; ""BIG""";6;1.12.10 8:26 PM;2,55;17850,0;EIRE\r\n'
    bucket.put(**{"shop.csv": content.encode()})
    bucket.store.layouts["bulk/shop.csv"] = json.dumps({"map": names, "dateFormat": "day-first", "decimal": "comma"})

    bucket.run()

    [line] = next(iter(bucket.manifests().values()))
    _, of_line = line.split(",", 1)
    assert of_line.startswith('536365,85123A,"LANTERN; ""BIG""",6,2010-12-01T20:26:00Z,2.550,17850,EIRE,')


def test_utf_16_is_read_where_its_mark_says_so(bucket: "Bucket") -> None:
    text = file_of(
        row(description="CAF\u00c9 \U0001f600"), row(invoice="536366", description='"two\r\nlines"')
    ).decode()
    bucket.put(
        **{
            "little.csv": codecs.BOM_UTF16_LE + text.encode("utf-16-le"),
            "big.csv.gz": gzip.compress(codecs.BOM_UTF16_BE + text.encode("utf-16-be")),
            "eight.csv": text.encode("utf-8-sig"),
        }
    )

    bucket.run()

    done = bucket.done()
    # A line break is none of a description, but the row is one.
    counts = {name: (one["accepted"], one["rejected"]) for name, one in done.items()}
    assert counts == dict.fromkeys(["little.csv", "big.csv.gz", "eight.csv"], (1, 1))
    lines = [line for copied in bucket.manifests().values() for line in copied]
    assert sum("CAF\u00c9 \U0001f600" in line for line in lines) == 3


def test_gzip_files_of_several_parts_are_read_whole(bucket: "Bucket") -> None:
    readable = (parts for parts, rows in ODD_GZIP_FILES.items() if isinstance(rows, int) and parts.count(" ") < 2)
    whole = {f"{at}.csv.gz": parts for at, parts in enumerate(["member empty member", *readable])}
    bucket.put(**{name: odd_gzip(parts) for name, parts in whole.items()})

    bucket.run()

    done = bucket.done()
    assert {parts: done[name]["accepted"] for name, parts in whole.items()} == {
        parts: ODD_GZIP_FILES[parts] for parts in whole.values()
    }


def test_a_layout_that_cannot_be_read_refuses_its_object_alone(bucket: "Bucket") -> None:
    bucket.put(**{"a.csv": file_of(row()), "b.csv": file_of(row())})
    bucket.store.layouts["bulk/a.csv"] = '{"dateFormat": "DD/MM"}'

    with pytest.raises(Exception, match="not imported"):
        bucket.run()

    assert bucket.done()["a.csv"]["reason"] == (
        'the dateFormat of its layout is month-first, day-first, year-first: got "DD/MM"'
    )
    assert bucket.done()["b.csv"]["status"] == "STAGED"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("{", "no JSON"),
        ("[]", "no object"),
        ('{"dates": 1}', '"dates", which is none of'),
        ('{"map": {"A": "B"}}', "the map of its layout"),
        ('{"map": {"A": "Country", "B": "Country"}}', "twice"),
        ('{"decimal": "."}', "the decimal of its layout is point, comma"),
        ('{"delimiter": 5}', "the delimiter of its layout is comma, semicolon, tab, pipe: got 5"),
    ],
)
def test_what_is_no_layout_says_why(text: str, reason: str) -> None:
    with pytest.raises(LayoutError) as refused:
        layout_of(text)

    assert reason in str(refused.value)


def test_a_layout_has_the_words_of_the_replay() -> None:
    fields = (PROJECT / "domain/line-fields.ts").read_text()
    dates = (PROJECT / "ingest/replay/invoice-dates.ts").read_text()

    named = re.findall(r"\n    name: '(\w+)',(?:(?!\n  },).)*?\n    fileNames: \['(\w+)'", fields, re.DOTALL)
    assert {ours: field for field, ours in named} == COLUMNS
    assert f"DATE_ORDERS = [{', '.join(repr(order) for order in DATE_ORDERS)}] as const" in dates


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_what_separates_the_columns_is_seen_in_the_header(delimiter: str) -> None:
    header = HEADER.replace(",", delimiter).encode()

    assert header_of("x.csv", [header]).delimiter == delimiter
    assert header_of("x.csv", [header]).is_as_stored
    said = header_of("x.csv", [b"\n", f'"sep={delimiter}"\r\n'.encode(), header])
    assert (said.delimiter, said.is_as_stored, said.row) == (delimiter, False, header)


def test_a_name_that_a_person_gives_stands_for_ours_which_may_then_be_another_column() -> None:
    header = f"Invoice,{HEADER}".encode()

    found = header_of("x.csv", [header], Layout((("invoiceNo", "invoice"),)))

    assert found.place("invoiceNo") == 0
    with pytest.raises(RefusedObjectError, match="names InvoiceNo more than once"):
        header_of("x.csv", [header])
    with pytest.raises(RefusedObjectError, match="misses Land: it reads"):
        header_of("x.csv", [HEADER.encode()], Layout((("country", "Land"),)))
