"""Which key of a row is which argument of a `Listing`, by the words of the key and by what its sample looks like."""

import re
from collections.abc import Mapping

# argument -> the words of a key that means it; the first key that fits is taken, those nearer to the row first
KEYS = {
    "name": r"(?:(?:display|location|clinic|site|store|facility|venue|place|practice)_?)?(?:name|title)|headline"
    r"|clinic|facility|venue|location|site|store",
    "id": r"id|uuid|guid|(?:store|site|location|clinic|facility)_?(?:id|number|no)",
    "address": r"(?:\w+_)?(?:address|addr)(?:_?line)?_?1?|street(?:_address)?_?1?|line_?1",
    "address2": r"(?:\w+_)?(?:address|addr)(?:_?line)?_?2|line_?2|street_?2",
    "city": r"(?:\w+_)?(?:city|town|municipality|locality)(?:_name)?",
    "state": r"(?:\w+_)?state(?:_?code)?",
    "postal_code": r"(?:\w+_)?(?:zip|postal|post)(?:_?code)?",
    "county": r"county(?:_name)?",
    "latitude": r"(?:\w+_)?(?:lat|latitude)",
    "longitude": r"(?:\w+_)?(?:lng|lon|long|longitude)",
    "coordinates": r"coordinates",
    "info_phone": r"(?:\w+_)?(?:phone|telephone|tel)(?:_?number)?",
    "booking_url": r"\w{0,40}(?:book|sched|appoint|regist|sign_?up)\w{0,40}_(?:url|link|uri|href)"
    r"|(?:\w+_)?(?:url|link|href|uri)",
    "info_url": r"(?:\w+_)?(?:website|web_site|homepage)",
    "start": r"(?:\w+_)?(?:date|day|start|when)(?:_?(?:date|time))?",
    "hours": r"(?:\w+_)?hours|times?",
    "status": r"(?:\w+_)?status",
    "products": r"(?:\w+_)?(?:vaccines?|vaccinations?|products?|manufacturers?|brands?)(?:_?(?:types?|names?))?",
    "count": r"\w{0,40}(?:count|remaining|openings?|spots|seats|slots|appts|appointments?|avail(?:able|ability)?)"
    r"(?:_\w+)?",
    "restrictions": r"(?:\w+_)?(?:restrictions?|eligibility|requirements?)",
    "description": r"description|notes?|comments?|details|instructions",
    "valid_at": r"as_of|(?:\w+_)?(?:updated|modified|refreshed)(?:_?(?:at|on|date|time))?",
}
DATE = r"\d{4}-\d\d-\d\d.*|\d{1,2}/\d{1,2}/\d{2,4}.*"
# what the sample of such a key has to look like, too
_NEEDED = {
    "state": r"[A-Z]{2}|[A-Z][a-z]+(?: [A-Z][a-z]+)?",
    "latitude": r"-?\d+\.\d+",
    "longitude": r"-?\d+\.\d+",
    "start": DATE,
    "hours": r"\D*\d.*",
    "status": r"[A-Za-z ]+",
    "valid_at": DATE,
}
_LOOKS = {
    "address": r"\d+ \S.*\b[A-Z]{2},? +\d{5}|\d+ [A-Z].{0,60} (?:St|Street|Ave|Avenue|Rd|Road|Blvd|Way|Drive|Lane)\b.*",
    "info_phone": r"\(?\d{3}\)?[ .-]{1,2}\d{3}[.-]\d{4}",
    "start": r"\d{4}-\d\d-\d\d|\d{1,2}/\d{1,2}/\d{2,4}",
    "count": r"\d+ (?:appointments?|slots?|spots?|openings?|available|left)\b.*",
}


def assigned(fields: Mapping[str, str]) -> dict[str, str]:
    """Argument -> path, of the fields of a row (path -> sample); each path once."""
    found: dict[str, str] = {}
    by_depth = sorted(fields, key=lambda path: path.count("."))
    for argument, words in KEYS.items():
        for path in by_depth:
            fits = re.fullmatch(words, words_of(path)) and re.fullmatch(_NEEDED.get(argument, ".*"), fields[path])
            if fits and path not in found.values():
                found[argument] = path
                break
    for argument, look in _LOOKS.items():
        for path, sample in fields.items():
            if argument not in found and path not in found.values() and re.fullmatch(look, sample):
                found[argument] = path
    if "status" in found:
        found.setdefault("count", found.pop("status"))
    return found


def words_of(path: str) -> str:
    """The last key of a path, or the last class of a selector, in words: "geo.storeName" as "store_name"."""
    if path.endswith("[href]"):
        return "link"
    last = re.split(r"[.#]", path)[-1]
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|[^A-Za-z0-9]+", "_", last).strip("_").lower()
