"""The import job, as Glue and spark-submit start it.

import_job.py --JOB_RUN_ID jr_… --bucket NAME --catalog-database NAME [--objects KEY[,KEY]] [--again true]
"""

import re
import sys
from collections.abc import Sequence
from typing import Final

from pyspark.sql import SparkSession

from bulk_import import BulkImport, Request
from glue_table import GlueTable
from s3_store import S3Store

#: The imported lines, in the catalog.
TABLE: Final = "lines"


def arguments(given: Sequence[str]) -> dict[str, str]:
    """Glue's arguments: `--name value`, `--name=value`, or a name alone; what is not for us is among them."""
    found: dict[str, str] = {}
    name: str | None = None
    for word in given:
        if word.startswith("--"):
            name, _, value = word[2:].partition("=")
            found[name] = value
        elif name is not None:
            found[name] = word
            name = None
    return found


def request_of(given: dict[str, str]) -> Request:
    """:raises SystemExit: the arguments make no request"""
    run = re.match(r"jr_([0-9a-f]{12})", given.get("JOB_RUN_ID", ""))
    if run is None:
        sys.exit(f'--JOB_RUN_ID must be jr_ and hex digits, as Glue writes it: got "{given.get("JOB_RUN_ID", "")}"')
    return Request(run[1], given.get("objects") or None, given.get("again", "false").lower() == "true")


def main(argv: Sequence[str]) -> None:
    given = arguments(argv)
    if not given.get("bucket"):
        sys.exit("--bucket must name the bucket that holds bulk/")
    if not given.get("catalog-database"):
        sys.exit(f'--catalog-database must name the database that has the table "{TABLE}"')
    store = S3Store(given["bucket"])
    table = GlueTable(given["catalog-database"], TABLE)
    BulkImport(store, table, SparkSession.builder.getOrCreate, request_of(given), _print).run()


def _print(line: str) -> None:
    print(line, flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
