"""The job's protocol: what it writes, in which order, and what a run finds that comes after a dead one."""

import csv
import gzip
import hashlib
import random
from datetime import datetime
from decimal import Decimal
from pathlib import Path

import pytest
from bulk_import import ImportFailedError

from directory_store import DyingStore, KilledError, UnpublishedStore
from given import RUN, Bucket, file_of, row

THREE = file_of(row(), row(), row(invoice="C536379", quantity="-1", date="1/4/2011 10:00", customer="", price="0.001"))


def test_an_object_is_staged_curated_and_published(bucket: Bucket) -> None:
    bucket.put(**{"sales.csv": THREE})

    bucket.run()

    done = bucket.done()["sales.csv"]
    of_import = done["importId"]
    manifest = f"import/manifests/{of_import}.{RUN}.json"
    canonical = "C536379|85123A|WHITE HANGING HEART T-LIGHT HOLDER|-1|2011-01-04T10:00:00|0.001||United Kingdom"
    returned = hashlib.sha256(canonical.replace("|", "\x1f").encode()).hexdigest()[:12]
    assert {
        name: done[name] for name in ("status", "read", "rejected", "accepted", "invoices", "customers", "money")
    } == {
        "status": "STAGED",
        "read": 3,
        "rejected": 0,
        "accepted": 3,
        "invoices": 2,
        "customers": 1,
        "money": "30.599",
    }
    assert (done["manifest"], done["rejects"], done["run"], done["size"]) == (manifest, None, RUN, len(THREE))
    assert done["entries"] == bucket.json(manifest)["entries"]
    assert sorted(bucket.manifests()[manifest]) == [
        f"536365-b554dfdb0730-{k},536365,85123A,WHITE HANGING HEART T-LIGHT HOLDER,6,2010-12-01T08:26:00Z,2.550,17850,"
        f"United Kingdom,0,{manifest}"
        for k in (1, 2)
    ] + [
        f"C536379-{returned}-1,C536379,85123A,WHITE HANGING HEART T-LIGHT HOLDER,-1,2011-01-04T10:00:00Z,0.001,,"
        f"United Kingdom,0,{manifest}"
    ]
    assert all(key.startswith(f"import/staged/{of_import}/{RUN}/part-") for key in bucket.keys("import/staged/"))
    assert [key.split("/")[2] for key in bucket.keys("curated/")] == ["month=2010-12", "month=2011-01"]
    assert all(key.split("/")[3].startswith(f"{of_import}-") for key in bucket.keys("curated/"))


def test_the_curated_lines_have_types(bucket: Bucket) -> None:
    bucket.put(**{"sales.csv": THREE})

    bucket.run()

    lines = bucket.spark.read.parquet(f"file://{bucket.store.root}/curated/lines").orderBy("line_id")
    assert dict(lines.dtypes) == {
        "line_id": "string",
        "invoice_no": "string",
        "stock_code": "string",
        "description": "string",
        "quantity": "int",
        "invoice_ts": "timestamp",
        "unit_price": "decimal(12,3)",
        "amount": "decimal(18,3)",
        "customer_id": "string",
        "country": "string",
        "cancelled": "boolean",
        "source_object": "string",
        "month": "string",
    }
    last = lines.collect()[-1]
    assert (last.quantity, last.amount, last.customer_id, last.cancelled) == (-1, Decimal("-0.001"), None, True)
    assert (last.source_object, str(last.month)) == ("bulk/sales.csv", "2011-01")
    assert lines.selectExpr("date_format(invoice_ts, 'yyyy-MM-dd HH:mm:ss') AS t").first().t == "2010-12-01 08:26:00"


def test_copy_reads_every_character_back(bucket: Bucket) -> None:
    odd = ['"A ""B"", C"', "back\\slash", "#hash", "semi;colon", "£ é 中 😀", '"a, b"', 'in"side', "'single'"]
    bucket.put(**{"odd.csv": file_of(*[row(description=text) for text in odd])})

    bucket.run()

    [lines] = bucket.manifests().values()
    assert sorted(fields[3] for fields in csv.reader(lines)) == sorted(
        text[1:-1].replace('""', '"') if text.startswith('"') else text for text in odd
    )


def test_what_is_done_is_not_done_again_and_costs_no_spark(bucket: Bucket) -> None:
    bucket.put(**{"sales.csv": THREE})
    bucket.run()
    before = bucket.keys()

    bucket.run(run="ffffffffffff")

    assert (bucket.starts, bucket.keys()) == (1, before)


def test_again_makes_a_new_run_of_the_object_that_is_named(bucket: Bucket) -> None:
    bucket.put(**{"sales.csv": THREE, "other.csv": file_of(row())})
    bucket.run()
    curated = bucket.keys("curated/")

    bucket.run(run="ffffffffffff", objects="bulk/sales.csv", again=True)

    runs = {name: one["run"] for name, one in bucket.done().items()}
    assert runs == {"sales.csv": "ffffffffffff", "other.csv": RUN}
    assert len(bucket.manifests()) == 3
    assert bucket.keys("curated/") == curated


def test_only_the_objects_that_are_named(bucket: Bucket) -> None:
    bucket.put(**{"a.csv": THREE, "b,c.csv": THREE, "d.csv": THREE})

    bucket.run(objects="bulk/b,c.csv")
    assert list(bucket.done()) == ["b,c.csv"]

    with pytest.raises(ImportFailedError, match=r"bulk/none.csv: there is no such object"):
        bucket.run(objects="bulk/a.csv,bulk/none.csv")
    assert sorted(bucket.done()) == ["a.csv", "b,c.csv"]


def test_a_replaced_object_is_imported_and_its_former_rows_leave_the_curated_lines(bucket: Bucket) -> None:
    bucket.put(**{"sales.csv": THREE})
    bucket.run()
    bucket.put(**{"sales.csv": file_of(row(invoice="600000"))})

    bucket.run(run="ffffffffffff")

    lines = bucket.spark.read.parquet(f"file://{bucket.store.root}/curated/lines")
    assert [line.invoice_no for line in lines.collect()] == ["600000"]
    assert len(bucket.manifests()) == 2


REFUSED = {
    "empty.csv": (b"", "the file is empty"),
    "blank.csv": (b"\r\n \r\n", "the first row must name the columns, separated by commas: the file is empty"),
    "columns.csv": (file_of(row(), header="InvoiceNo,Country"), "the header misses StockCode, Description, Quantity"),
    "utf16.csv": (
        THREE.decode().encode("utf-16")[:-1],
        'the file is UTF-16, and a character of it is damaged or cut off; save it as "CSV UTF-8"',
    ),
    "cut.csv.gz": (gzip.compress(THREE)[:-9], "the gzip file breaks off before its end; fetch it again"),
    "damaged.csv.gz": (
        gzip.compress(THREE)[:-8] + b"\0\0\0\0" + gzip.compress(THREE)[-4:],
        "the gzip file is damaged; fetch it again",
    ),
    "packed.csv": (gzip.compress(THREE), 'it is a gzip file, but its name does not end in ".gz"'),
    "plain.csv.gz": (THREE, 'its name ends in ".gz", but it is no gzip file'),
    "_hidden.csv": (THREE, 'Spark leaves out names that begin with "_"'),
    "sales.csv.bz2": (THREE, "only plain CSV and gzip are read"),
}


def test_what_cannot_be_read_is_refused_and_all_else_goes_on(bucket: Bucket) -> None:
    bucket.put(**{name: content for name, (content, _) in REFUSED.items()}, **{"sales.csv": THREE})

    with pytest.raises(ImportFailedError) as failed:
        bucket.run()

    done = bucket.done()
    for name, (_, reason) in REFUSED.items():
        assert (done[name]["status"], done[name]["manifest"]) == ("REFUSED", None)
        assert done[name]["reason"].startswith(reason)
    assert len(failed.value.problems) == len(REFUSED)
    assert done["sales.csv"]["status"] == "STAGED"
    assert len(bucket.manifests()) == 1
    # Not tried again, and no alarm for it, until the object changes.
    bucket.run(run="ffffffffffff")
    assert bucket.starts == 1


def test_rejected_rows_stand_beside_with_the_reason(bucket: Bucket) -> None:
    bucket.put(**{"some.csv": file_of(row(), row(quantity="six"), "too,few"), "none.csv": file_of(row(quantity="x"))})

    bucket.run()

    done = bucket.done()
    assert (done["some.csv"]["read"], done["some.csv"]["rejected"], done["some.csv"]["accepted"]) == (3, 2, 1)
    assert (done["none.csv"]["status"], done["none.csv"]["manifest"]) == ("EMPTY", None)
    assert sorted(bucket.rejected("some.csv"), key=lambda one: one["reason"]) == [
        {
            "object": "bulk/some.csv",
            "reason": 'quantity: write a whole number from -1000000 to 1000000: got "six"',
            "text": row(quantity="six"),
        },
        {"object": "bulk/some.csv", "reason": "the header names 8 columns, the row has 2 fields", "text": "too,few"},
    ]
    assert len(bucket.manifests()) == 1


def test_a_header_alone_is_empty(bucket: Bucket) -> None:
    bucket.put(**{"header.csv": file_of(), "sales.csv": THREE})

    bucket.run()

    assert (bucket.done()["header.csv"]["status"], bucket.done()["header.csv"]["read"]) == ("EMPTY", 0)


def test_keys_of_all_kinds_are_told_apart(bucket: Bucket) -> None:
    names = ["a b.csv", "p%20q.csv", "plus+.csv", "ünï.csv", "br[1].csv", "cu{a,b}.csv", "st*.csv", "q?.csv", "h#.csv"]
    bucket.put(**{name: file_of(*[row(invoice=str(600_000 + n))] * (n + 1)) for n, name in enumerate(names)})

    bucket.run()

    assert {name: one["accepted"] for name, one in bucket.done().items()} == {
        name: n + 1 for n, name in enumerate(names)
    }
    assert bucket.starts == 1


def test_many_objects_go_through_spark_together_and_ids_count_within_each(bucket: Bucket) -> None:
    bucket.put(**{f"2011/{day:03}.csv": file_of(row(), row()) for day in range(40)})

    bucket.run()

    assert bucket.starts == 1
    assert len(bucket.manifests()) == 40
    for lines in bucket.manifests().values():
        assert sorted(line.split(",")[0][-2:] for line in lines) == ["-1", "-2"]


def test_one_that_spark_fails_on_costs_no_other(bucket: Bucket, monkeypatch: pytest.MonkeyPatch) -> None:
    import bulk_import

    class Failing(bulk_import.SparkGroup):
        def counts(self):
            if any(one.key == "bulk/b.csv" for one in self._objects):
                raise RuntimeError("a worker is gone")
            return super().counts()

    bucket.put(**{f"{name}.csv": THREE for name in "abc"})
    with monkeypatch.context() as patch:
        patch.setattr(bulk_import, "SparkGroup", Failing)
        with pytest.raises(ImportFailedError, match=r"bulk/b.csv: RuntimeError: a worker is gone"):
            bucket.run()
    assert sorted(bucket.done()) == ["a.csv", "c.csv"]

    bucket.run(run="ffffffffffff")

    assert sorted(bucket.done()) == ["a.csv", "b.csv", "c.csv"]


def test_an_object_that_changes_while_it_is_read_is_read_again(bucket: Bucket, monkeypatch: pytest.MonkeyPatch) -> None:
    import bulk_import

    class Meanwhile(bulk_import.SparkGroup):
        def write_curated(self, url: str) -> None:
            super().write_curated(url)
            bucket.put(**{"sales.csv": file_of(row())})

    bucket.put(**{"sales.csv": THREE})
    monkeypatch.setattr(bulk_import, "SparkGroup", Meanwhile)

    bucket.run()

    [done] = bucket.done().values()
    assert (done["accepted"], len(bucket.manifests())) == (1, 1)


def test_a_run_that_dies_at_any_write_is_made_up_for(bucket: Bucket, tmp_path: Path) -> None:
    deaths = 0
    for writes in range(100):
        here = Bucket(tmp_path / str(writes), bucket.spark)
        here.put(**{"sales.csv": THREE + b"too,few\r\n" + row(description='"two\nlines"').encode()})
        try:
            here.run(DyingStore(here.store.root, writes))
        except KilledError:
            deaths += 1
        else:
            break
        assert all(len(lines) == 3 for lines in here.manifests().values())  # whatever is published is whole

        here.run(run="ffffffffffff")

        [done] = here.done().values()
        assert (done["accepted"], done["rejected"]) == (3, 2)
        assert f"import/manifests/{done['importId']}.{done['run']}.json" in here.manifests()
        curated = here.spark.read.parquet(f"file://{here.store.root}/curated/lines").collect()
        assert sorted(line.invoice_no for line in curated) == ["536365", "536365", "C536379"]
    # The copy, staged, rejected, two months, done, manifest, and what Spark had written.
    assert deaths >= 8


def test_a_manifest_that_was_loaded_is_not_published_again(bucket: Bucket) -> None:
    bucket.put(**{"sales.csv": THREE})
    bucket.run()
    [manifest] = bucket.manifests()
    name = manifest.split("/")[-1]
    bucket.store.put(f"import/loaded/{name}", b"{}")
    bucket.store.delete([manifest])

    bucket.run(run="ffffffffffff")

    assert bucket.manifests() == {}


def test_a_repeated_run_that_died_is_published_though_the_run_before_was_loaded_after_it(bucket: Bucket) -> None:
    bucket.put(**{"sales.csv": THREE, "other.csv": file_of(row())})
    bucket.run()
    earlier = bucket.manifests()
    with pytest.raises(KilledError):
        bucket.run(UnpublishedStore(bucket.store.root), "aaaaaaaaaaaa", objects="bulk/sales.csv", again=True)
    for manifest in earlier:
        bucket.store.put(manifest.replace("/manifests/", "/loaded/"), b"{}")
    bucket.store.delete(earlier)

    bucket.run(run="ffffffffffff")

    done = bucket.done()["sales.csv"]
    assert done["run"] == "aaaaaaaaaaaa"
    assert {key: len(lines) for key, lines in bucket.manifests().items()} == {done["manifest"]: 3}
    assert bucket.keys("import/staged/_work/") == []
    assert [line["what"] for line in bucket.log] == ["published late", "run ended"]


def test_staged_lines_that_expired_before_they_were_published_are_made_anew(bucket: Bucket) -> None:
    bucket.put(**{"sales.csv": THREE})
    bucket.run()
    bucket.store.delete([*bucket.keys("import/manifests/"), *bucket.keys("import/staged/")])

    bucket.run(run="ffffffffffff")

    [lines] = bucket.manifests().values()
    assert len(lines) == 3


def test_the_log_tells_steps_and_never_rows(bucket: Bucket) -> None:
    bucket.put(**{"sales.csv": THREE + b"secret,row\r\n"})

    bucket.run()

    assert [line["what"] for line in bucket.log] == [
        "headers read",
        "transformed",
        "written",
        "object imported",
        "months registered",
        "run ended",
    ]
    assert "secret" not in str(bucket.log)
    assert "HANGING" not in str(bucket.log)
    assert datetime.fromisoformat(bucket.done()["sales.csv"]["finishedAt"]).tzinfo is not None
    assert set(bucket.done()["sales.csv"]["seconds"]) == {"start", "transform", "write", "publish"}


def test_input_order_does_not_matter(bucket: Bucket) -> None:
    rows = [row(invoice=str(536_365 + n % 7), stock=f"S{n % 3}") for n in range(200)]
    shuffled = random.Random(4).sample(rows, len(rows))
    bucket.put(**{"in-order.csv": file_of(*rows), "shuffled.csv.gz": gzip.compress(file_of(*shuffled))})

    bucket.run()

    one, other = ({line.split(",")[0] for line in lines} for lines in bucket.manifests().values())
    assert one == other
    assert len(one) == 200
