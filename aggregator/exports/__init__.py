"""The open data and the subscriptions: JSON, GeoJSON, CSV, Atom feeds, and iCalendar files, from a snapshot."""
