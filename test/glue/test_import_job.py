"""Arguments as Glue writes them."""

import pytest
from bulk_import import Request

from import_job import arguments, main, request_of

RUN = "jr_0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"


def test_what_is_not_for_the_job_is_ignored() -> None:
    given = ["--enable-metrics", "true", "--JOB_NAME", "import", "--JOB_RUN_ID", RUN, "--TempDir", "--bucket=raw"]

    assert arguments(given) == {
        "enable-metrics": "true",
        "JOB_NAME": "import",
        "JOB_RUN_ID": RUN,
        "TempDir": "",
        "bucket": "raw",
    }
    assert request_of(arguments(given)) == Request("0123456789ab")


def test_objects_and_again() -> None:
    given = arguments(["--JOB_RUN_ID", f"{RUN}_attempt_1", "--objects", "bulk/a b.csv,bulk/c.csv", "--again", "true"])

    assert request_of(given) == Request("0123456789ab", "bulk/a b.csv,bulk/c.csv", again=True)


def test_a_run_must_have_an_id_a_bucket_and_a_catalog() -> None:
    with pytest.raises(SystemExit, match=r"--JOB_RUN_ID must be jr_"):
        request_of(arguments(["--JOB_RUN_ID", "x"]))
    with pytest.raises(SystemExit, match="--bucket must name"):
        main(["--JOB_RUN_ID", RUN])
    with pytest.raises(SystemExit, match="--catalog-database must name"):
        main(["--JOB_RUN_ID", RUN, "--bucket", "shop"])
