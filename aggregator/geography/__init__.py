"""Postal areas, distances, outlines of states, and the places nearest to a position. Pure."""

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
from aggregator.geography.atlas import NEARBY, Atlas, NearbyPlace, PlacesByDistance, Surroundings, TownPlaces

__all__ = [
    "KM_PER_MILE",
    "NEARBY",
    "Atlas",
    "Nearby",
    "NearbyPlace",
    "PlacesByDistance",
    "PostalArea",
    "Ring",
    "Surroundings",
    "TownPlaces",
    "kilometres",
    "main_time_zone",
    "miles",
    "outline",
    "postal_areas",
    "town_slug",
    "uses_miles",
]
