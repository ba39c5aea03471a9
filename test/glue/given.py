"""Files as shops write them."""

import gzip
import json
from pathlib import Path
from typing import Any

from bulk_import import BulkImport, Request
from pyspark.sql import SparkSession

from directory_store import DirectoryStore, MemoryTable

HEADER = "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country"
RUN = "0123456789ab"
#: What differs from an ordinary line, and the first field that is wrong, if any: the same as for all other judges.
JUDGED_LINES = json.loads((Path(__file__).parents[1] / "support" / "judged-lines.json").read_text())
#: Texts as they may be written, and as every store holds them.
COMPOSED_TEXTS = json.loads((Path(__file__).parents[1] / "support" / "composed-texts.json").read_text())
#: Characters that no text may hold.
UNSOUND = json.loads((Path(__file__).parents[1] / "support" / "unsound-characters.json").read_text()).values()
_LIMITS = json.loads((Path(__file__).parents[1] / "support" / "texts-at-limits.json").read_text())
#: A field, a text as long as it allows or one character off, and whether it fits: the same as for all other doors.
TEXTS_AT_LIMITS = [
    (field, (repeated * characters)[:characters], characters <= limit)
    for field, limit in _LIMITS["limits"].items()
    for repeated in _LIMITS["repeated"]
    for characters in (limit - 1, limit, limit + 1)
]


def row(
    invoice: str = "536365",
    stock: str = "85123A",
    description: str = "WHITE HANGING HEART T-LIGHT HOLDER",
    quantity: str = "6",
    date: str = "12/1/2010 8:26",
    price: str = "2.55",
    customer: str = "17850",
    country: str = "United Kingdom",
) -> str:
    return ",".join([invoice, stock, description, quantity, date, price, customer, country])


def file_of(*rows: str, header: str = HEADER) -> bytes:
    return "".join(f"{line}\r\n" for line in [header, *rows]).encode()


class Bucket:
    """A directory that the job takes for the bucket."""

    def __init__(self, root: Path, spark: SparkSession) -> None:
        self.store = DirectoryStore(root)
        self.table = MemoryTable()
        self.spark = spark
        self.log: list[dict[str, Any]] = []
        self.starts = 0

    def put(self, **files: bytes) -> None:
        for name, content in files.items():
            self.store.put(f"bulk/{name}", content)

    def run(self, store: DirectoryStore | None = None, run: str = RUN, **options: Any) -> None:
        self.log = []

        def started() -> SparkSession:
            self.starts += 1
            return self.spark

        most = options.pop("group_objects", 500)
        request = Request(run, **options)
        BulkImport(
            store or self.store, self.table, started, request, lambda line: self.log.append(json.loads(line)), most
        ).run()

    def keys(self, prefix: str = "") -> list[str]:
        return [one.key for one in self.store.list(prefix) if not one.key.endswith(".crc")]

    def json(self, key: str) -> Any:
        return json.loads(b"".join(self.store.read(key)))

    def done(self) -> dict[str, dict[str, Any]]:
        """What became of each object, by its name."""
        outcomes = [self.json(key) for key in self.keys("import/done/")]
        return {one["object"].removeprefix("bulk/"): one for one in outcomes}

    def manifests(self) -> dict[str, list[str]]:
        """The lines that each manifest names, as COPY reads them. Fails where something is missing."""
        return {key: self._copied(self.json(key)["entries"]) for key in self.keys("import/manifests/")}

    def _copied(self, entries: list[dict[str, Any]]) -> list[str]:
        lines: list[str] = []
        for entry in entries:
            assert entry["mandatory"] is True
            packed = Path(entry["url"].removeprefix("file://")).read_bytes()
            assert len(packed) == entry["meta"]["content_length"]
            lines += gzip.decompress(packed).decode().splitlines()
        return lines

    def rejected(self, name: str) -> list[dict[str, str]]:
        prefix = self.done()[name]["rejects"]
        parts = [gzip.decompress((self.store.root / key).read_bytes()).decode() for key in self.keys(prefix)]
        return [json.loads(line) for part in parts for line in part.splitlines()]
