"""The whole real file, when it is there: its ids, its sums, from any partitioning."""

import gzip
import hashlib
import json
import random
from pathlib import Path

import pytest
from pyspark.sql import SparkSession
from spark_group import read_rows

from csv_header import header_of
from given import Bucket
from transform import transform

DATA = Path(__file__).parents[3] / "shared" / "data"
CSV = DATA / "online_retail.csv.gz"

WANTED = json.loads((DATA / "line-ids.json").read_text()) if CSV.exists() else {}

pytestmark = pytest.mark.skipif(
    not CSV.exists(), reason="NOT CHECKED: the real file is not here (../shared/data/online_retail.csv.gz)"
)


def digest(ids: list[str]) -> str:
    return hashlib.sha256("\n".join(sorted(ids)).encode()).hexdigest()


def test_the_real_file_whole(spark: SparkSession, tmp_path: Path) -> None:
    bucket = Bucket(tmp_path, spark)
    bucket.put(**{"online_retail.csv.gz": CSV.read_bytes()})

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
    assert digest(ids) == WANTED["wholeFile"]["sha256OfSortedIdsJoinedByNewline"]
    assert {vector["lineId"] for vector in WANTED["vectors"]} <= set(ids)
    assert len(bucket.keys("import/staged/")) <= 16
    assert len(bucket.keys("curated/")) == 13


@pytest.mark.parametrize("partitions", [1, 7])
def test_ids_are_the_same_in_any_order_and_partitioning(spark: SparkSession, tmp_path: Path, partitions: int) -> None:
    header, *rows = gzip.decompress(CSV.read_bytes()).splitlines(keepends=True)
    random.Random(partitions).shuffle(rows)
    path = tmp_path / "shuffled.csv"
    path.write_bytes(header + b"".join(rows))
    spark.conf.set("spark.sql.files.maxPartitionBytes", str(path.stat().st_size // partitions + 1))
    try:
        lines = transform(read_rows(spark, [(0, f"file://{path}")]), header_of("x.csv", [header]), partitions)
        lines.select("line_id").write.text(f"file://{tmp_path}/ids")
    finally:
        spark.conf.unset("spark.sql.files.maxPartitionBytes")

    ids = [one for part in (tmp_path / "ids").glob("part-*") for one in part.read_text().splitlines()]
    assert digest(ids) == WANTED["wholeFile"]["sha256OfSortedIdsJoinedByNewline"]
