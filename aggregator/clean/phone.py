"""Reads telephone numbers from a source's text as E.164 ("+16075550107") and formats them for people.

libphonenumber knows which numbers exist and how each country writes them. Odd cases: Walgreens ("907-6448400"),
VaxFinder ("800-SHOP-CVS"), and Rite Aid, whose numbers lost a zero that nobody can restore; those are rejected. An
extension is dropped, because E.164 has no room for one.
"""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from phonenumbers import PhoneNumberMatch

TEXT_READ = 200  # characters of a text that are searched for a number

# Departments that write numbers as mainland France does, but have country codes of their own.
_OVERSEAS = {"FR": ("GP", "MQ", "GF", "RE", "YT")}
# A toll-free number in letters; only capitals count, so that no word of a sentence does.
_IN_LETTERS = re.compile(
    r"(?<![\w+])(?:1[\s.-]*)?\(?8(?:00|33|44|55|66|77|88)\)?(?:[\s.-]?[2-9A-Z]){7}(?![\s.-]?\w)", re.ASCII
)


def phone(text: str, country: str) -> str:
    """The first valid telephone number in `text` as E.164; "" if there is none.

    `country`: the two-letter code of the country whose numbers need no country code.
    """
    return _read(" ".join(text[:TEXT_READ].split()), country)


@lru_cache(maxsize=8192)
def national(number: str, country: str) -> str:
    """An E.164 number as people in `country` write it (foreign numbers with "+"); other text unchanged."""
    # Imported here and below, so that commands that need no number do not load the numbering plans.
    import phonenumbers

    try:
        parsed = phonenumbers.parse(number)
    except phonenumbers.NumberParseException:
        return number
    regions = (country, *_OVERSEAS.get(country, ()))
    is_domestic = parsed.country_code in {phonenumbers.country_code_for_region(region) for region in regions}
    style = phonenumbers.PhoneNumberFormat.NATIONAL if is_domestic else phonenumbers.PhoneNumberFormat.INTERNATIONAL
    return phonenumbers.format_number(parsed, style)


@lru_cache(maxsize=8192)
def _read(text: str, country: str) -> str:
    import phonenumbers

    # Overseas first, because libphonenumber's plan of mainland France also has 0596..., which is Martinique.
    matches = [match for region in _OVERSEAS.get(country, ()) for match in _local_numbers(text, region)]
    matches += phonenumbers.PhoneNumberMatcher(text, country)
    if matches:
        first = min(matches, key=lambda match: match.start)
        return phonenumbers.format_number(first.number, phonenumbers.PhoneNumberFormat.E164)
    in_letters = _IN_LETTERS.search(text)
    digits = phonenumbers.convert_alpha_characters_in_number(in_letters[0]) if in_letters else text
    return _read(digits, country) if digits != text else ""


def _local_numbers(text: str, region: str) -> "Iterator[PhoneNumberMatch]":
    """The fixed-line and mobile numbers of `region`; a free number (0800...) has the mainland's country code."""
    import phonenumbers

    local = (phonenumbers.PhoneNumberType.FIXED_LINE, phonenumbers.PhoneNumberType.MOBILE)
    matches = phonenumbers.PhoneNumberMatcher(text, region)
    return (match for match in matches if phonenumbers.number_type(match.number) in local)
