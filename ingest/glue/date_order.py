"""In which order the dates of an object are written, by the rules of `ingest/replay/date-survey.ts`."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

#: What an object is to be read by, when its dates were read in another order.
DAY_FIRST: Final = "day-first"


class DateOrderError(Exception):
    """The dates of an object contradict each other or what is said of them, or somebody must say how they are read."""


class OtherOrdersError(Exception):
    """Not all objects of a group write their dates in the order in which they were read."""

    def __init__(self, orders: Sequence[str | DateOrderError]) -> None:
        self.orders = orders
        super().__init__("dates are in another order")


@dataclass(frozen=True)
class Dates:
    """Of the dates of an object whose month and day could be the other way round, what the calendar has."""

    #: A day that is none the other way round.
    only_read: date | None = None
    #: A date, as it stands in the file, that is a day the other way round alone.
    only_other: str | None = None
    #: Of those that are a day either way: the first and the last as they are read, and the other way round.
    read: tuple[date, date] | None = None
    other: tuple[date, date] | None = None

    @property
    def are_open(self) -> bool:
        """Whether no date tells month and day apart."""
        return self.read is not None and self.only_read is None and self.only_other is None


def order_to_read(dates: Dates, order: str, is_said: bool) -> str:
    """The order in which dates are to be read that were read in `order`: mostly the same.

    :param is_said: whether a person has said that they are written so
    :raises DateOrderError:
    """
    if dates.only_other is not None:
        if is_said:
            raise DateOrderError(
                f'the date "{dates.only_other}" is no date {order}, as --date-format says: '
                "correct the row, or the option"
            )
        if dates.only_read is not None:
            raise DateOrderError(
                f'the date "{dates.only_other}" can only be day-first and {dates.only_read} only month-first: '
                "correct the one that is wrong"
            )
        return DAY_FIRST
    if is_said or order == DAY_FIRST or dates.only_read is not None or dates.read is None or dates.other is None:
        return order
    (read_from, read_to), (other_from, other_to) = dates.read, dates.other
    if other_to - other_from < read_to - read_from:
        raise DateOrderError(
            f"its dates can be read in two ways: day-first they go from {other_from} to {other_to}, "
            f"month-first from {read_from} to {read_to}: say --date-format day-first or --date-format month-first"
        )
    return order


#: Of an object that has no such date.
NO_DATES: Final = Dates()


def order_or_refusal(dates: Dates, order: str, is_said: bool) -> str | DateOrderError:
    """As `order_to_read`, with the reason instead where there is no order."""
    try:
        return order_to_read(dates, order, is_said)
    except DateOrderError as refused:
        return refused
