"""A language of the pages: its messages, numbers, and dates.

Code and templates contain the messages in English; `site_templates/translations/*.po` (gettext) translates them. A
message without a translation appears in English. Dates and numbers follow the CLDR (Babel) for the language in the
region's country.
"""

import io
from collections.abc import Mapping
from datetime import date, datetime, time
from functools import cached_property, lru_cache

from babel import Locale, UnknownLocaleError
from babel.dates import format_skeleton, format_time
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_decimal
from babel.support import NullTranslations, Translations

from aggregator import bundled
from aggregator.clean import HAITIAN_DAYS, HAITIAN_MONTHS, national
from aggregator.errors import ConfigError

CATALOGUES = bundled.TRANSLATIONS
SOURCE = "en"  # the language of the messages in the code
# For Haitian Creole, the CLDR lacks the names of days and months and falls back on French.
_OWN_NAMES: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]] = {"ht": (HAITIAN_DAYS, HAITIAN_MONTHS)}


class Language:
    """`tag`: a BCP 47 tag ("en", "zh-Hans"). `country` decides between conventions (10:19 PM or 22:19).

    `locale`: the tag with the country ("en-US") if the CLDR knows that combination, else the tag.
    """

    def __init__(self, tag: str, country: str) -> None:
        self.tag, self.country = tag, country
        self._locale = _locale(tag, country)
        self.locale = str(self._locale).replace("_", "-")
        self.direction = "rtl" if self._locale.text_direction == "rtl" else "ltr"
        self.name = _own_name(self._locale)
        self.translations = _translations(tag)

    def say(self, message: str, **values: object) -> str:
        """The translation of a message, with `%(name)s` filled in."""
        text = self.translations.gettext(message)
        return text % values if values else text

    def count(self, one: str, many: str, number: int, **values: object) -> str:
        """The translation of a counted message, in the form for `number`, which replaces `%(n)s`."""
        return self.translations.ngettext(one, many, number) % (values | {"n": self.number(number)})

    def forms(self, one: str, many: str) -> dict[str, str]:
        """All forms of a counted message by CLDR plural category ("one", "few", …), with `{n}` for the number."""
        samples: dict[str, int] = {}
        for number in range(1, 121):
            samples.setdefault(self._locale.plural_form(number), number)
        return {
            category: self.translations.ngettext(one, many, number) % {"n": "{n}"}
            for category, number in samples.items()
        }

    def number(self, value: int) -> str:
        return format_decimal(value, locale=self._locale) if value >= 1000 else str(value)

    def phone(self, number: str) -> str:
        """`(413) 555-0100`, `04 74 00 00 01`: as people in the region write and dial the number."""
        return national(number, self.country)

    def clock(self, local: datetime) -> str:
        """`10:19 PM`, `22:19`."""
        return _clock(local.time(), self._locale)

    def day(self, day: date, *, year: bool = False) -> str:
        """`Thu, May 13`."""
        return self._date(day, "yMMMEd" if year else "MMMEd", weekday=True)

    def short_day(self, day: date, *, year: bool = False) -> str:
        """`May 13`."""
        return self._date(day, "yMMMd" if year else "MMMd", weekday=False)

    def weekday(self, number: int) -> str:
        """The full name of a day of the week; 0 is Monday."""
        own = _OWN_NAMES.get(self.tag)
        return own[0][number] if own else self._locale.days["stand-alone"]["wide"][number]

    def _date(self, day: date, skeleton: str, *, weekday: bool) -> str:
        if own := _OWN_NAMES.get(self.tag):
            days, months = own
            words = [days[day.weekday()] if weekday else "", str(day.day), months[day.month - 1]]
            return " ".join(filter(None, [*words, str(day.year) if "y" in skeleton else ""]))
        return format_skeleton(skeleton, day, locale=self._locale)

    @cached_property
    def is_source(self) -> bool:
        return self.tag.partition("-")[0] == SOURCE


@lru_cache
def language(tag: str, country: str) -> Language:
    """The language with this tag; ConfigError if there is no translation into it."""
    found = Language(tag, country)
    if not (found.is_source or (CATALOGUES / f"{tag}.po").exists()):
        raise ConfigError(
            f"languages: {tag!r} has no translation; there are {', '.join(available())}. "
            f"Add {tag}.po to site_templates/translations, or leave it out"
        )
    return found


def available() -> tuple[str, ...]:
    """The tags that `languages` in a region file accepts."""
    return (SOURCE, *sorted(path.stem for path in CATALOGUES.glob("*.po")))


@lru_cache(maxsize=4096)  # pages show few different times of day
def _clock(local: time, locale: Locale) -> str:
    return format_time(local, "short", locale=locale).replace("\u202f", "\u00a0")


def _translations(tag: str) -> NullTranslations:
    path = CATALOGUES / f"{tag}.po"
    if not path.exists():
        return NullTranslations()
    compiled = io.BytesIO()
    with path.open("rb") as file:
        write_mo(compiled, read_po(file, locale=tag.replace("-", "_")))
    compiled.seek(0)
    return Translations(compiled)


def _locale(tag: str, country: str) -> Locale:
    for name in (f"{tag}-{country}", tag):
        try:
            return Locale.parse(name, sep="-")
        except (UnknownLocaleError, ValueError):
            continue
    raise ConfigError(f"languages: no dates are known for {tag!r}; use the tag of a language, such as en or zh-Hans")


def _own_name(locale: Locale) -> str:
    """The name of a language in that language, without a country: `Español`, `简体中文`."""
    name = Locale.parse("_".join(filter(None, (locale.language, locale.script)))).get_display_name() or locale.language
    return name[:1].upper() + name[1:]
