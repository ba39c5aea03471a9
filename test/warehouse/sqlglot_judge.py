"""Whether sqlglot, which knows Redshift's dialect, understands SQL files: `python sqlglot_judge.py <files or folders>`.

Needs `pip install sqlglot==30.30.0`. A statement passes when it is parsed to its end, can be written in Redshift's dialect with
nothing that Redshift lacks, and says the same when that is parsed again.
"""

import logging
import re
import sys
from pathlib import Path

import sqlglot
from sqlglot import exp
from sqlglot.errors import ErrorLevel, SqlglotError

# What the parser keeps as a text, because it knows no more of it than the first word.
KEPT = re.compile(
    r"LOCK TABLE [a-z_.]+|CREATE ROLE [a-z_]+|GRANT [A-Z, ]+ ON ALL TABLES IN SCHEMA [a-z]+ TO ROLE [a-z_]+", re.ASCII
)


def findings_of(text: str) -> list[str]:
    """What is wrong with the statements of a text."""
    try:
        statements = [one for one in sqlglot.parse(text, read="redshift", error_level=ErrorLevel.RAISE) if one is not None]
    except SqlglotError as error:
        return [str(error)]
    return [finding for one in statements for finding in findings_in(one)]


def findings_in(statement: exp.Expression) -> list[str]:
    """What is wrong with one statement."""
    statement = statement.copy()
    statement.pop_comments()
    if isinstance(statement, exp.Command):
        written = statement.sql("redshift", comments=False)
        return [] if KEPT.fullmatch(written) else [f"not understood: {written[:200]}"]
    try:
        written = statement.sql("redshift", unsupported_level=ErrorLevel.RAISE, comments=False)
        again = sqlglot.parse_one(written, read="redshift", error_level=ErrorLevel.RAISE)
    except SqlglotError as error:
        return [str(error)]
    said = again.sql("redshift", comments=False)
    return [] if said == written else [f"understood in two ways: {written[:400]} / {said[:400]}"]


def main(places: list[str]) -> int:
    """Judge all files, and say what is wrong with which."""
    logging.getLogger("sqlglot").setLevel(logging.ERROR)
    files = [file for place in map(Path, places) for file in (sorted(place.rglob("*.sql")) if place.is_dir() else [place])]
    wrong = 0
    for file in files:
        for finding in findings_of(file.read_text(encoding="utf-8")):
            wrong += 1
            print(f"{file}: {finding}")
    print(f"sqlglot {sqlglot.__version__} read {len(files)} files: {wrong} findings")
    return 1 if wrong or not files else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
