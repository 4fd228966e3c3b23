"""Defines the invented places of Harbor County, and what each booking system offers there.

Data only. No town, street or ZIP code is real: the ZIP codes are unassigned, the positions lie in the sea, and the
phone numbers come from 555-01xx, the range kept free for fiction.
"""

from typing import NamedTuple

from aggregator.model import Struct

STATE = "MA"
COUNTY = "Harbor"
MODERNA, PFIZER, JANSSEN = "Moderna", "Pfizer-BioNTech", "Janssen"


class MadeUpTown(NamedTuple):
    zip: str
    latitude: float
    longitude: float


TOWNS = {
    "Bellbuoy": MadeUpTown("01911", 42.16, -70.38),
    "Driftwood": MadeUpTown("01914", 42.13, -70.46),
    "Eelgrass": MadeUpTown("01916", 42.11, -70.32),
    "Gullhaven": MadeUpTown("01919", 42.08, -70.41),
    "Kelpwick": MadeUpTown("01924", 42.07, -70.50),
    "Lantern Point": MadeUpTown("01926", 42.05, -70.34),
    "Saltmarsh": MadeUpTown("01928", 42.03, -70.44),
    "Sandpiper": MadeUpTown("01932", 42.00, -70.37),
    "Tern Island": MadeUpTown("01934", 41.98, -70.48),
}


class Venue(Struct, frozen=True):
    """A place with appointments at single times. `number` is unique among hospitals and stores, below 100."""

    number: int
    name: str
    street: str
    town: str
    products: tuple[str, ...]  # by day, in rotation
    doses: tuple[int, ...] = (1, 2)
    description: str = ""

    @property
    def zip(self) -> str:
        return TOWNS[self.town].zip

    @property
    def phone(self) -> str:
        return f"508-555-01{self.number:02}"

    @property
    def position(self) -> tuple[float, float]:
        """Latitude and longitude, within about a kilometer of the town's center."""
        town = TOWNS[self.town]
        north, east = self.number % 7 - 3, self.number % 5 - 2
        return round(town.latitude + north * 0.0023, 5), round(town.longitude + east * 0.0031, 5)


class ClinicVenue(Struct, frozen=True):
    """A venue of the county's clinics: one clinic for each of its days and products."""

    name: str
    address: str  # one line, as inconsistent as real ones
    days: tuple[int, ...]  # counted from today
    size: int  # appointments of one clinic
    products: tuple[str, ...]
    hours: str = "09:00 am - 03:00 pm"
    ages: str = "All Ages"
    note: str = ""
    closed: bool = False  # sign-up has ended although appointments are left
    comes_and_goes: bool = False  # is missing from some ticks


HOSPITALS = (
    Venue(1, "Lighthouse Health Saltmarsh", "1 Beacon Way", "Saltmarsh", (MODERNA, PFIZER)),
    Venue(2, "Lighthouse Health Gullhaven", "200 Wharf Street", "Gullhaven", (PFIZER,)),
    Venue(3, "Lighthouse Women's Clinic", "18 Foghorn Lane", "Lantern Point", (PFIZER,), doses=(1,)),
    Venue(4, "Lighthouse Health Kelpwick", "77 Tideline Road", "Kelpwick", (MODERNA,)),
    Venue(5, "Lighthouse Family Practice", "9 Oar Street", "Sandpiper", (JANSSEN,), doses=(1,)),
    Venue(6, "Lighthouse Health Bellbuoy", "310 Bell Street", "Bellbuoy", (MODERNA,), doses=(2,)),
    Venue(7, "Lighthouse Health Eelgrass", "5 Meadow Row", "Eelgrass", (PFIZER, MODERNA)),
    Venue(8, "Lighthouse Island Infirmary", "2 Ferry Road", "Tern Island", (PFIZER,), description="Above the ferry."),
)

STORES = (
    Venue(12, "Harbor Drug #12", "14 Main Street", "Saltmarsh", (MODERNA,)),
    Venue(15, "Harbor Drug #15", "820 Causeway Road", "Saltmarsh", (PFIZER,)),
    Venue(21, "Harbor Drug #21", "3 Harbor Square", "Gullhaven", (PFIZER,)),
    Venue(22, "Harbor Drug #22", "451 Wharf Street", "Gullhaven", (MODERNA,)),
    Venue(27, "Harbor Drug #27", "60 Lamp Street", "Lantern Point", (JANSSEN,)),
    Venue(31, "Harbor Drug #31", "99 Tideline Road", "Kelpwick", (MODERNA,)),
    Venue(34, "Harbor Drug #34", "8 Ropewalk", "Kelpwick", (PFIZER,)),
    Venue(38, "Harbor Drug #38", "17 Plover Avenue", "Sandpiper", (MODERNA, JANSSEN)),
    Venue(40, "Harbor Drug #40", "205 Shell Street", "Sandpiper", (PFIZER,)),
    Venue(46, "Harbor Drug #46", "33 Bell Street", "Bellbuoy", (MODERNA,)),
    Venue(52, "Harbor Drug #52", "6 Pilot Lane", "Bellbuoy", (PFIZER,)),
    Venue(57, "Harbor Drug #57", "71 Meadow Row", "Eelgrass", (MODERNA,)),
    Venue(63, "Harbor Drug #63", "140 Log Road", "Driftwood", (PFIZER,)),
    Venue(68, "Harbor Drug #68", "1 Ferry Road", "Tern Island", (MODERNA,)),
)

CLINIC_VENUES = (
    ClinicVenue("Sandpiper Community Hall", "Sandpiper Community Hall, Sandpiper MA, 01932", (2, 9), 55, (JANSSEN,)),
    ClinicVenue(
        "Lantern Point Green", "1 Foghorn Lane, Lantern Point MA , 01926", (3, 4), 90, (JANSSEN,), comes_and_goes=True
    ),
    ClinicVenue(
        "Saltmarsh Council on Aging",
        "12 Heron Street, Saltmarsh MA, 01928",
        (7, 14),
        36,
        (MODERNA,),
        note="Residents of Saltmarsh only.",
    ),
    ClinicVenue("Lantern Point Library", "5 Lamp Street, Lantern Point MA, 01926", (3, 10), 40, (PFIZER,)),
    ClinicVenue(
        "Gullhaven Recreation Center",
        "62 Anchor Street, Suite 4, Gullhaven MA, 01919",
        (5, 6),
        110,
        (PFIZER,),
        ages="12+",
        note="A parent or guardian comes with anyone under 18.",
    ),
    ClinicVenue(
        "Kelpwick Fire Station",
        "50 Tideline Road, Kelpwick MA, 01924",
        (3, 7),
        80,
        (MODERNA,),
        note="Second dose only. Bring the card of your first dose.",
    ),
    ClinicVenue(
        "Eelgrass Fairgrounds",
        "1 Fair Road, Eelgrass MA, 01916",
        (2, 4, 6, 9),
        600,
        (PFIZER,),
        hours="08:00 am - 06:30 pm",
    ),
    ClinicVenue("Saltmarsh Middle School", "40 Marsh Road, Saltmarsh MA, 01928", (1, 2, 8), 240, (MODERNA,)),
    ClinicVenue("Kelpwick Nets & Knots Grange", "4 Ropewalk, Kelpwick MA, 01924", (10,), 45, (PFIZER, JANSSEN)),
    ClinicVenue("Driftwood Boathouse", "2 Oarlock Way, Driftwood Massachusetts, 01914", (8, 13), 70, (PFIZER,)),
    ClinicVenue("Driftwood Senior Center", "31 Log Road, Driftwood MA, 01914", (5, 12), 5, (MODERNA,), ages="Seniors"),
    ClinicVenue("Eelgrass Armory", "25 Meadow Row, Eelgrass MA, 01916", (1, 3, 5), 180, (MODERNA,)),
    ClinicVenue("Tern Island Ferry Terminal", "10 Ferry Road, Tern Island MA, 01934", (6,), 60, (MODERNA, JANSSEN)),
    ClinicVenue("Gullhaven Town Hall", "100 Harbor Square, Gullhaven MA, 01919", (1,), 12, (JANSSEN,), closed=True),
    ClinicVenue("Bellbuoy Elementary School", "88 Bell Street, Bellbuoy MA, 01911", (4, 11), 0, (PFIZER,)),
    ClinicVenue(
        "Bellbuoy Drive-In",
        "700 Pilot Lane, Bellbuoy MA, 01911",
        (7, 8),
        320,
        (MODERNA,),
        hours="10:00 am - 07:00 pm",
        note="Drive-through: stay in your car.",
    ),
)
