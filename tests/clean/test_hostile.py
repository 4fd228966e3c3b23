"""Any input gives clean values within bounds or a RecordError, and quickly."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from aggregator.clean.listing import Context, merge, normalize
from aggregator.config.service_file import service_named
from aggregator.errors import RecordError
from aggregator.model import Listing, LocationType, Reading, SlotListing
from tests.support.plain_records import assert_plain

NOW = datetime(2021, 5, 3, 12, tzinfo=UTC)
CONTEXT = Context(
    source="example",
    base_url="https://clinics.example/search",
    time_zone="America/New_York",
    state="MA",
    location_type=LocationType.CLINIC,
    service=service_named("vaccination"),
)
MEGABYTE = 1_000_000
HOSTILE = {
    "empty": "",
    "blank": " \t\r\n\u00a0\u3000",
    "markup": "<script>alert(1)</script><img src=x onerror=alert(1)>",
    "references": "&lt;script&gt;&#0;&#xD800;&#x202e;&bogus;&amp;amp;",
    "controls": "".join(map(chr, range(32))) + "\x7f\x80\x9fa",
    "right to left": "\u202egnp.exe\u202c \u2067x\u2069 \u200f",
    "zero width": "\u200b\ufeff\u2060\u200d",
    "lone surrogates": "\ud800a\udfff",
    "script link": "javascript:alert(1)",
    "data link": "data:text/html,<b>x",
    "megabyte name": "A" * MEGABYTE,
    "megabyte of blanks": " " * MEGABYTE,
    "megabyte of commas": "1 a," * (MEGABYTE // 4),
    "megabyte of digits": "9" * MEGABYTE,
    "megabyte of words": "1 Main St " * (MEGABYTE // 10),
    "megabyte of references": "&amp;" * (MEGABYTE // 5),
    "megabyte of marks": "a" + "\u0316\u0301" * (MEGABYTE // 2),
    "megabyte of brackets": "(" * MEGABYTE,
    "odd digits": "\u0661\u0662/\u0663/\u0664\u0665\u0666\u0667",
    "nothing but punctuation": ",;|-/: .",
    "quotes": "'\"; DROP TABLE location; --",
}

Maker = Callable[[str], Listing]
WHEN = "2021-05-20T09:00:00"
MAKERS: dict[str, Maker] = {
    "name": lambda text: Listing(name=text),
    "id": lambda text: Listing(name="Hall", id=text),
    "address": lambda text: Listing(name="Hall", address=text),
    "address before a town": lambda text: Listing(name="Hall", address=f"{text}, Boston MA, 02120"),
    "address parts": lambda text: Listing(
        name="Hall", address=(text,) * 50, city=text, state=text, postal_code=text, county=text
    ),
    "texts": lambda text: Listing(
        name="Hall", info_phone=text, booking_phone=text, description=text, restrictions=text, valid_at=text
    ),
    "links": lambda text: Listing(name="Hall", info_url=text, booking_url=text),
    "ids": lambda text: Listing(name="Hall", external_ids=((text, text), ("system", text)) * 100),
    "position": lambda text: Listing(name="Hall", position=(text, text)),
    "start": lambda text: Listing(name="Hall", slots=(SlotListing(start=text),)),
    "end": lambda text: Listing(name="Hall", slots=(SlotListing(start=WHEN, end=text),)),
    "days": lambda text: Listing(name="Hall", slots=(SlotListing(start=text, end=text, days_only=True),)),
    "hours": lambda text: Listing(name="Hall", slots=(SlotListing(start=WHEN[:10], hours=text),)),
    "slot": lambda text: Listing(
        name="Hall",
        slots=(
            SlotListing(
                start=WHEN, count=text, products=(text,) * 50, doses=(text,), booking_url=text, restrictions=text
            ),
        ),
    ),
}


@pytest.mark.parametrize("maker", MAKERS.values(), ids=MAKERS.keys())
@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_text_becomes_plain_and_bounded_or_is_refused(text: str, maker: Maker) -> None:
    listing = maker(text)
    try:
        reading, problems = normalize(listing, CONTEXT, NOW)
    except RecordError as error:
        assert len(str(error)) < 300
        return
    assert_plain(reading)
    assert_plain(problems)
    assert len(problems) <= 20
    location = reading.location
    assert len(location.name) <= 200
    assert len(location.address_lines) <= 4
    assert all(len(line) <= 120 for line in location.address_lines)
    assert len(location.external_ids) <= 50
    assert all(len(slot.products) <= 20 for slot in reading.availability.slots) if reading.availability else True


def test_the_restrictions_of_many_rows_stay_bounded() -> None:
    rows: list[Reading] = [
        normalize(Listing(name="Hall", restrictions=f"{number} " + "x" * 2000), CONTEXT, NOW)[0] for number in range(50)
    ]
    (merged,) = merge(rows)
    assert len(merged.location.restrictions) <= 4000
