"""The bucket as a directory, for tests."""

import hashlib
from collections.abc import Iterable, Iterator
from pathlib import Path

from bulk_objects import StoredObject


class DirectoryStore:
    def __init__(self, root: Path) -> None:
        self.root = root
        self.layouts: dict[str, str] = {}

    def list(self, prefix: str) -> Iterator[StoredObject]:
        files = sorted(path for path in self.root.rglob("*") if path.is_file())
        for path in files:
            key = path.relative_to(self.root).as_posix()
            if key.startswith(prefix):
                content = path.read_bytes()
                etag = hashlib.md5(content).hexdigest()
                yield StoredObject(key, len(content), etag, path.stat().st_mtime)

    def folders(self, prefix: str) -> Iterator[str]:
        below = [one.key.removeprefix(prefix) for one in self.list(prefix)]
        yield from sorted({f"{prefix}{path.split('/')[0]}/" for path in below if "/" in path})

    def read(self, key: str) -> Iterator[bytes]:
        with (self.root / key).open("rb") as file:
            while piece := file.read(100_000):
                yield piece

    def layout(self, key: str) -> str | None:
        return self.layouts.get(key)

    def put(self, key: str, body: bytes) -> None:
        path = self.root / key
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(body)

    def copy(self, source: str, target: str) -> None:
        self.put(target, (self.root / source).read_bytes())

    def delete(self, keys: Iterable[str]) -> None:
        for key in keys:
            (self.root / key).unlink()

    def url(self, key: str) -> str:
        return f"file://{self.root}/{key}"


class MemoryTable:
    """The table of the imported lines, in a catalog that may be away."""

    def __init__(self) -> None:
        self.registered: set[str] = set()
        self.is_away = False

    def months(self) -> set[str]:
        if self.is_away:
            raise ConnectionError("the catalog does not answer")
        return set(self.registered)

    def add(self, months: Iterable[str]) -> None:
        self.registered |= set(months)

    def remove(self, months: Iterable[str]) -> None:
        self.registered -= set(months)


class KilledError(BaseException):
    """The process is gone: no handler of ours may run."""


class UnpublishedStore(DirectoryStore):
    """Dies where an object is to be published."""

    def put(self, key: str, body: bytes) -> None:
        if key.startswith("import/manifests/"):
            raise KilledError
        super().put(key, body)


class DyingStore(DirectoryStore):
    """Carries out so many writes, and then no more of anything."""

    def __init__(self, root: Path, writes: int) -> None:
        super().__init__(root)
        self.left = writes

    def _write(self) -> None:
        self.left -= 1
        if self.left < 0:
            raise KilledError

    def put(self, key: str, body: bytes) -> None:
        self._write()
        super().put(key, body)

    def copy(self, source: str, target: str) -> None:
        self._write()
        super().copy(source, target)

    def delete(self, keys: Iterable[str]) -> None:
        batch = list(keys)
        if batch:  # one request, as with S3
            self._write()
            super().delete(batch)
