"""The open data and the subscriptions: JSON, GeoJSON, CSV, Atom feeds, and iCalendar files, from a snapshot.

`data_files` lists the open data, whose records are in `univaf` (JSON) and `tables` (CSV, GeoJSON). `subscriptions`
lists what people subscribe to: `atom` feeds and `ics` calendars. `xml_safe` replaces characters that XML and iCalendar
cannot hold.

Other rooms use `export_files` of `every_export`, which lists them all.
"""

from aggregator.exports.every_export import export_files

__all__ = [
    "export_files",
]
