"""Uses S3 as programs in Python do, each with a library of its own. Prints one line of JSON for each thing that was tried."""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

ENDPOINT, BUCKET, CLIENT = sys.argv[1:4]
KEYS = {"aws_access_key_id": "local", "aws_secret_access_key": "local-secret", "region_name": "us-east-1"}
PIECE = b"x" * 1024 * 1024


def run_case(name: str, action: Callable[[], object]) -> None:
    """Print what an action gave, or how it failed."""
    try:
        result = {"name": name, "answer": action()}
    except Exception as error:  # whatever a library throws
        result = {"name": name, "error": f"{type(error).__name__}: {error}"}
    print(json.dumps(result, default=str))


def pyarrow() -> None:
    """PyArrow has the AWS SDK for C++ inside."""
    from pyarrow import fs

    files = fs.S3FileSystem(
        access_key=KEYS["aws_access_key_id"],
        secret_key=KEYS["aws_secret_access_key"],
        endpoint_override=ENDPOINT.split("//")[1],
        scheme="http",
        region="us-east-1",
    )

    def put(key: str, pieces: int) -> int:
        with files.open_output_stream(f"{BUCKET}/{key}") as stream:
            for _ in range(pieces):
                stream.write(PIECE)
        with files.open_input_file(f"{BUCKET}/{key}") as stream:
            return len(stream.read())

    def move() -> list[str]:
        files.create_dir(f"{BUCKET}/arrow/folder")
        files.copy_file(f"{BUCKET}/arrow/small", f"{BUCKET}/arrow/folder/copy")
        files.move(f"{BUCKET}/arrow/folder/copy", f"{BUCKET}/arrow/folder/moved")
        found = [info.path for info in files.get_file_info(fs.FileSelector(f"{BUCKET}/arrow", recursive=True))]
        files.delete_dir(f"{BUCKET}/arrow")
        return sorted(found)

    run_case("a small file", lambda: put("arrow/small", 1))
    run_case("a file in parts", lambda: put("arrow/large", 12))
    run_case("folders", move)
    run_case("nothing is left", lambda: files.get_file_info(f"{BUCKET}/arrow").type.name)


def boto3() -> None:
    """Boto3's clients, and its resources, which ask with ListObjects of version 1."""
    import boto3
    from botocore.exceptions import ClientError

    client = boto3.client("s3", endpoint_url=ENDPOINT, **KEYS)
    bucket = boto3.resource("s3", endpoint_url=ENDPOINT, **KEYS).Bucket(BUCKET)
    for key in ("boto/a", "boto/b/c", "boto/d"):
        client.put_object(Bucket=BUCKET, Key=key, Body=b"body")

    def code_of(action: Callable[[], object]) -> str:
        try:
            action()
        except ClientError as error:
            return error.response["Error"]["Code"]
        return "no error"

    def pages() -> list[list[str]]:
        found = client.get_paginator("list_objects").paginate(
            Bucket=BUCKET, Prefix="boto/", Delimiter="/", PaginationConfig={"PageSize": 1}
        )
        return [
            [one["Key"] for one in page.get("Contents", [])] + [one["Prefix"] for one in page.get("CommonPrefixes", [])]
            for page in found
        ]

    def uploads() -> tuple[list[str], list[str]]:
        for _ in range(2):
            client.create_multipart_upload(Bucket=BUCKET, Key="boto/upload")
        begun = list(bucket.multipart_uploads.all())
        for upload in begun:
            upload.abort()
        return [upload.object_key for upload in begun], [upload.id for upload in bucket.multipart_uploads.all()]

    run_case("objects", lambda: [one.key for one in bucket.objects.filter(Prefix="boto/")])
    run_case("pages of version 1", pages)
    run_case("versions", lambda: [(one.object_key, one.id) for one in bucket.object_versions.filter(Prefix="boto/")])
    run_case("uploads", uploads)
    run_case("grants", lambda: [one["Permission"] for one in bucket.Acl().grants])
    run_case("grants of an object", lambda: [one["Permission"] for one in bucket.Object("boto/a").Acl().grants])
    run_case("versioning", lambda: bucket.Versioning().status)
    run_case("tags", lambda: code_of(lambda: bucket.Tagging().tag_set))
    run_case("lifecycle", lambda: code_of(lambda: bucket.LifecycleConfiguration().rules))
    run_case("policy", lambda: code_of(lambda: bucket.Policy().policy))
    run_case("cors", lambda: code_of(lambda: bucket.Cors().cors_rules))
    run_case("payer", lambda: bucket.RequestPayment().payer)
    run_case("another owner", lambda: code_of(lambda: client.list_objects_v2(Bucket=BUCKET, ExpectedBucketOwner="111122223333")))
    run_case("this owner", lambda: client.list_objects_v2(Bucket=BUCKET, ExpectedBucketOwner="000000000000")["KeyCount"])
    run_case("part", lambda: client.get_object(Bucket=BUCKET, Key="boto/a", PartNumber=1)["ContentRange"])
    run_case(
        "attributes",
        lambda: client.get_object_attributes(Bucket=BUCKET, Key="boto/a", ObjectAttributes=["ObjectSize"])["ObjectSize"],
    )
    client.put_object(Bucket=BUCKET, Key="\x10", Body=b"body")
    run_case(
        "a key that XML has not",
        lambda: code_of(lambda: client.delete_objects(Bucket=BUCKET, Delete={"Objects": [{"Key": "\x10"}]})),
    )
    client.delete_object(Bucket=BUCKET, Key="\x10")
    run_case("all versions go", lambda: len(bucket.object_versions.delete()[0]["Deleted"]))


def s3fs() -> None:
    """S3 as fsspec's file system."""
    import s3fs

    files = s3fs.S3FileSystem(
        key=KEYS["aws_access_key_id"],
        secret=KEYS["aws_secret_access_key"],
        endpoint_url=ENDPOINT,
        client_kwargs={"region_name": "us-east-1"},
        use_listings_cache=False,
    )

    def put(name: str, pieces: int) -> int:
        with files.open(f"{BUCKET}/fs/{name}", "wb") as stream:
            for _ in range(pieces):
                stream.write(PIECE)
        return files.info(f"{BUCKET}/fs/{name}")["size"]

    def move() -> list[str]:
        files.cp(f"{BUCKET}/fs/small", f"{BUCKET}/fs/copy")
        files.mv(f"{BUCKET}/fs/copy", f"{BUCKET}/fs/moved")
        return files.find(f"{BUCKET}/fs")

    run_case("a small file", lambda: put("small", 1))
    run_case("a file in parts", lambda: put("large", 12))
    run_case("moved", move)
    run_case("tags", lambda: files.get_tags(f"{BUCKET}/fs/small"))
    run_case("uploads", lambda: files.list_multipart_uploads(BUCKET))
    run_case(
        "joined",
        lambda: (
            files.merge(f"{BUCKET}/fs/joined", [f"{BUCKET}/fs/large", f"{BUCKET}/fs/small"]),
            files.du(f"{BUCKET}/fs/joined"),
        )[1],
    )
    run_case("gone", lambda: (files.rm(f"{BUCKET}/fs", recursive=True), files.exists(f"{BUCKET}/fs"))[1])


def awswrangler() -> None:
    """Tables in S3."""
    import awswrangler
    import boto3
    import pandas

    awswrangler.config.s3_endpoint_url = ENDPOINT
    session = boto3.Session(**KEYS)
    frame = pandas.DataFrame({"amount": [1, 2], "shop": ["x", "y"]})
    place = f"s3://{BUCKET}/tables/"

    def parquet() -> list[int]:
        awswrangler.s3.to_parquet(frame, place, dataset=True, partition_cols=["shop"], boto3_session=session)
        return sorted(int(one) for one in awswrangler.s3.read_parquet(place, dataset=True, boto3_session=session)["amount"])

    def csv() -> list[int]:
        awswrangler.s3.to_csv(frame, f"{place}t.csv", boto3_session=session)
        return [int(one) for one in awswrangler.s3.read_csv(f"{place}t.csv", boto3_session=session)["amount"]]

    run_case("parquet", parquet)
    run_case("csv", csv)
    run_case("described", lambda: len(awswrangler.s3.describe_objects(place, boto3_session=session)))
    run_case(
        "gone",
        lambda: (
            awswrangler.s3.delete_objects(place, boto3_session=session),
            awswrangler.s3.list_objects(place, boto3_session=session),
        )[1],
    )


def awscli() -> None:
    """The AWS CLI."""
    environment = {"AWS_ACCESS_KEY_ID": "local", "AWS_SECRET_ACCESS_KEY": "local-secret", "AWS_DEFAULT_REGION": "us-east-1"}

    def run(*words: str) -> str:
        command = [sys.executable, "-m", "awscli", "--endpoint-url", ENDPOINT, *words]
        done = subprocess.run(command, env={**os.environ, **environment}, capture_output=True, text=True, check=False)  # noqa: S603
        if done.returncode != 0:
            raise RuntimeError(done.stderr.strip())
        return done.stdout

    with tempfile.TemporaryDirectory() as directory:
        file = Path(directory) / "file"
        file.write_bytes(PIECE)
        run_case("copied", lambda: run("s3", "cp", "--no-progress", str(file), f"s3://{BUCKET}/cli/file").split()[0])
        run_case("synced", lambda: (run("s3", "sync", f"s3://{BUCKET}/cli", directory), file.stat().st_size)[1])
        run_case("listed", lambda: run("s3", "ls", f"s3://{BUCKET}/cli", "--recursive").split()[2:])
        run_case(
            "version 1",
            lambda: json.loads(run("s3api", "list-objects", "--bucket", BUCKET, "--prefix", "cli/"))["Contents"][0]["Size"],
        )
        run_case("removed", lambda: run("s3", "rm", f"s3://{BUCKET}/cli", "--recursive").split()[0])
        run_case(
            "a bucket", lambda: (run("s3", "mb", "s3://cli-bucket"), run("s3", "rb", "s3://cli-bucket", "--force"))[1].split()[0]
        )


{"pyarrow": pyarrow, "boto3": boto3, "s3fs": s3fs, "awswrangler": awswrangler, "awscli": awscli}[CLIENT]()
