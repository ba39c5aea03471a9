"""Uses Redshift by awswrangler as a notebook does, and prints what it got: one fact a line, as JSON."""

import json
import sys
from decimal import Decimal

import awswrangler as wr
import boto3
import pandas as pd
import redshift_connector

port, s3_url, database, password = sys.argv[1:]
wr.config.s3_endpoint_url = s3_url
session = boto3.Session(aws_access_key_id="local", aws_secret_access_key="local-secret", region_name="us-east-1")  # noqa: S106
role = "arn:aws:iam::000000000000:role/any"
connection = redshift_connector.connect(
    host="127.0.0.1", port=int(port), database=database, user="admin", password=password, ssl=False
)


def say(name, work):
    try:
        fact = {"name": name, "answer": work()}
    except Exception as error:
        connection.rollback()
        fact = {"name": name, "error": str(error)}
    print(json.dumps(fact, default=str))


def rows(sql, **options):
    frame = wr.redshift.read_sql_query(sql, con=connection, **options)
    return [[None if pd.isna(value) else value for value in row] for row in frame.values.tolist()]


sold = pd.DataFrame(
    {
        "id": [1, 2, 3],
        "name": ["a", "é", None],
        "amount": [Decimal("1.50"), Decimal("2.25"), None],
        "at": pd.to_datetime(["2011-12-09 12:50:00"] * 3),
        "ok": [True, False, None],
    }
)
target = {"con": connection, "schema": "public", "index": False}


def write():
    wr.redshift.to_sql(sold, table="sold", mode="overwrite", diststyle="KEY", distkey="id", sortkey=["id"], **target)
    wr.redshift.to_sql(sold, table="sold", mode="append", use_column_names=True, **target)
    return rows("SELECT COUNT(*), SUM(amount), MAX(at) FROM public.sold WHERE id > %s", params=[1])


def upsert():
    names = sold[["id", "name"]]
    wr.redshift.to_sql(names, table="names", mode="upsert", primary_keys=["id"], **target)
    # The key is looked up in the catalog, which no longer is what the program knows.
    wr.redshift.to_sql(pd.DataFrame({"id": [2, 4], "name": ["x", "y"]}), table="names", mode="upsert", lock=True, **target)
    return rows("SELECT id, name FROM public.names ORDER BY id")


def types():
    frame = wr.redshift.read_sql_table("sold", schema="public", con=connection)
    return {name: str(kind) for name, kind in frame.dtypes.items()}


def copy():
    session.client("s3", endpoint_url=s3_url).put_object(Bucket="bucket", Key="in/1.csv", Body=b"1,a\n2,b\n")
    wr.redshift.copy_from_files(
        path="s3://bucket/in/",
        con=connection,
        table="copied",
        schema="public",
        iam_role=role,
        data_format="csv",
        redshift_column_types={"id": "INTEGER", "name": "VARCHAR(9)"},
        mode="overwrite",
        boto3_session=session,
    )
    return rows("SELECT id, name FROM public.copied ORDER BY id")


def unload(**options):
    wr.redshift.unload_to_files(
        "SELECT id, name FROM public.names WHERE name <> 'a' ORDER BY id",
        path="s3://bucket/out/",
        con=connection,
        iam_role=role,
        boto3_session=session,
        **options,
    )
    s3 = session.client("s3", endpoint_url=s3_url)
    keys = [item["Key"] for item in s3.list_objects_v2(Bucket="bucket", Prefix="out/")["Contents"]]
    return sorted(line for key in keys for line in s3.get_object(Bucket="bucket", Key=key)["Body"].read().decode().split())


say("written", write)
say("types", types)
say("chunks", lambda: [len(one) for one in wr.redshift.read_sql_query("SELECT * FROM public.sold", con=connection, chunksize=4)])
say("upserted", upsert)
say("copied", copy)
say("unloaded", lambda: unload(unload_format="CSV", parallel=False))
say("Parquet out", lambda: unload())
say(
    "Parquet in",
    lambda: wr.redshift.copy(
        sold, path="s3://bucket/parquet/", con=connection, table="sold", schema="public", iam_role=role, boto3_session=session
    ),
)
