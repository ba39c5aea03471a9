"""How a file is written, as far as a person says so: what `ingest/replay/layout.ts` reads, in the same words."""

import json
from dataclasses import dataclass
from typing import Any, Final

from line_fields import NAMES

#: Our names of the columns, and the field that each holds.
COLUMNS: Final = {names[0]: field for field, names in NAMES.items()}
#: In which order a file writes month, day and year.
DATE_ORDERS: Final = ("month-first", "day-first", "year-first")
_DELIMITERS: Final = {"comma": ",", "semicolon": ";", "tab": "\t", "pipe": "|"}
_DECIMALS: Final = {"point": ".", "comma": ","}


class LayoutError(Exception):
    """A layout cannot be understood."""


@dataclass(frozen=True)
class Layout:
    #: The names of columns in the header, by the field they hold; ours where there is none.
    columns: tuple[tuple[str, str], ...] = ()
    #: As the header shows by default.
    delimiter: str | None = None
    #: What separates pence from pounds.
    decimal: str = "."
    #: As the dates of the file show by default.
    dates: str | None = None

    def name(self, field: str) -> str | None:
        return dict(self.columns).get(field)


#: Nothing is said.
USUAL: Final = Layout()


def layout_of(text: str | None) -> Layout:
    """What stands beside an object. :raises LayoutError:"""
    if text is None:
        return USUAL
    try:
        said: Any = json.loads(text)
    except ValueError as error:
        raise LayoutError('its layout is no JSON: write {"dateFormat": "day-first"}, for instance') from error
    if not isinstance(said, dict):
        raise LayoutError('its layout is no object: write {"dateFormat": "day-first"}, for instance')
    if unknown := set(said) - {"map", "dateFormat", "delimiter", "decimal"}:
        raise LayoutError(f'its layout says "{min(unknown)}", which is none of map, dateFormat, delimiter, decimal')
    return Layout(
        _columns(said.get("map", {})),
        _one_of(said, "delimiter", _DELIMITERS),
        _one_of(said, "decimal", _DECIMALS) or ".",
        _one_of(said, "dateFormat", {order: order for order in DATE_ORDERS}),
    )


def _columns(pairs: Any) -> tuple[tuple[str, str], ...]:
    if not isinstance(pairs, dict) or not all(isinstance(ours, str) and ours in COLUMNS for ours in pairs.values()):
        raise LayoutError(f"the map of its layout is no object of names and of our columns, {', '.join(COLUMNS)}")
    found = {COLUMNS[ours]: theirs for theirs, ours in pairs.items()}
    if len(found) < len(pairs):
        raise LayoutError("the map of its layout gives one of our columns twice")
    return tuple(sorted(found.items()))


def _one_of(said: dict[str, Any], name: str, words: dict[str, str]) -> str | None:
    word = said.get(name)
    if word is None:
        return None
    if not isinstance(word, str) or word not in words:
        raise LayoutError(f"the {name} of its layout is {', '.join(words)}: got {json.dumps(word)}")
    return words[word]
