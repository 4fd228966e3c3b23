"""The pages that residents read, rendered from a snapshot.

`pages` lists every page and asset as a `File`. View modules decide what a page shows, as frozen dataclasses of finished
texts: `views` (home, towns, ZIP codes), `cards` and `unavailable_row` (a place), `offers`, `find_page`, `status_page`,
`map`, `pattern` and `chart`, `sharing`, `filter_attributes`. `templates` renders them, `compiled_templates` caches the
compiled templates, `lists` renders each place once for all lists, and `app_manifest` makes the site installable.

Other rooms use `page_files`. Nothing here sends a request or opens the database.
"""

from aggregator.site.pages import page_files

__all__ = [
    "page_files",
]
