"""The months of the imported lines, as partitions of the catalog's table: what is not registered, no reader sees."""

from collections.abc import Iterable
from typing import Protocol

from bulk_objects import CURATED, ObjectStore

_FOLDER = f"{CURATED}month="


class MonthTable(Protocol):
    """The table of the imported lines in the catalog."""

    def months(self) -> set[str]:
        """Those that are registered."""

    def add(self, months: Iterable[str]) -> None:
        """Register months. One that is registered already stays as it is."""

    def remove(self, months: Iterable[str]) -> None:
        """Take months out. One that is not registered is no mistake."""


def register_months(store: ObjectStore, table: MonthTable) -> tuple[list[str], list[str]]:
    """Make the table's months those that have an object. Returns those that were added, and those that were removed.

    What is there decides, and not what this run has written: so a run that died before it came here is made up for by
    the next, and a table that was made anew gets all its months again.
    """
    present = {
        folder.removeprefix(_FOLDER).rstrip("/") for folder in store.folders(CURATED) if folder.startswith(_FOLDER)
    }
    registered = table.months()
    added, removed = sorted(present - registered), sorted(registered - present)
    table.add(added)
    table.remove(removed)
    return added, removed
