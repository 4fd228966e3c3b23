"""Where things are: postal areas, distances, the shapes of states, and which places are near a spot. Pure."""

from aggregator.geography.areas import (
    KM_PER_MILE,
    Nearby,
    PostalArea,
    Ring,
    kilometres,
    main_time_zone,
    miles,
    outline,
    postal_areas,
    town_slug,
    uses_miles,
)
from aggregator.geography.atlas import NEARBY, Around, Atlas, Far, Searchable, TownPlaces

__all__ = [
    "KM_PER_MILE",
    "NEARBY",
    "Around",
    "Atlas",
    "Far",
    "Nearby",
    "PostalArea",
    "Ring",
    "Searchable",
    "TownPlaces",
    "kilometres",
    "main_time_zone",
    "miles",
    "outline",
    "postal_areas",
    "town_slug",
    "uses_miles",
]
