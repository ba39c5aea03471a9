"""How long the steps of an import take."""

from collections.abc import Sequence
from time import monotonic

from bulk_objects import StoredObject
from spark_group import weight


class StepClock:
    """Seconds of what a group does together; each object has its share of them, by its size."""

    def __init__(self, group: Sequence[StoredObject]) -> None:
        self.started = monotonic()
        self._last = self.started
        self._steps: dict[str, float] = {}
        self._weight = sum(weight(source) for source in group)

    def step(self, name: str) -> None:
        now = monotonic()
        self._steps[name] = now - self._last
        self._last = now

    def share(self, source: StoredObject) -> dict[str, float]:
        return {name: round(seconds * weight(source) / self._weight, 3) for name, seconds in self._steps.items()}
