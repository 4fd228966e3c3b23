"""The locations of recorded visits (`visits.toml`), with keys that reveal no name or address.

A source's own id is the key; if a row has none, the key is a digest of its name and address as found, so that a change
in reading addresses does not change it.
"""

import json
import tomllib
from datetime import UTC, datetime
from hashlib import blake2b
from pathlib import Path

import msgspec
from msgspec.structs import replace

from aggregator import registry
from aggregator.adapter import Adapter, Row
from aggregator.clean.listing import Context, normalize
from aggregator.config.region import Source
from aggregator.har.document import Entry
from aggregator.har.recording import Recording, load_recording
from aggregator.kit.contract import replayed
from aggregator.model import Listing, Location, LocationType

FOLDER = Path(__file__).parent
RITE_AID_PARTNERS = "nj-riteaid-partners"  # a form of Rite Aid's responses that no adapter reads


def locations(captures: Path, name: str) -> dict[str, Location]:
    """Key -> location, of one visit of `visits.toml` or of the partner answers."""
    if name == RITE_AID_PARTNERS:
        return _of_partners(captures / "riteaid/api-nj-2021-04-23.har")
    given = tomllib.loads((FOLDER / "visits.toml").read_text(encoding="utf-8"))[name]
    recording = load_recording([captures / given.pop("capture")])
    if not given.pop("asked", True):
        recording = Recording(tuple(_unasked(entry) for entry in recording.entries))
    state = {"state": given["states"][0], "country": "US", "time_zone": given.get("time_zone", "America/New_York")}
    source = msgspec.convert({"name": name} | given | state, Source)
    report = replayed(source, _keyed(registry.load(given["provider"])()), recording)
    return {reading.location.key.removeprefix("id:"): reading.location for reading in report.readings}


def _keyed(adapter: Adapter) -> Adapter:
    """The adapter, changed to give every row an id."""
    read = adapter.listing

    def listing(row: Row) -> Listing | None:
        found = read(row)
        return found and replace(found, id=found.id or digest(found))

    adapter.listing = listing  # type: ignore[method-assign]
    return adapter


def digest(listing: Listing) -> str:
    text = repr((listing.name, listing.address, listing.city, listing.postal_code))
    return blake2b(text.encode(), digest_size=6).hexdigest()


def _unasked(entry: Entry) -> Entry:
    return replace(entry, request=replace(entry.request, post_data=None))


def _of_partners(recording: Path) -> dict[str, Location]:
    """Rite Aid's responses to its partners: form C of the sheet."""
    answer = json.loads(load_recording([recording]).entries[0].body)
    context = Context(
        source="partners",
        base_url="https://api.example.org/",
        time_zone="America/New_York",
        state="NJ",
        location_type=LocationType.PHARMACY,
    )
    found = {}
    for row in answer["Data"]["providerDetails"]:
        place, number = row["location"], str(row["id"])
        listing = Listing(
            name=f"{row['name']} #{number}",
            id=number,
            address=place["street"],
            city=place["city"],
            state=place["state"],
            postal_code=place["zipcode"],
            info_phone=row["contact"]["booking_phone"] or "",
            external_ids=(("rite_aid", number),),
        )
        reading, _ = normalize(listing, context, datetime(2021, 4, 23, tzinfo=UTC))
        found[number] = reading.location
    return found
