"""What stands in the bucket for an import, and what that says: what is pending, staged, published.

Order of writes of one object: staged lines, rejected rows, curated Parquet, `done`, and the manifest last, which
publishes it. A run that dies before `done` leaves nothing that counts, and the next run begins the object anew; one
that dies between `done` and the manifest is made up for by `Standing.unpublished`.
"""

import hashlib
import json
import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, Final, Protocol

BULK: Final = "bulk/"
CURATED: Final = "curated/lines/"
DONE: Final = "import/done/"
LOADED: Final = "import/loaded/"
MANIFESTS: Final = "import/manifests/"
REFUSED: Final = "import/refused/"
REJECTED: Final = "rejected/import/"
STAGED: Final = "import/staged/"
#: Where Spark writes before anything has its own name; what a dead run leaves there says that there was one.
WORK: Final = f"{STAGED}_work/"

#: Spark leaves out such names without a word, because its own unfinished files have them.
_HIDDEN: Final = ("_", ".")
#: Spark would unpack objects of such names; only gzip is promised. Source: Hadoop's CompressionCodecFactory.
_OTHER_PACKINGS: Final = (".bz2", ".deflate", ".lz4", ".snappy", ".zst")


@dataclass(frozen=True)
class StoredObject:
    key: str
    #: Unit: bytes.
    size: int
    #: Without quotes.
    etag: str
    #: When it was put. Unit: seconds since 1970.
    modified: float = field(default=0.0, compare=False)


class ObjectStore(Protocol):
    """The bucket, as far as the import needs it."""

    def list(self, prefix: str) -> Iterator[StoredObject]:
        """All objects below a prefix, by key."""

    def folders(self, prefix: str) -> Iterator[str]:
        """The folders that stand right below a prefix and hold an object, whole and with the last `/`."""

    def read(self, key: str) -> Iterator[bytes]:
        """The bytes of an object, piece by piece."""

    def layout(self, key: str) -> str | None:
        """What was put beside an object to say how it is written, as JSON."""

    def put(self, key: str, body: bytes) -> None: ...

    def copy(self, source: str, target: str) -> None: ...

    def delete(self, keys: Iterable[str]) -> None: ...

    def url(self, key: str) -> str:
        """How Spark and COPY name the object."""


def import_id(source: StoredObject) -> str:
    """What tells one content of one object from all others: 16 hex digits."""
    return hashlib.sha256(f"{source.key}\n{source.etag}".encode()).hexdigest()[:16]


def manifest_key(of_import: str, run: str) -> str:
    return f"{MANIFESTS}{of_import}.{run}.json"


def done_key(of_import: str) -> str:
    return f"{DONE}{of_import}.json"


def curated_key(source: StoredObject, month: str, number: int) -> str:
    """Its name says the import and the object, so that both an earlier run and an earlier content can be found."""
    return f"{CURATED}month={month}/{import_id(source)}-{_object_mark(source)}-{number:05}.snappy.parquet"


def is_curated_of(source: StoredObject, key: str) -> bool:
    """Whether this Parquet file holds rows of the object, as it is or as it was."""
    name = key.rsplit("/", 1)[-1]
    return name.startswith(f"{import_id(source)}-") or f"-{_object_mark(source)}-" in name


def _object_mark(source: StoredObject) -> str:
    return hashlib.sha256(source.key.encode()).hexdigest()[:12]


def name_problem(key: str) -> str | None:
    """Why Spark cannot read an object of this name, and what to do."""
    *folders, name = key.split("/")
    if any(folder in ("", ".", "..") for folder in folders):
        return 'Spark cannot name an object whose folders are empty, "." or "..": put it again under another name'
    if name.startswith(_HIDDEN):
        return 'Spark leaves out names that begin with "_" or ".": put it again under another name'
    if name.endswith(_OTHER_PACKINGS):
        return "only plain CSV and gzip are read: put it again as one of them"
    return None


@dataclass(frozen=True)
class Standing:
    """How things stood when the bucket was listed."""

    #: What is under `bulk/`, by import id, in the order of the keys.
    objects: dict[str, StoredObject]
    #: When the outcome of an import was written, by import id.
    done: dict[str, float]
    #: Manifests that were published, loaded or refused, `<importId>.<run>`, and when.
    published: dict[str, float]
    #: What runs left where Spark writes.
    left: list[StoredObject]

    @property
    def pending(self) -> list[StoredObject]:
        return [source for of_import, source in self.objects.items() if of_import not in self.done]

    def unpublished(self, store: ObjectStore) -> Iterator[dict[str, Any]]:
        """Outcomes of runs that died before they published the manifest.

        Many finished imports cost no reading: an outcome is read only if nothing was published after it, or if it is
        later than what a dead run left. For when an object is imported again, what is published after its outcome may
        be the run before, loaded late.
        """
        died = min((one.modified for one in self.left), default=math.inf)
        newest: dict[str, float] = {}
        for name, at in self.published.items():
            of_import = name.split(".")[0]
            newest[of_import] = max(at, newest.get(of_import, 0.0))
        for of_import, at in self.done.items():
            if newest.get(of_import, 0.0) > at and at < died:
                continue
            outcome = json.loads(b"".join(store.read(done_key(of_import))))
            if outcome["status"] == "STAGED" and f"{of_import}.{outcome['run']}" not in self.published:
                yield outcome


def standing(store: ObjectStore) -> Standing:
    """List what there is."""
    objects = {
        import_id(source): source
        for source in store.list(BULK)
        if not (source.key.endswith("/") and source.size == 0)  # a folder, as the console makes it
    }
    done = {_name(outcome.key): outcome.modified for outcome in store.list(DONE)}
    published = {
        _name(manifest.key): manifest.modified
        for prefix in (MANIFESTS, LOADED, REFUSED)
        for manifest in store.list(prefix)
    }
    return Standing(objects, done, published, list(store.list(WORK)))


def _name(key: str) -> str:
    return key.rsplit("/", 1)[-1].removesuffix(".json")


def put_json(store: ObjectStore, key: str, value: object) -> None:
    store.put(key, json.dumps(value, ensure_ascii=False).encode())


def publish(store: ObjectStore, outcome: dict[str, Any]) -> None:
    """Write the COPY manifest of a staged object: from here on the warehouse loads it."""
    put_json(store, manifest_key(outcome["importId"], outcome["run"]), {"entries": outcome["entries"]})


def is_staged(store: ObjectStore, outcome: dict[str, Any]) -> bool:
    """Whether all that the manifest names is there."""
    prefix = f"{STAGED}{outcome['importId']}/{outcome['run']}/"
    there = {store.url(part.key): part.size for part in store.list(prefix)}
    return all(there.get(entry["url"]) == entry["meta"]["content_length"] for entry in outcome["entries"])
