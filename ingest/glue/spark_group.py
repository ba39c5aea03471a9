"""Objects with equal headers through Spark together: read, transform, write, count, in a handful of Spark jobs."""

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import reduce
from types import TracebackType
from typing import Final, Self

from pyspark import StorageLevel
from pyspark.sql import Column, DataFrame, DataFrameWriter, SparkSession
from pyspark.sql import functions as F

from bulk_objects import ObjectStore, StoredObject, import_id, manifest_key
from csv_header import GZIP_SUFFIX, Header
from date_order import NO_DATES, Dates
from line_fields import CURATED, TEXT_COLUMNS
from line_rules import NOT_UTF8, OPEN_QUOTE
from transform import transform
from whole_rows import row_end

#: How many times as large gzip's content is, at a guess: six for the real file.
_PACKED: Final = 8
#: About so much text goes through one partition, as long as there are no more than `_FEW_PARTITIONS`; then more.
_SMALL_PARTITION: Final = 8 * 2**20
_LARGE_PARTITION: Final = 64 * 2**20
_FEW_PARTITIONS: Final = 16

_SETTINGS: Final = {
    # A staged file for each partition is what we want, and partitions are chosen by size here.
    "spark.sql.adaptive.enabled": "false",
    # All the rules in one method are too much for Java's compiler: measured, interpreted they take twice as long.
    "spark.sql.codegen.wholeStage": "false",
    "spark.sql.files.ignoreCorruptFiles": "false",
    "spark.sql.files.ignoreMissingFiles": "false",
    "spark.sql.parquet.compression.codec": "snappy",
    "spark.sql.parquet.outputTimestampType": "TIMESTAMP_MICROS",
    "spark.sql.session.timeZone": "UTC",
    # Not a task for each of many small objects.
    "spark.sql.sources.parallelPartitionDiscovery.parallelism": "8",
}

#: What is half-written counts nowhere, so parts need not be moved a second time when all are there.
_COMMIT: Final = {
    "mapreduce.fileoutputcommitter.algorithm.version": "2",
    "mapreduce.fileoutputcommitter.marksuccessfuljobs": "false",
}


@dataclass(frozen=True)
class Counts:
    """What became of the rows of one object; blank lines and the header are no rows."""

    read: int = 0
    rejected: int = 0
    invoices: int = 0
    customers: int = 0
    #: Pounds, exact, three places.
    money: Decimal = Decimal("0.000")
    #: When the earliest and the latest of those accepted were, as the stream writes it.
    first: str | None = None
    last: str | None = None
    #: How their dates can be read.
    dates: Dates = NO_DATES
    #: Of those rejected, how many have a quote that may be closed in a later line.
    open: int = 0

    @property
    def accepted(self) -> int:
        return self.read - self.rejected


def weight(source: StoredObject) -> int:
    """About how much text an object holds. Unit: bytes."""
    return source.size * (_PACKED if source.key.endswith(GZIP_SUFFIX) else 1)


class SparkGroup:
    """What is transformed once, kept on the disks of the workers, and written from there."""

    def __init__(
        self,
        spark: SparkSession,
        store: ObjectStore,
        header: Header,
        objects: Sequence[StoredObject],
        run: str,
        copies: Mapping[StoredObject, Sequence[str]],
    ) -> None:
        """:param copies: keys to be read in the place of an object, whose rows end with `row_end`"""
        for name, value in _SETTINGS.items():
            spark.conf.set(name, value)
        cores = spark.sparkContext.defaultParallelism
        size = sum(weight(source) for source in objects)
        partitions = max(
            cores, min(_FEW_PARTITIONS, math.ceil(size / _SMALL_PARTITION)), math.ceil(size / _LARGE_PARTITION)
        )
        spark.conf.set("spark.sql.shuffle.partitions", str(partitions))
        self._spark = spark
        self._objects = objects
        self._run = run
        plain = [(place, store.url(one.key)) for place, one in enumerate(objects) if one not in copies]
        whole = [(place, store.url(key)) for place, one in enumerate(objects) for key in copies.get(one, ())]
        read = [read_rows(spark, files, end) for files, end in ((plain, "\n"), (whole, row_end(run))) if files]
        rows = reduce(DataFrame.unionByName, read)
        self._rows = transform(rows, header, partitions).persist(StorageLevel.DISK_ONLY)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._rows.unpersist()

    def counts(self) -> list[Counts]:
        """Of each object, in their order. The first call does the transforming."""
        amount = (F.col("quantity") * F.col("unit_price").cast("decimal(12,3)")).cast("decimal(18,3)")
        may_go_on = F.col("reason").isin(OPEN_QUOTE, NOT_UTF8) & F.col("text").contains('"')
        # Invoices and customers first, so that telling them apart costs no second look at every line.
        is_read, is_other = F.col("day_read").isNotNull(), F.col("day_other").isNotNull()
        is_open = is_read & is_other
        by_invoice = self._rows.groupBy("object", "invoice_no", "customer_id").agg(
            F.count(F.lit(1)).alias("read"),
            F.count("reason").alias("rejected"),
            F.count_if(may_go_on).alias("open"),
            F.sum(amount).alias("money"),
            F.min("invoice_date").alias("first"),
            F.max("invoice_date").alias("last"),
            F.min(F.when(is_read & ~is_other, F.col("day_read"))).alias("only_read"),
            F.min("day_text").alias("only_other"),
            F.min(F.when(is_open, F.col("day_read"))).alias("read_from"),
            F.max(F.when(is_open, F.col("day_read"))).alias("read_to"),
            F.min(F.when(is_open, F.col("day_other"))).alias("other_from"),
            F.max(F.when(is_open, F.col("day_other"))).alias("other_to"),
        )
        by_object = by_invoice.groupBy("object").agg(
            F.sum("read").alias("read"),
            F.sum("rejected").alias("rejected"),
            F.sum("open").alias("open"),
            F.countDistinct("invoice_no").alias("invoices"),
            F.countDistinct("customer_id").alias("customers"),
            F.sum("money").alias("money"),
            *[F.min(name).alias(name) for name in ("first", "only_read", "only_other", "read_from", "other_from")],
            *[F.max(name).alias(name) for name in ("last", "read_to", "other_to")],
        )
        counts = [Counts() for _ in self._objects]
        for row in by_object.collect():
            money = Counts.money if row.money is None else row.money
            read = (row.read_from, row.read_to) if row.read_from else None
            other = (row.other_from, row.other_to) if row.other_from else None
            dates = Dates(row.only_read, row.only_other, read, other)
            counts[row.object] = Counts(
                row.read, row.rejected, row.invoices, row.customers, money, row["first"], row["last"], dates, row.open
            )
        return counts

    def write_staged(self, url: str) -> None:
        """The lines as COPY takes them, below `object=<place>/`."""
        lines = self._lines_with("source", [manifest_key(import_id(source), self._run) for source in self._objects])
        columns = ("line_id", *TEXT_COLUMNS.values(), "sent_at", "source")
        # A file has no time of sending: whatever the stream said of a line is later.
        texts = lines.withColumn("sent_at", F.lit("0"))
        line = F.concat_ws(",", *[_csv(F.col(column).cast("string")) for column in columns])
        _writer(texts.select("object", line.alias("value"))).option("compression", "gzip").text(url)

    def write_curated(self, url: str) -> None:
        """The lines as they are, typed, below `object=<place>/month=<YYYY-MM>/`."""
        lines = self._lines_with("source_object", [source.key for source in self._objects])
        columns: dict[str, Column] = {}
        for name, (text, kind) in CURATED.items():
            columns[name] = F.col(text).cast(kind)
            if name == "unit_price":
                columns["amount"] = (columns["quantity"] * columns[name]).cast("decimal(18,3)")
        typed = lines.select(
            "object",
            "month",
            *[column.alias(name) for name, column in columns.items()],
            F.col("invoice_no").startswith("C").alias("cancelled"),
            "source_object",
        )
        _writer(typed, "month").parquet(url)

    def write_rejected(self, url: str) -> None:
        """The rows that are no lines, with the reason, below `object=<place>/`."""
        rows = self._with(self._rows.where(F.col("reason").isNotNull()), "key", [one.key for one in self._objects])
        line = F.to_json(F.struct(F.col("key").alias("object"), "reason", "text"))
        _writer(rows.select("object", line.alias("value"))).option("compression", "gzip").text(url)

    def _lines_with(self, name: str, values: list[str]) -> DataFrame:
        return self._with(self._rows.where(F.col("reason").isNull()), name, values)

    def _with(self, rows: DataFrame, name: str, values: list[str]) -> DataFrame:
        """A text of each object beside its rows."""
        if len(values) == 1:
            return rows.withColumn(name, F.lit(values[0]))
        table = self._spark.createDataFrame(list(enumerate(values)), f"object int, {name} string")
        return rows.join(F.broadcast(table), "object")


def read_rows(spark: SparkSession, files: Sequence[tuple[int, str]], end: str = "\n") -> DataFrame:
    """The rows of files, undecoded: Spark's text reader hands on the bytes as they are, whatever they are.

    It cuts large plain files into pieces, takes a byte-order mark off, and unpacks gzip.

    :param files: the place of its object, and where it is
    :param end: what ends each row, for all tasks to see
    """
    urls = [re.sub(r"([\\{}\[\]*?])", r"\\\1", url) for _, url in files]
    rows = spark.read.text(urls, lineSep=end)
    if len(files) == 1:
        return rows.select(F.lit(files[0][0]).alias("object"), "value")
    path = spark.sparkContext._jvm.org.apache.hadoop.fs.Path
    names = [(path(url).toUri().toString(), place) for place, url in files]
    table = spark.createDataFrame(names, "file string, object int")
    named = rows.select("value", F.input_file_name().alias("file"))
    return named.join(F.broadcast(table), "file").select("object", "value")


def _csv(value: Column) -> Column:
    quoted = F.concat(F.lit('"'), F.replace(value, F.lit('"'), F.lit('""')), F.lit('"'))
    return F.when(value.isNull(), "").when(value.rlike('[",]'), quoted).otherwise(value)


def _writer(rows: DataFrame, *parts: str) -> DataFrameWriter:
    return rows.write.options(**_COMMIT).partitionBy("object", *parts)
