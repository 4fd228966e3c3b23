"""Dates and hours as people write them, tested through a whole visit."""

import pytest

from aggregator.model import Slot
from providers.manual import Manual
from tests.support.pages import SEARCH, TableClient, only_slot, source, visit


def listed(day: str, hours: str, country: str = "US") -> Slot:
    """The slot of a volunteers' list with this day and these hours, read at `tests.support.pages.NOW`."""
    table = f'name,date,hours\nGull Hall,"{day}","{hours}"\n'
    return only_slot(visit(Manual(), source(country=country), TableClient({SEARCH: table})))


@pytest.mark.parametrize("day", ["05/20/2021", "May 20", "jueves 20 de mayo", "5/20/21", "jeudi 20 mai 2021"])
@pytest.mark.parametrize("hours", ["9.00 a.m. - 12.00 p.m.", "9 am to noon", "9h à 12h", "9.00 a.m. a mediodía"])
def test_days_and_hours_are_read_as_people_write_them(day: str, hours: str) -> None:
    slot = listed(day, hours)
    assert slot.end is not None
    assert (slot.start.isoformat(), slot.end.isoformat()) == ("2021-05-20T09:00:00-04:00", "2021-05-20T12:00:00-04:00")


def test_in_france_the_day_comes_before_the_month() -> None:
    assert listed("05/06/2021", "9h - 12h", "FR").start.isoformat() == "2021-06-05T09:00:00-04:00"


def test_a_day_with_unreadable_hours_is_kept() -> None:
    slot = listed("05/20/2021", "from nine until we are done")
    assert (slot.start.isoformat(), slot.all_day) == ("2021-05-20T00:00:00-04:00", True)
