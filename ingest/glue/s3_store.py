"""The bucket on S3."""

import os
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any, Final

import boto3
from botocore.config import Config

from bulk_objects import StoredObject

#: Read at a time. Unit: bytes.
_PIECE: Final = 262_144
#: Most keys of one DeleteObjects.
_MOST_KEYS: Final = 1000
#: Requests under way at once.
_CONNECTIONS: Final = 16


class S3Store:
    """`ObjectStore` of one bucket; addresses, region and credentials come from the environment, as the SDK reads it."""

    def __init__(self, bucket: str) -> None:
        own_endpoint = "AWS_ENDPOINT_URL_S3" in os.environ or "AWS_ENDPOINT_URL" in os.environ
        self._bucket = bucket
        self._client: Any = boto3.client(
            "s3",
            # Lambda and Glue say AWS_REGION, which this SDK does not read.
            region_name=os.environ.get("AWS_REGION"),
            config=Config(
                max_pool_connections=_CONNECTIONS,
                retries={"mode": "standard", "max_attempts": 5},
                # An address such as 127.0.0.1 has no names below it.
                s3={"addressing_style": "path" if own_endpoint else "auto"},
            ),
        )

    def list(self, prefix: str) -> Iterator[StoredObject]:
        pages = self._client.get_paginator("list_objects_v2").paginate(Bucket=self._bucket, Prefix=prefix)
        for page in pages:
            for entry in page.get("Contents", []):
                yield StoredObject(
                    entry["Key"], entry["Size"], entry["ETag"].strip('"'), entry["LastModified"].timestamp()
                )

    def folders(self, prefix: str) -> Iterator[str]:
        pages = self._client.get_paginator("list_objects_v2").paginate(
            Bucket=self._bucket, Prefix=prefix, Delimiter="/"
        )
        for page in pages:
            for entry in page.get("CommonPrefixes", []):
                yield entry["Prefix"]

    def read(self, key: str) -> Iterator[bytes]:
        body = self._client.get_object(Bucket=self._bucket, Key=key)["Body"]
        try:
            yield from body.iter_chunks(_PIECE)
        finally:
            body.close()

    def layout(self, key: str) -> str | None:
        return self._client.head_object(Bucket=self._bucket, Key=key).get("Metadata", {}).get("layout")

    def put(self, key: str, body: bytes) -> None:
        self._client.put_object(Bucket=self._bucket, Key=key, Body=body, ContentType="application/json")

    def copy(self, source: str, target: str) -> None:
        # Also what is too large for one CopyObject.
        self._client.copy({"Bucket": self._bucket, "Key": source}, self._bucket, target)

    def delete(self, keys: Iterable[str]) -> None:
        left = iter(keys)
        while batch := list(islice(left, _MOST_KEYS)):
            answer = self._client.delete_objects(
                Bucket=self._bucket, Delete={"Objects": [{"Key": key} for key in batch], "Quiet": True}
            )
            if errors := answer.get("Errors"):
                raise OSError(f"{errors[0]['Key']} cannot be deleted: {errors[0]['Message']}")

    def url(self, key: str) -> str:
        return f"s3://{self._bucket}/{key}"
