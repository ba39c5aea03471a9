"""The whole real file, when it is there: its ids, its sums, from any partitioning."""

import gzip
import hashlib
import json
import random
from pathlib import Path

import pytest
from pyspark.sql import SparkSession
from spark_group import read_lines

from csv_header import header_of
from given import Bucket
from transform import transform

DATA = Path(__file__).parents[3] / "shared" / "data"
CSV = DATA / "online_retail.csv.gz"

pytestmark = pytest.mark.skipif(
    not CSV.exists(), reason="NOT CHECKED: the real file is not here (../shared/data/online_retail.csv.gz)"
)


def digest(ids: list[str]) -> str:
    return hashlib.sha256("\n".join(sorted(ids)).encode()).hexdigest()


def test_the_real_file_whole(spark: SparkSession, tmp_path: Path) -> None:
    bucket = Bucket(tmp_path, spark)
    bucket.put(**{"online_retail.csv.gz": CSV.read_bytes()})
    wanted = json.loads((DATA / "line-ids.json").read_text())

    bucket.run()

    [done] = bucket.done().values()
    assert {name: done[name] for name in ("read", "rejected", "accepted", "invoices", "customers", "money")} == {
        "read": 541_909,
        "rejected": 0,
        "accepted": 541_909,
        "invoices": 25_900,
        "customers": 4_372,
        "money": "9747747.934",
    }
    [lines] = bucket.manifests().values()
    ids = [line.partition(",")[0] for line in lines]
    assert digest(ids) == wanted["wholeFile"]["sha256OfSortedIdsJoinedByNewline"]
    assert {vector["lineId"] for vector in wanted["vectors"]} <= set(ids)
    assert len(bucket.keys("import/staged/")) <= 16
    assert len(bucket.keys("curated/")) == 13


@pytest.mark.parametrize("partitions", [1, 7])
def test_ids_are_the_same_in_any_order_and_partitioning(spark: SparkSession, tmp_path: Path, partitions: int) -> None:
    header, *rows = gzip.decompress(CSV.read_bytes()).splitlines(keepends=True)
    rows = random.Random(partitions).sample(rows[:60_000], 60_000)
    path = tmp_path / "shuffled.csv"
    path.write_bytes(header + b"".join(rows))
    spark.conf.set("spark.sql.files.maxPartitionBytes", str(path.stat().st_size // partitions + 1))
    try:
        lines = transform(read_lines(spark, [f"file://{path}"]), header_of("x.csv", [header]), partitions)
        ids = [line.line_id for line in lines.select("line_id").collect()]
    finally:
        spark.conf.unset("spark.sql.files.maxPartitionBytes")

    # The first 60,000 rows are whole invoices, as they stand in the digest of test_the_real_file_whole.
    in_order = tmp_path / "in-order.csv"
    in_order.write_bytes(header + b"".join(sorted(rows)))
    usual = transform(read_lines(spark, [f"file://{in_order}"]), header_of("x.csv", [header]), 2)
    assert sorted(ids) == sorted(line.line_id for line in usual.select("line_id").collect())
    assert len(set(ids)) == 60_000
