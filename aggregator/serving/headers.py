"""The one table of what a server says with each published file: type, caching, security.

The preview and the uploads ask `headers_for`; `server_rules` writes the same down for web servers. Types stand here in
full and not in the machine's list of types, so that every machine says the same.
"""

from collections.abc import Mapping
from pathlib import PurePosixPath

ASSETS = "assets/"
IMMUTABLE = "public, max-age=31536000, immutable"
SHORT = "public, max-age=20, stale-while-revalidate=60, stale-if-error=86400"

TYPES: Mapping[str, str] = {
    ".atom": "application/atom+xml; charset=utf-8",
    ".csv": "text/csv; charset=utf-8",
    ".geojson": "application/geo+json; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".ics": "text/calendar; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json; charset=utf-8",
    ".ndjson": "application/fhir+ndjson; charset=utf-8",
    ".png": "image/png",
    ".svg": "image/svg+xml; charset=utf-8",
    ".txt": "text/plain; charset=utf-8",
    ".webmanifest": "application/manifest+json; charset=utf-8",
}
MANIFEST = "$bulk-publish"  # the one file without a suffix: SMART Scheduling Links fixes its name; it is JSON
OTHER_TYPE = "application/octet-stream"
INCOMPRESSIBLE = (".png",)  # compressing these again only costs time
# suffix of a precompressed copy -> its encoding in HTTP, the one that a server should prefer first
PRECOMPRESSED: Mapping[str, str] = {".br": "br", ".gz": "gzip"}

SECURITY: Mapping[str, str] = {
    # What a page may load stands in the page itself (`publish.templates`), so that it fits that page also while a cache
    # serves one of an earlier version; a page cannot say who may frame it.
    "Content-Security-Policy": "frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "X-Frame-Options": "DENY",
    "Permissions-Policy": "camera=(), microphone=(), payment=()",
}
# of every answer; whatever is published may be read by the pages of any site
EVERY: Mapping[str, str] = {**SECURITY, "Access-Control-Allow-Origin": "*", "Vary": "Accept-Encoding"}
# Of every answer over HTTPS, and of no other: browsers then ask the site over HTTPS only, for a year. The preview is
# plain HTTP on loopback. Without subdomains, which may be somebody else's.
HTTPS_ONLY = ("Strict-Transport-Security", "max-age=31536000")


def headers_for(path: str) -> dict[str, str]:
    """Headers of the file at `path` (relative to the release).

    Files in `assets/` bear the hash of their content in their name and never change; everything else is short-lived
    and may be served stale while the origin is asked or cannot be reached.
    """
    name = PurePosixPath(path)
    suffix = ".json" if name.name == MANIFEST else name.suffix
    return {
        **EVERY,
        "Content-Type": TYPES.get(suffix, OTHER_TYPE),
        "Cache-Control": IMMUTABLE if path.startswith(ASSETS) else SHORT,
    }
