"""Data for other sites: the picture for link previews, and a place's facts in schema.org's vocabulary."""

import io
import unicodedata
from collections.abc import Mapping
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL import ImageDraw, ImageFont

from aggregator.config import Region
from aggregator.model import Available, LocationType, Place, Snapshot
from aggregator.published_file import File, digest
from aggregator.wording import Words, site_root, web_link

PICTURE = "share.png"
SIZE = (1200, 630)  # the size that Open Graph clients crop least
MARGIN = 80
PAPER, INK, SOFT, GREEN = "#faf8f4", "#1d2429", "#4d5860", "#17663a"
BEYOND_ASCII = "«»‘’“”…·"  # letters beyond ASCII that Pillow's font has
# schema.org has no type for mass vaccination sites and mobile clinics
KINDS = {LocationType.PHARMACY: "Pharmacy", LocationType.CLINIC: "MedicalClinic"}

Fact = str | Mapping[str, str | float]


# --- the picture ----------------------------------------------------------------------------------------------------


def picture_file(snapshot: Snapshot, region: Region, words: Words) -> File:
    """The picture as a file, rendered again only when its numbers or texts change."""
    answers = [place.current.available for place in snapshot.places]
    offers, places = answers.count(Available.YES), len(answers)
    summary = words.summary(offers, 0, places) if places else ""
    key = digest(region.title, offers, places, summary)
    return File(PICTURE, key, lambda: picture(region.title, offers, places, summary), dated=False)


@lru_cache(maxsize=4)
def picture(title: str, offers: int, places: int, summary: str) -> bytes:
    """A PNG of `SIZE` with the numbers; texts that the font cannot write are left out."""
    from PIL import Image, ImageDraw

    image = Image.new("RGB", SIZE, PAPER)
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 0, SIZE[0], 24), fill=GREEN if offers else SOFT)
    _write(draw, (MARGIN, 70), title, 60, INK, lines=2)
    if places:
        _write(draw, (MARGIN, 230), f"{offers} / {places}", 190, GREEN if offers else SOFT, lines=1)
    _write(draw, (MARGIN, 470), summary, 44, INK, lines=2)
    file = io.BytesIO()
    image.quantize(32).save(file, "PNG")  # a quarter of the size
    return file.getvalue()


def _write(draw: "ImageDraw.ImageDraw", spot: tuple[int, int], text: str, size: int, ink: str, *, lines: int) -> None:
    from PIL import ImageFont

    font = ImageFont.load_default(size)
    drawable = _drawable(text)
    draw.multiline_text(spot, "\n".join(_wrapped(drawable, font)[:lines]), ink, font, spacing=size // 4)


def _wrapped(text: str, font: "ImageFont.FreeTypeFont | ImageFont.ImageFont") -> list[str]:
    lines: list[str] = []
    for word in text.split():
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and font.getlength(longer) <= SIZE[0] - 2 * MARGIN:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines


def _drawable(text: str) -> str:
    """The text in letters that the font has, without accents if need be; "" if it uses another script."""
    plain = "".join(letter for letter in unicodedata.normalize("NFKD", text) if not unicodedata.combining(letter))
    had = [letter.isascii() or letter in BEYOND_ASCII for letter in plain]
    if any(letter.isalpha() and not known for letter, known in zip(plain, had, strict=True)):
        return ""
    return "".join(letter if known else " " for letter, known in zip(plain, had, strict=True))


# --- the facts ------------------------------------------------------------------------------------------------------


def facts(place: Place, region: Region, page: str) -> dict[str, Fact]:
    """The place for `<script type="application/ld+json">` (schema.org); `page` is its path."""
    location, address = (
        place.location,
        {"@type": "PostalAddress", "addressCountry": place.location.country or region.country},
    )
    stated = {
        "streetAddress": ", ".join(location.address_lines),
        "addressLocality": location.city,
        "addressRegion": location.state,
        "postalCode": location.postal_code,
    }
    found: dict[str, Fact] = {
        "@context": "https://schema.org",
        "@type": KINDS.get(location.location_type, "Place"),
        "name": location.name,
        "address": address | {key: value for key, value in stated.items() if value},
    }
    if location.position and not location.position.approximate:
        spot = location.position
        found["geo"] = {"@type": "GeoCoordinates", "latitude": spot.latitude, "longitude": spot.longitude}
    if phone := location.info_phone or location.booking_phone:
        found["telephone"] = phone
    if root := site_root(region.url):
        found["url"] = f"{root}{page}"
    if info := web_link(location.info_url, str):
        found["sameAs"] = info.href
    return found
