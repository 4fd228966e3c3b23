"""What is said of one place, before it is laid out."""

from datetime import datetime, timedelta

import pytest

from aggregator.model import Available, Outcome, Place, Slot
from aggregator.site.cards import Card, PlacePage, place_view
from aggregator.wording.context import render_context
from aggregator.wording.languages import language
from aggregator.wording.page_links import phone_link, web_link
from aggregator.wording.words import Words
from tests.support.snapshots import (
    HOSTILE_URL,
    LONG_RESTRICTION,
    NOW,
    current,
    full,
    local,
    offer,
    offers,
    place,
    region,
    snapshot,
    times,
    unknowns,
    window,
)

WORDS = Words(language("en", "US"))


def page_of(shown: Place) -> PlacePage:
    return place_view(shown, render_context(snapshot(shown), region(), "en"))


def card_of(shown: Place) -> Card:
    return page_of(shown).card


@pytest.mark.parametrize(
    ("slots", "lines"),
    [
        ((window(14, 1631),), ["Fri, May 14: 1,631 appointments, 9:00\u00a0AM – 5:00\u00a0PM, Pfizer"]),
        ((window(14, 1),), ["Fri, May 14: 1 appointment, 9:00\u00a0AM – 5:00\u00a0PM, Pfizer"]),
        (
            (window(14, None, products=()),),
            ["Fri, May 14: appointments available, number not stated, 9:00\u00a0AM – 5:00\u00a0PM"],
        ),
        (
            (window(14, 3), window(14, None)),
            ["Fri, May 14: at least 3 appointments, 9:00\u00a0AM – 5:00\u00a0PM, Pfizer"],
        ),
        (times(14, 3), ["Fri, May 14: 3 appointments, 9:00\u00a0AM – 9:30\u00a0AM"]),
        (times(14, 1), ["Fri, May 14: 1 appointment, 9:00\u00a0AM"]),
        ((window(15), window(14)), ["Fri, May 14: 12 appoint", "Sat, May 15: 12 appoint"]),
        ((window(14, available=Available.NO), window(15)), ["Sat, May 15: 12 appoint"]),
        ((window(14, available=Available.UNKNOWN),), ["Fri, May 14: not sure whether any are left, 9:00\u00a0AM"]),
        (
            (Slot(start=local(21, month=10), end=local(26, month=10), all_day=True, count=4),),
            ["Some day from Oct 21 to Oct 25; the exact day is not stated: 4 appointments"],
        ),
        (
            (Slot(start=local(10), end=local(16), all_day=True, count=4),),
            ["Some day from May 13 to May 15; the exact day is not stated: 4 appointments"],
        ),
        ((Slot(start=local(14), end=local(15), all_day=True, count=4),), ["Fri, May 14: 4 appointments"]),
        (
            (Slot(start=local(14, 22), end=local(15, 2), window=True, count=4),),
            ["Fri, May 14: 4 appointments, 10:00\u00a0PM – 2:00\u00a0AM"],
        ),
        (
            (Slot(start=local(24, 10, 20, month=8), count=1222, first_of_many=True, products=("Real ID",)),),
            ["From Tue, Aug 24: 1,222 appointments, the first on Aug 24, 10:20\u00a0AM, Real ID"],
        ),
        (
            (Slot(start=local(14, 10), count=None, first_of_many=True),),
            ["From Fri, May 14: appointments available, number not stated, the first on May 14, 10:00\u00a0AM"],
        ),
        (  # of two kinds, and beside an ordinary time on the same day
            (*(Slot(start=local(14, hour), count=hour, first_of_many=True) for hour in (11, 10)), *times(14, 1)),
            [
                "Fri, May 14: 1 appointment, 9:00\u00a0AM",
                "From Fri, May 14: 21 appointments, the first on May 14, 10:00\u00a0AM",
            ],
        ),
        ((Slot(start=local(6, 9).replace(year=2022), count=4),), ["Fri, May 6, 2022: 4 appointments, 9:00\u00a0AM"]),
    ],
)
def test_a_day_says_how_many_at_what_hours_and_of_what(slots: tuple[Slot, ...], lines: list[str]) -> None:
    days = page_of(place(1, offer(*slots))).all_days

    assert len(days) == len(lines)
    for day, line in zip(days, lines, strict=True):
        assert f"{day.when}: {day.what}".startswith(line)


def test_times_of_slots_are_those_of_the_place_and_not_of_the_region() -> None:
    shown = place(1, offer(*times(14, 1)), time_zone="America/Chicago")

    assert page_of(shown).all_days[0].what == "1 appointment, 8:00\u00a0AM"


def test_a_place_on_guam_shows_the_hours_and_days_of_guam() -> None:
    slots = (*times(14, 1), Slot(start=local(14, 20), count=9, first_of_many=True))
    days = page_of(place(1, offer(*slots), time_zone="Pacific/Guam")).all_days

    assert [f"{day.when}: {day.what}" for day in days] == [
        "Fri, May 14: 1 appointment, 11:00\u00a0PM",
        "From Sat, May 15: 9 appointments, the first on May 15, 10:00\u00a0AM",
    ]


def test_a_second_dose_is_told_apart_from_a_first_on_the_same_day() -> None:
    days = page_of(place(1, offer(window(14, 5), window(14, 7, doses=("2",))))).all_days

    assert [(day.what.split(",")[0], day.dose) for day in days] == [
        ("5 appointments", ""),
        ("7 appointments", "second dose only"),
    ]


def test_a_card_shows_seven_days_and_the_page_of_the_place_all_of_them() -> None:
    page = page_of(place(1, offer(*(window(day) for day in range(14, 24)))))

    assert (len(page.card.days), page.card.more_days, len(page.all_days)) == (7, "and 3 more days", 10)


def test_single_times_are_listed_up_to_a_limit() -> None:
    listed = page_of(place(1, offer(*times(14, 30)))).all_days[0].times

    assert listed.startswith("9:00\u00a0AM, 9:15\u00a0AM, ")
    assert listed.endswith("2:45\u00a0PM and 6 more")


def test_days_with_sign_up_links_of_their_own_keep_them() -> None:
    days = page_of(place(1, offer(window(14), window(15)))).all_days

    assert [day.book.text for day in days if day.book] == [
        "Book Fri, May 14 at book.example.org",
        "Book Sat, May 15 at book.example.org",
    ]


@pytest.mark.parametrize(
    ("general", "slots", "expected"),
    [
        ("", [window(14), window(15)], []),
        ("Residents", [window(14)], [("Restriction:", "Residents")]),
        ("", [window(14, restrictions="Teachers")], [("Restriction:", "Teachers")]),
        ("Teachers", [window(14, restrictions="Teachers")], [("Restriction:", "Teachers")]),
        ("", [window(14), window(15, restrictions="Teachers")], [("Restriction (Sat, May 15):", "Teachers")]),
        (
            "Residents",
            [window(14), *(window(day, restrictions="Teachers") for day in range(15, 20))],
            [
                ("Restriction:", "Residents"),
                ("Restriction (Sat, May 15, Sun, May 16, Mon, May 17 and 2 more):", "Teachers"),
            ],
        ),
    ],
)
def test_restrictions_travel_with_the_days_they_are_for(
    general: str, slots: list[Slot], expected: list[tuple[str, str]]
) -> None:
    card = card_of(place(1, offer(*slots), restrictions=general))

    assert [(found.label, found.text) for found in card.restrictions] == expected


def test_a_long_restriction_keeps_its_first_words_in_sight_and_all_of_its_text() -> None:
    (found,) = card_of(place(1, offer(window(14)), restrictions=LONG_RESTRICTION)).restrictions

    assert found.lead == "Only people who live or work in Alder, Birchfield or Cedar Mills may …"
    assert found.text == LONG_RESTRICTION


@pytest.mark.parametrize(
    ("slot_url", "place_url", "phone", "link", "call"),
    [
        ("https://a.example.org/1", "https://b.example.org/", "", "Book at a.example.org", None),
        ("", "https://www.b.example.org/", "413-555-0100", "Book at b.example.org", "Call to book: (413) 555-0100"),
        ("", "", "413-555-0100", None, "Call to book: (413) 555-0100"),
        (HOSTILE_URL, "", "", "Look yourself at county.example.org", None),
    ],
)
def test_an_offer_says_where_to_book(
    slot_url: str, place_url: str, phone: str, link: str | None, call: str | None
) -> None:
    card = card_of(place(1, offer(window(14, booking_url=slot_url)), booking_url=place_url, booking_phone=phone))

    assert (card.link and card.link.text) == link
    assert (card.call and card.call.text) == call


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "//example.org", "/path", "https://", "http://[", "data:x", "", "ftp://a.b"]
)
def test_only_web_addresses_become_links(url: str) -> None:
    assert web_link(url, WORDS.book_at) is None


def test_a_link_names_the_host_it_leads_to_and_not_the_one_it_pretends() -> None:
    link = web_link("https://bank.example@evil.example/", WORDS.book_at)

    assert link and link.text == "Book at evil.example"


@pytest.mark.parametrize(
    ("number", "href"),
    [
        ("+14135550100", "tel:+14135550100"),
        ("413-555-0100", "tel:413-555-0100"),
        ("(413) 555-0100", None),
        ("call us", None),
        ('"><script>', None),
    ],
)
def test_only_a_telephone_number_becomes_a_link(number: str, href: str | None) -> None:
    link = phone_link(number, WORDS.call)

    assert (link and link.href) == href


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (offer(window(14)), "Checked [at 10:18\u00a0PM]"),
        (
            offer(window(14), stale=True, checked_at=NOW - timedelta(minutes=25)),
            "Last checked [at 9:54\u00a0PM] · 25 minutes before this page was made · It may have changed",
        ),
        (
            offer(window(14), outcome=Outcome.BUSY),
            "Checked [at 10:18\u00a0PM] · Since then: The booking site is holding people in a line",
        ),
        (
            offer(window(14), outcome=Outcome.BUSY, attempted_at=NOW, wait_minutes=45),
            "Checked [at 10:18\u00a0PM] · Since then: The booking site is holding people in a line"
            " · It said at 10:19\u00a0PM that the wait was about 45 minutes",
        ),
        (
            current(Available.UNKNOWN, outcome=Outcome.BUSY, expired=True, attempted_at=NOW, wait_minutes=150),
            "Not known. The booking site is holding people in a line"
            " · It said at 10:19\u00a0PM that the wait was about 3 hours · Last answer [at 10:18\u00a0PM]",
        ),
        (current(), "No appointments when last checked [at 10:18\u00a0PM]"),
        (
            current(checked_at=NOW - timedelta(days=1)),
            "No appointments when last checked [at 10:19\u00a0PM on Wed, May 12]",
        ),
        (current(Available.UNKNOWN, outcome=None, checked_at=None), "Not known: not looked at yet"),
        (
            current(Available.UNKNOWN, outcome=Outcome.DOWN, expired=True),
            "Not known. The booking site does not answer · Last answer [at 10:18\u00a0PM]",
        ),
        (
            current(Available.UNKNOWN, expired=True),
            "Not known: our last answer is too old · Last answer [at 10:18\u00a0PM]",
        ),
        (current(Available.UNKNOWN), "Not known: the booking site does not say · Last answer [at 10:18\u00a0PM]"),
    ],
)
def test_every_answer_says_when_it_was_checked_and_how_far_to_trust_it(answer: object, said: str) -> None:
    shown = card_of(place(1, answer)).checked_line  # type: ignore[arg-type]

    assert f"{shown.before}{f' [{shown.moment.text}]' if shown.moment else ''}{shown.old}{shown.after}" == said


def test_an_expired_answer_shows_no_slots_and_where_to_look() -> None:
    page = page_of(place(1, current(Available.UNKNOWN, expired=True, slots=(window(14),))))

    assert page.all_days == ()
    assert page.card.link and page.card.link.text == "Look yourself at book.example.org"


def test_a_place_that_is_gone_offers_nothing() -> None:
    made = full()
    page = place_view(made.gone[0], render_context(made, region(), "en"))

    assert page.gone == "No longer listed by County clinics since May 11, 10:19\u00a0PM."
    assert page.all_days == ()


def test_history_says_yes_none_and_not_known() -> None:
    assert page_of(offers()[0]).history == ("May 13, 10:16\u00a0PM: 1,631 appointments", "May 13, 1:19\u00a0PM: none")


def test_what_is_said_of_single_days_is_not_said_of_the_place_as_well() -> None:
    first = window(14, restrictions="Adults")
    second = window(15, restrictions="Residents of Alder")
    merged = "Adults\n\nResidents of Alder\n\nAdults bring a card"

    card = card_of(place(1, offer(first, second), restrictions=merged))

    assert [(rule.label, rule.text) for rule in card.restrictions] == [
        ("Restriction:", "Adults bring a card"),
        ("Restriction (Fri, May 14):", "Adults"),
        ("Restriction (Sat, May 15):", "Residents of Alder"),
    ]


@pytest.mark.parametrize(
    ("changed", "since"),
    [
        (NOW - timedelta(hours=2), "unchanged since May 13, 8:19\u00a0PM"),
        (NOW - timedelta(minutes=1), ""),  # it was different until we looked
        (None, ""),
    ],
)
def test_a_card_says_since_when_its_answer_is_the_same(changed: datetime | None, since: str) -> None:
    assert (
        card_of(place(1, offer(window(14), checked_at=NOW - timedelta(minutes=1), changed_at=changed))).since == since
    )


def test_a_source_that_leaves_it_open_says_so_once() -> None:
    unsure, sure = (page_of(one).source_answers[0] for one in (unknowns()[0], place(1, offer(window(14)))))

    assert (unsure.answer, unsure.checked_line.before) == (
        "",
        "Not known. The booking site is holding people in a line · Last answer",
    )
    assert sure.answer == "12 appointments"
