"""FHIR R4 server (Slot search): free slots of any clinic system whose operator opens `GET [base]/Slot` to everybody.

- Official: an open standard (hl7.org/fhir/R4/slot.html), where its operator opens it; a key may be in `headers`. Most
  servers want a login, and are not read.
- Fills in: places with address and phone, each free slot as one appointment, the names of its services.
- Cannot fill in: doses and links to book, unless the server has the extensions of SMART Scheduling Links;
  `options.booking_url` is the operator's booking page. Practitioners are never read: they are people.
- A slot of one actor is not always an appointment: a Schedule may need a room and a doctor at the same time.
- The source's URL is `[base]/Slot` with what its server needs, such as `?service-type=57`; see `fhir.SearchAdapter`.
- Shape from the specification and published examples (HAPI, Cerner, ANS), never seen by us.
"""

from aggregator.adapter import Available, Listing, Row, SlotListing, fhir, host_of, read

WALK_IN = "Walk-in, without an appointment"


class FhirSlots(fhir.SearchAdapter):
    name = "fhir_slots"
    title = "FHIR R4 server: Slot search"
    options = {**fhir.SearchAdapter.options, "booking_url": ()}

    def listing(self, row: Row) -> Listing:
        if isinstance(row.value, Exception):
            raise row.value
        found: fhir.Joined = row.value
        place, options = found.location, row.source.options
        number = str(place["id"])
        slots = tuple(_slot(slot, schedule, "service_type" in options) for slot, schedule, _ in found.slots)
        return Listing(
            id=number,
            name=place["name"],
            external_ids=((f"fhir-{host_of(row.source.url)}-location", number), *fhir.identifiers(place)),
            **read.given(options, booking_url="booking_url"),
            **fhir.place(place),
            **fhir.answer(found, slots),
        )


def _slot(slot: fhir.Record, schedule: fhir.Record, one_service: bool) -> SlotListing:
    """A Slot is one appointment. `one_service`: the source is read for one service, which is then no product."""
    status, names = str(slot.get("status")), () if one_service else fhir.service_names(slot, schedule)
    kinds = [coding.get("code") for coding in (slot.get("appointmentType") or {}).get("coding") or ()]
    return SlotListing(
        start=str(slot.get("start") or ""),
        end=str(slot.get("end") or ""),
        count=0 if status.startswith("busy") else 1,
        available=None if status == "free" else Available.NO if status.startswith("busy") else Available.UNKNOWN,
        products=fhir.products(slot, schedule) or names,
        doses=fhir.doses(slot, schedule),
        booking_url=str(next(iter(fhir.values(slot, "booking-deep-link")), "") or ""),
        restrictions=WALK_IN if "WALKIN" in kinds else "",
    )
