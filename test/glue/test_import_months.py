"""Which months of the curated lines the catalog has after a run, whatever became of the run."""

import pytest
from bulk_import import ImportFailedError

from directory_store import KilledError, UnpublishedStore
from given import Bucket, file_of, row

THREE = file_of(row(), row(), row(invoice="C536379", quantity="-1", date="1/4/2011 10:00", customer="", price="0.001"))


def test_the_months_of_what_is_imported_are_registered_and_those_left_empty_are_not(bucket: Bucket) -> None:
    bucket.put(**{"sales.csv": THREE})
    bucket.run()
    first = set(bucket.table.registered)
    bucket.put(**{"sales.csv": file_of(row(invoice="600000"))})

    bucket.run(run="ffffffffffff")

    assert first == {"2010-12", "2011-01"}
    assert bucket.table.registered == {"2010-12"}


def test_a_catalog_that_does_not_answer_keeps_nothing_from_being_imported_and_is_made_up_for(bucket: Bucket) -> None:
    bucket.put(**{"sales.csv": THREE})
    bucket.table.is_away = True
    with pytest.raises(ImportFailedError, match="its months are not registered in the catalog: ConnectionError"):
        bucket.run()
    assert (bucket.done()["sales.csv"]["status"], len(bucket.manifests())) == ("STAGED", 1)
    bucket.table.is_away = False

    bucket.run(run="ffffffffffff")

    assert bucket.table.registered == {"2010-12", "2011-01"}
    assert bucket.starts == 1


def test_a_run_that_dies_before_it_registers_is_made_up_for_by_the_next(bucket: Bucket) -> None:
    bucket.put(**{"sales.csv": THREE})
    with pytest.raises(KilledError):
        bucket.run(UnpublishedStore(bucket.store.root))

    bucket.run(run="ffffffffffff")

    assert bucket.table.registered == {"2010-12", "2011-01"}
