"""The pages that residents read, made from a snapshot: `views` decides what they show, `templates` lays it out.

Nothing here asks a booking system or opens the database.
"""

from aggregator.site.pages import page_files

__all__ = [
    "page_files",
]
