"""Bring every pending object under `bulk/` to where the warehouse copies it from, whatever happens between.

Objects with equal headers go through Spark together, so that many small ones cost few Spark jobs; each is published on
its own.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from itertools import islice
from time import monotonic
from typing import Any, Final

from pyspark.sql import SparkSession

import bulk_objects as bulk
from bulk_objects import ObjectStore, Standing, StoredObject, import_id
from csv_header import GZIP_SUFFIX, Header, RefusedObjectError, check_whole, header_of, holds_rows, is_padded
from curated_months import MonthTable, register_months
from date_order import DateOrderError, OtherOrdersError, order_or_refusal
from layout import LayoutError, layout_of
from spark_group import Counts, SparkGroup, weight
from step_clock import StepClock
from whole_rows import copy_whole_rows

#: Of objects that go through Spark together: a run that dies does so much again at the most, unless one alone is
#: larger.
GROUP_BYTES: Final = 512 * 2**20
GROUP_OBJECTS: Final = 500
#: Requests to the bucket under way at once.
_AT_ONCE: Final = 8
#: Reasons that the last message of a failed run repeats.
_EXAMPLES: Final = 10


class ImportFailedError(Exception):
    """Objects were refused, or could not be imported; all others were."""

    def __init__(self, problems: dict[str, str]) -> None:
        self.problems = problems
        shown = [f"{key}: {problem}" for key, problem in islice(problems.items(), _EXAMPLES)]
        more = [f"and {len(problems) - _EXAMPLES} more"] if len(problems) > _EXAMPLES else []
        super().__init__("; ".join(["not imported", *shown, *more]))


@dataclass(frozen=True)
class Request:
    """What a run shall do."""

    #: 12 hex digits that tell this run from others.
    run: str
    #: Only these, as keys separated by commas; all that are pending by default.
    objects: str | None = None
    #: Import even what was imported before.
    again: bool = False


@dataclass
class BulkImport:
    store: ObjectStore
    #: In the catalog: where the months of what is imported are registered.
    table: MonthTable
    #: Called when there is something to transform, and not before: starting Spark takes seconds.
    spark: Callable[[], SparkSession]
    request: Request
    #: Takes one line of JSON for each object and step; never a row.
    log: Callable[[str], None] = print
    group_objects: int = GROUP_OBJECTS
    #: By key: what was refused in this run, and what failed.
    problems: dict[str, str] = field(default_factory=dict)
    _failed: set[str] = field(default_factory=set)

    def run(self) -> None:
        """Import until nothing is pending. :raises ImportFailedError: at the end, if something was refused or failed"""
        started = monotonic()
        imported = 0
        again = self.request.again
        while True:
            # What this run has imported is registered when it looks again; what a dead one had, when this one begins.
            self._register_months()
            now = bulk.standing(self.store)
            lost = self._publish_forgotten(now)
            wanted = self._wanted(now, again, lost)
            if not wanted:
                break
            imported += self._import(wanted)
            again = False
        self._say("INFO", "run ended", started, imported=imported, problems=len(self.problems))
        if self.problems:
            raise ImportFailedError(self.problems)

    def _register_months(self) -> None:
        """A catalog that does not answer keeps nothing from being imported: the run fails at its end, and the next one
        registers what is missing."""
        started = monotonic()
        try:
            added, removed = register_months(self.store, self.table)
        except Exception as error:
            reason = f"its months are not registered in the catalog: {_first_line(error)}"
            self.problems[bulk.CURATED] = reason
            self._say("ERROR", "months not registered", started, reason=reason)
            return
        self.problems.pop(bulk.CURATED, None)
        if added or removed:
            self._say("INFO", "months registered", started, added=added, removed=removed)

    def _publish_forgotten(self, now: Standing) -> set[str]:
        """Make up for runs that died just before publishing. Returns the imports whose staged lines are gone since."""
        lost: set[str] = set()
        for outcome in now.unpublished(self.store):
            started = monotonic()
            if bulk.is_staged(self.store, outcome):
                bulk.publish(self.store, outcome)
                self._say("WARN", "published late", started, object=outcome["object"], importId=outcome["importId"])
            elif outcome["importId"] in now.objects:
                lost.add(outcome["importId"])
                self._say("WARN", "staged lines are gone", started, object=outcome["object"])
        # At most one run is at work, so the others are dead, and have been made up for.
        own = f"{bulk.WORK}{self.request.run}/"
        self.store.delete(part.key for part in now.left if not part.key.startswith(own))
        return lost

    def _wanted(self, now: Standing, again: bool, lost: set[str]) -> list[StoredObject]:
        pending = list(now.objects.values()) if again else [*now.pending, *(now.objects[one] for one in lost)]
        if self.request.objects is not None:
            keys = {source.key for source in now.objects.values()}
            # A key may have a comma itself.
            whole = self.request.objects
            named = [whole] if whole in keys else [key for key in whole.split(",") if key]
            for key in named:
                if key not in keys and key not in self.problems:
                    self._refuse(key, "there is no such object", monotonic())
            pending = [source for source in pending if source.key in named]
        return [source for source in pending if import_id(source) not in self._failed]

    def _import(self, wanted: Sequence[StoredObject]) -> int:
        """Returns how many were staged or had no line."""
        started = monotonic()
        with ThreadPoolExecutor(_AT_ONCE) as threads:
            headers = list(threads.map(self._header, wanted))
        self._say("INFO", "headers read", started, objects=len(wanted))
        readable: dict[Header, list[StoredObject]] = {}
        for source, header in zip(wanted, headers, strict=True):
            if isinstance(header, Header):
                readable.setdefault(header, []).append(source)
            else:
                self._refuse(source.key, header, started, source)
        return sum(
            self._import_group(header, group)
            for header, sources in readable.items()
            for group in _groups(sources, self.group_objects)
        )

    def _header(self, source: StoredObject) -> Header | str:
        """The header, or why the object cannot be read as a whole. Gzip is unpacked to its end, so that Spark only ever
        meets whole files."""
        problem = "the file is empty" if source.size == 0 else bulk.name_problem(source.key)
        if problem is None:
            try:
                layout = layout_of(self.store.layout(source.key))
                header = header_of(source.key, self.store.read(source.key), layout)
                if not header.is_as_stored:
                    check_whole(source.key, self.store.read(source.key), layout)
                # Spark would take the zeros for another file.
                if source.key.endswith(GZIP_SUFFIX) and is_padded(self.store.read(source.key)):
                    header = replace(header, is_as_stored=False)
            except (RefusedObjectError, LayoutError) as refused:
                return str(refused)
            return header
        return problem

    def _import_group(self, header: Header, group: Sequence[StoredObject]) -> int:
        clock = StepClock(group)
        try:
            work, counts = self._transformed(header, group, clock)
        except OtherOrdersError as others:
            return self._import_in_orders(header, group, others.orders, clock)
        except Exception as error:
            reason = _first_line(error)
            if len(group) > 1:
                self._say("WARN", "group failed, one by one now", clock.started, objects=len(group), reason=reason)
                return sum(self._import_group(header, [source]) for source in group)
            [source] = group
            # Not the object's fault, so far as we know: the next run tries it again.
            self._failed.add(import_id(source))
            self.problems[source.key] = reason
            self._say("ERROR", "object failed", clock.started, object=source.key, reason=reason)
            return 0
        return self._published(header, group, work, counts, clock)

    def _import_in_orders(
        self, header: Header, group: Sequence[StoredObject], orders: Sequence[str | DateOrderError], clock: StepClock
    ) -> int:
        """Import what a look at all dates has shown to be written otherwise; nothing of the group is written so far."""
        by_order: dict[str, list[StoredObject]] = {}
        for source, order in zip(group, orders, strict=True):
            if isinstance(order, DateOrderError):
                self._refuse(source.key, str(order), clock.started, source)
            else:
                by_order.setdefault(order, []).append(source)
        return sum(self._import_group(replace(header, order=order), sources) for order, sources in by_order.items())

    def _transformed(self, header: Header, group: Sequence[StoredObject], clock: StepClock) -> tuple[str, list[Counts]]:
        """Where Spark has written everything, and how much. No object is touched so far."""
        store = self.store
        work = f"{bulk.WORK}{self.request.run}/{import_id(group[0])}/"
        store.delete(part.key for part in list(store.list(work)))
        spark = self.spark()
        # Of the first group alone: the others find it started.
        clock.step("start")
        # A header that goes on for several lines is one in copies alone.
        must_copy = b"\n" in header.row or not header.is_as_stored
        copies = self._copies(header, group, work, clock) if must_copy else {}
        with ExitStack() as held:
            rows = held.enter_context(SparkGroup(spark, store, header, group, self.request.run, copies))
            counts = rows.counts()
            torn = [one for one, count in zip(group, counts, strict=True) if count.open and one not in copies]
            if more := self._copies(header, torn, work, clock):
                held.close()
                copies |= more
                rows = held.enter_context(SparkGroup(spark, store, header, group, self.request.run, copies))
                counts = rows.counts()
            self._check_empty(header, group, counts)
            orders = [order_or_refusal(count.dates, header.order, header.is_said) for count in counts]
            if any(order != header.order for order in orders):
                raise OtherOrdersError(orders)
            clock.step("transform")
            self._say("INFO", "transformed", clock.started, objects=len(group), rows=sum(one.read for one in counts))
            if any(one.accepted for one in counts):
                rows.write_staged(store.url(f"{work}staged"))
                rows.write_curated(store.url(f"{work}curated"))
            if any(one.rejected for one in counts):
                rows.write_rejected(store.url(f"{work}rejected"))
            clock.step("write")
            self._say("INFO", "written", clock.started, objects=len(group))
        return work, counts

    def _copies(
        self, header: Header, sources: Sequence[StoredObject], work: str, clock: StepClock
    ) -> dict[StoredObject, list[str]]:
        """The keys of copies in which Spark finds the end of each row, of those objects that need one."""

        def copy(source: StoredObject) -> list[str]:
            return copy_whole_rows(self.store, source, header, f"{work}whole/{import_id(source)}/", self.request.run)

        with ThreadPoolExecutor(_AT_ONCE) as threads:
            copies = {one: keys for one, keys in zip(sources, threads.map(copy, sources), strict=True) if keys}
        if copies:
            self._say("INFO", "rows of several lines copied", clock.started, objects=len(copies))
        return copies

    def _published(
        self, header: Header, group: Sequence[StoredObject], work: str, counts: Sequence[Counts], clock: StepClock
    ) -> int:
        """How many were published: not those that were replaced meanwhile."""
        store = self.store
        parts = _parts_by_place(store.list(work), work)
        unchanged = set(store.list(bulk.BULK))
        stale = list(store.list(bulk.CURATED))

        def publish(place: int) -> bool:
            source = group[place]
            if source not in unchanged:
                self._say("WARN", "object changed while it was read", clock.started, object=source.key)
                return False
            old = [part.key for part in stale if bulk.is_curated_of(source, part.key)]
            self._publish(source, counts[place], header, parts.get(place, []), old, clock)
            return True

        with ThreadPoolExecutor(_AT_ONCE) as threads:
            published = sum(threads.map(publish, range(len(group))))
        store.delete(part.key for part in list(store.list(work)))
        return published

    def _check_empty(self, header: Header, group: Sequence[StoredObject], counts: Sequence[Counts]) -> None:
        """Spark may leave out a file without a word; we say so."""
        for source, count in zip(group, counts, strict=True):
            if count.read == 0 and holds_rows(source.key, self.store.read(source.key), header.layout):
                raise RuntimeError(f"Spark has read no row of {source.key}, and there are some")

    def _publish(
        self,
        source: StoredObject,
        counts: Counts,
        header: Header,
        parts: list[tuple[str, StoredObject]],
        old: list[str],
        clock: StepClock,
    ) -> None:
        """Give what Spark has written its names, and then say so."""
        store, run, of_import = self.store, self.request.run, import_id(source)
        begun = monotonic()
        staged, curated, rejected = (
            [(path, part) for path, part in parts if path.startswith(f"{kind}/")]
            for kind in ("staged", "curated", "rejected")
        )
        entries = []
        for number, (_, part) in enumerate(staged):
            target = f"{bulk.STAGED}{of_import}/{run}/part-{number:05}.csv.gz"
            store.copy(part.key, target)
            entries.append({"url": store.url(target), "mandatory": True, "meta": {"content_length": part.size}})
        rejects = f"{bulk.REJECTED}{of_import}/{run}/"
        for number, (_, part) in enumerate(rejected):
            store.copy(part.key, f"{rejects}part-{number:05}.json.gz")
        store.delete(old)
        for number, (path, part) in enumerate(curated):
            month = path.split("/month=")[1].split("/")[0]
            store.copy(part.key, bulk.curated_key(source, month, number))
        outcome = {
            **_outcome(source, run, "STAGED" if entries else "EMPTY", counts, header),
            "entries": entries,
            "manifest": bulk.manifest_key(of_import, run) if entries else None,
            "rejects": rejects if rejected else None,
            "seconds": {**clock.share(source), "publish": round(monotonic() - begun, 3)},
        }
        bulk.put_json(store, bulk.done_key(of_import), outcome)
        if entries:
            bulk.publish(store, outcome)
        logged = ("status", "read", "rejected", "accepted", "money")
        # Its share: what a group takes, each of its objects would name otherwise.
        seconds = round(sum(outcome["seconds"].values()), 3)
        facts = {name: outcome[name] for name in logged}
        self._say("INFO", "object imported", clock.started, object=source.key, **facts, seconds=seconds)

    def _refuse(self, key: str, reason: str, started: float, source: StoredObject | None = None) -> None:
        self.problems[key] = reason
        if source is not None:
            outcome = {
                **_outcome(source, self.request.run, "REFUSED", Counts(), None),
                "reason": reason,
                "entries": [],
                "manifest": None,
                "rejects": None,
                "seconds": {},
            }
            bulk.put_json(self.store, bulk.done_key(import_id(source)), outcome)
        self._say("ERROR", "object refused", started, object=key, reason=reason)

    def _say(self, level: str, what: str, started: float, **facts: object) -> None:
        seconds = round(monotonic() - started, 3)
        about = {"level": level, "what": what, "run": self.request.run, "seconds": seconds, **facts}
        self.log(json.dumps(about, ensure_ascii=False))


def _groups(sources: Sequence[StoredObject], most: int) -> Iterator[list[StoredObject]]:
    group: list[StoredObject] = []
    size = 0
    for source in sources:
        if group and (len(group) == most or size + weight(source) > GROUP_BYTES):
            yield group
            group, size = [], 0
        group.append(source)
        size += weight(source)
    if group:
        yield group


def _parts_by_place(parts: Iterable[StoredObject], work: str) -> dict[int, list[tuple[str, StoredObject]]]:
    """What Spark has written for each object, and where below the work prefix."""
    found: dict[int, list[tuple[str, StoredObject]]] = {}
    for part in parts:
        path = part.key.removeprefix(work)
        if "/part-" in path and "/object=" in path and "_temporary" not in path:
            place = int(path.split("/object=")[1].split("/")[0])
            found.setdefault(place, []).append((path, part))
    return found


def _outcome(source: StoredObject, run: str, status: str, counts: Counts, header: Header | None) -> dict[str, Any]:
    return {
        "object": source.key,
        "etag": source.etag,
        "size": source.size,
        "importId": import_id(source),
        "run": run,
        "status": status,
        "read": counts.read,
        "rejected": counts.rejected,
        "accepted": counts.accepted,
        "invoices": counts.invoices,
        "customers": counts.customers,
        "money": str(counts.money),
        "firstDate": counts.first,
        "lastDate": counts.last,
        "dateOrder": None if header is None else header.order,
        # Nothing has shown it: then they are read as usual, and somebody should look.
        "isDateOrderOpen": header is not None and not header.is_said and counts.dates.are_open,
        "finishedAt": datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
    }


def _first_line(error: Exception) -> str:
    return f"{type(error).__name__}: {error}".splitlines()[0][:500]
