"""A table of the Data Catalog with one partition key."""

import os
import time
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import Any, Final, TypeAlias

import boto3
from botocore.config import Config

#: Source: Glue's API reference, BatchCreatePartition and BatchDeletePartition.
_MOST_CREATED: Final = 100
_MOST_DELETED: Final = 25
#: What Glue says of single partitions and what passes: another writer, or too much at once.
_PASSING: Final = frozenset(
    {
        "ConcurrentModificationException",
        "InternalServiceException",
        "OperationTimeoutException",
        "ThrottlingException",
    }
)
_ATTEMPTS: Final = 6
#: Before the second attempt, and then twice as long each time. Unit: seconds.
_PAUSE: Final = 0.5

_Entry: TypeAlias = dict[str, Any]


class PartitionsRefusedError(Exception):
    """The catalog did not take or remove partitions."""

    def __init__(self, table: str, errors: list[_Entry]) -> None:
        self.table = table
        self.errors = errors
        first, detail = "/".join(errors[0]["PartitionValues"]), errors[0]["ErrorDetail"]
        super().__init__(
            f"{len(errors)} partitions of the table {table} are not changed; of {first} the catalog says "
            f"{detail['ErrorCode']}: {detail.get('ErrorMessage', '')}"
        )


class GlueTable:
    """`MonthTable` in Glue. Folders of partitions are called `<key>=<value>`."""

    def __init__(
        self, database: str, name: str, client: Any = None, pause: Callable[[float], None] = time.sleep
    ) -> None:
        self._place = {"DatabaseName": database, "TableName": name}
        self._client = client or boto3.client(
            "glue",
            region_name=os.environ.get("AWS_REGION"),
            config=Config(retries={"mode": "standard", "max_attempts": 8}),
        )
        self._pause = pause

    def months(self) -> set[str]:
        pages = self._client.get_paginator("get_partitions").paginate(**self._place, ExcludeColumnSchema=True)
        return {partition["Values"][0] for page in pages for partition in page["Partitions"]}

    def add(self, months: Iterable[str]) -> None:
        wanted = list(months)
        if not wanted:
            return
        table = self._client.get_table(DatabaseName=self._place["DatabaseName"], Name=self._place["TableName"])["Table"]
        storage, [key] = table["StorageDescriptor"], table["PartitionKeys"]

        def entry(month: str) -> _Entry:
            # Spark, Spectrum and Athena read a partition with what it says itself, not with what the table says.
            location = f"{storage['Location'].rstrip('/')}/{key['Name']}={month}/"
            return {"Values": [month], "StorageDescriptor": {**storage, "Location": location}}

        for some in _portions(wanted, _MOST_CREATED):
            self._until_done(
                lambda left: self._client.batch_create_partition(**self._place, PartitionInputList=left),
                [entry(month) for month in some],
                "AlreadyExistsException",
            )

    def remove(self, months: Iterable[str]) -> None:
        for some in _portions(months, _MOST_DELETED):
            self._until_done(
                lambda left: self._client.batch_delete_partition(**self._place, PartitionsToDelete=left),
                [{"Values": [month]} for month in some],
                "EntityNotFoundException",
            )

    def _until_done(self, call: Callable[[list[_Entry]], _Entry], entries: list[_Entry], done: str) -> None:
        """Try again what passes. `done` is the error that says that somebody else has done it."""
        for attempt in range(_ATTEMPTS):
            errors = [one for one in call(entries).get("Errors", []) if one["ErrorDetail"]["ErrorCode"] != done]
            lasting = [one for one in errors if one["ErrorDetail"]["ErrorCode"] not in _PASSING]
            if lasting or (errors and attempt == _ATTEMPTS - 1):
                raise PartitionsRefusedError(self._place["TableName"], lasting or errors)
            if not errors:
                return
            again = {tuple(one["PartitionValues"]) for one in errors}
            entries = [one for one in entries if tuple(one["Values"]) in again]
            self._pause(_PAUSE * 2**attempt)


def _portions(months: Iterable[str], most: int) -> Iterator[list[str]]:
    left = iter(months)
    while some := list(islice(left, most)):
        yield some
