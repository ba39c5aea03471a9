"""The catalog's partitions, over a client that answers as Glue does."""

from collections.abc import Callable
from typing import Any

import pytest
from botocore.session import Session
from botocore.validate import validate_parameters
from glue_table import GlueTable, PartitionsRefusedError

_MODEL = Session().get_service_model("glue")
_OPERATIONS = {"batch_create_partition": "BatchCreatePartition", "batch_delete_partition": "BatchDeletePartition"}


class Glue:
    """Partitions of one table. Takes no call that Glue's model does not know."""

    def __init__(self, *registered: str) -> None:
        self.locations = {month: f"s3://shop/curated/lines/month={month}/" for month in registered}
        self.calls: list[int] = []
        #: What is said of a month, and so many times.
        self.refusals: dict[str, tuple[str, int]] = {}

    def get_table(self, **_: str) -> dict[str, Any]:
        storage = {"Location": "s3://shop/curated/lines/", "Columns": [{"Name": "line_id", "Type": "string"}]}
        return {"Table": {"StorageDescriptor": storage, "PartitionKeys": [{"Name": "month", "Type": "string"}]}}

    def get_paginator(self, name: str) -> "Glue":
        assert name == "get_partitions"
        return self

    def paginate(self, **_: object) -> list[dict[str, Any]]:
        return [{"Partitions": [{"Values": [month]} for month in some]} for some in (list(self.locations), [])]

    def batch_create_partition(self, **parameters: Any) -> dict[str, Any]:
        def create(entry: dict[str, Any]) -> str | None:
            [month] = entry["Values"]
            if month in self.locations:
                return "AlreadyExistsException"
            self.locations[month] = entry["StorageDescriptor"]["Location"]
            assert entry["StorageDescriptor"]["Columns"] == [{"Name": "line_id", "Type": "string"}]
            return None

        return self._each("batch_create_partition", parameters, "PartitionInputList", create)

    def batch_delete_partition(self, **parameters: Any) -> dict[str, Any]:
        def delete(entry: dict[str, Any]) -> str | None:
            return None if self.locations.pop(entry["Values"][0], None) else "EntityNotFoundException"

        return self._each("batch_delete_partition", parameters, "PartitionsToDelete", delete)

    def _each(
        self, name: str, parameters: dict[str, Any], member: str, act: Callable[[dict[str, Any]], str | None]
    ) -> dict[str, Any]:
        validate_parameters(parameters, _MODEL.operation_model(_OPERATIONS[name]).input_shape)
        entries = parameters[member]
        assert len(entries) <= {"PartitionInputList": 100, "PartitionsToDelete": 25}[member]
        self.calls.append(len(entries))
        errors = []
        for entry in entries:
            code, left = self.refusals.get(entry["Values"][0], ("", 0))
            self.refusals[entry["Values"][0]] = (code, left - 1)
            if refusal := code if left > 0 else act(entry):
                errors.append({"PartitionValues": entry["Values"], "ErrorDetail": {"ErrorCode": refusal}})
        return {"Errors": errors}


MONTHS = [f"{year}-{month:02}" for year in range(2000, 2021) for month in range(1, 13)]


def given(*registered: str) -> tuple[Glue, GlueTable, list[float]]:
    glue, pauses = Glue(*registered), list[float]()
    return glue, GlueTable("shop", "lines", glue, pauses.append), pauses


def test_months_are_added_and_removed_as_many_at_once_as_glue_takes() -> None:
    glue, table, _ = given()

    table.add(MONTHS)
    assert table.months() == set(MONTHS)
    table.remove(MONTHS[:30])

    assert glue.calls == [100, 100, 52, 25, 5]
    assert table.months() == set(MONTHS[30:])
    assert glue.locations["2010-12"] == "s3://shop/curated/lines/month=2010-12/"


def test_what_another_writer_has_done_is_done() -> None:
    glue, table, pauses = given("2010-12")

    table.add(["2010-12", "2011-01"])
    table.remove(["1999-01"])

    assert (table.months(), len(glue.calls), pauses) == ({"2010-12", "2011-01"}, 2, [])


def test_what_passes_is_tried_again_alone() -> None:
    glue, table, pauses = given()
    glue.refusals["2011-01"] = ("ConcurrentModificationException", 2)

    table.add(["2010-12", "2011-01", "2011-02"])

    assert (glue.calls, pauses) == ([3, 1, 1], [0.5, 1.0])
    assert table.months() == {"2010-12", "2011-01", "2011-02"}


@pytest.mark.parametrize(
    ("code", "calls"), [("ResourceNumberLimitExceededException", 1), ("ConcurrentModificationException", 6)]
)
def test_what_lasts_is_an_error_that_names_the_month(code: str, calls: int) -> None:
    glue, table, _ = given()
    glue.refusals["2011-01"] = (code, 99)

    with pytest.raises(PartitionsRefusedError, match=f"of 2011-01 the catalog says {code}"):
        table.add(["2010-12", "2011-01"])

    assert len(glue.calls) == calls
