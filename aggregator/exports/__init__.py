"""The open data and the subscriptions: JSON, GeoJSON, CSV, Atom feeds, and iCalendar files, from a snapshot."""

from aggregator.exports.every_export import export_files

__all__ = [
    "export_files",
]
