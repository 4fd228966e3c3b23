"""Dates, numbers, and counts in each language."""

import html
import re
from datetime import date, datetime, timedelta

import pytest
from babel.support import NullTranslations

from aggregator.errors import ConfigError
from aggregator.site.templates import environment
from aggregator.wording.calendar import LocalDates
from aggregator.wording.languages import Language, language
from tests.support.snapshots import NOW, ZONE

EVENING = datetime(2021, 5, 13, 22, 19)


@pytest.mark.parametrize(
    ("tag", "country", "day", "clock", "number"),
    [
        ("en", "US", "Thu, May 13", "10:19\u00a0PM", "12,345"),
        ("fr", "FR", "jeu. 13 mai", "22:19", "12\u202f345"),
        ("zh-Hans", "US", "5月13日周四", "22:19", "12,345"),
        ("ht", "US", "jedi 13 me", "22:19", "12\u00a0345"),
    ],
)
def test_dates_times_and_numbers_follow_the_language(tag: str, country: str, day: str, clock: str, number: str) -> None:
    spoken = Language(tag, country)

    assert (spoken.day(EVENING.date()), spoken.clock(EVENING), spoken.number(12345)) == (day, clock, number)


def test_a_date_in_another_year_shows_the_year() -> None:
    time = LocalDates(Language("en", "US"), ZONE, NOW)

    assert (time.day(date(2021, 5, 6)), time.day(date(2022, 5, 6))) == ("Thu, May 6", "Fri, May 6, 2022")


def test_midnight_and_noon_are_twelve() -> None:
    clocks = [Language("en", "US").clock(datetime(2021, 5, 13, hour)) for hour in (0, 12)]

    assert clocks == ["12:00\u00a0AM", "12:00\u00a0PM"]


def test_a_right_to_left_language_has_that_direction() -> None:
    assert (Language("he", "US").direction, Language("en", "US").direction) == ("rtl", "ltr")


def test_a_language_without_a_translation_is_refused_with_the_available_ones() -> None:
    with pytest.raises(ConfigError, match="'he' has no translation; there are en"):
        language("he", "US")


@pytest.mark.parametrize(
    ("span", "text"),
    [
        (timedelta(seconds=10), "1 minute"),
        (timedelta(minutes=119), "119 minutes"),
        (timedelta(hours=2), "2 hours"),
        (timedelta(hours=47, minutes=59), "47 hours"),
        (timedelta(days=2), "2 days"),
    ],
)
def test_ages_are_rounded_down(span: timedelta, text: str) -> None:
    assert LocalDates(Language("en", "US"), ZONE, NOW).age(span) == text


def test_a_count_formatted_by_the_script_has_every_plural_form() -> None:
    one, many = "%(n)s minute ago", "%(n)s minutes ago"

    assert Language("en", "US").forms(one, many) == {"one": "{n} minute ago", "other": "{n} minutes ago"}
    assert Language("es", "US").forms(one, many) == {"one": "hace {n} minuto", "other": "hace {n} minutos"}
    assert Language("zh-Hans", "US").forms(one, many) == {"other": "{n}分钟前"}
    assert set(Language("pl", "PL").forms(one, many)) == {"one", "few", "many"}


class Hostile(NullTranslations):
    """Hostile texts that a translator could put into a catalog."""

    TEXT = "{{ cycler.__init__.__globals__.os.getpid() }} {%% raw %%} {# \\' \" </b>😀 %(n)s"

    def gettext(self, message: str) -> str:
        return self.TEXT

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return self.TEXT


@pytest.mark.parametrize(
    "template",
    [
        '{{ _("Places") }}',
        '{{ _("Places near %(n)s", n=7) }}',
        '{{ ngettext("%(n)s place", "%(n)s places", 7, n=7) }}',
        '<a title="{{ _("Places") }}">x</a>',
    ],
)
def test_a_translation_is_text_and_never_code_or_markup(template: str) -> None:
    spoken = Language("es", "US")
    spoken.translations = Hostile()

    page = environment(spoken).from_string(template).render()

    shown = html.unescape(re.sub(r"^<a title=\"|\">x</a>$", "", page))
    assert "<" not in page.removeprefix("<a").removesuffix("</a>")
    assert shown in (Hostile.TEXT, Hostile.TEXT % {"n": 7})
