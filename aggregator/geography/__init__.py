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

__all__ = [
    "KM_PER_MILE",
    "Nearby",
    "PostalArea",
    "Ring",
    "kilometres",
    "main_time_zone",
    "miles",
    "outline",
    "postal_areas",
    "town_slug",
    "uses_miles",
]
