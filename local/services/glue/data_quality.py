"""Answer what rules of data quality ask of a table: run on Spark by the local Glue, as one would run a job.

The request has `location`, `format` (parquet or json), `columns` and `partitions` as DDL, `registered` (the places of the
partitions that the catalog has), `aggregates` (expressions over all rows of the view `primary`) and `statements` (each with one
number as its answer). The answer has `aggregates` and `statements` in the same order; each is {"number": n} or {"error": text}.
"""

import argparse
import json
from pathlib import Path
from typing import Any

from pyspark.errors import AnalysisException
from pyspark.sql import DataFrame, SparkSession


def table(spark: SparkSession, request: dict[str, Any]) -> DataFrame:
    """The table with the types that the catalog has for it: where it has partitions, those that are registered."""
    ddl = ", ".join([*request["columns"], *request["partitions"]])
    places = request["registered"] if request["partitions"] else [request["location"]]
    reader = spark.read.format(request["format"]).schema(ddl).option("basePath", request["location"])
    try:
        return reader.load(places) if places else spark.createDataFrame([], ddl)
    except AnalysisException as error:
        if error.getErrorClass() != "PATH_NOT_FOUND":
            raise
    # A partition may be registered whose last file is gone; it has no rows.
    there = [place for place in places if exists(spark, place)]
    return reader.load(there) if there else spark.createDataFrame([], ddl)


def exists(spark: SparkSession, place: str) -> bool:
    """Whether Spark finds anything there."""
    path = spark._jvm.org.apache.hadoop.fs.Path(place)
    return bool(path.getFileSystem(spark._jsc.hadoopConfiguration()).exists(path))


def first_number(spark: SparkSession, statement: str) -> dict[str, Any]:
    """The first value of a statement's first row. What Spark refuses is an answer too: it concerns one rule alone."""
    try:
        row = spark.sql(statement).first()
        return {"number": float(row[0])} if row is not None and row[0] is not None else {"error": "it answers nothing"}
    except (AnalysisException, ValueError, TypeError) as error:
        return {"error": str(error).splitlines()[0]}


def main() -> None:
    """Answer the request in the file `--request` with the file `--answer`."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--request", type=Path, required=True)
    parser.add_argument("--answer", type=Path, required=True)
    arguments, _ = parser.parse_known_args()
    request = json.loads(arguments.request.read_text(encoding="utf-8"))
    spark = SparkSession.builder.appName("data quality").getOrCreate()
    try:
        # A month stays the text that the catalog says it is.
        spark.conf.set("spark.sql.sources.partitionColumnTypeInference.enabled", "false")
        rows = table(spark, request)
        rows.createOrReplaceTempView("primary")
        totals = rows.selectExpr(*request["aggregates"]).first() if request["aggregates"] else []
        answer = {
            "aggregates": [{"number": float(total)} for total in totals or []],
            "statements": [first_number(spark, statement) for statement in request["statements"]],
        }
        arguments.answer.write_text(json.dumps(answer), encoding="utf-8")
    finally:
        spark.stop()


if __name__ == "__main__":
    main()
